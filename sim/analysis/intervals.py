"""Intervals: of a mean, of a share, and the range of single runs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """An estimate with its 95 % interval.

    Attributes
    ----------
    estimate, low, high : float
        NaN where there is nothing to estimate; the interval is NaN for a mean of one run.
    runs : int
        How many runs it rests on (those with a number).
    """

    estimate: float
    low: float
    high: float
    runs: int


def of_mean(x: np.ndarray, bounds: tuple[float, float] = (-np.inf, np.inf)) -> Interval:
    """Return the mean of runs (no NaNs) with Student's t interval, cut to what is possible."""
    from scipy.special import stdtrit

    x = np.asarray(x, float)
    x = x[~np.isnan(x)]
    n = x.size
    if n == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    mean = float(x.mean())
    if n == 1:
        return Interval(mean, np.nan, np.nan, 1)
    half = float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2) * x.std(ddof=1) / np.sqrt(n))
    low, high = max(bounds[0], mean - half), min(bounds[1], mean + half)
    return Interval(mean, low, high, n)


def means_of(x: np.ndarray) -> np.ndarray:
    """Return means over the last axis without NaNs; NaN where there is nothing else."""
    there = (~np.isnan(x)).sum(axis=-1)
    means: np.ndarray = np.nansum(x, axis=-1) / np.where(there, there, np.nan)
    return means


def of_columns(
    x: np.ndarray, bounds: tuple[float, float] = (-np.inf, np.inf)
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return `of_mean` of each column of (runs, columns): estimates, lows, highs, runs."""
    from scipy.special import stdtrit

    known = ~np.isnan(x)
    n = known.sum(axis=0)
    filled = np.where(known, x, 0.0)
    mean = filled.sum(axis=0) / np.where(n > 0, n, np.nan)
    squares = np.where(known, (x - mean) ** 2, 0.0).sum(axis=0)
    freedom = np.where(n > 1, n - 1, np.nan)
    half = stdtrit(freedom, 0.5 + CONFIDENCE / 2) * np.sqrt(
        squares / freedom / np.where(n > 0, n, 1)
    )
    return mean, np.maximum(bounds[0], mean - half), np.minimum(bounds[1], mean + half), n


def of_share(hits: float, n: int) -> Interval:
    """Return a share with Wilson's interval (Wilson 1927, doi 10.2307/2276774)."""
    if n == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    z = 1.959963984540054
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # exact where rounding would leave the estimate outside of its own interval
    low = 0.0 if hits == 0 else float(centre - half)
    high = 1.0 if hits == n else float(centre + half)
    return Interval(share, low, high, n)


def of_difference(a: np.ndarray, b: np.ndarray) -> Interval:
    """Return the mean paired difference a - b of runs that share their luck."""
    return of_mean(np.asarray(a, float) - np.asarray(b, float))


def of_unpaired_difference(a: np.ndarray, b: np.ndarray) -> Interval:
    """Return the difference of two means, a - b, with Welch's interval (1947, doi 10.2307/2332510).

    NaNs are left out; `runs` is the smaller of the two numbers.
    """
    from scipy.special import stdtrit

    a, b = (np.asarray(x, float)[~np.isnan(x)] for x in (a, b))
    runs = min(a.size, b.size)
    if runs == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    mean = float(a.mean() - b.mean())
    if runs == 1:
        return Interval(mean, np.nan, np.nan, 1)
    first, second = a.var(ddof=1) / a.size, b.var(ddof=1) / b.size
    total = first + second
    if total == 0:
        return Interval(mean, mean, mean, runs)
    freedom = total**2 / (first**2 / (a.size - 1) + second**2 / (b.size - 1))
    half = float(stdtrit(freedom, 0.5 + CONFIDENCE / 2) * np.sqrt(total))
    return Interval(mean, mean - half, mean + half, runs)


def single_runs(x: np.ndarray) -> tuple[float, float]:
    """Return the lowest and the highest single run; NaN where there is none."""
    x = np.asarray(x, float)
    x = x[~np.isnan(x)]
    return (float(x.min()), float(x.max())) if x.size else (np.nan, np.nan)
