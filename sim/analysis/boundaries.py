"""Where along a line half of all histories turn, and whether what comes announces itself."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.analysis.intervals import ENDS, NOTHING, Interval, about
from sim.analysis.pooled import times_of

HALF = 0.5


class Boundary(NamedTuple):
    """Where half of the histories turn, along rising levels."""

    at: Interval  # endless where it lies beyond an end of the line, or may do so
    rising: bool  # whether more of them keep use at higher levels
    within: tuple[int, int] | None  # places of the two levels around it; None beyond an end


def boundary(levels: np.ndarray, kept: np.ndarray) -> Boundary:
    """Return at which of rising levels half of the histories keep something.

    `kept` is (levels, histories): 1 where it is kept, 0 where not; histories that have a NaN are left out.
    The share that keeps it is taken to rise, or to fall, all along (isotonic regression; whichever
    fits better), and linear between levels. The interval is by bootstrap over histories.
    """
    kept = kept[:, ~np.isnan(kept).any(axis=0)]
    histories = kept.shape[1]
    if not histories:
        return Boundary(NOTHING, True, None)
    shares = kept.mean(axis=1)
    rising = _misfit(shares, True) <= _misfit(shares, False)
    smooth = _monotone(shares, rising)
    above = np.flatnonzero((smooth >= HALF) == rising)  # beyond the boundary
    within = (int(above[0]) - 1, int(above[0])) if 0 < above.size < levels.size else None
    at = _crossing(levels, smooth, rising)
    low = high = np.nan
    if histories > 1:
        resampled = times_of(histories) @ kept.T / histories
        drawn = [_crossing(levels, _monotone(one, rising), rising) for one in resampled]
        # an end without number: no interpolation between it and another
        low, high = about(at, *np.quantile(drawn, ENDS, method="closest_observation"))
    return Boundary(Interval(at, float(low), float(high), histories), rising, within)


def sides(kept: np.ndarray, confidence: float) -> list[int]:
    """Return on which side of half the share of each level lies beyond chance: -1, 1, or 0 if it may be either.

    By the binomial distribution of histories of which half keep it: no interval that resamples a few of them,
    all alike, tells how unlike others may be. At least as often as `confidence` says, a level is not put on the side
    on which it does not lie. `kept` is that of `boundary`, NaN where nothing is known.
    """
    from scipy.special import bdtr

    known = (~np.isnan(kept)).sum(axis=1)
    hits = np.nansum(kept, axis=1)
    fewer, more = (bdtr(n, known, HALF) <= 1 - confidence for n in (hits, known - hits))
    return (more.astype(int) - fewer).tolist()


def fewest(confidence: float) -> int:
    """Return how many histories `sides` needs to tell of any share that it is not one half."""
    return int(np.ceil(np.log2(1 / (1 - confidence))))


def _monotone(shares: np.ndarray, rising: bool) -> np.ndarray:
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(shares, increasing=rising).x)


def _misfit(shares: np.ndarray, rising: bool) -> float:
    return float(((_monotone(shares, rising) - shares) ** 2).sum())


def _crossing(levels: np.ndarray, smooth: np.ndarray, rising: bool) -> float:
    """Return where monotone shares reach half; endless beyond the ends."""
    above = np.flatnonzero((smooth >= HALF) == rising)
    if above.size == levels.size:
        return -np.inf
    if not above.size:
        return np.inf
    n = int(above[0])
    part = (HALF - smooth[n - 1]) / (smooth[n] - smooth[n - 1])
    return float(levels[n - 1] + part * (levels[n] - levels[n - 1]))


class Warned(NamedTuple):
    """How often a history that ends has more of something beforehand than one that goes on.

    0.5 where that tells nothing (the area under the curve of Hanley & McNeil 1982, doi
    10.1148/radiology.143.1.7063747).
    """

    variance: Interval
    autocorrelation: Interval  # of lag 1
    level: Interval
    ended: int
    went_on: int


def warned(paths: np.ndarray, ended: np.ndarray, window: int) -> Warned:
    """Compare the months before an end with the same months of histories that go on.

    `paths` are shares, (histories, months); `ended` is the month of each end, which the `window` of so many
    months precedes, NaN where there is none. What is looked at are the early warnings of Scheffer et al. 2009,
    doi 10.1038/nature08227: variance and autocorrelation around a straight line through the window, beside the
    mean level.
    """
    on = paths[np.isnan(ended)]
    ends = [(x, int(m)) for x, m in zip(paths, ended, strict=True) if m >= window]
    more = np.full((3, len(ends), len(on)), np.nan)  # in which pairs the one that ends has more
    for n, (path, month) in enumerate(ends if len(on) else ()):
        here = slice(month - window, month)
        for pairs, mine, its in zip(more, _signals(path[here]), _signals(on[:, here]), strict=True):
            known = ~np.isnan(its) & ~np.isnan(mine)
            pairs[n, known] = ((its < mine) + (its == mine) / 2)[known]
    variance, autocorrelation, level = map(_share, more)
    return Warned(variance, autocorrelation, level, len(ends), len(on))


def _share(pairs: np.ndarray) -> Interval:
    """Return the mean of (ended, others), with an interval by bootstrap over both."""
    known = ~np.isnan(pairs)
    if not known.any():
        return NOTHING
    ended, others = pairs.shape
    times = times_of(ended), times_of(others, 1)
    sums = [
        ((times[0] @ part) * times[1]).sum(axis=1)
        for part in (np.where(known, pairs, 0.0), known.astype(float))
    ]
    estimate = float(pairs[known].mean())
    drawn = sums[0][sums[1] > 0] / sums[1][sums[1] > 0]
    low, high = about(estimate, *np.quantile(drawn, ENDS))
    return Interval(estimate, float(low), float(high), ended)


def _signals(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return variance, autocorrelation and mean of the last axis; no autocorrelation where nothing varies."""
    from scipy.signal import detrend

    rest = detrend(x, axis=-1)
    variance = (rest**2).mean(axis=-1)
    with np.errstate(invalid="ignore"):
        moved = (rest[..., 1:] * rest[..., :-1]).mean(axis=-1) / np.where(
            variance > 1e-12, variance, np.nan
        )
    return variance, moved, x.mean(axis=-1)
