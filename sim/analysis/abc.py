"""Approximate Bayesian computation by sequential Monte Carlo: which parameters agree with what was seen.

Drovandi & Pettitt 2011, doi 10.1111/j.1541-0420.2010.01410.x: the farther half of the particles is given up
at each stage, begins again where one of the nearer half is, and moves from there by steps that leave the
posterior under the new tolerance as it is. All particles weigh the same: with twenty parameters the weights of
other samplers rest on few particles. Parameters live in the unit cube, where the prior is flat.

Each proposal draws from a stream of its own, named by its batch and its particle. So the result does not
depend on how many are simulated at once, and what was simulated once, and was kept, need not be again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

MISSED = 0.01  # share of particles that may not have moved at all in a stage
FEWEST_STEPS, MOST_STEPS = 6, 30
FEWEST_ACCEPTED = 0.01  # of the proposals; below, the search would hardly move
# batch, numbers of particles, their points, limit -> distances; infinite is allowed for all beyond the
# limit, so that one which can not be accepted any more need not be simulated to its end
Simulate = Callable[[int, np.ndarray, np.ndarray, float], np.ndarray]


class Stage(NamedTuple):
    """A sample of points, all of the same weight."""

    points: np.ndarray  # (particles, parameters) in [0, 1]
    distances: np.ndarray  # (particles,)
    tolerance: float  # largest distance that was accepted; infinite in the first stage
    tried: int  # proposals simulated so far
    accepted: float  # share of the proposals of this stage that were accepted

    @property
    def distinct(self) -> int:
        """Particles that differ from all before them: no more than these are known."""
        return len(np.unique(self.points, axis=0))


def sequential(
    simulate: Simulate,
    parameters: int,
    particles: int,
    seed: int,
    tolerance: float = 0.0,
    most: int = 20_000,
) -> Iterator[Stage]:
    """Yield stages until one has the tolerance asked for, hardly moves, or would need too many proposals."""
    if particles > most:
        return
    points = np.array([_luck(seed, 0, n).random(parameters) for n in range(particles)])
    distances = np.array(simulate(0, np.arange(particles), points, np.inf), float)
    stage = Stage(points, distances, np.inf, particles, 1.0)
    yield stage
    batch, steps = 1, FEWEST_STEPS
    while stage.tolerance > tolerance and stage.accepted >= FEWEST_ACCEPTED:
        known = np.sort(stage.distances[np.isfinite(stage.distances)])
        nearer = min(particles // 2, known.size)
        if nearer < 2:
            return
        limit = max(tolerance, float(known[nearer - 1]))
        points, distances, tried = stage.points.copy(), stage.distances.copy(), stage.tried
        alive = np.flatnonzero(distances <= limit)
        moving = np.flatnonzero(~(distances <= limit))
        root = _root(points[alive])
        parents = _luck(seed, batch, particles).choice(alive, moving.size)
        points[moving], distances[moving] = points[parents], distances[parents]
        accepted = proposed = 0
        for _ in range(steps):
            new = np.array([_step(seed, batch, n, points[n], root) for n in moving.tolist()])
            if tried + moving.size > most:
                return  # the last whole stage stands
            found = np.asarray(simulate(batch, moving, new, limit), float)
            good = found <= limit
            points[moving[good]], distances[moving[good]] = new[good], found[good]
            tried, proposed, batch = tried + moving.size, proposed + moving.size, batch + 1
            accepted += int(good.sum())
        share = accepted / proposed if proposed else 1.0
        stage = Stage(points, distances, limit, tried, share)
        yield stage
        steps = MOST_STEPS
        if 0 < share < 1:
            steps = int(
                np.clip(np.ceil(np.log(MISSED) / np.log(1 - share)), FEWEST_STEPS, MOST_STEPS)
            )


def _luck(seed: int, batch: int, number: int) -> np.random.Generator:
    return np.random.default_rng([seed, batch, number])


def _root(points: np.ndarray) -> np.ndarray:
    """Return a root of the covariance of steps (Roberts, Gelman & Gilks 1997)."""
    d = points.shape[1]
    spread = np.cov(points.T, ddof=0).reshape(d, d) * 2.38**2 / d
    return np.asarray(np.linalg.cholesky(spread + 1e-10 * np.eye(d)))


def _step(seed: int, batch: int, number: int, point: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Return a point nearby, reflected at the sides of the cube: as likely there as back."""
    moved = point + root @ _luck(seed, batch, number).standard_normal(point.size)
    return np.asarray(1.0 - np.abs(1.0 - moved % 2.0))


def shrinkage(points: np.ndarray) -> np.ndarray:
    """Return 1 - variance / prior variance of each parameter: 0 where nothing was learnt."""
    return np.asarray(1 - 12 * points.var(axis=0))
