"""Limits of organisations that have known answers (steps 1, 2, 3, 5 and 11)."""

import numpy as np
import pytest
from model_runs import STANDARD_ERRORS
from scipy import stats

from sim.model import rules
from sim.model.inputs import NEVER
from website.known_answers import (
    DEVELOPED,
    MANY,
    MEETINGS,
    START,
    STILL,
    Walk,
    closed_form,
    decommissioning,
    deployment,
    effort,
    first_deployments,
    learnt,
    of_groups,
    point_of,
    qualities,
    settled,
    understanding,
)


def geometric(first, p, months):
    """Whether waiting times (1, 2, ...; beyond `months` not seen) are geometric: chi-square."""
    expected = p * (1 - p) ** np.arange(months)
    counts = np.array([np.sum(first == m) for m in range(1, months + 1)])
    counts = np.append(counts, first.size - counts.sum())
    share = np.append(expected, 1 - expected.sum())
    if expected.sum() * first.size < 10:
        seen = int(counts[:-1].sum())
        return stats.binomtest(seen, first.size, expected.sum()).pvalue > 1e-4
    # join the last months until each bin expects five
    while share[-2] * first.size < 5:
        share = np.append(share[:-2], share[-2] + share[-1])
        counts = np.append(counts[:-2], counts[-2] + counts[-1])
    return stats.chisquare(counts, share * first.size).pvalue > 1e-4


# ------------------------------------------------------------------ 1. deployment
@pytest.mark.parametrize(
    "readiness, member, f, imitation, gate, privacy",
    [
        (0.5, 0, 0.0, 0.0, 0.0, 0.15),
        (1.0, 0, 0.8, 0.0, 0.0, 0.15),
        (0.5, 1, 0.5, 0.0, 0.0, 0.15),
        (0.0, 1, 0.9, 0.0, 0.0, 0.15),
        (0.5, 0, 0.5, 0.0, 10.0, 0.35),
        (0.5, 0, 0.5, 0.0, 10.0, 0.05),
        (0.5, 0, 0.8, 4.0, 0.0, 0.15),
        (0.0, 1, 0.5, 4.0, 0.0, 0.15),
    ],
)
def test_deployment_alone_is_a_first_passage(readiness, member, f, imitation, gate, privacy):
    changes = {
        **STILL,
        **MANY,
        "deployment.rate": 0.2,
        "deployment.imitation": imitation,
        "deployment.privacy_gate": gate,
        "deployment.at_start": 0.0,
        "population.readiness_low": readiness,
        "population.readiness_high": readiness,
        "development.start.privacy": privacy,
        "horizon": 24,
    }
    walk = Walk(point_of(changes), seed=3)
    org = walk.s.organisations
    # a share f of members runs the tool
    examples = np.arange(org.size) < round(f * 1000)
    waiting = np.arange(org.size) >= 1000
    org["member"] = np.where(waiting, member, 1)
    if member:  # those who wait are members too: among them as many run the tool
        examples |= waiting & (np.arange(org.size) % 10 < round(10 * f))
        waiting &= ~examples
    first = first_deployments(walk, examples, 24)
    among_members = examples[org["member"] == 1].mean()
    assert among_members == pytest.approx(f)
    excess = privacy - 0.15 if examples.any() else 0.0
    p = deployment(readiness, imitation * examples.mean() + gate * excess, member * f)
    assert geometric(first[waiting], p, 24)


def test_nobody_deploys_twice_and_the_month_is_kept():
    walk = Walk(point_of({**STILL, "deployment.at_start": 0.0, "deployment.rate": 1.0}))
    seen = {}
    for month in range(1, 61):
        walk.on(1)
        for o in np.flatnonzero(walk.s.organisations["status"] == rules.PROJECT):
            assert seen.setdefault(o, month) == walk.s.organisations["deployed"][o]
    assert len(seen) == 20


# ------------------------------------------------------------------ 2. development
def developed(changes, months, **walk):
    return Walk(point_of({**DEVELOPED, **changes}), **walk).on(months)


@pytest.mark.parametrize("ceiling", [1.0, 0.7])
def test_constant_attention_leads_to_the_fixed_point(ceiling):
    walk = developed(qualities("ceiling", ceiling), 12)
    org = walk.s.organisations
    e = effort(org["resources"])
    assert np.allclose(org["quality"], closed_form(START, e, ceiling, 0.03, 12), rtol=1e-12)
    walk.on(1188)
    assert np.allclose(org["quality"], settled(e, ceiling, 0.03), rtol=1e-11)


def test_above_its_ceiling_a_quality_only_erodes():
    walk = developed({**qualities("ceiling", 0.2), **qualities("start", 0.8)}, 10)
    assert np.allclose(walk.s.organisations["quality"], 0.8 * 0.97**10, rtol=1e-12)


def test_full_fit_wastes_no_effort():
    for domain in (0.0, 0.2, 1.0):
        walk = developed({"population.expert_domain_knowledge": domain}, 5)
        org = walk.s.organisations
        expected = closed_form(START, effort(org["resources"], domain), 1.0, 0.03, 5)
        assert np.allclose(org["quality"], expected, rtol=1e-12)
        wasted = 0.5 * org["resources"] * 0.7 * (1 - domain)
        assert np.allclose(org["wasted"], wasted, rtol=1e-12)


def test_the_funding_cliff_leads_to_the_lower_equilibrium():
    walk = developed({"development.funding_months": 30}, 30)
    org = walk.s.organisations
    e = effort(org["resources"])
    at_the_cliff = closed_form(START, e, 1.0, 0.03, 30)
    assert np.allclose(org["quality"], at_the_cliff, rtol=1e-12)
    # "older than 30 months": month 31 is the first with less effort
    walk.on(1)
    assert np.allclose(org["quality"], closed_form(at_the_cliff, 0.3 * e, 1.0, 0.03, 1), rtol=1e-12)
    walk.on(1169)
    assert np.allclose(org["quality"], settled(0.3 * e, 1.0, 0.03), rtol=1e-11)


@pytest.mark.parametrize("share, kept", [(0.4, True), (0.38, False)])
def test_an_institutionalised_tool_keeps_its_effort(share, kept):
    walk = developed(
        {"development.funding_months": 30, "population.organisation_size": 50}, 0, seed=2
    )
    hcps, org = walk.s.hcps, walk.s.organisations
    hcps["state"] = np.where(np.arange(hcps.size) % 50 < round(50 * share), rules.ADOPTER, 0)
    hcps["ever"] = hcps["state"] == rules.ADOPTER
    walk.recount()
    e = effort(org["resources"])
    walk.on(29)
    assert np.all(org["status"] == rules.PROJECT)  # not before its funding ends
    walk.on(31)
    assert np.all((org["status"] == rules.INSTITUTIONALISED) == kept)
    expected = closed_form(START, e, 1.0, 0.03, 60)
    if not kept:
        at_the_cliff = closed_form(START, e, 1.0, 0.03, 30)
        expected = closed_form(at_the_cliff, 0.3 * e, 1.0, 0.03, 30)
    assert np.allclose(org["quality"], expected, rtol=1e-12)
    if kept:  # for good, whatever becomes of adoption
        hcps["state"] = rules.LAPSED
        walk.recount()
        walk.on(1)
        assert np.all(org["status"] == rules.INSTITUTIONALISED)


def test_members_catch_up_with_their_mean():
    changes = {**STILL, "development.member_exchange": 0.05, "population.organisation_size": 1}
    walk = Walk(point_of(changes))
    org = walk.s.organisations
    org["quality"] = np.random.default_rng(3).uniform(0, 1, (20, 8))
    org["status"][:4] = rules.NOT_DEPLOYED
    org["deployed"][:4] = NEVER
    before = org["quality"].copy()
    inside = (org["member"] == 1) & (org["status"] == rules.PROJECT)
    assert 3 < inside.sum() < 16
    mean = before[inside].mean(axis=0)
    expected = before + 0.05 * np.maximum(0, mean - before) * inside[:, None]
    walk.on(1)
    assert np.allclose(org["quality"], expected, rtol=1e-13)
    assert np.array_equal(org["quality"][~inside], before[~inside])


# ------------------------------------------------------------------ 3. incidents
@pytest.mark.parametrize("privacy", [0.0, 0.5, 1.0])
def test_waiting_times_for_incidents_are_geometric(privacy):
    changes = {**STILL, **MANY, "incident.rate": 0.1, "horizon": 60}
    changes["development.start.privacy"] = privacy
    walk = Walk(point_of(changes), seed=5)
    first = np.full(4000, NEVER)
    total = 0
    for month in range(1, 61):
        incident = walk.on(1).s.organisations["incident"] == 1
        total += incident.sum()
        first[incident & (first == NEVER)] = month
    p = 0.1 * (1 - privacy)
    if p == 0:
        assert total == 0
        return
    assert geometric(first, p, 60)
    assert stats.binomtest(int(total), 4000 * 60, p).pvalue > 1e-4


# ------------------------------------------------------------------ 5. cooperation
@pytest.mark.parametrize("domain, literacy", [(0.0, 0.5), (0.2, 0.25), (1.0, 0.0), (0.9, 0.9)])
@pytest.mark.parametrize("shared", [0.0, 1.0])
def test_meetings_succeed_as_often_as_people_understand_each_other(domain, literacy, shared):
    changes = {
        **MEETINGS,
        "process.shared_understanding": shared,
        "population.expert_domain_knowledge": domain,
        **of_groups("population.{}.literacy", literacy),
    }
    walk = Walk(point_of(changes), seed=6).on(12)
    flows = walk.flows
    meetings, failed = int(flows[14]), int(flows[15])
    assert stats.binomtest(meetings, 25_000 * 12, 0.6 * 0.5).pvalue > 1e-4
    m = understanding(domain, literacy, bool(shared))
    assert stats.binomtest(meetings - failed, meetings, m).pvalue > 1e-4
    assert walk.s.hcps["meetings"].sum() == meetings


def test_meetings_spread_over_experts():
    # each expert learns from its own successes only; D tells how many there were
    changes = {**MEETINGS, "cooperation.domain_learning": 1e-6}
    changes |= {"process.hcp_cooperation": 1.0, "process.shared_understanding": 0.0}
    walk = Walk(point_of(changes), seed=7).on(12)
    domain = walk.s.experts["domain"]
    successes = np.log((1 - domain) / 0.8) / np.log1p(-1e-6)
    assert np.allclose(successes, np.round(successes), atol=1e-3)
    assert stats.chisquare(np.round(successes)).pvalue > 1e-4


def test_experts_learn_from_each_success():
    one_expert = {"population.organisation_size": 12}
    walk = Walk(point_of({**STILL, **one_expert, "process.hcp_cooperation": 1.0}), seed=8)
    s = walk.s
    attention = s.experts["attention"].copy()
    successes = np.zeros(20, int)
    for _ in range(120):
        engagement = s.hcps["engagement"].copy()
        walk.on(1)
        met_well = (s.hcps["engagement"] > engagement).reshape(20, 12)
        for o in range(20):
            c = met_well[o].sum()
            successes[o] += c
            if c:
                heard = s.priorities[12 * o : 12 * o + 12][met_well[o]].mean(axis=0)
                attention[o] += (1 - 0.99**c) * (heard - attention[o])
    assert successes.min() > 50
    assert np.allclose(s.experts["domain"], learnt(successes), rtol=1e-12)
    assert np.allclose(s.experts["attention"], attention, rtol=1e-12)
    flows = walk.flows
    assert flows[14] - flows[15] == successes.sum()


def test_a_meeting_moves_trust_literacy_and_engagement():
    changes = {**STILL, "process.hcp_cooperation": 1.0, "development.start.transparency": 0.6}
    walk = Walk(point_of(changes), seed=9)
    before = walk.s.hcps.copy()
    after = walk.on(1).s.hcps
    met = after["meetings"] == 1
    good = met & (after["engagement"] > before["engagement"])
    bad = met & ~good
    assert min(good.sum(), bad.sum(), np.sum(~met)) > 50
    x = 0.25 + 0.75 * 0.6
    for column, gain, share_lost in (
        ("trust", 0.06 * x, 0.02),
        ("literacy", 0.05, 0.0),
        ("engagement", 0.1, 0.15),
    ):
        b, a = before[column], after[column]
        assert np.allclose(a[good], b[good] + gain * (1 - b[good]), rtol=1e-14)
        assert np.allclose(a[bad], b[bad] * (1 - share_lost), rtol=1e-14)
        assert np.array_equal(a[~met], b[~met])


# ------------------------------------------------------------------ 11. review
@pytest.mark.parametrize("adopters", [0, 1, 2, 5])
def test_waiting_times_for_decommissioning_are_geometric(adopters):
    changes = {**STILL, "review.rate": 0.08, "horizon": 84}
    changes |= {"population.organisations": 3000, "population.organisation_size": 10}
    walk = Walk(point_of(changes), seed=10)
    hcps, org = walk.s.hcps, walk.s.organisations
    hcps["state"] = np.where(np.arange(hcps.size) % 10 < adopters, rules.ADOPTER, rules.NON_ADOPTER)
    walk.recount()
    trust = hcps["trust"].copy()
    walk.on(24)
    assert not np.any(org["status"] == rules.DECOMMISSIONED)  # only when older than 24 months
    walk.on(60)
    ended = org["ended"].astype(np.int64)
    p = decommissioning(adopters / 10)
    assert geometric(ended - 24, p, 60)
    out = np.repeat(ended != NEVER, 10)
    assert np.array_equal(out, np.repeat(org["status"] == rules.DECOMMISSIONED, 10))
    # users lapse at once, which is no lapse of their own; everybody loses trust
    used = np.arange(hcps.size) % 10 < adopters
    assert np.all(hcps["state"][out & used] == rules.LAPSED)
    assert np.all(hcps["state"][out & ~used] == rules.NON_ADOPTER)
    assert np.all(hcps["state"][~out & used] == rules.ADOPTER)
    assert np.allclose(hcps["trust"], np.where(out, 0.7 * trust, trust), rtol=1e-14)
    flows = walk.flows
    assert flows[6] == 0 and flows[8] == np.sum(out & used)


def test_an_institutionalised_tool_can_be_withdrawn():
    changes = {**STILL, "review.rate": 1.0, "review.threshold": 1.0, "review.width": 1e-4}
    walk = Walk(point_of({**changes, "population.organisations": 10}))
    walk.s.organisations["status"] = rules.INSTITUTIONALISED
    walk.on(25)
    assert np.all(walk.s.organisations["ended"] == 25)
    walk.on(30)
    assert np.all(walk.s.organisations["status"] == rules.DECOMMISSIONED)


def test_steps_of_running_organisations_stop_elsewhere():
    # Everything on, but nobody runs the tool: only influence, training and turnover remain
    walk = Walk(point_of({"deployment.rate": 0.0}), seed=11).on(60)
    flows = walk.flows
    happened = np.flatnonzero(flows)
    assert set(happened) == {9, 16}  # newcomers in seats of non-adopters, and trainings
    assert np.array_equal(walk.s.organisations["quality"], np.tile(START, (20, 1)))
    assert not walk.s.hcps["meetings"].any()
    means = walk.s.hcps["engagement"].mean()
    assert abs(means - 0.5) < STANDARD_ERRORS * 0.5 / np.sqrt(12 * 1000)
