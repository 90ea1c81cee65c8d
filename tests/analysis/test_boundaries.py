"""Where half of histories turn, and what comes before an end, on data that are made for it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.boundaries import boundary, fewest, sides, warned
from sim.analysis.intervals import of_many

LEVELS = np.linspace(0, 1, 6)


def kept(turns):
    """Return which histories keep something at each level: each from a level of its own on."""
    return (LEVELS[:, None] >= np.asarray(turns)).astype(float)


def test_half_of_histories_turn_at_their_median():
    turns = np.random.default_rng(0).uniform(0.2, 0.8, 400)
    found = boundary(LEVELS, kept(turns))
    assert found.rising and found.within == (2, 3)
    assert found.at.estimate == pytest.approx(np.median(turns), abs=0.03)
    assert found.at.low < np.median(turns) < found.at.high and found.at.high - found.at.low < 0.1
    falling = boundary(LEVELS, 1 - kept(turns))
    assert not falling.rising and falling.at.estimate == pytest.approx(found.at.estimate)


def test_a_boundary_beyond_the_ends_has_no_number():
    never, always = (boundary(LEVELS, np.full((6, 20), x)) for x in (0.0, 1.0))
    assert never.at.estimate == np.inf and always.at.estimate == -np.inf
    assert never.within is None and always.within is None
    rare = boundary(LEVELS, kept([1.0] * 8 + [2.0] * 9))  # eight of seventeen, at the last level
    assert rare.at.estimate == np.inf and rare.at.low == pytest.approx(1, abs=0.2)


def test_chance_at_single_levels_is_smoothed_and_failures_are_left_out():
    turns = np.random.default_rng(1).uniform(0, 1, 60)
    x = kept(turns)
    x[1], x[2] = x[2].copy(), x[1].copy()  # by chance fewer at the higher of two levels
    assert boundary(LEVELS, x).at.estimate == pytest.approx(0.5, abs=0.1)
    x[3, :5] = np.nan
    assert boundary(LEVELS, x).at.runs == 55
    assert np.isnan(boundary(LEVELS, np.full((6, 3), np.nan)).at.estimate)


@pytest.mark.parametrize("histories", [4, 8, 64])
@pytest.mark.parametrize(
    "shares",
    [np.full(6, 0.5), np.full(6, 0.3), np.linspace(0.1, 0.49, 6)],
    ids=["half", "flat", "nearly"],
)
def test_chance_makes_few_boundaries_of_lines_that_have_none(shares, histories):
    """Of nine lines each, as a study has; without `sides` 5 to 11 % of flat ones were told."""
    luck, told = np.random.default_rng(histories), 0
    for _ in range(200):
        lines = luck.random((9, 6, histories)) < shares[:, None]
        on = np.array([sides(line.astype(float), of_many(9)) for line in lines])
        told += bool((on[:, 0] * on[:, -1] < 0).any())
    assert told <= 0.05 * 200 + 2 * np.sqrt(200 * 0.05 * 0.95)


def test_levels_are_put_on_a_side_where_histories_are_enough():
    sure = of_many(9)
    least = fewest(sure)
    assert least == 8 and 0.5**least <= 0.05 / 9 < 0.5 ** (least - 1)
    ends = np.array([np.zeros(least), np.ones(least), np.arange(least) % 2])
    assert sides(ends, sure) == [-1, 1, 0]
    assert sides(ends[:, 1:], sure) == [0, 0, 0]
    assert sides(np.full((1, 3), np.nan), sure) == [0]
    told = sides((LEVELS[:, None] >= np.random.default_rng(0).uniform(0.2, 0.8, 64)) * 1.0, sure)
    assert told == [-1, -1, -1, 1, 1, 1]


def wandering(slowness, seed, histories=120, months=60):
    """Return histories that are pushed by chance and come back, the more slowly the later."""
    luck = np.random.default_rng(seed).standard_normal((histories, months))
    x = np.zeros((histories, months))
    for month in range(1, months):
        x[:, month] = slowness(month) * x[:, month - 1] + luck[:, month]
    return 0.5 + 0.01 * x


def test_slowing_down_announces_an_end():
    slow = wandering(lambda month: 0.95 * month / 60, 1)
    steady = wandering(lambda month: 0.1, 2)
    ended = np.r_[np.full(120, 60.0), np.full(120, np.nan)]
    found = warned(np.r_[slow, steady], ended, 24)
    assert found.variance.low > 0.6 and found.autocorrelation.low > 0.9
    assert (found.ended, found.went_on) == (120, 120)
    same = warned(np.r_[steady, wandering(lambda month: 0.1, 3)], ended, 24)
    for x in same[:3]:
        assert 0.4 < x.estimate < 0.6 and x.low < 0.5 < x.high, x


def test_months_that_are_compared_are_the_same_ones():
    grown = np.tile(np.linspace(0, 1, 40), (4, 1))  # all alike, so that nothing announces anything
    found = warned(grown, np.array([20, 30, np.nan, np.nan]), 12)
    assert found.level.estimate == 0.5 and found.ended == 2
    early = warned(grown, np.array([5, 30, np.nan, np.nan]), 12)  # too early to look back
    assert early.ended == 1
    assert np.isnan(warned(grown, np.full(4, 20.0), 12).level.estimate)
