"""How good was a forecast that is given by draws?"""

from __future__ import annotations

import numpy as np


def crps(draws: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return the continuous ranked probability score of each point, in the unit of what was seen; lower is better.

    Of (draws, points) and what was seen of each point. It is the absolute error of a forecast without doubt, and
    rewards a forecast that doubts where it should (Gneiting & Raftery 2007, doi 10.1198/016214506000001437): half
    the squared energy distance.
    """
    from scipy.stats import energy_distance

    pairs = zip(draws.T, seen, strict=True)
    return np.array([energy_distance(column, [x]) ** 2 / 2 for column, x in pairs])


def middle(draws: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the middle `share` of the draws of each point."""
    low, high = np.quantile(draws, ((1 - share) / 2, (1 + share) / 2), axis=0)
    return low, high


def inside(draws: np.ndarray, seen: np.ndarray, share: float) -> np.ndarray:
    """Return whether each point lies in the middle `share` of its draws, (points,) bool."""
    low, high = middle(draws, share)
    return np.asarray((low <= seen) & (seen <= high))
