"""A sampled space: where sustained adoption is high, and which axes it goes with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval, means_of, rank_correlation
from sim.outcomes.table import GOAL
from sim.reports import titles, words
from sim.reports.answer import Answer
from sim.reports.figure import Dots, Figure, Panel, exact, professionals
from sim.studies.headline import over_points
from sim.tables.layout import Table
from sim.tables.messages import counted

if TYPE_CHECKING:
    from sim.design.axes import Axis
    from sim.studies.result import Result


class Space(NamedTuple):
    """How mean sustained adoption varies over the points of a space."""

    # of its ranks with each axis of numbers, closest first
    correlations: list[tuple[Axis, Interval]]
    by_name: list[tuple[Axis, str, Interval]]  # mean over points, at each value of an axis of names
    best: int  # number of the point with the highest mean


def _values(result: Result, axis: Axis) -> list[Any]:
    """Return the value of an axis at each point."""
    return [point.values[axis.paths[0]] for point in result.ensemble.points]


def found(result: Result) -> Space:
    """Return what was found over all points."""
    means = means_of(result.ensemble.outcomes[GOAL])
    numbers, named = [], []
    for axis in result.axes:
        values = _values(result, axis)
        if axis.numeric:
            numbers.append((axis, rank_correlation(np.array(values, float), means)))
            continue
        for value in dict.fromkeys(map(str, values)):
            chosen = np.array([str(x) == value for x in values])
            named.append((axis, value, intervals.of_mean(means[chosen], (0, 1))))
    numbers.sort(key=lambda pair: -abs(np.nan_to_num(pair[1].estimate)))
    return Space(numbers, named, int(np.argmax(np.nan_to_num(means, nan=-np.inf))))


def answer(result: Result) -> Answer:
    """Return how sustained adoption varies over the space, and with which axes."""
    space, ensemble = result.found, result.ensemble
    rows = [["", "from", "to", "rank correlation with sustained adoption"]]
    for axis, r in space.correlations:
        ends = (titles.value_short(axis.name, f(axis.values)) for f in (min, max))
        rows.append([titles.short(axis.name), *ends, words.with_interval(r, sign=True)])
    runs = (
        f"{counted(len(ensemble.points), 'point')} ({result.design_kind}) x "
        f"{words.runs(ensemble.replicates)}, seed {ensemble.seed}. In brackets: 95 % intervals, over "
        "points."
    )
    blocks: list[str | Table] = [*over_points(result, "points"), runs, Table(rows)]
    if space.by_name:
        rows = [["", "value", "sustained adoption, mean over points"]]
        for axis, name, mean in space.by_name:
            value = titles.value_short(axis.name, name, result.policies)
            rows.append([titles.short(axis.name), value, words.of_100(mean)])
        blocks.append(Table(rows, left=2))
    at = titles.placed(titles.settings_told(ensemble.settings[space.best], result.policies))
    highest = words.of_100(result.mean(GOAL, space.best))
    blocks.append(
        f"Highest is point {space.best} ({at}): sustained adoption {highest}. "
        "The best of many points is partly luck."
    )
    return Answer(result.title, result.question, blocks)


def figures(result: Result) -> list[Figure]:
    """Return mean sustained adoption of each point over each axis."""
    found = [intervals.of_mean(runs, (0, 1)) for runs in result.ensemble.outcomes[GOAL]]
    told = [words.of_100(i) for i in found]
    numbers = [str(n) for n in range(len(found))]
    r, panels = {axis.name: r for axis, r in result.found.correlations}, []
    for axis in [a for a in result.axes if a.numeric]:
        x = list(map(float, _values(result, axis)))
        tips = [("point", numbers), (titles.short(axis.name), list(map(words.value, x))),
                ("sustained adoption", told)]  # fmt: skip
        dots = Dots(list(map(exact, x)), found, [0] * len(found), tips, small=True)
        across = titles.of_scale(axis.name, log=bool(axis.logarithmic))
        title = f"rank correlation {words.with_interval(r[axis.name], sign=True)}"
        panels.append(Panel(title, [dots], across, professionals()))
    runs = result.ensemble.replicates
    bars = words.drawn(runs, "Bars: 95 % intervals of the mean.")
    caption = f"{len(found)} points, {words.runs(runs)} each. {bars}"
    title = "Sustained adoption over each axis"
    return [Figure("points", title, caption, panels, 3, 2.4, "y")]
