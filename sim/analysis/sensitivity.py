"""Which inputs a model hangs on: Morris' screening, Sobol indices, Shapley effects. Samplers and analysers.

Outcomes come with several runs of each point, whose luck all points share. What is told is of the mean
over luck: wherever a square is needed, two runs of different luck are multiplied, so that chance adds
nothing on average. With one run of each point nothing is known of chance, and squares are taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.analysis.intervals import (
    ANYTHING,
    ENDS,
    NOTHING,
    RESAMPLES,
    Interval,
    about,
    bootstrap,
    means_of,
    resamples,
)
from sim.analysis.pooled import times_of

LEVELS = 4  # of a trajectory's grid, as Morris has them; a step is two thirds of the range
STEP = LEVELS / (2 * (LEVELS - 1))
SHARE = (0.0, 1.0)
BLOCK = 100  # resamples that are summed at once, so that memory stays small


def trajectories(inputs: int, number: int, seed: int) -> np.ndarray:
    """Return (number * (inputs + 1), inputs) points in [0, 1]: trajectories that move one input at a time.

    Morris 1991, doi 10.1080/00401706.1991.10484804. More of them keep the first.
    """
    luck = np.random.default_rng(seed)
    made = np.empty((number, inputs + 1, inputs))
    for points in made:
        points[:] = luck.integers(0, LEVELS, inputs) / (LEVELS - 1)
        for n, moved in enumerate(luck.permutation(inputs), 1):
            points[n:, moved] += STEP if points[0, moved] < 0.5 else -STEP
    return np.clip(made.reshape(-1, inputs), 0, 1)


def elementary_effects(points: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return (trajectories, inputs, runs): what y changes, for the whole range, where an input moves.

    `points` are those of `trajectories`; y is (points, runs), with NaN where there is no number.
    """
    inputs = points.shape[1]
    x, y = points.reshape(-1, inputs + 1, inputs), y.reshape(-1, inputs + 1, y.shape[1])
    steps = np.diff(x, axis=1)
    moved = np.abs(steps).argmax(axis=2)
    effects = np.diff(y, axis=1) / steps.sum(axis=2)[..., None]
    made: np.ndarray = np.take_along_axis(effects, np.argsort(moved, axis=1)[..., None], axis=1)
    return made


class Screened(NamedTuple):
    """What an input changes along trajectories, for its whole range."""

    mean: Interval  # with its sign
    size: Interval  # mean of absolute values (mu* of Campolongo 2007, doi 10.1016/j.envsoft.2006.10.004)


def screened(effects: np.ndarray) -> list[Screened]:
    """Return what each input of (trajectories, inputs, runs) changes; intervals over trajectories."""
    return [Screened(bootstrap(x), bootstrap(np.abs(x))) for x in means_of(effects).T]


def _told(
    found: np.ndarray, drawn: np.ndarray, n: int, bounds: tuple[float, float] = ANYTHING
) -> list[Interval]:
    """Return estimates with the percentile intervals of (resamples, estimates)."""
    known = drawn[~np.isnan(drawn).any(axis=1)]
    ends = np.full((2, found.size), np.nan)
    if len(known):  # else nothing varies in any resample
        ends = np.quantile(known, ENDS, axis=0)
    low, high = about(found, ends[0], ends[1], bounds)
    each = zip(found.tolist(), low.tolist(), high.tolist(), strict=True)
    return [Interval(*one, n) for one in each]


def sobol(inputs: int, rows: int, seed: int) -> np.ndarray:
    """Return (rows, inputs) points in [0, 1] of a scrambled Sobol sequence; more rows keep the first."""
    import warnings

    from scipy.stats import qmc

    with warnings.catch_warnings():
        # any number is allowed; powers of two are balanced best, which the docs say
        warnings.simplefilter("ignore", UserWarning)
        return np.asarray(qmc.Sobol(inputs, scramble=True, rng=seed).random(rows))


def saltelli(inputs: int, rows: int, seed: int) -> np.ndarray:
    """Return (rows * (inputs + 2), inputs) points in [0, 1], of a scrambled Sobol sequence.

    Of each row: a point A, that point with one input after another from a second point B, and B
    (Saltelli et al. 2010, doi 10.1016/j.cpc.2009.09.018). More rows keep the first.
    """
    drawn = sobol(2 * inputs, rows, seed)
    made = np.repeat(drawn[:, None, :inputs], inputs + 2, axis=1)
    each = np.arange(inputs)
    made[:, each + 1, each] = drawn[:, inputs:]
    made[:, -1] = drawn[:, inputs:]
    return made.reshape(-1, inputs)


class Indices(NamedTuple):
    """Shares of the variance of the mean over luck, with intervals over rows."""

    first: list[Interval]  # of each input alone
    total: list[Interval]  # of each with all that it does together with others
    alone: Interval  # of all inputs, each alone: what is left is done together
    variance: float  # 0 where nothing varies
    rows: int  # of which all points have a number


def indices(y: np.ndarray, inputs: int) -> Indices:
    """Return first and total Sobol indices from (points, runs) of `saltelli`.

    First as Saltelli et al. 2010 (b of their table 2), total as Jansen 1999, doi
    10.1016/S0010-4655(98)00154-4. Rows that lack a number are left out.
    """
    y = y.reshape(-1, inputs + 2, y.shape[1])
    y = y[~np.isnan(y).any(axis=(1, 2))]
    rows = len(y)
    nothing = NOTHING._replace(runs=rows)
    none = Indices([nothing] * inputs, [nothing] * inputs, nothing, 0.0, rows)
    if rows < 2 or np.ptp(y, axis=(0, 1)).max() == 0:
        return none
    y = y - y[:, [0, -1]].mean(axis=(0, 1))  # of each run's luck
    a, mixed, b = y[:, :1], y[:, 1:-1], y[:, -1:]
    moved = mixed - a
    # what the means of rows are made of: variance, first and total of each input
    parts = np.concatenate(
        [(_square(a, a) + _square(b, b)) / 2, _square(b, moved), _square(moved, moved) / 2], axis=1
    )

    def shares(means: np.ndarray) -> np.ndarray:
        each = means[..., 1:] / np.where(means[..., :1] > 0, means[..., :1], np.nan)
        return np.concatenate([each, each[..., :inputs].sum(axis=-1, keepdims=True)], axis=-1)

    means = parts.mean(axis=0)
    found = shares(means)
    drawn = np.array([parts[n].mean(axis=0) for n in resamples(rows)])
    if np.quantile(drawn[:, 0], ENDS[0]) <= 0:  # all of it may be chance
        return none
    told = _told(found, shares(drawn), rows, SHARE)
    return Indices(told[:inputs], told[inputs:-1], told[-1], float(means[0]), rows)


def _square(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the product of two means over luck, of (..., runs): runs of different luck are multiplied."""
    runs = b.shape[-1]
    if runs == 1:
        made: np.ndarray = (a * b)[..., 0]
        return made
    same = (a * b).sum(axis=-1)
    return np.asarray((a.sum(axis=-1) * b.sum(axis=-1) - same) / (runs * (runs - 1)))


def shapley(y: np.ndarray) -> tuple[list[Interval], float]:
    """Return the Shapley effect of each factor of a full factorial, and the variance that they share out.

    y is (2,) * factors + (runs,). Of independent factors the variance is a sum of squared
    contrasts, one for each set of factors, and each set's is divided among its members equally, which
    is exact (Owen 2014, doi 10.1137/130936233). Intervals by bootstrap over runs; a run is left out where a point
    of it has no number.
    """
    factors = y.ndim - 1
    y = y.reshape(2**factors, -1)
    y = y[:, ~np.isnan(y).any(axis=0)]
    runs = y.shape[1]
    nothing = [NOTHING._replace(runs=runs)] * factors
    if not runs or np.ptp(y, axis=0).max() == 0:
        return nothing, 0.0
    contrasts = y.reshape((2,) * factors + (runs,))
    for n in range(factors):
        low, high = np.take(contrasts, 0, n), np.take(contrasts, 1, n)
        contrasts = np.stack([low + high, high - low], n) / 2
    contrasts = contrasts.reshape(2**factors, runs)
    members = (np.arange(2**factors)[:, None] >> np.arange(factors)[::-1]) & 1
    divided = members[1:] / members[1:].sum(axis=1, keepdims=True)
    contrasts = contrasts[1:]

    def effects(times: np.ndarray) -> np.ndarray:
        """Return (resamples, factors): pairs of the same run, however often it is drawn, are left out."""
        squares = (times @ contrasts.T) ** 2
        pairs = times.sum(axis=1, keepdims=True) ** 2
        if runs > 1:
            squares -= times**2 @ (contrasts.T**2)
            pairs = pairs - (times**2).sum(axis=1, keepdims=True)
        return np.asarray(squares @ divided / np.where(pairs > 0, pairs, np.nan))

    found = effects(np.ones((1, runs)))[0]
    variance = float(found.sum())
    if variance <= 0:  # all of it is chance
        return nothing, 0.0
    found = found / variance
    if runs == 1:
        return [Interval(share, np.nan, np.nan, 1) for share in found.tolist()], variance
    times = times_of(runs)
    made = np.concatenate([effects(times[n : n + BLOCK]) for n in range(0, RESAMPLES, BLOCK)])
    sums = made.sum(axis=1, keepdims=True)
    if not np.nanquantile(sums, ENDS[0]) > 0:  # all of it may be chance
        return nothing, 0.0
    return _told(found, made / np.where(sums > 0, sums, np.nan), runs, SHARE), variance


def largest(found: Sequence[Interval]) -> list[int]:
    """Return the places of estimates, the largest first; what has none comes last."""
    estimates = np.nan_to_num([i.estimate for i in found], nan=-np.inf)
    places: list[int] = np.argsort(-estimates, kind="stable").tolist()
    return places
