"""Which parameters an outcome goes with: rank correlation with its interval."""

from __future__ import annotations

import numpy as np

from sim.analysis.intervals import NOTHING, Interval, Z, about


def rank_correlation(x: np.ndarray, y: np.ndarray) -> Interval:
    """Return Spearman's correlation over points with its 95 % interval (Fisher's z).

    The interval is that of Bonett & Wright 2000, doi 10.1007/BF02294183; NaN below 5 points. Points
    without a number are left out.
    """
    from scipy.stats import spearmanr

    there = ~np.isnan(y)
    x, y = x[there], y[there]
    n = x.size
    if n < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return NOTHING._replace(runs=n)
    r = float(spearmanr(x, y).statistic)
    if n < 5:
        return Interval(r, np.nan, np.nan, n)
    z = np.arctanh(np.clip(r, -0.999999, 0.999999))
    half = Z * np.sqrt((1 + r * r / 2) / (n - 3))
    low, high = about(r, np.tanh(z - half), np.tanh(z + half))
    return Interval(r, float(low), float(high), n)
