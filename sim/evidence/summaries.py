"""What the model gives of every fitted number in many worlds: one run of each, all with luck of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.evidence.patterns import FITTED, Pattern, Quantity
from sim.evidence.search import AFTER, of_each, pattern_rows, world_at

QUANTITIES: tuple[tuple[Pattern, Quantity], ...] = tuple(
    (pattern, quantity) for pattern in FITTED for quantity in pattern.quantities
)


def summaries(values: Mapping[str, Any], points: np.ndarray, seed: int, threads: int) -> np.ndarray:
    """Return (points, quantities) at points of the unit cube of free parameters, the same for any threads.

    NaN where a run has no number, or where there is no such world.
    """

    def one(number: int) -> list[float]:
        rows = pattern_rows(world_at(values, points[number]), seed, AFTER + number)
        return [row.simulated.estimate for row in rows]

    none = [np.nan] * len(QUANTITIES)
    return np.array(list(of_each(one, range(len(points)), threads, none)))


def apart(summaries: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Return how far each row is from one: as the distance of the search, with that one in the place of targets."""
    room = np.array([(q.high - q.low) / 2 for _, q in QUANTITIES])
    off = np.abs(summaries - one) / room
    names = np.array([pattern.name for pattern, _ in QUANTITIES])
    by_pattern = [off[:, names == pattern.name].mean(axis=1) for pattern in FITTED]
    return np.asarray(np.sqrt(np.mean(np.square(by_pattern), axis=0)))
