"""What a search found, measured anew: each distance of a search is of one run, and owes much to luck.

All different points of a sample are measured with fresh luck and more runs. Which of them agree with the published
patterns, and which is the nearest, is decided by that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from sim.evidence.measure import Row, measure
from sim.evidence.patterns import FITTED
from sim.evidence.search import FREE
from sim.tables.errors import SimulationError

REPLICATES = 16
LUCK = 1_000_003  # added to the seed of the search: no run is met twice
DIGITS = 3


def rounded(points: np.ndarray) -> np.ndarray:
    """Return different points, (points, parameters) in units of the parameters, to three significant digits."""
    told = np.array([[float(f"{x:.{DIGITS}g}") for x in point] for point in points.tolist()])
    return np.asarray(np.unique(told, axis=0))


def measured_anew(
    points: np.ndarray, values: Mapping[str, Any], seed: int, threads: int
) -> list[Sequence[Row]]:
    """Return the published numbers beside what the model gives at each point, over pooled runs.

    A world that can not be simulated has no rows.
    """

    def one(point: np.ndarray) -> Sequence[Row]:
        own = {**values, **dict(zip(FREE, point.tolist(), strict=True))}
        try:
            return measure(own, FITTED, seed + LUCK, REPLICATES)
        except SimulationError:
            return []

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, points))
