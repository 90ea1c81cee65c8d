"""Limits with known answers that neither the page of known answers nor the reference holds the kernel to."""

import numpy as np

from sim.model import rules
from sim.model.state import MEETINGS, TRAININGS
from website.known_answers import DEVELOPED, STILL, W, Walk, point_of


# ------------------------------------------------------------------ appraisal
def usefulness(q, w, rho):
    weighted = sum(v * rules.power_term(x, rho, 0.02) for v, x in zip(w, q, strict=True))
    return rules.appraisal(weighted, rho)


def test_the_power_mean_has_no_jump_at_0():
    draw = np.random.default_rng(8)
    weights = draw.gamma(4, 0.25, (200, 8)) * W
    for q, w in zip(draw.uniform(0.0, 1.0, (200, 8)), weights, strict=True):
        w /= w.sum()
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
