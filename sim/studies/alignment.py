"""One factor at a time: what can still be gained from the base point, and what may be lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.intervals import Interval
from sim.design.axes import Axis
from sim.outcomes.table import GOAL
from sim.reports import titles, words
from sim.reports.answer import Answer
from sim.reports.figure import Curve, Figure, Panel, Rule, professionals
from sim.studies.effects import Effect, effects_figure, most_first, numbered, parted
from sim.studies.headline import headline, time_told
from sim.studies.result import Result
from sim.tables.factors import FACTORS
from sim.tables.layout import Table
from sim.tables.messages import counted

FACTOR = {factor.path: factor for factor in FACTORS}
CLOSED, OPEN, END, OTHER_END = (
    "gap closed", "gap open", "end of its range", "other end of its range"
)  # fmt: skip
MOST_TOLD = 3  # of what gains most; all stand in the table
ALREADY = {CLOSED: "closed already", OPEN: "open already"}


class Step(NamedTuple):
    """What moving one axis alone from the base point to one of its values changes."""

    axis: Axis
    at: Any
    value: str  # the same in words
    change: Interval  # share of HCPs; of sustained adoption, if nothing else is asked for
    setting: Mapping[str, Any]
    level: str = ""
    far: bool = False  # whether it is to the end of its range


@dataclass(frozen=True)
class SingleEffect(Effect):
    """What an axis changes from the base point; `change` is what can still be gained by it.

    That is up to the end of its range: of a factor to its highest value, else to the better end.
    """

    to: dict[str, Step]  # the levels that the factor table calls closed and open; both ends
    already: tuple[str, ...]  # which of these levels the base point has, or is beyond

    @property
    def closed(self) -> bool:
        """Whether the factor table calls its gap closed where the base point stands."""
        return CLOSED in self.already


def found(result: Result, outcome: str = GOAL) -> list[SingleEffect]:
    """Return what every axis changes; the most to be gained first."""
    return most_first(_effect(result, axis, outcome) for axis in result.axes)


def _effect(result: Result, axis: Axis, outcome: str) -> SingleEffect:
    points = result.points(axis.settings)

    def step(position: int) -> Step:
        at = axis.values[position]
        told = titles.value_short(axis.name, at, result.policies)
        change = result.difference(outcome, points[position], 0)
        return Step(axis, at, told, change, axis.settings[position])

    low, high = map(step, axis.ends())
    factors = [FACTOR[path] for path in axis.paths if path in FACTOR]
    to, already = {}, []
    if len(factors) == len(axis.paths):
        best, other = high, low
        now = [result.values[path] for path in axis.paths]
        for name, levels, beyond in (
            (CLOSED, [f.high for f in factors], np.greater_equal),
            (OPEN, [f.low for f in factors], np.less_equal),
        ):
            if beyond(now, levels).all():
                already.append(name)
            elif (wanted := dict(zip(axis.paths, levels, strict=True))) in axis.settings:
                to[name] = step(axis.settings.index(wanted))
    else:
        best, other = sorted((high, low), key=lambda end: -end.change.estimate)
    to |= {END: best, OTHER_END: other}
    to = {name: there._replace(level=name, far=there.at == best.at) for name, there in to.items()}
    return SingleEffect(axis, best.change, _now(result, axis), best.value, to, tuple(already))


def _now(result: Result, axis: Axis) -> str:
    """Return where the base point stands on an axis; linked parameters may stand apart."""
    values = {path: result.values[path] for path in axis.paths}
    there = [titles.value_short(path, x, result.policies) for path, x in values.items()]
    if len(set(there)) > 1 and all(isinstance(x, (int, float)) for x in values.values()):
        ordered = sorted(zip(values.values(), there, strict=True))
        there = [f"{ordered[0][1]} to {ordered[-1][1]}"]
    return ", ".join(dict.fromkeys(there))


def answer(result: Result) -> Answer:
    """Return a table of what each axis changes from the base point, and sentences."""
    ensemble, head = result.ensemble, headline(result)
    found: list[SingleEffect] = result.found
    runs = (
        f"{counted(len(ensemble.points), 'point')} x {words.runs(ensemble.replicates)}, seed "
        f"{ensemble.seed}; {result.luck}. One moves at a time, all else stays as it is. "
        f"{words.drawn(ensemble.replicates, 'In brackets: 95 % intervals, run by run.')}"
    )
    first, *others = sentences(
        found, f" use it {time_told(int(result.values['horizon']))} from now"
    )
    told = [*numbered(others), *scales(found)]
    blocks: list[str | Table] = [*head.sentences("Where we stand"), runs, table(found), *told]
    return Answer(result.title, result.question, blocks, [first])


def table(
    found: list[SingleEffect],
    when: str = "in the end",
    more: Sequence[tuple[str, Callable[[SingleEffect], str]]] = (),
) -> Table:
    """Return from where to where, and what each step changes; `more` are heads of further columns and what they tell."""
    shown = [
        name
        for name in (CLOSED, OPEN, END, OTHER_END)
        if any(name in e.to or name in e.already for e in found)
    ]
    if all(FACTOR.keys() >= set(effect.axis.paths) for effect in found):
        shown.remove(OTHER_END)  # further open than what the table calls open
    rows = [["", "now", *shown, *(head for head, _ in more)]]
    for effect in found:
        cells = []
        for name in shown:
            there = effect.to.get(name)
            told = ALREADY[name] if name in effect.already else ""
            value = there.value.partition(" a ")[0] if there else ""  # each month: stands at `now`
            cells.append(f"{value}: {words.per_100(there.change, True)}" if there else told)
        cells += [tell(effect) for _, tell in more]
        rows.append([titles.short(effect.axis.name), effect.start, *cells])
    title = (
        f"How many more (+) or fewer (-) of 100 professionals use it {when}, if one thing moves from "
        "where we stand:"
    )
    return Table(rows, title=title)


def sentences(found: list[SingleEffect], when: str = "") -> list[str]:
    """Return what follows from the effects: what can still be gained, and what is done."""
    single = [effect for effect in found if not effect.together]
    if any(effect.change.runs == 1 for effect in single):
        first = single[0]
        return [
            f"In the one run of each point most is gained by {first.step}: "
            f"{first.more}{when}. One run does not tell what of this is chance."
        ]
    clear, unclear = parted(single)
    gains = [effect for effect in clear if effect.change.estimate > 0]
    said = []
    if gains:
        first, *others = gains
        said.append(f"Most can still be gained by {first.step}: {first.more}{when}.")
        if others:
            then = "; ".join(f"{e.step}, {e.more}" for e in others[: MOST_TOLD - 1])
            said[0] += f" Then by {then}."
    else:
        said.append("Nothing clearly gains anything from where we stand.")
    if unclear:
        names = ", ".join(effect.name for effect in unclear)
        said.append(f"What these do up to the end of their range may be chance: {names}.")
    closed = [effect for effect in single if effect.closed]
    if closed:
        names = ", ".join(effect.name for effect in closed)
        told = f"Closed already, so little is left there: {names}."
        if kept := [effect for effect in closed if OPEN in effect.to]:
            most = min(kept, key=lambda effect: effect.to[OPEN].change.estimate)
            lost = words.more_of_100(most.to[OPEN].change, "professionals")
            told += f" Opening {most.name} again costs most: {lost} at {most.to[OPEN].value}."
        said.append(told)
    for effect in found:
        if effect.together:
            parts = [e.change.estimate for e in single if e.axis.paths[0] in effect.axis.paths]
            said.append(
                f"{titles.title(effect.axis.name)} to {effect.end}: {effect.more}; what its "
                f"{len(parts)} parts gain one by one adds up to {words.number(100 * sum(parts), 0, True)}."
            )
    return said


def scales(found: list[SingleEffect]) -> list[str]:
    """Say that alignments and processes are not on one scale, where both were moved."""
    kinds = {e.axis.paths[0].partition(".")[0] for e in found if not e.together}
    if not {"alignment", "process"} <= kinds:
        return []
    return [
        "The ends of their ranges are no equal steps: the factor table, all assumptions, says which "
        "level of each counts as open and closed."
    ]


def figures(result: Result) -> list[Figure]:
    """Return the effects, and the curves behind them."""
    what = (
        "Change of sustained adoption from the base point to the end of the range of each axis, most "
        "on top"
    )
    title = "What can still be gained"
    return [effects_figure(result, title, what, "run by run", result.found), _curves(result)]


def _curves(result: Result) -> Figure:
    """Return sustained adoption along each axis, beside the base point."""
    base, runs = result.mean(GOAL), result.ensemble.replicates
    panels = []
    for axis in (axis for axis in result.axes if len(axis) > 1):
        numeric, title = axis.numeric, titles.short(axis.name)
        x = list(axis.values) if numeric else list(range(len(axis)))
        names = () if numeric else [titles.value_told(axis.name, value) for value in axis.values]
        use = [result.mean(GOAL, point) for point in result.points(axis.settings)]
        curve = Curve(x, use, 0, "sustained adoption")
        marks = (Rule(base.estimate, "y", "dotted"), curve)
        across = titles.of_scale(axis.name, names=names, each=title)
        across = replace(across, label="%" if across.hundred else "")
        panels.append(Panel(title, marks, across, professionals()))
    bands = words.drawn(runs, "Bands: 95 % intervals of the mean.")
    caption = f"{words.runs(runs)} each. {bands} Dotted: the base point, {words.of_100(base)}."
    return Figure("curves", "Sustained adoption along each factor", caption, panels, 3, 2.0, "y")
