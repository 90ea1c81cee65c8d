"""Whether histories split: two outcomes with hardly anything between, which no mean describes.

The runs are cut in two where the variance within both parts is least (two means in one dimension;
Otsu 1979, doi 10.1109/TSMC.1979.4310076). They count as split if the middle third between the two
means is clearly emptier than stretches as wide around either mean: by a sign test, at most half as
full. Where a single outcome is most common, the middle, or what lies on one side of it, is fullest.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.analysis.intervals import Interval, of_share

APART = 0.2  # what two outcomes are apart at least, share of HCPs (assumption)
SMALLEST = 0.1  # share of runs that each of them has at least (assumption)
SIGNIFICANCE = 0.01  # so seven runs or more on each side, if none lies between (assumption)


class Split(NamedTuple):
    """Two outcomes of histories under the same conditions."""

    low: float  # mean of the runs of each
    high: float
    lower: Interval  # share of runs that have the lower one


def split(runs: np.ndarray) -> Split | None:
    """Return the two outcomes that shares of runs (no NaNs) split into; None where they do not."""
    x = np.sort(np.asarray(runs, float))
    x = x[~np.isnan(x)]
    n = x.size
    if n < 2 or x[0] == x[-1]:
        return None
    below = np.arange(1, n)
    sums = np.cumsum(x)[:-1]
    low, high = sums / below, (x.sum() - sums) / (n - below)
    cut = int(np.argmax(below * (n - below) * (high - low) ** 2))
    found = Split(float(low[cut]), float(high[cut]), of_share(cut + 1, n))
    apart = found.high - found.low
    if apart < APART or not SMALLEST <= found.lower.estimate <= 1 - SMALLEST:
        return None

    def near(place: float) -> int:
        return int((np.abs(x - place) <= apart / 6).sum())

    between = near((found.low + found.high) / 2)
    beside = min(near(found.low), near(found.high))
    return found if 2 * between <= beside and _chance(between, beside) < SIGNIFICANCE else None


def _chance(few: int, many: int) -> float:
    """Return how probably so few of all fall on one of two sides that are as likely."""
    from scipy.special import bdtr

    return float(bdtr(few, few + many, 0.5))
