"""Ranks of posteriors of made numbers: what is told follows from them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence.patterns import FITTED
from sim.evidence.search import FREE
from sim.evidence.summaries import QUANTITIES, apart
from website import sampler_check as check


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
