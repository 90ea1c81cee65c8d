"""Is a sampler right? Simulation-based calibration (Talts et al. 2018, arXiv 1804.06788) from one table.

Each row of parameters drawn from the prior, and of what was simulated there, is left out once and plays the data;
the rows nearest to it are its posterior sample. If posteriors are right, the rank of the true parameter among them is
as often each number: too high or low a rank tells of a bias, ranks at the ends of posteriors that are too narrow.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def nearest_rows(apart: Callable[[int], np.ndarray], rows: int, nearest: int) -> np.ndarray:
    """Return the other rows that lie nearest to each, (rows, nearest); `apart(n)` are distances from row n."""
    found = np.empty((rows, nearest), np.int64)
    for n in range(rows):
        away = np.array(apart(n), float)
        away[n] = np.inf
        found[n] = np.argpartition(away, nearest)[:nearest]
    return found


def ranks(points: np.ndarray, posterior: np.ndarray) -> np.ndarray:
    """Return how many of each row's posterior lie below it, (rows, parameters), from 0 to their number."""
    return np.asarray((points[posterior] < points[:, None]).sum(axis=1))


def histograms(found: np.ndarray, nearest: int, bins: int) -> np.ndarray:
    """Return how many ranks of each parameter fall into equal bins, (parameters, bins).

    `nearest` + 1, the number of possible ranks, must be a multiple of `bins`.
    """
    assert (nearest + 1) % bins == 0
    place = found * bins // (nearest + 1)
    return np.array([np.bincount(column, minlength=bins) for column in place.T])


def uniform(counts: np.ndarray) -> np.ndarray:
    """Return for each row of counts how likely chance alone departs as far from equal ones (chi-square)."""
    from scipy import stats

    return np.asarray(stats.chisquare(counts, axis=1).pvalue)
