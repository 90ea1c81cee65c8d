"""Published patterns, measured in the model: replicates pooled, with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.intervals import Interval, about
from sim.evidence.mirrors import MIRRORS
from sim.evidence.pattern_worlds import points, sums_of_replicate
from sim.evidence.patterns import Pattern, Quantity, mirrors_of

RESAMPLES = 400
LUCK = 20261129  # of the resampling: the same sums give the same interval


class Row(NamedTuple):
    """A published number and what the model gives."""

    pattern: Pattern
    quantity: Quantity
    simulated: Interval

    @property
    def met(self) -> bool:
        """Whether the estimate lies in the accepted range."""
        return self.quantity.met(self.simulated.estimate)


def sums(
    values: Mapping[str, Any], names: Sequence[str], seed: int, replicates: int, threads: int
) -> dict[str, np.ndarray]:
    """Return the sums of mirrors, each (replicates, ...); bits do not depend on threads."""
    made = points(values, names)
    with ThreadPoolExecutor(threads) as pool:
        each = pool.map(lambda n: dict(sums_of_replicate(made, names, seed, n)), range(replicates))
        found = list(each)
    return {name: np.stack([one[name] for one in found]) for name in names}


def estimates(name: str, found: np.ndarray, resamples: int) -> dict[str, Interval]:
    """Return what a mirror finds in pooled replicates; 95 % intervals by drawing these anew, if at all."""
    mirror, n = MIRRORS[name], len(found)
    pooled = mirror.estimates(found.sum(axis=0))
    if n < 2 or not resamples:
        return {key: Interval(x, np.nan, np.nan, n) for key, x in pooled.items()}
    weights = np.random.default_rng(LUCK).multinomial(n, np.full(n, 1 / n), resamples)
    flat = found.reshape(n, -1)
    drawn = [mirror.estimates((w @ flat).reshape(found.shape[1:])) for w in weights]
    made = {}
    for key, x in pooled.items():
        spread = np.array([one[key] for one in drawn])
        known = spread[~np.isnan(spread)]
        ends = np.quantile(known, (0.025, 0.975), method="nearest") if known.size else (np.nan,) * 2
        low, high = about(x, *ends)
        made[key] = Interval(x, float(low), float(high), n)
    return made


def measure(
    values: Mapping[str, Any],
    patterns: Sequence[Pattern],
    seed: int = 0,
    replicates: int = 64,
    threads: int = 1,
    resamples: int = RESAMPLES,
) -> list[Row]:
    """Return every published number of some patterns beside what the model gives."""
    found = sums(values, mirrors_of(patterns), seed, replicates, threads)
    return rows_of(patterns, found, resamples)


def rows_of(
    patterns: Sequence[Pattern], found: Mapping[str, np.ndarray], resamples: int = RESAMPLES
) -> list[Row]:
    """Return the published numbers of patterns beside what sums of their mirrors give."""
    told = {name: estimates(name, found[name], resamples) for name in found}
    return [
        Row(pattern, quantity, told[pattern.mirror][quantity.name])
        for pattern in patterns
        for quantity in pattern.quantities
    ]


def distance(rows: Iterable[Row], patterns: Iterable[Pattern] = ()) -> float:
    """Return how far the model is from patterns: 0 at all targets, 1 at the ends of all ranges.

    The root mean square over patterns of the mean distance over a pattern's quantities.
    One of `patterns` without a row counts as met, so that no row that is added brings the model nearer.
    """
    each: dict[str, list[float]] = {pattern.name: [] for pattern in patterns}
    for row in rows:
        off = row.quantity.distance(row.simulated.estimate)
        each.setdefault(row.pattern.name, []).append(off)
    means = [np.mean(offs or [0.0]) for offs in each.values()]
    return float(np.sqrt(np.mean(np.square(means))))
