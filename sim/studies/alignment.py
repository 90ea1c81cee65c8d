"""One factor at a time: which alignments and processes move sustained adoption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sim.analysis.intervals import Interval
from sim.outcomes.table import GOAL
from sim.reports import words
from sim.reports.answer import Answer
from sim.reports.figure import Figure
from sim.studies.effect_figures import curves_figure, effects_figure
from sim.studies.effects import (
    Effect,
    largest_first,
    numbered,
    numbers_of,
    parted,
    start_of_row,
)
from sim.studies.grid import ends
from sim.tables.layout import Table
from sim.tables.messages import counted

if TYPE_CHECKING:
    from sim.design.axes import Axis
    from sim.studies.result import Result


class End(NamedTuple):
    """Sustained adoption at one end of an axis."""

    sustained: Interval  # mean, share of HCPs
    reaches: Interval  # share of runs in which that counts as sustained


@dataclass(frozen=True)
class SingleEffect(Effect):
    """What an axis changes while everything else stays at the base point."""

    low: End
    high: End


def points_of(result: Result, axis: Axis) -> list[int]:
    """Return the points along an axis, everything else at the base point."""
    numbers = {
        tuple(point.values.items()): number for number, point in enumerate(result.ensemble.points)
    }
    return [numbers[tuple({**result.values, **s}.items())] for s in axis.settings]


def effects(result: Result) -> list[SingleEffect]:
    """Return the effect of every axis with two values or more, largest first."""
    found = []
    for axis in result.axes:
        if len(axis) > 1:
            points = points_of(result, axis)
            low, high = (points[n] for n in ends(axis))
            both = (End(result.mean(GOAL, p), result.probability_sustained(p)) for p in (low, high))
            found.append(SingleEffect(axis, result.difference(GOAL, high, low), *both))
    return largest_first(found)


def answer(result: Result) -> Answer:
    """Return a table of effects, and sentences with intervals."""
    ensemble, found = result.ensemble, effects(result)
    rows = [["", "from", "to", "sustained adoption", "change", "P(sustained)"]]
    for effect in found:
        low, high = (words.number(end.sustained.estimate) for end in (effect.low, effect.high))
        before, after = (
            words.number(100 * end.reaches.estimate, 0) for end in (effect.low, effect.high)
        )
        rows.append(
            [*start_of_row(effect.axis), f"{low} -> {high}", effect.told,
             f"{before} -> {after} %"]
        )  # fmt: skip
    runs = (
        f"{counted(len(ensemble.points), 'point')} x {words.runs(ensemble.replicates)}, seed "
        f"{ensemble.seed}; {result.luck}. Changes are run by run, with 95 % intervals; everything "
        "else stays at the base point."
    )
    told = [*numbered(sentences(found, result.mean(GOAL, 0))), *scales(found)]
    return Answer(
        result.title, result.question, [runs, Table(rows), *told], numbers=numbers_of(found)
    )


def sentences(found: list[SingleEffect], base: Interval) -> list[str]:
    """Return what follows from the effects and from sustained adoption at the base point."""
    single = [effect for effect in found if not effect.together]
    clear, unclear = parted(single)
    said = []
    if clear:
        best, *others = clear
        said.append(
            f"Of single factors, {best.axis.name} moves sustained adoption most: {best.told} "
            f"between its ends, where the base point has {words.with_interval(base)}."
        )
        if others:
            said.append(f"Also clearly different from none: {_listed(others)}.")
    if unclear:
        said.append(f"These runs show no clear effect of: {_listed(unclear)}.")
    for effect in found:
        if effect.together:
            parts = [e.change.estimate for e in single if e.axis.paths[0] in effect.axis.paths]
            said.append(
                f"{effect.axis.name} moves sustained adoption by {effect.told}; the single effects "
                f"of its {len(parts)} parts add up to {words.signed(sum(parts))}."
            )
    return said


def scales(found: list[SingleEffect]) -> list[str]:
    """Say that alignments and processes are not on one scale, where both were moved."""
    single = [e.axis for e in found if not e.together]
    alignments = [axis for axis in single if axis.paths[0].startswith("alignment.")]
    processes = [axis for axis in single if axis.paths[0].startswith("process.")]
    if not (alignments and processes and all(set(axis.values) >= {0, 1} for axis in alignments)):
        return []
    return [
        "Alignments go from none to full, processes between the levels of the factor table, so the "
        "two kinds are not on one scale."
    ]


def _listed(found: list[SingleEffect]) -> str:
    return "; ".join(f"{effect.axis.name} {effect.told}" for effect in found)


def figures(result: Result) -> list[Figure]:
    """Return the effects, and the curves behind them."""
    caption = (
        "Change of sustained adoption between the ends of each axis, largest on top. "
        f"{words.runs(result.ensemble.replicates)} each, paired. Bars: 95 % intervals of the mean "
        "change."
    )
    axes = [(axis, points_of(result, axis)) for axis in result.axes if len(axis) > 1]
    return [
        effects_figure("What each factor changes", caption, effects(result)),
        curves_figure(result, GOAL, axes),
    ]
