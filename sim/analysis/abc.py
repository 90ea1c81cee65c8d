"""Approximate Bayesian computation by sequential Monte Carlo: which parameters agree with what was seen.

Toni et al. 2009, doi 10.1098/rsif.2008.0172, with tolerances that adapt (the given quantile of the last
generation's distances) and a normal kernel of twice the weighted covariance (Beaumont et al. 2009,
doi 10.1093/biomet/asp052). Parameters live in the unit cube; the caller scales them to its prior.

Proposals are numbered, each draws from a stream of its own, and they are accepted in their order. So
the result does not depend on how many are simulated at once, and what was simulated once, and was kept,
need not be simulated again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

BATCH = 64  # proposals that are handed out together: no matter for the result
QUANTILE = 0.5
Simulate = Callable[
    [int, int, np.ndarray], np.ndarray
]  # generation, first number, points -> distances


class Generation(NamedTuple):
    """A weighted sample of points.

    Attributes
    ----------
    points : (particles, parameters) in [0, 1]
    weights : (particles,), sum 1
    distances : (particles,)
    tolerance : float
        Largest distance that was accepted; infinite in the first generation.
    tried : int
        Proposals until so many were accepted.
    """

    points: np.ndarray
    weights: np.ndarray
    distances: np.ndarray
    tolerance: float
    tried: int

    @property
    def effective(self) -> float:
        """Effective sample size, 1 / sum of squared weights (Kish 1965)."""
        return float(1 / np.square(self.weights).sum())


def sequential(
    simulate: Simulate,
    parameters: int,
    particles: int,
    seed: int,
    tolerance: float = 0.0,
    most: int = 20_000,
) -> Iterator[Generation]:
    """Yield generations until one has the tolerance asked for, or so many proposals were tried."""
    before: Generation | None = None
    left, number = most, 0
    while left >= particles:
        limit = np.inf
        if before is not None:
            limit = max(tolerance, float(np.quantile(before.distances, QUANTILE)))
        found = _generation(simulate, number, parameters, particles, seed, before, limit, left)
        if found is None:
            return
        yield found
        if found.tolerance <= tolerance:
            return
        left -= found.tried
        before, number = found, number + 1


def _generation(
    simulate: Simulate, number: int, parameters: int, particles: int, seed: int,
    before: Generation | None, limit: float, most: int,
) -> Generation | None:  # fmt: skip
    root = None if before is None else _root(before)
    points, distances, tried = [], [], 0
    while tried < most:
        size = min(BATCH, most - tried)
        proposed = np.array(
            [
                _proposal(seed, number, n, parameters, before, root)
                for n in range(tried, tried + size)
            ]
        )
        measured = simulate(number, tried, proposed)
        for point, distance in zip(proposed, measured, strict=True):
            tried += 1
            if distance <= limit and np.isfinite(distance):
                points.append(point)
                distances.append(distance)
                if len(points) == particles:
                    kept = np.array(points)
                    weights = _weights(kept, before, root)
                    return Generation(kept, weights, np.array(distances), limit, tried)
    return None  # too few were accepted: the last whole generation stands


def _root(before: Generation) -> np.ndarray:
    """Return a root of twice the weighted covariance; a little more where points have met."""
    spread = np.cov(before.points.T, aweights=before.weights, ddof=0).reshape(
        before.points.shape[1], -1
    )
    return np.asarray(np.linalg.cholesky(2 * spread + 1e-9 * np.eye(len(spread))))


def _proposal(
    seed: int, generation: int, number: int, parameters: int,
    before: Generation | None, root: np.ndarray | None,
) -> np.ndarray:  # fmt: skip
    """Return one point: from the prior, or near one of the last generation and within the cube."""
    draw = np.random.default_rng([seed, generation, number])
    if before is None or root is None:
        return draw.random(parameters)
    while True:
        start = before.points[draw.choice(len(before.points), p=before.weights)]
        point = start + root @ draw.standard_normal(parameters)
        if np.all((point >= 0) & (point <= 1)):
            return np.asarray(point)


def _weights(points: np.ndarray, before: Generation | None, root: np.ndarray | None) -> np.ndarray:
    """Return prior density over proposal density; the prior is the same everywhere in the cube."""
    if before is None or root is None:
        return np.full(len(points), 1 / len(points))
    scaled = np.linalg.solve(root, points.T).T
    others = np.linalg.solve(root, before.points.T).T
    squares = np.square(scaled[:, None] - others[None]).sum(axis=2)
    near = np.exp(-0.5 * (squares - squares.min(axis=1, keepdims=True)))
    logs = -0.5 * squares.min(axis=1) + np.log(near @ before.weights)
    weights = np.exp(-(logs - logs.min()))
    return np.asarray(weights / weights.sum())


def quantiles(points: np.ndarray, weights: np.ndarray, at: tuple[float, ...]) -> np.ndarray:
    """Return weighted quantiles of each column, (quantiles, parameters)."""
    order = np.argsort(points, axis=0)
    sorted_points = np.take_along_axis(points, order, axis=0)
    reached = np.cumsum(weights[order], axis=0)
    rows = [(reached < q * (1 - 1e-12)).sum(axis=0).clip(max=len(points) - 1) for q in at]
    return np.array([sorted_points[row, np.arange(points.shape[1])] for row in rows])


def shrinkage(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return 1 - variance / prior variance of each parameter: 0 where nothing was learnt."""
    mean = weights @ points
    return np.asarray(1 - 12 * (weights @ np.square(points - mean)))
