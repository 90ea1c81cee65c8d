"""What the model gives of every fitted number in many worlds: one run of each, all with luck of their own."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from sim.evidence.patterns import FITTED, Pattern, Quantity
from sim.evidence.search import AFTER, pattern_rows, values_of
from sim.tables.errors import SimulationError
from sim.tables.limits import check_together

QUANTITIES: tuple[tuple[Pattern, Quantity], ...] = tuple(
    (pattern, quantity) for pattern in FITTED for quantity in pattern.quantities
)


def summaries(values: Mapping[str, Any], points: np.ndarray, seed: int, threads: int) -> np.ndarray:
    """Return (points, quantities) at points of the unit cube of free parameters, the same for any threads.

    NaN where a run has no number, or where there is no such world.
    """

    def one(number: int) -> list[float]:
        own = {**values, **values_of(points[number])}
        try:
            if not check_together(own):
                rows = pattern_rows(own, seed, AFTER + number)
                return [row.simulated.estimate for row in rows]
        except SimulationError:  # more effort than a month can hold
            pass
        return [np.nan] * len(QUANTITIES)

    with ThreadPoolExecutor(threads) as pool:
        return np.array(list(pool.map(one, range(len(points)))))


def apart(summaries: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Return how far each row is from one: as the distance of the search, with that one in the place of targets."""
    room = np.array([(q.high - q.low) / 2 for _, q in QUANTITIES])
    off = np.abs(summaries - one) / room
    names = np.array([pattern.name for pattern, _ in QUANTITIES])
    by_pattern = [off[:, names == pattern.name].mean(axis=1) for pattern in FITTED]
    return np.asarray(np.sqrt(np.mean(np.square(by_pattern), axis=0)))
