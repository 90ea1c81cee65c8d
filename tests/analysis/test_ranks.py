"""Ranks of right posteriors are uniform; those of wrong ones are not."""

import numpy as np
import pytest

from sim.analysis.ranks import histograms, nearest_rows, ranks, uniform

ROWS, NEAREST, BINS = 3000, 39, 10


def table(seed):
    """Return flat draws, and what is seen of the first of two: circular, so that no end is one-sided."""
    luck = np.random.default_rng(seed)
    points = luck.random((ROWS, 2))
    return points, (points[:, 0] + 0.1 * luck.normal(size=ROWS)) % 1


def looked_at(points, seen):
    posterior = nearest_rows(lambda n: np.abs((seen - seen[n] + 0.5) % 1 - 0.5), ROWS, NEAREST)
    return points, posterior


def p_of(points, posterior, wrong=lambda x: x):
    # within the circle, the posterior is looked at from the other side of the truth
    first = (points[posterior, 0] - points[:, None, 0] + 0.5) % 1 - 0.5
    found = np.stack([(wrong(first) < 0).sum(axis=1), ranks(points, posterior)[:, 1]], axis=1)
    return uniform(histograms(found, NEAREST, BINS))


def test_right_posteriors_have_uniform_ranks():
    assert p_of(*looked_at(*table(1))).min() > 0.01


@pytest.mark.parametrize("wrong", [lambda x: x + 0.03, lambda x: x - 0.03])
def test_a_bias_is_seen(wrong):
    assert p_of(*looked_at(*table(1)), wrong)[0] < 1e-6


def test_a_posterior_that_is_too_narrow_is_seen():
    def narrow(x):
        middle = np.median(x, axis=1, keepdims=True)
        return middle + 0.5 * (x - middle)

    assert p_of(*looked_at(*table(1)), narrow)[0] < 1e-6


def test_a_row_is_not_its_own_neighbour_and_ranks_count_those_below():
    points = np.arange(6.0)[:, None] / 6
    near = nearest_rows(lambda n: np.abs(points[:, 0] - points[n, 0]), 6, 2)
    assert all(n not in row for n, row in enumerate(near))
    assert sorted(near[0]) == [1, 2] and sorted(near[5]) == [3, 4]
    assert ranks(points, near)[:, 0].tolist() == [0, 1, 1, 1, 1, 2]


def test_histograms_have_equal_bins():
    found = np.arange(40)[:, None]
    assert histograms(found, 39, 10).tolist() == [[4] * 10]
