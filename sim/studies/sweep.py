"""A grid of values: what the first axis changes, and what that hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.outcomes.table import GOAL, HEADLINE, OUTCOMES
from sim.reports import titles, words
from sim.reports.answer import Answer, Number
from sim.reports.figure import Figure
from sim.studies.effects import numbered
from sim.studies.grid import BASE, Grid, ends, spread
from sim.studies.grid_figures import heat_figure, lines_figures
from sim.studies.headline import Used, headline, used
from sim.tables.layout import Table
from sim.tables.messages import counted
from sim.tables.parameters import PARAMETERS

if TYPE_CHECKING:
    from sim.design.axes import Axis
    from sim.studies.result import Result

MOST_ROWS = 11
MOST_VALUES = 5


class Place(NamedTuple):
    """What was found at one value of the first axis, the others at the base."""

    value: Any
    after_5_years: Used
    in_the_end: Used  # sustained adoption
    reaches: Interval  # share of runs in which that counts as sustained
    trust: Interval
    lapses: Interval  # per year


@dataclass(frozen=True)
class Change:
    """What an axis changes from its lowest to its highest value, the others at the base."""

    axis: Axis
    sustained: Interval  # share of HCPs
    trust: Interval


@dataclass(frozen=True)
class Moderation(Change):
    """What an axis changes beside the first one, and to what that one changes."""

    # where on all other axes it changes most, if that is not the base
    most: tuple[dict[str, Any], Interval] | None
    of_first: list[tuple[Any, Interval]]  # what all of the first axis changes at values of this one
    interaction: Interval  # how much more that is at the highest than at the lowest value


@dataclass(frozen=True)
class Swept:
    """What was found over a grid, along its first axis and by each axis that has ends."""

    places: list[Place]
    first: Change | None
    others: list[Moderation]


def swept(grid: Grid) -> Swept:
    """Return what was found over a grid."""
    result, first = grid.result, grid.axes[0]
    places = [
        Place(
            value,
            used(result, HEADLINE, point),
            used(result, GOAL, point),
            result.probability_sustained(point),
            result.mean("trust", point),
            result.mean("lapse_rate", point),
        )
        for value, point in zip(first.values, grid.along(0), strict=True)
    ]
    if len(first) < 2:
        return Swept(places, None, [])
    others = [_moderation(grid, n) for n, axis in enumerate(grid.axes) if n and len(axis) > 1]
    return Swept(places, Change(first, change(grid, 0), change(grid, 0, "trust")), others)


def change(grid: Grid, axis: int, outcome: str = GOAL, fixed: Mapping[int, int] = BASE) -> Interval:
    """Return the paired change of an outcome from an axis' lowest to its highest value."""
    low, high = ends(grid.axes[axis])
    points = grid.along(axis, fixed)
    return grid.result.difference(outcome, points[high], points[low])


def _moderation(grid: Grid, number: int) -> Moderation:
    axis = grid.axes[number]
    return Moderation(
        axis=axis,
        sustained=change(grid, number),
        trust=change(grid, number, "trust"),
        most=_most(grid, number),
        of_first=[
            (axis.values[n], change(grid, 0, fixed={number: n}))
            for n in spread(len(axis), MOST_VALUES)
        ],
        interaction=_interaction(grid, number),
    )


def _most(grid: Grid, number: int) -> tuple[dict[str, Any], Interval] | None:
    """Return where in the whole grid an axis changes most, and how much; None if at the base."""
    changes = grid.changes(number, GOAL)
    sizes = np.abs(intervals.means_of(changes))
    if np.isnan(sizes).all():
        return None
    place = np.unravel_index(np.nanargmax(sizes), sizes.shape)
    rest = [
        (axis, base)
        for n, (axis, base) in enumerate(zip(grid.axes, grid.base, strict=True))
        if n != number
    ]
    if all(at == base for at, (_, base) in zip(place, rest, strict=True)):
        return None
    at = {axis.name: axis.values[n] for n, (axis, _) in zip(place, rest, strict=True)}
    return at, intervals.of_mean(changes[place])


def _interaction(grid: Grid, other: int) -> Interval:
    """Return by how much the change along the first axis differs between the ends of another."""
    low, high = ends(grid.axes[0])
    at = []
    for position in ends(grid.axes[other]):
        points = grid.along(0, {other: position})
        at.append(grid.result.outcome(GOAL, points[high]) - grid.result.outcome(GOAL, points[low]))
    return intervals.of_difference(at[1], at[0])


def answer(result: Result) -> Answer:
    """Return a table along the first axis, and sentences with intervals."""
    grid, ensemble = Grid(result), result.ensemble
    found, head = swept(grid), headline(result, grid.point())
    shape = " x ".join(str(len(axis)) for axis in grid.axes)
    runs = (
        f"{counted(len(ensemble.points), 'point')} ({shape}) x {words.runs(ensemble.replicates)}, "
        f"seed {ensemble.seed}; {result.luck}. "
        f"{words.drawn(ensemble.replicates, 'In brackets: 95 % intervals.')}"
    )
    first = head.sentences(_where(grid))
    blocks: list[str | Table] = [*first, runs, table(grid, found), *sentences(grid, found)]
    unit = OUTCOMES[GOAL].unit
    changes = [found.first, *found.others] if found.first else []
    numbers = head.numbers
    numbers |= {change.axis.name: Number(change.sustained, unit) for change in changes}
    return Answer(result.title, result.question, blocks, numbers=numbers)


def table(grid: Grid, found: Swept) -> Table:
    """Return the main outcomes along the first axis, the others at the base."""
    heads = ("after 5 years", "in the end", "lasts in", "trust", "lapses a year")
    rows = [[titles.short(grid.axes[0].name), *heads]]
    for n in spread(len(found.places), MOST_ROWS):
        place = found.places[n]
        people = (x.cell for x in (place.after_5_years, place.in_the_end))
        told = (words.with_interval(x) for x in (place.trust, place.lapses))
        value = _value(grid, grid.axes[0].name, place.value)
        rows.append([value, *people, words.percent(place.reaches), *told])
    at = f" At {_base_words(grid, 0)}." if len(grid.axes) > 1 else ""
    note = (
        "First two: how many of 100 professionals use it. Lasts in: runs where half do in the end."
    )
    return Table(rows, note=note + at)


def sentences(grid: Grid, found: Swept) -> list[str]:
    """Return two or more sentences that answer the question."""
    axis, first = grid.axes[0], found.first
    if first is None:
        return [
            f"{titles.title(axis.name)} has one value only, so these runs show no change along it."
        ]
    low, high = (found.places[n] for n in ends(axis))
    rest = f"At {_base_words(grid, 0)}, it" if len(grid.axes) > 1 else "It"
    said = (
        f"{_raising(grid, first)}. {rest} goes from {low.in_the_end.told()} to "
        f"{high.in_the_end.told('professionals')}, {words.more_of_100(first.sustained)}; mean trust changes by "
        f"{words.with_interval(first.trust, sign=True)}."
    )
    return numbered([said, *(_moderation_told(grid, other) for other in found.others)])


def _where(grid: Grid) -> str:
    """Return where the base stands, if its own values are no point of the grid."""
    result = grid.result
    values = result.ensemble.points[grid.point()].values
    there = all(values[path] == result.values[path] for axis in grid.axes for path in axis.paths)
    return "" if there else f"At {_base_words(grid, None)}"


def _moderation_told(grid: Grid, found: Moderation) -> str:
    """Say what another axis does, and to what the first axis does."""
    axis, first = found.axis, grid.axes[0]
    text = (
        f"{_raising(grid, found)} at {_base_words(grid, grid.axes.index(axis))}: "
        f"{words.more_of_100(found.sustained)}, and mean trust by {words.with_interval(found.trust, sign=True)}."
    )
    if found.most is not None:
        place, most = found.most
        at = ", ".join(_at(grid, name, value) for name, value in place.items())
        text += f" It does most at {at}: {words.more_of_100(most)}."
    at = ", ".join(
        f"{words.per_100(x, sign=True)} at {_value(grid, axis.name, value)}"
        for value, x in found.of_first
    )
    verdict = "no clear difference:"
    if words.differs(found.interaction) or found.interaction.runs == 1:
        verdict = "a difference of"
    return (
        f"{text} What the whole range of {_name(first.name)} changes is {at} of {_name(axis.name)}; from "
        f"lowest to highest {verdict} {words.per_100(found.interaction, sign=True)}."
    )


def _raising(grid: Grid, change: Change) -> str:
    axis = change.axis
    low, high = (_value(grid, axis.name, axis.values[n]) for n in ends(axis))
    key = f" (key: {axis.name})" if axis.name in PARAMETERS else ""
    changes = words.changes(change.sustained, "sustained adoption")
    return f"Moving {_name(axis.name)}{key} from {low} to {high} {changes}"


def _name(axis: str) -> str:
    return titles.in_sentence(axis)


def _value(grid: Grid, axis: str, value: Any) -> str:
    return titles.value_short(axis, value, grid.result.policies)


def _at(grid: Grid, axis: str, value: Any) -> str:
    return f"{titles.short_in_sentence(axis)} {_value(grid, axis, value)}"


def _base_words(grid: Grid, without: int | None) -> str:
    return (
        ", ".join(
            _at(grid, axis.name, axis.values[grid.base[n]])
            for n, axis in enumerate(grid.axes)
            if n != without
        )
        or "the base point"
    )


def figures(result: Result) -> list[Figure]:
    """Return the lines and, for two axes or more, a heatmap."""
    grid = Grid(result)
    return [*lines_figures(grid), *([heat_figure(grid)] if len(grid.axes) > 1 else [])]
