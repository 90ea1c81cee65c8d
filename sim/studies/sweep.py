"""A grid of values: what the first axis changes, and what that hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.outcomes.table import GOAL, HEADLINE
from sim.reports import titles, words
from sim.reports.answer import Answer
from sim.reports.figure import Figure
from sim.studies.effects import numbered
from sim.studies.grid import BASE, Grid, spread
from sim.studies.grid_figures import heat_figure, lines_figures
from sim.studies.headline import PEOPLE, headline, time_told, used
from sim.studies.result import Result
from sim.tables.layout import Table
from sim.tables.messages import counted
from sim.tables.parameters import PARAMETERS

MOST_ROWS = 11
MOST_VALUES = 5


class Moderation(NamedTuple):
    """What an axis changes beside the first one, and to what that one changes."""

    number: int  # of the axis
    # from its lowest to its highest value, the others at the base
    sustained: Interval  # share of HCPs
    trust: Interval
    # where on all other axes it changes most, if that is not the base
    most: tuple[dict[int, int], Interval] | None
    of_first: list[tuple[int, Interval]]  # what all of the first axis changes at values of this one
    interaction: Interval  # how much more that is at the highest than at the lowest value


class Swept(NamedTuple):
    """What was found over a grid, along its first axis and by each axis that has ends."""

    grid: Grid
    first: dict[str, Interval]  # outcome -> what the first changes; empty if it has one value only
    others: list[Moderation]


def found(result: Result) -> Swept:
    """Return what was found over a grid."""
    grid = Grid(result)
    if len(grid.axes[0]) < 2:
        return Swept(grid, {}, [])
    first = {outcome: change(grid, 0, outcome) for outcome in (HEADLINE, GOAL, "trust")}
    return Swept(grid, first, [_moderation(grid, n) for n in grid.several[1:]])


def change(grid: Grid, axis: int, outcome: str = GOAL, fixed: Mapping[int, int] = BASE) -> Interval:
    """Return the paired change of an outcome from an axis' lowest to its highest value."""
    low, high = grid.axes[axis].ends()
    points = grid.along(axis, fixed)
    return grid.result.difference(outcome, points[high], points[low])


def _moderation(grid: Grid, number: int) -> Moderation:
    positions = spread(len(grid.axes[number]), MOST_VALUES)
    return Moderation(
        number,
        change(grid, number),
        change(grid, number, "trust"),
        _most(grid, number),
        [(n, change(grid, 0, fixed={number: n})) for n in positions],
        _interaction(grid, number),
    )


def _most(grid: Grid, number: int) -> tuple[dict[int, int], Interval] | None:
    """Return where in the whole grid an axis changes most, and how much; None if at the base."""
    changes = grid.changes(number, GOAL)
    sizes = np.abs(intervals.means_of(changes))
    if np.isnan(sizes).all():
        return None
    place = np.unravel_index(np.nanargmax(sizes), sizes.shape)
    rest = (n for n in range(len(grid.axes)) if n != number)
    at = {n: int(position) for n, position in zip(rest, place, strict=True)}
    if all(grid.base[n] == position for n, position in at.items()):
        return None
    return at, intervals.of_mean(changes[place])


def _interaction(grid: Grid, other: int) -> Interval:
    """Return by how much the change along the first axis differs between the ends of another."""
    low, high = grid.axes[0].ends()
    at = []
    for position in grid.axes[other].ends():
        points = grid.along(0, {other: position})
        at.append(grid.result.outcome(GOAL, points[high]) - grid.result.outcome(GOAL, points[low]))
    return intervals.of_difference(at[1], at[0])


def answer(result: Result) -> Answer:
    """Return a table along the first axis, and sentences with intervals."""
    f, ensemble = result.found, result.ensemble
    head = headline(result, f.grid.point())
    shape = " x ".join(str(len(axis)) for axis in result.axes)
    runs = (
        f"{counted(len(ensemble.points), 'point')} ({shape}) x {words.runs(ensemble.replicates)}, "
        f"seed {ensemble.seed}; {result.luck}. "
        f"{words.drawn(ensemble.replicates, 'In brackets: 95 % intervals.')}"
    )
    there = head.sentences(f"At {_base_words(f.grid)}")  # the others lie along the axes
    others = numbered(_moderation_told(f.grid, other) for other in f.others)
    blocks: list[str | Table] = [*there, runs, table(f.grid), *others]
    return Answer(result.title, result.question, blocks, [first_told(f)])


def table(grid: Grid) -> Table:
    """Return the main outcomes along the first axis, the others at the base."""
    result, points = grid.result, grid.along(0)
    heads = ("after 5 years", "in the end", "lasts in", "trust", "lapses a year")
    rows = [[titles.short(grid.axes[0].name), *heads]]
    for n in spread(len(points), MOST_ROWS):
        people = (used(result, name, points[n]).cell for name in (HEADLINE, GOAL))
        lasts = words.percent(result.probability_sustained(points[n]))
        told = (words.with_interval(result.mean(x, points[n])) for x in ("trust", "lapse_rate"))
        rows.append([grid.value(0, n), *people, lasts, *told])
    name = grid.axes[0].name
    more = f" Key of the first column: {name}." if name in PARAMETERS else ""
    more += f" At {_base_words(grid, 0)}." if len(grid.axes) > 1 else ""
    note = (
        "First two: how many of 100 professionals use it. Lasts in: runs where half do in the end."
    )
    return Table(rows, note=note + more)


def first_told(f: Swept) -> str:
    """Return what the whole range of the first axis changes: after five years, in the end, of trust."""
    grid, name, points = f.grid, f.grid.axes[0].name, f.grid.along(0)
    if not f.first:
        return f"{titles.title(name)} has one value only, so these runs show no change along it."
    low, high = grid.axes[0].ends()
    axis = titles.in_sentence(name)
    if np.isnan(f.first[GOAL].estimate):
        return f"Nothing is known of what {axis} changes: at one of its ends no run ended well."
    moved = f"use it with {axis} at {_value(grid, 0, high)}"

    def people(outcome: str, who: str, does: str, instead: str) -> str:
        few, many = (used(grid.result, outcome, points[n]) for n in (low, high))
        chance = "" if words.differs(f.first[outcome]) else ", which may be chance"
        more = words.more_of_100(f.first[outcome])
        return f"{many.told(who)} {does}, and {few.told()}{instead}: {more}{chance}."

    instead = f" with {_value(grid, 0, low)}"
    end = f"{time_told(int(grid.result.values['horizon']))} from now, "
    if np.isnan(f.first[HEADLINE].estimate):
        told = [end + people(GOAL, PEOPLE, moved, instead)]
    else:
        there = people(HEADLINE, f"{PEOPLE} there", moved, instead)
        told = [f"five years after a tool starts, {there}"]
        told.append(end + people(GOAL, "of all", "do", ""))
    told.append(f"Mean trust changes by {words.with_interval(f.first['trust'], sign=True)}.")
    if len(grid.axes) > 1:
        told.append(f"All this is at {_base_words(grid, 0)}.")
    return " ".join(text[0].upper() + text[1:] for text in told)


def _moderation_told(grid: Grid, found: Moderation) -> str:
    """Say what another axis does, and to what the first axis does."""
    number, axis = found.number, grid.axes[found.number]
    key = f" (key: {axis.name})" if axis.name in PARAMETERS else ""
    low, high = (_value(grid, number, n) for n in axis.ends())
    first, other = (titles.in_sentence(x.name) for x in (grid.axes[0], axis))
    changes = words.changes(found.sustained, "sustained adoption")
    text = (
        f"Moving {other}{key} from {low} to {high} {changes} at {_base_words(grid, number)}: "
        f"{words.more_of_100(found.sustained)}, and mean trust by "
        f"{words.with_interval(found.trust, sign=True)}."
    )
    if found.most is not None:
        place, most = found.most
        text += f" It does most at {_at(grid, place)}: {words.more_of_100(most)}."
    at = ", ".join(
        f"{words.more_of_100(x)} at {_value(grid, number, n)}" for n, x in found.of_first
    )
    verdict = "no clear difference:"
    if words.differs(found.interaction) or found.interaction.runs == 1:
        verdict = "a difference of"
    return (
        f"{text} What the whole range of {first} changes is {at} of {other}; from "
        f"lowest to highest {verdict} {words.more_of_100(found.interaction)}."
    )


def _value(grid: Grid, axis: int, position: int) -> str:
    """Return what an axis is set to at a position, as it stands within a sentence."""
    return titles.placed(grid.value(axis, position))


def _at(grid: Grid, place: Mapping[int, int]) -> str:
    """Return what axes (by number) are set to at positions."""
    return ", ".join(
        f"{titles.short_in_sentence(grid.axes[n].name)} {_value(grid, n, position)}"
        for n, position in place.items()
    )


def _base_words(grid: Grid, without: int | None = None) -> str:
    return _at(grid, {n: base for n, base in enumerate(grid.base) if n != without})


def figures(result: Result) -> list[Figure]:
    """Return the lines and, for two axes or more, a heatmap."""
    grid = result.found.grid
    return [*lines_figures(grid), *([heat_figure(grid)] if len(grid.axes) > 1 else [])]
