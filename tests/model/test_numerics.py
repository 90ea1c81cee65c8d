"""exp, log, power and the quantile against exact arithmetic."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model import numerics

RANDOM = np.random.default_rng(7)


def units_off(got: float, exact: mpmath.mpf) -> float:
    """Distance from the true value in units in the last place."""
    if exact == 0 or not math.isfinite(float(exact)):
        return 0.0 if got == float(exact) else math.inf
    return float(abs(mpmath.mpf(got) - exact) / mpmath.mpf(math.ulp(float(exact))))


def worst(function, exact_function, arguments) -> float:
    with mpmath.workprec(200):
        return max(units_off(function(*a), exact_function(*map(mpmath.mpf, a))) for a in arguments)


def test_exp_within_one_unit_in_the_last_place():
    x = np.concatenate([RANDOM.uniform(-745, 709.7, 4000), RANDOM.normal(0, 2, 4000)])
    normal = [(float(v),) for v in x if v > -708]
    assert worst(numerics.exp, mpmath.exp, normal) < 1.0


def test_log_within_one_unit_in_the_last_place():
    x = np.concatenate([np.exp(RANDOM.uniform(-700, 700, 4000)), RANDOM.uniform(0.5, 2, 4000)])
    assert worst(numerics.log, mpmath.log, [(float(v),) for v in x]) < 1.0


def test_power_within_one_unit_in_the_last_place():
    x = np.concatenate([RANDOM.uniform(0, 1, 4000), np.exp(RANDOM.uniform(-20, 20, 2000))])
    y = RANDOM.uniform(-30, 30, x.size)
    assert worst(numerics.power, mpmath.power, list(zip(x.tolist(), y.tolist(), strict=True))) < 1.0


def test_special_values():
    assert numerics.exp(0.0) == 1.0
    assert numerics.exp(-800.0) == 0.0
    assert numerics.exp(800.0) == math.inf
    assert numerics.exp(math.inf) == math.inf
    assert numerics.exp(-math.inf) == 0.0
    assert numerics.log(1.0) == 0.0
    assert numerics.log(0.0) == -math.inf
    assert numerics.log(math.inf) == math.inf
    assert math.isnan(numerics.log(-1.0))
    assert numerics.power(0.0, 2.0) == 0.0
    assert numerics.power(0.0, -2.0) == math.inf
    assert numerics.power(0.0, 0.0) == 1.0
    assert numerics.power(0.3, 1.0) == 0.3
    for function in (numerics.exp, numerics.log):
        assert math.isnan(function(math.nan))
    assert math.isnan(numerics.power(math.nan, 2.0))
    assert math.isnan(numerics.power(2.0, math.nan))
    assert math.isnan(numerics.power(-1.0, 2.0))


def test_smallest_results_are_not_lost():
    # subnormal results have fewer bits, so the bound is one unit of the smallest number
    for x in (-709.5, -720.0, -744.0):
        assert abs(numerics.exp(x) - math.exp(x)) <= 5e-324


@pytest.mark.parametrize("p", [1e-300, 1e-12, 0.001, 0.07, 0.3, 0.5, 0.8, 0.99, 1 - 1e-9])
def test_normal_quantile_inverts_the_distribution(p):
    with mpmath.workprec(2200):
        exact = -mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * mpmath.mpf(p))
    assert numerics.normal_quantile(p) == pytest.approx(float(exact), rel=1e-14, abs=1e-15)


@given(st.floats(-700, 700), st.floats(0, 1))
def test_exp_is_increasing_over_any_visible_step(x, step):
    assert numerics.exp(x) <= numerics.exp(x + step)
