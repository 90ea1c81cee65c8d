"""The point of a posterior sample that lies nearest to the fitted patterns, measured anew.

Each distance of a search is of one replicate: the smallest of thousands owes much to luck. So all points of
the sample are measured again, with fresh luck, and the nearest of these is measured once more by `validate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.evidence.measure import distance, measure
from sim.evidence.patterns import FITTED
from sim.evidence.search import FREE

REPLICATES = 16
LUCK = 1_000_003  # added to the seed of the search: no replicate is met twice
DIGITS = 3


def rounded(point: np.ndarray) -> dict[str, float]:
    """Return the free parameters at a point, to three significant digits."""
    return {path: float(f"{x:.{DIGITS}g}") for path, x in zip(FREE, point.tolist(), strict=True)}


def distances(
    points: np.ndarray, values: Mapping[str, Any], seed: int, threads: int, replicates: int = REPLICATES
) -> np.ndarray:  # fmt: skip
    """Return the distances of points, (points, parameters) in units of the parameters, from pooled replicates."""
    found = [
        distance(measure({**values, **rounded(x)}, FITTED, seed + LUCK, replicates, threads))
        for x in points
    ]
    return np.array(found)
