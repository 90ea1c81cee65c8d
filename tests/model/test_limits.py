"""Limits with known answers that neither the page of known answers nor the reference holds the kernel to."""

import numpy as np
import pytest
from model_runs import STANDARD_ERRORS, run
from scipy import stats

from sim.model import rules
from sim.model.state import MEETINGS, TRAININGS
from website.known_answers import DEVELOPED, STILL, TRAP, W, Walk, mean_of, point_of


# ------------------------------------------------------------------ the power mean
def usefulness(q, w, rho):
    weighted = sum(v * rules.power_term(x, rho, 0.02) for v, x in zip(w, q, strict=True))
    return rules.appraisal(weighted, rho)


@pytest.fixture(scope="module")
def appraisals():
    draw = np.random.default_rng(8)
    w = draw.gamma(4, 0.25, (200, 8)) * W
    return draw.uniform(0.0, 1.0, (200, 8)), w / w.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("rho", [1.0, 0.5, 0.0, -1.0, -2.5, -10.0])
def test_usefulness_is_the_power_mean(appraisals, rho):
    for q, w in zip(*appraisals, strict=True):
        assert usefulness(q, w, rho) == pytest.approx(mean_of(q, w, rho), rel=1e-13)


def test_rho_0_is_no_jump(appraisals):
    for q, w in zip(*appraisals, strict=True):
        logs = np.log(np.maximum(q, 0.02))
        middle = np.sum(w * logs)
        # first order: log U(rho) = mean log q + rho / 2 * variance of log q
        variance = np.sum(w * (logs - middle) ** 2)
        third = np.sum(w * np.abs(logs - middle) ** 3)
        for rho in (1e-2, 1e-4, 1e-6, 1e-8):
            for signed in (rho, -rho):
                exact = np.exp(middle + signed / 2 * variance)
                allowed = (third + variance**2) * rho**2 + 4e-16 / rho
                assert abs(usefulness(q, w, signed) / exact - 1) <= allowed


# ------------------------------------------------------------------ the partial-adoption trap
def shares_at_the_end(systemic, initial, replicates):
    changes = {"appraisal.systemic": systemic, "population.initial_adopters": initial}
    records = (run(point_of({**TRAP, **changes}), 1, r, every=240)[0] for r in range(replicates))
    return np.array([record.people[240, :, :, rules.ADOPTER].sum() / 1000 for record in records])


@pytest.mark.parametrize("initial, known", [(0.0, 0.05), (0.9, 0.76)])
def test_the_trap_has_two_ends(initial, known):
    shares = shares_at_the_end(0.9, initial, 16)
    error = shares.std(ddof=1) / 4
    # the known figures are rounded to a hundredth
    assert abs(shares.mean() - known) <= STANDARD_ERRORS * error + 0.01, shares.mean()


def test_the_boundary_of_the_trap():
    low, high = 0.0, 0.9
    while high - low > 0.02:
        middle = (low + high) / 2
        if np.mean(shares_at_the_end(0.9, middle, 8) > 0.4) > 0.5:
            high = middle
        else:
            low = middle
    assert abs((low + high) / 2 - 0.20) < 0.05, (low, high)


def test_with_a_small_systemic_part_there_is_no_trap():
    low, high = (shares_at_the_end(0.3, initial, 16) for initial in (0.0, 0.9))
    assert min(low.min(), high.min()) > 0.4
    assert stats.ks_2samp(low, high).pvalue > 1e-4


# ------------------------------------------------------------------ what is recorded and changes nothing
def test_effort_is_wasted_where_experts_know_little():
    for domain in (0.0, 0.2, 1.0):
        changes = {**DEVELOPED, "population.expert_domain_knowledge": domain}
        org = Walk(point_of(changes)).on(5).s.organisations
        wasted = 0.5 * org["resources"] * 0.7 * (1 - domain)
        assert np.allclose(org["wasted"], wasted, rtol=1e-12)


def test_meetings_and_trainings_are_counted():
    walk = Walk(point_of({**STILL, "process.hcp_cooperation": 0.6, "process.training": 0.3}))
    assert 0 < walk.on(1).s.hcps["trained"].sum() == walk.flows[TRAININGS]
    assert 0 < walk.on(11).s.hcps["meetings"].sum() == walk.flows[MEETINGS]
