"""Rates and shares over many runs, pooled: what is counted in all runs over what they had of it.

`x` is the rate of each run, `over` what it is a rate of (adopter-months of lapses), so that a run
with three adopters does not count like one with three hundred. Intervals are by bootstrap over runs
(Efron & Tibshirani 1993, chapter 13) and do not depend on the order of the runs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.analysis.intervals import CONFIDENCE, FEW, Interval, about, one, some_resamples

# Columns that are multiplied at once: always as many, so that no bit depends on how many there are;
# where they are few, a block whose bits are the same
BLOCK, SMALL_BLOCK = 64, 8


def _parts(x: np.ndarray, over: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what is counted, and over what; 0 and 0 for a run that has nothing of it."""
    x, over = np.asarray(x, float), np.asarray(over, float)
    there = ~np.isnan(x) & (over > 0)
    return np.where(there, x * over, 0.0), np.where(there, over, 0.0)


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    made: np.ndarray = top / np.where(bottom > 0, bottom, np.nan)
    return made


def rows(x: np.ndarray, over: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pooled rates of the last axis, and what they are rates of; NaN if all failed."""
    top, bottom = (part.sum(axis=-1) for part in _parts(x, over))
    return _ratio(top, bottom), np.where(np.isnan(over).all(axis=-1), np.nan, bottom)


def of_columns(
    x: np.ndarray, over: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return pooled rates of each column of (runs, columns): estimates, lows, highs, runs."""
    top, bottom = _parts(x, over)
    runs = (bottom > 0).sum(axis=0)
    order = np.lexsort((top, bottom), axis=0)  # runs that have nothing of it come first
    top, bottom = (np.take_along_axis(part, order, axis=0) for part in (top, bottom))
    # added up one after another, as many columns as there may be
    estimates = _ratio(*(sum(part, np.zeros(runs.size)) for part in (top, bottom)))
    low, high = np.full((2, runs.size), np.nan)
    for n in set(runs[runs > 1].tolist()):
        kept = list(_times(n)) if n <= FEW else ()
        columns = np.flatnonzero(runs == n)
        for first in range(0, columns.size, BLOCK):
            few = columns[first : first + BLOCK]
            made = [
                _ratio(*(_resampled(times, part[-n:, few]) for part in (top, bottom)))
                for times in kept or _times(n)
            ]
            low[few], high[few] = _ends(np.concatenate(made).T)
    return estimates, *about(estimates, low, high), runs


def of_mean(x: np.ndarray, over: np.ndarray) -> Interval:
    """Return the pooled rate of runs with its interval; NaN where only one run has any of it."""
    return one(of_columns(*(np.reshape(column, (-1, 1)) for column in (x, over))))


def of_difference(
    a: np.ndarray, over_a: np.ndarray, b: np.ndarray, over_b: np.ndarray, paired: bool = True
) -> Interval:
    """Return the difference of two pooled rates, a - b; `paired` runs share their luck.

    Of pairs, a run that failed in either (of which `over` is NaN) is left out of both.
    """
    sides = [np.array([x, over], float) for x, over in ((a, over_a), (b, over_b))]
    failed = [np.isnan(over) for _, over in sides]
    if paired:
        failed = [failed[0] | failed[1]] * 2
    parts = [np.array(_parts(*side[:, ~bad])) for side, bad in zip(sides, failed, strict=True)]
    if paired:
        order = np.lexsort(np.concatenate(parts))
        parts = [part[:, order] for part in parts]
    else:
        parts = [part[:, np.lexsort(part)] for part in parts]
    estimate = float(np.subtract(*(_ratio(*part.sum(axis=1)) for part in parts)))
    runs = min(int((bottom > 0).sum()) for _, bottom in parts)
    if runs < 2:
        return Interval(estimate, np.nan, np.nan, runs)
    drawn = [
        np.concatenate(
            [
                _ratio(*_resampled(times, part.T).T)
                for times in _times(part.shape[1], 0 if paired else number)
            ]
        )
        for number, part in enumerate(parts)
    ]
    changes = drawn[0] - drawn[1]  # no number where a resample has nothing on one side
    low, high = about(estimate, *_ends(changes[~np.isnan(changes)]))
    return Interval(estimate, float(low), float(high), runs)


def _ends(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the interval of the last axis, resamples."""
    outside = max(1, round(drawn.shape[-1] * (1 - CONFIDENCE) / 2))  # on either side
    ordered = np.sort(np.ascontiguousarray(drawn))
    return ordered[..., outside - 1], ordered[..., -outside]


def times_of(runs: int, number: int = 0) -> np.ndarray:
    """Return (RESAMPLES, runs): how often each resample holds each run."""
    return np.concatenate(list(_times(runs, number)))


def _times(runs: int, number: int = 0) -> Iterator[np.ndarray]:
    """Yield the rows of `times_of`, a few at a time where runs are many."""
    for drawn in some_resamples(runs, number):
        places = drawn + runs * np.arange(len(drawn))[:, None]
        yield np.bincount(places.ravel(), minlength=drawn.size).reshape(-1, runs).astype(float)


def _resampled(times: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Return the sums of (runs, columns) in each resample."""
    width = SMALL_BLOCK if part.shape[1] <= SMALL_BLOCK else BLOCK
    block = np.zeros((part.shape[0], width))
    block[:, : part.shape[1]] = part
    # not by a library that may use more threads than it was given
    summed: np.ndarray = np.einsum("rn,nc->rc", times, block)[:, : part.shape[1]]
    return summed
