"""Pooled rates: known answers, and every interval holds its estimate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.analysis import intervals, paired, pooled, value

NAN = np.nan
# lapses a year and adopter-years of runs; the last one failed, and in the third nobody adopted
RATES = np.array([2.0, 0.05, NAN, 0.04, NAN])
YEARS = np.array([1.0, 300.0, 0.0, 200.0, NAN])


def test_a_run_with_three_adopters_counts_as_three():
    found = pooled.of_mean(RATES, YEARS)
    assert found.estimate == pytest.approx((2 + 15 + 8) / 501) and found.runs == 3
    assert found.low < found.estimate < found.high
    assert np.nanmean(RATES) > 10 * found.estimate


def test_equal_weights_give_the_mean():
    x = np.random.default_rng(1).random(40)
    found = pooled.of_mean(x, np.full(40, 7.0))
    assert found.estimate == pytest.approx(x.mean())
    ends = intervals.bootstrap(x)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high), abs=0.01)


def test_no_interval_of_one_run_and_no_number_of_none():
    one = pooled.of_mean(np.array([0.2, NAN]), np.array([3.0, 0.0]))
    assert one.estimate == pytest.approx(0.2) and np.isnan(one.low) and one.runs == 1
    assert np.isnan(pooled.of_mean(np.array([NAN]), np.array([0.0])).estimate)


def test_neither_the_order_of_runs_nor_other_columns_change_a_bit():
    rng = np.random.default_rng(3)
    x, over = rng.random((12, 130)), rng.integers(0, 4, (12, 130)).astype(float)
    whole, mixed = pooled.of_columns(x, over), rng.permutation(12)
    for a, b in zip(whole, pooled.of_columns(x[mixed], over[mixed]), strict=True):
        assert a.tobytes() == b.tobytes()
    for n in (0, 77, 129):
        alone = pooled.of_mean(x[:, n], over[:, n])
        assert np.array_equal(alone, [column[n] for column in whole], equal_nan=True)
    other = rng.random(12)
    first = pooled.of_difference(x[:, 0], over[:, 0], other, over[:, 1])
    second = pooled.of_difference(x[mixed, 0], over[mixed, 0], other[mixed], over[mixed, 1])
    assert first == second


def test_a_difference_is_paired_where_runs_share_their_luck():
    rng = np.random.default_rng(4)
    luck, over = rng.random(50), rng.integers(1, 9, 50).astype(float)
    found = pooled.of_difference(luck + 0.1, over, luck, over)
    assert found.estimate == pytest.approx(0.1) and found.high - found.low < 1e-9
    apart = pooled.of_difference(luck + 0.1, over, luck, over, paired=False)
    assert apart.estimate == pytest.approx(0.1) and apart.high - apart.low > 0.1
    # a run that failed in one is left out of both
    failed = np.where(np.arange(50) < 25, NAN, over)
    rest = pooled.of_difference(luck, failed, luck + 1, over)
    assert rest.estimate == pytest.approx(-1) and rest.runs == 25


def test_a_change_of_a_rate_is_pooled():
    found = paired.compared(RATES, RATES / 2, -1, (YEARS, YEARS))
    assert found.change.estimate == pytest.approx(25 / 501 / 2)
    assert paired.compared(RATES, RATES / 2, -1).change.estimate > 0.3


FLOATS = st.floats(-1e6, 1e6) | st.just(NAN)
SHARES = st.sampled_from([0.0, 0.1, 1 / 3, 0.7, 1.0, NAN])


def runs_of(elements):
    return st.integers(0, 9).flatmap(
        lambda n: st.tuples(*(arrays(float, n, elements=elements),) * 2)
    )


def holds(found):
    if not np.isnan(found.low):
        assert found.low <= found.estimate <= found.high


@given(runs_of(FLOATS) | runs_of(SHARES), st.sampled_from([(0.0, 1.0), intervals.ANYTHING]))
def test_every_interval_holds_its_estimate(runs, bounds):
    a, b = runs
    holds(intervals.of_mean(a, bounds))
    for column in zip(*intervals.of_columns(np.stack(runs, axis=1), bounds), strict=True):
        holds(intervals.Interval(*column))
    holds(intervals.of_difference(a, b))
    holds(intervals.of_unpaired_difference(a, b))
    holds(intervals.bootstrap(a))
    holds(intervals.bootstrap(a, 0.9))
    found = paired.compared(a, b, 1)
    holds(found.change)
    holds(found.better)
    holds(intervals.rank_correlation(np.arange(a.size), a))
    worth = value.value_for_money(a, b)
    holds(worth.cost)
    holds(worth.effect)
    if not np.isnan(worth.low):
        assert worth.low <= worth.per_adopter <= worth.high
    holds(pooled.of_mean(a, np.abs(b)))
    holds(pooled.of_difference(a, np.abs(b), b, np.abs(a)))
    holds(pooled.of_difference(a, np.abs(b), b, np.abs(a), paired=False))


def test_of_many_runs_a_few_resamples_are_made_at_a_time_and_they_are_the_same():
    runs = intervals.FEW + 1
    blocks = list(intervals.some_resamples(runs, 1))
    assert {block.shape for block in blocks} == {(intervals.AT_ONCE, runs)}
    np.testing.assert_array_equal(np.concatenate(blocks), intervals.resamples(runs, 1))


def test_intervals_of_many_runs_are_those_of_all_resamples_at_once(monkeypatch):
    luck = np.random.default_rng(1)
    x, over = luck.random((40, 3)), luck.random((40, 3)) + 0.1

    def both():
        change = pooled.of_difference(x[:, 0], over[:, 0], x[:, 1], over[:, 1])
        return np.concatenate([*pooled.of_columns(x, over), change])

    at_once = both()
    for module in (intervals, pooled):
        monkeypatch.setattr(module, "FEW", 10)
    np.testing.assert_allclose(both(), at_once, rtol=1e-12)
