"""Intervals: of a mean, of a share, of a rank correlation; and the range of single runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

CONFIDENCE = 0.95
# Shares of what is drawn that lie below the ends of an interval
ENDS = (1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2
RESAMPLES = 2_000
# Which resamples are drawn is no luck of the model: the same numbers give the same interval.
BOOTSTRAP_SEED = 20_260_101
FEW = 2_000  # runs whose resamples are small enough to be kept
AT_ONCE = 20  # resamples of more runs that are made at once, a divisor of RESAMPLES
Z = 1.959963984540054  # of the standard normal, for CONFIDENCE
ANYTHING = (-np.inf, np.inf)


class Interval(NamedTuple):
    """An estimate with its 95 % interval."""

    estimate: float  # NaN where there is nothing to estimate
    low: float  # NaN as well for a mean of one run
    high: float
    runs: int  # how many it rests on (those with a number)

    @property
    def negated(self) -> Interval:
        """The same of what is counted the other way round."""
        return Interval(-self.estimate, -self.high, -self.low, self.runs)


NOTHING = Interval(np.nan, np.nan, np.nan, 0)


def resamples(runs: int, number: int = 0) -> np.ndarray:
    """Return (RESAMPLES, runs) numbers of runs drawn with replacement; other ones by `number`."""
    return (_drawn if runs <= FEW else _drawn.__wrapped__)(runs, number)


def some_resamples(runs: int, number: int = 0) -> Iterator[np.ndarray]:
    """Yield the rows of `resamples`: all at once, or where runs are many a few, so that memory stays small."""
    if runs <= FEW:
        yield _drawn(runs, number)
        return
    luck = np.random.default_rng(BOOTSTRAP_SEED + number)
    for _ in range(0, RESAMPLES, AT_ONCE):
        yield luck.integers(0, runs, (AT_ONCE, runs))


@lru_cache(4)  # a comparison asks for the same ones thousands of times
def _drawn(runs: int, number: int) -> np.ndarray:
    made = np.random.default_rng(BOOTSTRAP_SEED + number).integers(0, runs, (RESAMPLES, runs))
    made.flags.writeable = False
    return made


def about(
    estimate: Any, low: Any, high: Any, bounds: tuple[float, float] = ANYTHING
) -> tuple[Any, Any]:
    """Return an interval cut to what is possible, that always holds its estimate."""
    low, high = np.maximum(bounds[0], low), np.minimum(bounds[1], high)
    return np.minimum(low, estimate), np.maximum(high, estimate)


def one(columns: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> Interval:
    """Return the interval of the only column."""
    estimate, low, high, runs = (column[0] for column in columns)
    return Interval(float(estimate), float(low), float(high), int(runs))


def of_mean(
    x: np.ndarray, bounds: tuple[float, float] = ANYTHING, confidence: float = CONFIDENCE
) -> Interval:
    """Return the mean of runs (no NaNs) with Student's t interval, cut to what is possible."""
    return one(of_columns(np.asarray(x, float).reshape(-1, 1), bounds, confidence))


def of_many(intervals: int) -> float:
    """Return the confidence of each of many intervals of which 5 % miss any at all (Bonferroni)."""
    return 1 - (1 - CONFIDENCE) / intervals


def bootstrap(x: np.ndarray, quantile: float | None = None) -> Interval:
    """Return the mean or a quantile of runs with the percentile interval of its bootstrap.

    Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13. NaNs are left out; the
    interval of one run is NaN.
    """
    x = np.asarray(x, float)
    x = x[~np.isnan(x)]
    if x.size == 0:
        return NOTHING

    def of(sample: np.ndarray) -> np.ndarray:
        made = sample.mean(-1) if quantile is None else np.quantile(sample, quantile, axis=-1)
        return np.asarray(made)

    found = float(of(x))
    if x.size == 1:
        return Interval(found, np.nan, np.nan, 1)
    low, high = np.quantile(of(x[resamples(x.size)]), ENDS)
    low, high = about(found, low, high)
    return Interval(found, float(low), float(high), x.size)


def beyond_chance(samples: Sequence[np.ndarray]) -> list[bool]:
    """Return which means of runs differ from 0, as many are looked at: 5 % would say so of any that does not.

    Holm 1979, www.jstor.org/stable/4615733: the clearest is asked first, as one of all; then of those left.
    """
    found = [of_mean(x) for x in samples]
    wide = [(i.high - i.low) / 2 / abs(i.estimate) if i.estimate else np.inf for i in found]
    order = np.argsort(wide, kind="stable").tolist()  # NaNs, of a single run, come last
    clear = [False] * len(found)
    for n, place in enumerate(order):
        sure = of_mean(samples[place], confidence=of_many(len(order) - n))
        if not (sure.low > 0 or sure.high < 0):
            break
        clear[place] = True
    return clear


def means_of(x: np.ndarray) -> np.ndarray:
    """Return means over the last axis without NaNs; NaN where there is nothing else."""
    there = (~np.isnan(x)).sum(axis=-1)
    means: np.ndarray = np.nansum(x, axis=-1) / np.where(there, there, np.nan)
    return means


def of_columns(
    x: np.ndarray, bounds: tuple[float, float] = ANYTHING, confidence: float = CONFIDENCE
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return `of_mean` of each column of (runs, columns): estimates, lows, highs, runs."""
    from scipy.special import stdtrit

    known = ~np.isnan(x)
    n = known.sum(axis=0)
    filled = np.where(known, x, 0.0)
    mean = filled.sum(axis=0) / np.where(n > 0, n, np.nan)
    squares = np.where(known, (x - mean) ** 2, 0.0).sum(axis=0)
    freedom = np.where(n > 1, n - 1, np.nan)
    half = stdtrit(freedom, 0.5 + confidence / 2) * np.sqrt(
        squares / freedom / np.where(n > 0, n, 1)
    )
    return mean, *about(mean, mean - half, mean + half, bounds), n


def of_share(hits: float, n: int) -> Interval:
    """Return a share with Wilson's interval (Wilson 1927, doi 10.2307/2276774)."""
    if n == 0:
        return NOTHING
    share = hits / n
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * np.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    low, high = about(share, centre - half, centre + half, (0.0, 1.0))
    # exact where rounding would leave the end beside it
    return Interval(share, float(low) if hits else 0.0, float(high) if hits < n else 1.0, n)


def middle(x: np.ndarray) -> Interval:
    """Return the median of points or worlds with the middle nine tenths of them: no interval of a mean."""
    known = x[~np.isnan(x)]
    if not known.size:
        return NOTHING
    low, median, high = np.quantile(known, [0.05, 0.5, 0.95]).tolist()
    return Interval(median, low, high, known.size)


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
        return NOTHING
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


def single_runs(x: np.ndarray) -> tuple[float, float]:
    """Return the lowest and the highest single run; NaN where there is none."""
    x = np.asarray(x, float)
    x = x[~np.isnan(x)]
    return (float(x.min()), float(x.max())) if x.size else (np.nan, np.nan)
