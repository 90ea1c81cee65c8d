"""Ranks of posteriors of made numbers: what is told follows from them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence import search
from sim.evidence.patterns import FITTED
from sim.evidence.search import AFTER, FREE, pattern_rows, values_of
from sim.tables.checks import resolve
from website import sampler_check as check
from website.sampler_check import (
    NEAREST,
    QUANTITIES,
    Checked,
    apart,
    nearest_rows,
    ranks,
    summaries,
)

ROWS = 3000
SMALL = {"population.organisations": 4, "population.organisation_size": 20}


@pytest.fixture(scope="module")
def made():
    """Return worlds of which the first parameter alone shows in what is seen."""
    luck = np.random.default_rng(3)
    points = luck.random((800, len(FREE)))
    seen = points[:, :1] + 0.2 * luck.normal(size=(800, len(QUANTITIES)))
    seen[0] = np.nan
    return points, seen


def test_what_says_something_is_narrowed_and_all_is_told(made):
    found = check.checked(*made)
    assert found.ranks.shape == (799, len(FREE)) and found.counts.sum(axis=1).tolist() == [799] * 20
    assert found.narrowed[0] > 0.5 and np.abs(found.narrowed[1:]).max() < 0.1
    assert np.abs(found.within(0.5)[1:] - 50).max() < 8
    said, _, *table = check.lines(found)
    assert "799 of 800 worlds" in said and len(table) == 2 + len(FREE)
    assert len(check.figure(found).panels) == len(FREE)


def test_ranks_that_are_not_equal_are_said_with_their_parameter(made):
    found = check.checked(*made)
    found.ranks[:, 2] = check.NEAREST // 2  # the truth always in the middle
    said = check.lines(found)[0]
    assert "What the example of others does: 100 %" in said


def test_distances_are_those_of_the_search_with_one_world_in_the_place_of_targets():
    one = np.array([quantity.target for _, quantity in QUANTITIES])
    room = np.array([(quantity.high - quantity.low) / 2 for _, quantity in QUANTITIES])
    off = room * np.array([4.0] + [1.0] * (len(room) - 1))  # the first pattern has two numbers
    expected = np.sqrt((2.5**2 + len(FITTED) - 1) / len(FITTED))
    assert apart(np.stack([one, one + off]), one) == pytest.approx([0, expected])


# ------------------------------------------------------------------ worlds
@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(1).random((3, len(FREE)))


def test_each_world_is_run_with_luck_that_no_proposal_had(points):
    values = resolve(SMALL)
    one, two = (summaries(values, points, 5, threads) for threads in (1, 2))
    assert one.tobytes() == two.tobytes() and one.shape == (3, len(QUANTITIES))
    rows = pattern_rows({**values, **values_of(points[1])}, 5, AFTER + 1)
    assert one[1].tolist() == pytest.approx([row.simulated.estimate for row in rows], nan_ok=True)


def test_a_world_that_can_not_be_has_no_numbers(points, monkeypatch):
    monkeypatch.setattr(search, "check_together", lambda values: ["too much effort"])
    assert np.isnan(summaries(resolve(SMALL), points, 5, 1)).all()


# ------------------------------------------------------------------ ranks
def chance(wrong=lambda x: x):
    """Return how likely ranks are of two parameters, the first seen with its posteriors changed, the second unseen.

    What is seen is circular, so that no end is one-sided.
    """
    luck = np.random.default_rng(1)
    points = luck.random((ROWS, 2))
    seen = (points[:, 0] + 0.1 * luck.normal(size=ROWS)) % 1
    posterior = nearest_rows(lambda n: np.abs((seen - seen[n] + 0.5) % 1 - 0.5), ROWS, NEAREST)
    # within the circle, the posterior is looked at from the other side of the truth
    first = (points[posterior, 0] - points[:, None, 0] + 0.5) % 1 - 0.5
    found = np.stack([(wrong(first) < 0).sum(axis=1), ranks(points, posterior)[:, 1]], axis=1)
    return Checked(found, np.zeros(2), ROWS).chance


def narrow(x):
    middle = np.median(x, axis=1, keepdims=True)
    return middle + 0.5 * (x - middle)


def test_right_posteriors_have_uniform_ranks():
    assert chance().min() > 0.01


@pytest.mark.parametrize("wrong", [lambda x: x + 0.03, lambda x: x - 0.03, narrow])
def test_a_bias_and_too_narrow_a_posterior_are_seen(wrong):
    assert chance(wrong)[0] < 1e-6


def test_a_row_is_not_its_own_neighbour_and_ranks_count_those_below():
    points = np.arange(6.0)[:, None] / 6
    near = nearest_rows(lambda n: np.abs(points[:, 0] - points[n, 0]), 6, 2)
    assert all(n not in row for n, row in enumerate(near))
    assert sorted(near[0]) == [1, 2] and sorted(near[5]) == [3, 4]
    assert ranks(points, near)[:, 0].tolist() == [0, 1, 1, 1, 1, 2]


def test_ranks_are_counted_in_equal_bins():
    assert Checked(np.arange(40)[:, None], np.zeros(1), 40).counts.tolist() == [[4] * 10]
