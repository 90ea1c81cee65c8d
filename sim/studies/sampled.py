"""A sampled space: where sustained adoption is high, and which axes it goes with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.intervals import Interval
from sim.reports import words
from sim.reports.answer import Answer
from sim.tables.layout import Table
from sim.tables.messages import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.design.axes import Axis
    from sim.reports.html.plots import Group
    from sim.studies.result import Result

KEEP_PATHS = False
OUTCOME = "sustained_adoption"
NORMAL_95 = 1.959963984540054


def point_means(result: Result) -> np.ndarray:
    """Return the mean of sustained adoption of each point."""
    return np.nanmean(result.ensemble.outcomes[OUTCOME], axis=1)


def axis_values(result: Result, axis: Axis) -> np.ndarray:
    """Return the value of an axis at each point."""
    return np.array([point.values[axis.paths[0]] for point in result.ensemble.points], float)


def rank_correlation(x: np.ndarray, y: np.ndarray) -> Interval:
    """Return Spearman's correlation over points with its 95 % interval (Fisher's z).

    The interval is that of Bonett & Wright 2000, doi 10.1007/BF02294183; NaN below 5 points.
    """
    n = x.size
    if n < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return Interval(np.nan, np.nan, np.nan, n)
    r = float(np.corrcoef(_ranks(x), _ranks(y))[0, 1])
    if n < 5:
        return Interval(r, np.nan, np.nan, n)
    z = np.arctanh(np.clip(r, -0.999999, 0.999999))
    half = NORMAL_95 * np.sqrt((1 + r * r / 2) / (n - 3))
    return Interval(r, float(np.tanh(z - half)), float(np.tanh(z + half)), n)


def _ranks(x: np.ndarray) -> np.ndarray:
    """Return mean ranks, equal for equal values."""
    _, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[place]


def answer(result: Result) -> Answer:
    """Return how sustained adoption varies over the space, and with which axes."""
    ensemble = result.ensemble
    means = point_means(result)
    n = means.size
    threshold = result.values["outcome.sustained_threshold"]
    found = sorted(
        ((axis, rank_correlation(axis_values(result, axis), means)) for axis in result.axes),
        key=lambda pair: -abs(np.nan_to_num(pair[1].estimate)),
    )
    rows = [["", "from", "to", "rank correlation with sustained adoption"]]
    for axis, r in found:
        low, high = min(axis.values), max(axis.values)
        rows.append(
            [axis.name, words.value(low), words.value(high), words.with_interval(r, sign=True)]
        )
    low, middle, high = np.nanpercentile(means, [5, 50, 95])
    best = int(np.nanargmax(means))
    at = ", ".join(f"{k} {words.value(v)}" for k, v in ensemble.settings[best].items())
    sentences = [
        f"1. Over the {n} points, mean sustained adoption is {words.number(middle)} at the median; "
        f"90 % of points lie between {words.number(low)} and {words.number(high)}. It is at least "
        f"{words.value(threshold)} in {int((means >= threshold).sum())} of {n} points.",
        f"2. Highest is point {best} ({at}): {words.with_interval(result.mean(OUTCOME, best))}. "
        "The best of many points is partly luck.",
    ]
    runs = (
        f"{counted(n, 'point')} ({result.design_kind}) x {words.runs(ensemble.replicates)}, seed {ensemble.seed}. "
        "In brackets: 95 % intervals, over points."
    )
    return Answer(result.title, result.question, [runs, Table(rows), *sentences])


def figures(result: Result) -> dict[str, Figure]:
    """Return the points, one panel per axis."""
    from sim.reports.figures.sampled import points_figure

    return {"points": points_figure(result)}


def plots(result: Result) -> list[Group]:
    """Return the figures of the report."""
    from sim.reports.html.figures import sampled

    return sampled(result)
