"""Figures of factors one by one: what each changes between its ends, and on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.reports import titles, words
from sim.reports.figure import Curve, Dots, Figure, Mark, Panel, Rule, Scale, around, exact, rows_of
from sim.studies.grid import is_numeric

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.design.axes import Axis
    from sim.studies.effects import Effect
    from sim.studies.result import Result

KEY = (("alignments", 0), ("processes", 1), ("several together", 2))
ROW = 0.38  # inches
VALUE_ROOM = 0.12  # of the width, for the value right of a bar


def effects_figure(
    result: Result,
    title: str,
    what: str,
    over: str,
    found: Sequence[Effect],
    use: str = "sustained adoption",
) -> Figure:
    """Return `what` was found of each axis, the first on top; `over` is what intervals are of."""
    found, runs = found[::-1], result.ensemble.replicates
    bars = words.drawn(runs, f"Bars: 95 % intervals of the mean change, {over}.")
    caption = f"{what}. {words.runs(runs)} each. {bars}"
    changes = [effect.change for effect in found]
    names = [f"{titles.short(e.axis.name)}: {e.start} to {e.end}" for e in found]
    told = [effect.told for effect in found]
    dots = Dots(
        changes, [exact(n) for n in range(len(found))], [_look(effect) for effect in found],
        [("what", names), ("change", told)],
        values=[words.signed(i.estimate, 3) for i in changes],
    )  # fmt: skip
    across = Scale(f"change of {use}, share of professionals", around(changes, VALUE_ROOM))
    panel = Panel("", [Rule(0), dots], across, rows_of(names))
    return Figure(
        "effects", title, caption, [panel], height=1.0 + ROW * len(found), key=KEY
    )  # fmt: skip


def _look(effect: Effect) -> int:
    if effect.together:
        return 2
    return 1 if effect.axis.name.startswith("process.") else 0


def curves_figure(result: Result, outcome: str, axes: list[tuple[Axis, list[int]]]) -> Figure:
    """Return an outcome along each axis, beside the base point."""
    base = result.mean(outcome)
    panels = []
    for axis, along in axes:
        numeric = is_numeric(axis)
        x = list(axis.values) if numeric else list(range(len(axis)))
        names = () if numeric else [titles.of_axis(axis, n) for n in range(len(axis))]
        curve = Curve(x, [result.mean(outcome, point) for point in along], 0, "sustained adoption")
        marks: list[Mark] = [Rule(base.estimate, "y", "dotted"), curve]
        title = titles.short(axis.name)
        share = Scale("share of professionals", (0, 1))
        panels.append(Panel(title, marks, Scale(names=names, each=title), share))
    runs = result.ensemble.replicates
    bands = words.drawn(runs, "Bands: 95 % intervals of the mean.")
    caption = (
        f"{words.runs(runs)} each. {bands} Dotted: the base point, {words.with_interval(base)}."
    )
    return Figure(
        "curves", "Sustained adoption along each factor", caption, panels, 3, 2.0, "y"
    )  # fmt: skip
