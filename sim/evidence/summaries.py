"""What the model gives of every fitted number in many worlds: one run of each, all with luck of their own."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from sim.evidence.measure import rows_of
from sim.evidence.patterns import FITTED, Pattern, Quantity, mirrors_of
from sim.evidence.search import values_of
from sim.evidence.settings import points as points_of
from sim.evidence.settings import sums_of_replicate
from sim.tables.errors import SimulationError
from sim.tables.limits import check_together

QUANTITIES: tuple[tuple[Pattern, Quantity], ...] = tuple(
    (pattern, quantity) for pattern in FITTED for quantity in pattern.quantities
)
LUCK = 2_000_003  # added to a seed: what a search has seen is not met again


def of_run(values: Mapping[str, Any], seed: int, replicate: int) -> np.ndarray:
    """Return what one run gives, (quantities,); NaN where there is no number, or no such world."""
    names = mirrors_of(FITTED)
    if check_together(values):
        return np.full(len(QUANTITIES), np.nan)
    try:
        sums = sums_of_replicate(points_of(values, names), names, seed, replicate)
    except SimulationError:  # more effort than a month can hold
        return np.full(len(QUANTITIES), np.nan)
    rows = rows_of(FITTED, {name: one[None] for name, one in sums.items()})
    return np.array([row.simulated.estimate for row in rows])


def of_points(values: Mapping[str, Any], points: np.ndarray, seed: int, threads: int) -> np.ndarray:
    """Return (points, quantities) at points of the unit cube of free parameters, the same for any threads."""

    def one(number: int) -> np.ndarray:
        return of_run({**values, **values_of(points[number])}, seed + LUCK, number)

    with ThreadPoolExecutor(threads) as pool:
        return np.array(list(pool.map(one, range(len(points)))))


def apart(summaries: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Return how far each row is from one: as the distance of the search, which in the place of targets."""
    room = np.array([(q.high - q.low) / 2 for _, q in QUANTITIES])
    off = np.abs(summaries - one) / room
    names = np.array([pattern.name for pattern, _ in QUANTITIES])
    by_pattern = [off[:, names == pattern.name].mean(axis=1) for pattern in FITTED]
    return np.asarray(np.sqrt(np.mean(np.square(by_pattern), axis=0)))
