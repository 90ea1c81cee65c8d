"""Two samplers that were written apart find the same posterior: ours and that of pyabc (Schälte et al. 2022)."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis import abc

pyabc = pytest.importorskip("pyabc", reason="needs the extra `crosscheck`")
pytestmark = pytest.mark.slow

SEEN, NOISE, TOLERANCE, PARTICLES = np.array([1.1, 0.2]), 0.05, 0.05, 400


def simulated(points, luck):
    """Return sum and product of two parameters, with noise: a curved posterior of two strips."""
    a, b = points.T
    return np.stack([a + b, a * b], axis=1) + NOISE * luck.normal(size=(len(points), 2))


def apart(seen):
    return np.abs(seen - SEEN).max(axis=-1)


@pytest.fixture(scope="module")
def exact():
    """Return draws from the prior that lie within the tolerance, by plain rejection."""
    luck = np.random.default_rng(1)
    points = luck.random((2_000_000, 2))
    return points[apart(simulated(points, luck)) <= TOLERANCE]


def ours():
    def simulate(batch, numbers, points, limit):
        return apart(simulated(points, np.random.default_rng([2, batch])))

    *_, last = abc.sequential(simulate, 2, PARTICLES, 3, TOLERANCE, 200_000)
    assert last.tolerance == TOLERANCE
    return last.points, np.full(PARTICLES, 1 / PARTICLES)


def theirs(folder):
    np.random.seed(4)
    luck = np.random.default_rng(5)
    prior = pyabc.Distribution(a=pyabc.RV("uniform", 0, 1), b=pyabc.RV("uniform", 0, 1))
    search = pyabc.ABCSMC(
        lambda p: {"seen": simulated(np.array([[p["a"], p["b"]]]), luck)[0]},
        prior,
        lambda x, y: float(apart(x["seen"])),
        population_size=PARTICLES,
        sampler=pyabc.SingleCoreSampler(),
    )
    search.new(f"sqlite:///{folder / 'pyabc.db'}", {"seen": SEEN})
    table, weights = search.run(minimum_epsilon=TOLERANCE).get_distribution()
    return table[["a", "b"]].to_numpy(), np.asarray(weights)


def moments(points, weights):
    """Return means and deviations of sum, difference (its size) and product."""
    a, b = points.T
    columns = np.stack([a + b, np.abs(a - b), a * b])
    means = columns @ weights
    return np.array([means, np.sqrt((columns - means[:, None]) ** 2 @ weights)])


def test_both_find_the_posterior_that_is_known(exact, tmp_path):
    whole = moments(exact, np.full(len(exact), 1 / len(exact)))
    for points, weights in (ours(), theirs(tmp_path)):
        found = moments(points, weights)
        # as known as by some 200 independent particles
        assert (np.abs(found[0] - whole[0]) < 4 * whole[1] / np.sqrt(200)).all()
        assert found[1] == pytest.approx(whole[1], rel=0.25)
        assert abs(weights @ (points[:, 0] > points[:, 1]) - 0.5) < 4 * 0.5 / np.sqrt(200)
