"""Curves find what made the data, forecasts hold what comes as often as they say, scores have known answers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from sim.analysis.curves import CURVES, extended, fit, last_value
from sim.analysis.scores import crps, inside, middle

YEARS = np.arange(9.0)
MADE = {
    "bass": ((0.8, 0.02, 0.5), (0.95, 0.05, 0.2)),
    "logistic": ((0.8, 0.5, 4.0), (0.95, 0.3, 6.0)),
    "gompertz": ((0.8, 0.5, 2.0), (0.9, 0.4, 5.0)),
}
each = pytest.mark.parametrize(("name", "truth"), [(n, x) for n in MADE for x in MADE[n]])


@each
def test_a_curve_finds_what_made_the_data(name, truth):
    curve = CURVES[name]
    seen = curve.shape(YEARS, 0.1, *truth)
    assert fit(curve, YEARS, seen) == pytest.approx(truth, rel=1e-3)


def test_curves_are_those_of_the_textbook():
    p, q, ceiling = 0.02, 0.5, 0.8
    decay = np.exp(-(p + q) * YEARS)
    from_nothing = ceiling * (1 - decay) / (1 + q / p * decay)
    assert CURVES["bass"].shape(YEARS, 0.0, ceiling, p, q) == pytest.approx(from_nothing)
    assert CURVES["bass"].shape(YEARS[:1], 0.3, ceiling, p, q) == pytest.approx([0.3])
    assert CURVES["logistic"].shape(np.array([4.0]), 0, 0.8, 0.5, 4.0) == pytest.approx([0.4])
    steepest = CURVES["gompertz"].shape(np.array([4.0]), 0, 0.8, 0.5, 4.0)
    assert steepest == pytest.approx([0.8 / np.e])


def test_forecasts_hold_what_comes_as_often_as_they_say():
    """Fourteen readings of a known curve with errors, many times over: the next three."""
    luck, error, curve = np.random.default_rng(0), 0.02, CURVES["logistic"]
    years, ahead = np.arange(14.0), np.arange(14.0, 17.0)
    hits: dict[float, list[np.ndarray]] = {0.5: [], 0.9: []}
    for n in range(12):
        seen = curve.shape(years, 0, 0.8, 0.5, 6.0) + error * luck.standard_normal(14)
        later = curve.shape(ahead, 0, 0.8, 0.5, 6.0) + error * luck.standard_normal(3)
        draws = extended(curve, years, seen, ahead, error, seed=n, draws=30)
        for share, found in hits.items():
            found.append(inside(draws, later, share))
    assert 0.35 < np.mean(hits[0.5]) < 0.65 and 0.8 < np.mean(hits[0.9]) < 0.99


@pytest.mark.parametrize("name", CURVES)
def test_an_error_of_readings_widens_a_forecast_where_a_curve_fits_exactly(name):
    seen = CURVES[name].shape(YEARS, 0.1, *MADE[name][0])
    ahead = np.array([9.0, 12.0])
    a, b = (extended(CURVES[name], YEARS, seen, ahead, e, 0, 20) for e in (0.001, 0.02))
    assert (b.std(axis=0) > 3 * a.std(axis=0)).all()
    assert a.min() >= 0 and b.max() <= 1
    again = extended(CURVES[name], YEARS, seen, ahead, 0.02, 0, 20)
    assert again.tobytes() == b.tobytes()


def test_the_last_value_stays_and_is_less_sure_the_farther():
    seen = np.array([0.1, 0.2, 0.3, 0.4])
    draws = last_value(YEARS[:4], seen, np.array([4.0, 7.0]), 0, 20_000)
    assert draws.mean(axis=0) == pytest.approx([0.4, 0.4], abs=0.01)
    assert draws.std(axis=0) == pytest.approx([0.1, 0.2], rel=0.05)


@pytest.mark.parametrize("seen", [0.0, 0.7, -2.5])
def test_the_score_of_a_normal_forecast_is_the_known_one(seen):
    draws = norm.ppf((np.arange(4000) + 0.5) / 4000)[:, None]
    known = seen * (2 * norm.cdf(seen) - 1) + 2 * norm.pdf(seen) - 1 / np.sqrt(np.pi)
    assert crps(draws, np.array([seen])) == pytest.approx([known], abs=2e-3)


def test_a_forecast_without_doubt_scores_its_error():
    assert crps(np.full((3, 2), 5.0), np.array([2.0, 9.0])) == pytest.approx([3, 4])


def test_the_middle_of_draws():
    draws = np.arange(101.0)[:, None]
    assert [float(end[0]) for end in middle(draws, 0.5)] == [25, 75]
    assert inside(draws, np.array([25.0]), 0.5) and not inside(draws, np.array([24.0]), 0.5)
    assert inside(draws, np.array([5.0]), 0.9) and not inside(draws, np.array([96.0]), 0.9)
