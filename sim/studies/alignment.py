"""One factor at a time: which alignments and processes move sustained adoption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sim.analysis.intervals import Interval
from sim.reports import words
from sim.reports.answer import Answer
from sim.studies.grid import ends
from sim.tables.layout import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.design.axes import Axis
    from sim.reports.html.plots import Group
    from sim.studies.result import Result

KEEP_PATHS = False
KEEP_ORGANISATIONS = False
OUTCOME = "sustained_adoption"


class Effect(NamedTuple):
    """What one axis changes from its lowest to its highest value.

    Attributes
    ----------
    axis : Axis
    low, high : int
        Points at the ends.
    change : Interval
        Paired change of sustained adoption.
    """

    axis: Axis
    low: int
    high: int
    change: Interval

    @property
    def together(self) -> bool:
        """Whether the axis moves several parameters at once."""
        return len(self.axis.paths) > 1


def points_of(result: Result, axis: Axis) -> list[int]:
    """Return the points along an axis, everything else at the base point."""
    numbers = {
        tuple(point.values.items()): number for number, point in enumerate(result.ensemble.points)
    }
    return [numbers[tuple({**result.values, **s}.items())] for s in axis.settings]


def effects(result: Result) -> list[Effect]:
    """Return the effect of every axis with two values or more, largest first."""
    found = []
    for axis in result.axes:
        if len(axis) < 2:
            continue
        points = points_of(result, axis)
        low, high = (points[n] for n in ends(axis))
        found.append(Effect(axis, low, high, result.difference(OUTCOME, high, low)))
    return sorted(found, key=lambda e: -abs(e.change.estimate))


def answer(result: Result) -> Answer:
    """Return a table of effects, and sentences with intervals."""
    ensemble = result.ensemble
    found = effects(result)
    rows = [["", "from", "to", "sustained adoption", "change", "P(sustained)"]]
    for effect in found:
        low, high = (words.value(effect.axis.values[n]) for n in ends(effect.axis))
        before = 100 * result.probability_sustained(effect.low).estimate
        after = 100 * result.probability_sustained(effect.high).estimate
        rows.append(
            [
                effect.axis.name,
                low,
                high,
                f"{words.number(result.mean(OUTCOME, effect.low).estimate)} -> "
                f"{words.number(result.mean(OUTCOME, effect.high).estimate)}",
                words.with_interval(effect.change, sign=True),
                f"{before:.0f} -> {after:.0f} %",
            ]
        )
    runs = (
        f"{len(ensemble.points)} points x {ensemble.replicates} runs, seed {ensemble.seed}; "
        f"{result.luck}. Changes are "
        "run by run, with 95 % intervals; everything else stays at the base point."
    )
    blocks: list[str | Table] = [runs, Table(rows), *sentences(result, found)]
    return Answer(result.title, result.question, blocks)


def sentences(result: Result, found: list[Effect]) -> list[str]:
    """Return the answer in sentences that follow from the effects."""
    single = [e for e in found if not e.together]
    sure = [e for e in single if words.differs(e.change)]
    unsure = [e for e in single if not words.differs(e.change)]
    said = []
    base = result.mean(OUTCOME, 0)
    if sure:
        best = sure[0]
        said.append(
            f"1. Of single factors, {best.axis.name} moves sustained adoption most: "
            f"{words.with_interval(best.change, sign=True)} between its ends, where the base "
            f"point has {words.with_interval(base)}."
        )
        rest = "; ".join(
            f"{e.axis.name} {words.with_interval(e.change, sign=True)}" for e in sure[1:]
        )
        if rest:
            said.append(f"2. Also clearly different from none: {rest}.")
    if unsure:
        names = "; ".join(
            f"{e.axis.name} {words.with_interval(e.change, sign=True)}" for e in unsure
        )
        said.append(f"{len(said) + 1}. These runs show no clear effect of: {names}.")
    for effect in (e for e in found if e.together):
        parts = [e for e in single if e.axis.paths[0] in effect.axis.paths]
        total = sum(e.change.estimate for e in parts)
        said.append(
            f"{len(said) + 1}. {effect.axis.name} moves sustained adoption by "
            f"{words.with_interval(effect.change, sign=True)}; the single effects of its "
            f"{len(parts)} parts add up to {words.signed(total)}."
        )
    kinds = {e.axis.paths[0].split(".")[0] for e in single}
    full = all(
        set(e.axis.values) >= {0, 1} for e in single if e.axis.paths[0].startswith("alignment.")
    )
    if {"alignment", "process"} <= kinds and full:
        said.append(
            "Alignments go from none to full, processes between the levels of the factor table, so "
            "the two kinds are not on one scale."
        )
    return said


def figures(result: Result) -> dict[str, Figure]:
    """Return the effects, and the curves behind them."""
    from sim.reports.figures.alignment import curves_figure, effects_figure

    return {"effects": effects_figure(result), "curves": curves_figure(result)}


def tables(result: Result) -> dict[str, dict[str, Any]]:
    """Return no table beside the summary."""
    return {}


def plots(result: Result) -> list[Group]:
    """Return the figures of the report."""
    from sim.reports.html.figures import alignment

    return alignment(result)
