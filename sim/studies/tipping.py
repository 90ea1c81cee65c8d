"""Tipping points: how far something has to move until half the histories keep use, from few users and from many."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.boundaries import Boundary, Warned, boundary, sides, warned
from sim.analysis.intervals import Interval, of_difference, of_many, of_mean
from sim.analysis.split import APART
from sim.design.axes import Axis
from sim.design.posterior import rows_of
from sim.design.runs import make_design
from sim.ensembles.chunk import Keep
from sim.ensembles.run import run_ensemble
from sim.outcomes.table import GOAL
from sim.studies.result import Result
from sim.tables.parameters import PARAMETERS
from sim.tables.plausible import FREE

USERS = "population.initial_adopters"
NEVER_WITHDRAWN = {"review.rate": 0.0}
# Months before a withdrawal that are looked at (assumption); none comes before month 25
WINDOW = 18
ALONE = 512  # histories of one organisation by itself
FEWEST = 20  # of either kind, so that a comparison says something (assumption)


class Line(NamedTuple):
    """What was found along an axis, from a number of users at the start."""

    axis: Axis
    start: float
    levels: np.ndarray
    kept: np.ndarray  # (levels, histories): 1 where use is kept
    boundary: Boundary
    steepest: tuple[float, float, Interval]  # between which levels use changes most, and how much
    sides: list[int]  # of half, on which its levels lie beyond chance, as many lines are looked at

    @property
    def crosses(self) -> bool:
        """Whether there is a boundary within the range."""
        return bool(np.isfinite(self.boundary.at.estimate))

    @property
    def varies_start(self) -> bool:
        """Whether what varies is how many users there are at the start."""
        return USERS in self.axis.paths

    @property
    def clear(self) -> bool:
        """Whether there is one beyond chance: its interval lies within the range, and the ends on either side."""
        return self.sides[0] * self.sides[-1] < 0 and bool(np.isfinite(self.boundary.at[:3]).all())

    @property
    def none(self) -> bool:
        """Whether there is none, beyond chance: both ends lie on the same side."""
        return self.sides[0] * self.sides[-1] > 0 and not self.crosses


class Basin(NamedTuple):
    """Where a world leads from few users and from many."""

    few: Interval
    many: Interval
    difference: Interval
    # whether the start decides how it ends: beyond chance, as many worlds are looked at, and by as much as
    # splits histories
    depends: bool


@dataclass(frozen=True)
class Tipping:
    """What was found over all axes, and over worlds."""

    result: Result
    lines: list[Line]  # of each axis from few users, then from many
    here: Basin | None  # the base point
    basins: list[Basin]  # of worlds that agree with published patterns
    kept_basins: list[Basin]  # of the same, where no tool is ever withdrawn

    @property
    def confidence(self) -> float:
        """How sure it has to be on which side of half a level lies, as many lines are looked at."""
        return of_many(len(looks(self.result)))

    @cached_property
    def warned(self) -> Warned | None:
        """What comes before a withdrawal, in organisations by themselves; None where that is not asked."""
        values, ensemble = self.result.values, self.result.ensemble
        if values["population.file"] is not None or values["network.kind"] == "file":
            return None
        alone = {**values, "population.organisations": 1}
        design = make_design(alone, [{}], policies=self.result.policies)
        runs = run_ensemble(
            design.points,
            design.settings,
            seed=ensemble.seed,
            replicates=ALONE,
            keep=Keep(paths=True),
        )
        good = runs.errors[0] == ""
        gone = runs.paths["withdrawn"][0, good] > 0
        month = np.where(gone.any(axis=1), gone.argmax(axis=1), np.nan)
        return warned(runs.paths["adopters"][0, good], month, WINDOW)


def starts_of(result: Result) -> list[float]:
    """Return the shares of users that histories begin with: that of the base point, and many."""
    return list(dict.fromkeys([float(result.values[USERS]), float(result.options["many"])]))


def _setting(axis: Axis, level: float, start: float, result: Result) -> dict[str, Any]:
    setting: dict[str, Any] = dict.fromkeys(axis.paths, level)
    return setting if start == result.values[USERS] else {**setting, USERS: start}


def looks(result: Result) -> list[tuple[Axis, float]]:
    """Return the axes along which something is looked for, each with its users at the start."""
    return [
        (axis, start)
        for axis in result.axes
        if len(axis) > 1
        for start in starts_of(result)[: 1 if USERS in axis.paths else 2]
    ]


def found(result: Result) -> Tipping:
    """Return all that is known from the points that have been run."""
    outcomes = result.ensemble.outcomes[GOAL]
    lines = []
    for axis, start in looks(result):
        path, settings = axis.paths[0], result.ensemble.settings
        levels = sorted({*axis.values, *(s[path] for s in settings if path in s)})
        numbers = result.numbers([_setting(axis, x, start, result) for x in levels])
        there = [(x, n) for x, n in zip(levels, numbers, strict=True) if n is not None]
        if len(there) > 1:
            lines.append(_line(result, axis, start, *map(np.array, zip(*there, strict=True))))
    worlds, begun = _worlds(result), {USERS: result.options["many"]}

    def basins(of: list[dict[str, Any]]) -> list[Basin]:
        pairs = zip(result.numbers(of), result.numbers([{**w, **begun} for w in of]), strict=True)
        runs = [(outcomes[a], outcomes[b]) for a, b in pairs if None not in (a, b)]
        made = []
        for few, many in runs:
            difference = of_mean(many - few, (-1, 1))
            clear = of_mean(many - few, confidence=of_many(len(runs))).low > 0
            depends = clear and difference.estimate >= APART
            made.append(Basin(of_mean(few, (0, 1)), of_mean(many, (0, 1)), difference, depends))
        return made

    here = basins([{}]) if len(starts_of(result)) > 1 else []
    never = [{**world, **NEVER_WITHDRAWN} for world in worlds]
    return Tipping(result, lines, here[0] if here else None, basins(worlds), basins(never))


def _line(
    result: Result, axis: Axis, start: float, levels: np.ndarray, numbers: np.ndarray
) -> Line:
    runs = result.ensemble.outcomes[GOAL][numbers]
    kept = np.where(np.isnan(runs), np.nan, runs >= result.values["outcome.sustained_threshold"])
    # of neighbours that are as far apart as those that the design began with, so that steps compare
    first = np.flatnonzero(np.isin(levels, axis.values))
    pairs = [*zip(first.tolist(), first[1:].tolist(), strict=False)] or [(0, levels.size - 1)]
    steps = [of_difference(runs[b], runs[a]) for a, b in pairs]
    most = int(np.argmax([abs(np.nan_to_num(step.estimate)) for step in steps]))
    low, high = (float(levels[n]) for n in pairs[most])
    turned = boundary(levels.astype(float), kept)
    on = sides(kept, of_many(len(looks(result))))
    return Line(axis, start, levels, kept, turned, (low, high, steps[most]), on)


def _worlds(result: Result) -> list[dict[str, Any]]:
    """Return the worlds of the shipped sample, but for what is set otherwise here.

    None where runs are of many worlds already, or begin with as many users either way.
    """
    if result.worlds.many or len(starts_of(result)) < 2:
        return []
    fixed = {p for p, v in result.values.items() if v != PARAMETERS[p].default}
    free = [path for path in FREE if path not in fixed]
    worlds = {tuple(row[path] for path in free): row for row in rows_of()}
    return [{path: row[path] for path in free} for row in worlds.values() if free]


def more(result: Result) -> list[dict[str, Any]]:
    """Return the points that are still wanted: all levels from many users, worlds, halves of what holds a boundary."""
    start = starts_of(result)[-1]
    asked = [
        _setting(axis, value, start, result)
        for axis in result.axes
        if USERS not in axis.paths
        for value in axis.values
    ]
    if len(starts_of(result)) > 1:
        asked.append({USERS: start})
        asked += [
            {**begun, **world, **kept}
            for world in _worlds(result)
            for kept in ({}, NEVER_WITHDRAWN)
            for begun in ({}, {USERS: start})
        ]
    for line in result.found.lines:
        if line.boundary.within is None:
            continue
        low, high = (float(line.levels[n]) for n in line.boundary.within)
        middle = (low + high) / 2
        whole = PARAMETERS[line.axis.paths[0]].kind == "integer"
        if whole and (middle := round(middle)) in (low, high):
            continue
        wide = max(line.axis.values) - min(line.axis.values)
        if high - low > result.options["resolution"] * wide:
            asked.append(_setting(line.axis, middle, line.start, result))
    return asked
