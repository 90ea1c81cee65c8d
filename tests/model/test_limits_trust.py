"""Limits of trust and AI literacy that have known answers (steps 3 to 7)."""

import numpy as np
import pytest
from model_runs import STANDARD_ERRORS, same_bits
from scipy import stats

from sim.model import rules
from sim.tables.factors import QUALITY_NAMES
from website.known_answers import (
    CROWD,
    STILL,
    USERS,
    Walk,
    influence,
    monthly,
    of_groups,
    point_of,
    qualities,
    reached,
    turnover,
    user_rates,
)

WORD_STEP = 1.0 / 1073741823.0  # peers see trust in steps of 2^-30
NOBODY_USES = {**STILL, "deployment.at_start": 0.0}


# ------------------------------------------------------------------ influence
@pytest.mark.parametrize("kind", ["modular", "random", "scale_free", "small_world", "well_mixed"])
@pytest.mark.parametrize("rate", [0.05, 0.6, 1.0])
def test_without_use_trust_follows_degroot(kind, rate):
    changes = {
        **NOBODY_USES,
        "influence.rate": rate,
        "network.kind": kind,
        "network.ties": 3,
        "population.organisations": 5,
        "population.organisation_size": 40,
        "population.nurse.trust": 0.8,
    }
    walk = Walk(point_of(changes), seed=2)
    s = walk.s
    start = s.hcps["trust"].copy()
    step = influence(walk, rate)
    # A month's rounding is half a step at most, and averaging does not enlarge it
    for months in (1, 11, 108):
        walk.on(months)
        exact = np.linalg.matrix_power(step, walk.month) @ start
        bound = walk.month * rate * 0.5 * WORD_STEP + 1e-12
        assert np.max(np.abs(s.hcps["trust"] - exact)) <= bound
    assert s.hcps["trust"].std() < 0.5 * start.std()
    assert np.all(s.hcps["state"] == rules.NON_ADOPTER)


def test_without_peers_there_is_no_influence():
    changes = {**NOBODY_USES, "influence.rate": 0.5}
    for more in ({"network.ties": 0}, {"network.kind": "well_mixed"}):
        size = {"population.organisation_size": 1, "population.organisations": 1}
        walk = Walk(point_of({**changes, **size, **more}))
        before = walk.s.hcps["trust"].copy()
        assert same_bits(walk.on(10).s.hcps["trust"], before)


# ------------------------------------------------------------------ use
@pytest.mark.parametrize(
    "transparency, responsibility, data_quality, scope, literacy, strength",
    [
        (0.15, 0.15, 0.35, 0.3, 0.25, 1.0),
        (0.9, 0.15, 0.35, 0.3, 0.25, 1.0),
        (0.9, 0.15, 0.35, 0.3, 0.25, 0.0),
        (0.15, 0.95, 0.35, 0.3, 0.25, 1.0),
        (0.6, 0.6, 0.9, 0.9, 0.25, 1.0),
        (0.3, 0.4, 0.6, 0.1, 1.0, 1.0),
        (1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    ],
)
def test_trust_of_users_settles_where_gains_meet_losses(
    transparency, responsibility, data_quality, scope, literacy, strength
):
    q = dict.fromkeys(QUALITY_NAMES, 0.5) | {"transparency": transparency, "scope": scope}
    q |= {"responsibility": responsibility, "data_quality": data_quality}
    changes = {
        **USERS,
        **qualities("start", np.array([q[k] for k in QUALITY_NAMES])),
        "trust.transparency_strength": strength,
        **of_groups("population.{}.literacy", literacy),
    }
    p, gain, loss = user_rates(q, literacy, strength)
    g, fall = gain * p, loss * (1 - p)
    walk = Walk(point_of(changes), seed=4)
    trust = walk.s.hcps["trust"]
    mean = trust.mean()
    for months in (1, 9, 40, 350):
        walk.on(months)
        # Everybody's expectation moves by the same linear map, so the mean's does exactly
        for _ in range(months):
            mean = mean + g * (1 - mean) - fall * mean
        error = trust.std() / np.sqrt(trust.size)
        assert abs(trust.mean() - mean) <= STANDARD_ERRORS * error + 1e-12
    error = trust.std() / np.sqrt(trust.size)
    assert abs(trust.mean() - g / (g + fall)) <= STANDARD_ERRORS * error + 1e-9


def test_a_success_and_a_failure_have_their_exact_size():
    walk = Walk(point_of({**USERS, "population.organisation_size": 5000}))
    before = walk.s.hcps["trust"].copy()
    after = walk.on(1).s.hcps["trust"]
    q = dict(zip(QUALITY_NAMES, walk.s.organisations["quality"][0], strict=True))
    p, gain, loss = user_rates(q, 0.25)
    won = after > before
    assert np.allclose(after[won], before[won] + gain * (1 - before[won]), rtol=1e-14)
    assert np.allclose(after[~won], before[~won] * (1 - loss), rtol=1e-14)
    assert stats.binomtest(int(won.sum()), won.size, p).pvalue > 1e-4


def test_only_users_have_experiences():
    walk = Walk(point_of({**USERS, "population.organisation_size": 400}))
    walk.s.hcps["state"] = np.arange(400) % 4
    walk.recount()
    before = walk.s.hcps["trust"].copy()
    changed = walk.on(1).s.hcps["trust"] != before
    assert np.array_equal(changed, np.isin(np.arange(400) % 4, (rules.TRIAL, rules.ADOPTER)))


def test_losses_are_capped():
    walk = Walk(point_of({**USERS, "trust.failure_loss": 1.0, "population.organisation_size": 400}))
    before = walk.s.hcps["trust"].copy()
    after = walk.on(1).s.hcps["trust"]
    failed = after < before
    assert failed.any()
    assert np.allclose(after[failed], 0.1 * before[failed], rtol=1e-12)


# ------------------------------------------------------------------ literacy
def test_training_and_forgetting_balance():
    changes = {**STILL, **CROWD, "process.training": 0.05, "training.forgetting": 0.01}
    walk = Walk(point_of(changes), seed=5)
    literacy = walk.s.hcps["literacy"]
    mean = literacy.mean()
    for months in (1, 20, 479):
        walk.on(months)
        for _ in range(months):
            mean = 0.99 * (mean + 0.05 * 0.25 * (1 - mean))
        error = literacy.std() / np.sqrt(literacy.size)
        assert abs(literacy.mean() - mean) <= STANDARD_ERRORS * error
    # the fixed point of that map
    assert mean == pytest.approx(0.99 * 0.0125 / (1 - 0.99 * (1 - 0.0125)), rel=1e-3)


def test_without_training_literacy_is_forgotten():
    walk = Walk(point_of({**NOBODY_USES, "training.forgetting": 0.01}))
    start = walk.s.hcps["literacy"].copy()
    assert np.allclose(walk.on(120).s.hcps["literacy"], start * 0.99**120, rtol=1e-12)


# ------------------------------------------------------------------ incidents
def test_an_incident_costs_everybody_a_share_of_trust():
    changes = {**STILL, "incident.rate": 0.3, "population.organisations": 50, "horizon": 12}
    walk = Walk(point_of(changes), seed=6)
    start = walk.s.hcps["trust"].copy()
    incidents = np.zeros(50)
    for _ in range(12):
        incidents += walk.on(1).s.organisations["incident"]
    expected = start.reshape(50, 50) * 0.85 ** incidents[:, None]
    assert incidents.max() > 1 and np.unique(incidents).size > 3
    assert np.allclose(walk.s.hcps["trust"].reshape(50, 50), expected, rtol=1e-12)


# ------------------------------------------------------------------ turnover
def test_newcomers_fill_seats_as_the_hazard_says():
    annual = {"turnover.physician": 0.076, "turnover.nurse": 0.18, "turnover.allied": 0.14}
    walk = Walk(point_of({**STILL, **CROWD, **annual}), seed=7)
    for months in (1, 11, 24):
        hcps = walk.on(months).s.hcps
        for group, yearly in enumerate(annual.values()):
            new = hcps["hired"][hcps["group"] == group] > 0
            share = reached(monthly(yearly), walk.month)
            assert stats.binomtest(int(new.sum()), new.size, share).pvalue > 1e-4
            if walk.month == 12:
                assert share == pytest.approx(yearly, rel=1e-12)
    left = walk.record.people[:, :, :, 5:].sum(axis=1)[:, :, 9:13].sum()
    assert left >= np.sum(hcps["hired"] > 0)


def test_waiting_times_for_newcomers_are_geometric():
    changes = {**STILL, **turnover(0.5), "population.organisation_size": 1000, "horizon": 30}
    walk = Walk(point_of(changes), seed=8)
    first = np.full(walk.s.hcps.size, 31)
    for month in range(1, 31):
        hired = walk.on(1).s.hcps["hired"]
        first = np.where((hired == month) & (first == 31), month, first)
    hazard = monthly(0.5)
    expected = hazard * (1 - hazard) ** np.arange(30)
    counts = np.bincount(first, minlength=32)[1:]
    share = np.append(expected, 1 - expected.sum())
    assert stats.chisquare(counts, share * first.size).pvalue > 1e-4
