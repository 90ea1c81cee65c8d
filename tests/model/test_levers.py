"""Levers: nothing at strength 0, nothing before their month, nothing where they do not reach."""

import numpy as np
import pytest
from model_runs import run, same_bits

from sim.model import levers, rules, state
from sim.model.inputs import NEVER
from sim.model.state import FAILED_MEETINGS, MEETINGS, N_CENSUS, TRAININGS
from sim.tables.factors import QUALITY_NAMES
from website.known_answers import STILL, Walk, point_of, turnover

EVERY_LEVER = pytest.mark.parametrize("lever", range(levers.N_LEVERS))
# New projects all along, so that the network and the roll-out have something left to move
SLOW_SPREAD = {"deployment.rate": 0.04, "population.organisation_size": 25}


def schedule(*rows, named=()):
    """Return a schedule of (lever, strength) or (lever, strength, more) rows."""
    table = np.zeros(len(rows), levers.ROW)
    for row, (lever, strength, *more) in zip(table, rows, strict=True):
        row["lever"], row["strength"] = lever, strength
        row["first_month"], row["last_month"], row["share"] = 1, NEVER, 1.0
        for name, value in (more[0] if more else {}).items():
            row[name] = value
    return levers.Schedule(table, np.array(named, np.int64))


# ------------------------------------------------------------------ where nothing may change
@pytest.fixture(scope="module")
def without():
    return run(point_of({**SLOW_SPREAD, "horizon": 80}), 4, single=20)


@EVERY_LEVER
def test_a_lever_of_strength_0_changes_nothing(lever, without):
    point = point_of({**SLOW_SPREAD, "horizon": 80}, schedule=schedule((lever, 0.0)))
    record, s = run(point, 4, single=20)
    assert same_bits(record, without[0])
    assert same_bits(s, without[1])


@EVERY_LEVER
def test_a_lever_changes_nothing_before_its_month(lever, without):
    late = schedule((lever, 0.5, {"first_month": 50}))
    record, _ = run(point_of({**SLOW_SPREAD, "horizon": 80}, schedule=late), 4, single=20)
    for kept, known in zip(record, without[0], strict=True):
        assert same_bits(kept[:50], known[:50])
    assert not same_bits(record, without[0])


@EVERY_LEVER
def test_a_lever_ends_with_its_last_month(lever):
    rows = [(lever, 0.5, {"last_month": months}) for months in (3, 4)]
    walks = [Walk(point_of(SLOW_SPREAD, schedule=schedule(row)), 4) for row in rows]
    for month in range(1, 6):
        filled = [walk.on(1).s.levers[:, lever] for walk in walks]
        assert np.all(filled[0] == (0.5 if month <= 3 else 0.0))
        assert np.all(filled[1] == (0.5 if month <= 4 else 0.0))
        if month <= 3:
            assert same_bits(walks[0].s.hcps, walks[1].s.hcps)


def own_part(s, o):
    """Everything that belongs to an organisation."""
    org = s.organisations[o : o + 1]
    hcps = slice(org["first_hcp"][0], org["last_hcp"][0])
    experts = slice(org["first_expert"][0], org["last_expert"][0])
    return org, s.hcps[hcps], s.priorities[hcps], s.experts[experts]


@EVERY_LEVER
def test_a_lever_reaches_only_the_organisation_it_names(lever):
    # From one common state after 40 months, in which projects have lost their funding
    changes = {"development.funding_months": 10, "population.initial_adopters": 0.3}
    changes |= {"deployment.at_start": 0.7, "process.interorganisational_cooperation": 0.4}
    changes |= turnover(0.9)
    changed_here = False
    for seed in range(6):
        rows = (lever, 0.9, {"first_month": 41, "last_named": 1})
        walks = [
            Walk(point_of(changes, schedule=plan), seed).on(41)
            for plan in (schedule(), schedule(rows, named=(0,)))
        ]
        member = walks[0].s.organisations["member"]
        for o in range(1, 20):
            # a new member counts at once in the means that the other members read
            if lever != levers.NETWORK or not member[o]:
                assert same_bits(own_part(walks[0].s, o), own_part(walks[1].s, o))
        changed_here |= not same_bits(own_part(walks[0].s, 0), own_part(walks[1].s, 0))
    # that an organisation would have deployed in just this month is rare: see below
    assert changed_here or lever == levers.REGULATION


# ------------------------------------------------------------------ whom a row reaches
def filled(*rows, named=(), seed=1, **changes):
    walk = Walk(
        point_of({"network.ties": 0, **changes}, schedule=schedule(*rows, named=named)), seed
    )
    return walk.on(1).s


def test_rows_add_up_and_reach_whom_they_say():
    s = filled(
        (levers.TRAINING, 0.1),
        (levers.TRAINING, 0.2, {"first_named": 0, "last_named": 2}),
        (levers.TRAINING, 0.4, {"members_only": 1}),
        (levers.EXODUS, 0.3, {"first_named": 2, "last_named": 3}),
        named=(3, 7, 5),
    )
    o = np.arange(20)
    expected = 0.1 + 0.2 * np.isin(o, (3, 7)) + 0.4 * s.organisations["member"]
    assert np.allclose(s.levers[:, levers.TRAINING], expected)
    assert np.array_equal(s.levers[:, levers.EXODUS], 0.3 * (o == 5))


def test_a_share_of_organisations_is_reached_and_grows():
    before = np.zeros(1000, bool)
    size = {"population.organisations": 1000, "population.organisation_size": 1}
    for share in (0.0, 0.2, 0.5, 0.9, 1.0):
        reached = (
            filled((levers.EXODUS, 0.1, {"share": share}), **size).levers[:, levers.EXODUS] > 0
        )
        assert abs(reached.sum() - 1000 * share) <= 4 * np.sqrt(1000 * share * (1 - share))
        assert np.all(reached | ~before)  # a larger share only adds organisations
        before = reached


# ------------------------------------------------------------------ directions
def pair(lever, strength=0.5, months=1, **changes):
    """Return the walks without and with a lever."""
    base = {"deployment.at_start": 1.0, "population.initial_adopters": 0.3}
    point = {**base, **{k.replace("__", "."): v for k, v in changes.items()}}
    return [
        Walk(point_of(point, schedule=plan), 2).on(months)
        for plan in (schedule(), schedule((lever, strength)))
    ]


def flows(walk, column):
    """Return what happened so far, by group."""
    return walk.record.people[:, :, :, N_CENSUS + column].sum(axis=(0, 1))


@pytest.mark.parametrize("group", range(3))
@pytest.mark.parametrize(
    "first, column",
    [(levers.HCP_COOPERATION, MEETINGS), (levers.TRAINING, TRAININGS)],
    ids=["meetings", "trainings"],
)
def test_more_meetings_and_trainings_for_one_group(first, column, group):
    before, after = (flows(walk, column) for walk in pair(first + group))
    others = np.arange(3) != group
    assert after[group] > 1.5 * before[group]
    assert np.array_equal(after[others], before[others])


@pytest.mark.parametrize("group", range(3))
def test_onboarding_trains_newcomers_of_one_group(group):
    changes = {"process__training": 0.0} | {
        k.replace(".", "__"): v for k, v in turnover(0.9).items()
    }
    before, after = pair(levers.ONBOARDING + group, 0.8, **changes)
    assert flows(before, TRAININGS).sum() == 0
    assert np.all((flows(after, TRAININGS) > 0) == (np.arange(3) == group))


@pytest.mark.parametrize("k", range(8), ids=QUALITY_NAMES)
def test_work_on_one_quality_builds_that_quality(k):
    before, after = (w.s.organisations["quality"] for w in pair(levers.QUALITY_WORK + k))
    others = np.arange(8) != k
    assert np.all(after[:, k] > before[:, k])
    assert np.array_equal(after[:, others], before[:, others])


@pytest.mark.parametrize("k", range(8), ids=QUALITY_NAMES)
def test_a_workshop_moves_attention_towards_w(k):
    before, after = pair(levers.WORKSHOP + k, 0.25, process__hcp_cooperation=0.0)
    w = before.point.packed["population_priority"]
    far, near = (np.abs(walk.s.experts["attention"] - w) for walk in (before, after))
    assert np.allclose(near[:, k], 0.75 * far[:, k], rtol=1e-12)
    others = np.arange(8) != k
    assert np.array_equal(near[:, others], far[:, others])
    # the month's work already follows it
    assert np.all(after.s.organisations["quality"][:, k] > before.s.organisations["quality"][:, k])


def test_interdisciplinary_experts_fail_less_often():
    before, after = pair(levers.INTERDISCIPLINARY, 0.9, process__hcp_cooperation=1.0)
    assert np.array_equal(flows(before, MEETINGS), flows(after, MEETINGS))
    assert flows(after, FAILED_MEETINGS).sum() < 0.5 * flows(before, FAILED_MEETINGS).sum()


def test_a_wider_network_has_more_members_in_steps_1_and_2():
    # Step 1: examples in the network make more organisations deploy
    changes = {"deployment__at_start": 0.5, "process__interorganisational_cooperation": 0.3}
    before, after = pair(levers.NETWORK, 0.7, months=2, deployment__rate=1.0, **changes)
    running = [np.sum(w.s.organisations["status"] == rules.PROJECT) for w in (before, after)]
    assert running[1] > running[0]
    # Step 2: those who lag behind learn, but are counted as before in what is recorded
    before, after = pair(levers.NETWORK, 0.7, months=24, review__rate=0.0, **changes)
    here = before.s.organisations["member"] == 0
    assert here.sum() > 5
    assert np.array_equal(before.s.organisations["member"], after.s.organisations["member"])
    lowest = [w.s.organisations["quality"][here].min(axis=0).mean() for w in (before, after)]
    assert lowest[1] > lowest[0]


@pytest.mark.parametrize("strength, kept", [(0.5, 0.65), (1.0, 1.0)])
def test_sustained_funding_closes_its_share_of_the_gap(strength, kept):
    changes = {"development__funding_months": 0, "development__member_exchange": 0.0}
    changes |= {"population__initial_adopters": 0.0}
    before, after = pair(levers.FUNDING, strength, **changes)
    start = before.point.packed["development_start"]
    built = [w.s.organisations["quality"] - 0.97 * start for w in (before, after)]
    assert np.allclose(built[1], built[0] * kept / 0.3, rtol=1e-10)


def test_a_roll_out_deploys():
    before, after = pair(levers.ROLL_OUT, 0.4, deployment__at_start=0.0)
    running = [w.s.organisations["status"] == rules.PROJECT for w in (before, after)]
    assert np.all(running[1] | ~running[0]) and running[1].sum() > running[0].sum()
    sure = pair(levers.ROLL_OUT, 1.0, deployment__at_start=0.0)[1]
    assert np.all(sure.s.organisations["deployed"] == 1)


@pytest.mark.parametrize("strength", [0.25, 1.0])
def test_a_budget_cut_takes_its_share_of_effort(strength):
    before, after = pair(levers.BUDGET_CUT, strength, development__member_exchange=0.0)
    start = before.point.packed["development_start"]
    built = [w.s.organisations["quality"] - 0.97 * start for w in (before, after)]
    assert np.allclose(built[1], built[0] * (1 - strength), rtol=1e-10, atol=1e-16)


def test_a_model_failure_costs_users_trust():
    before, after = pair(levers.MODEL_FAILURE, 1.0, incident__rate=0.0)
    users = np.isin(before.s.hcps["state"], (rules.TRIAL, rules.ADOPTER))
    stays = (before.s.hcps["hired"] == 0) & (before.s.hcps["state"] != rules.LAPSED)
    lost = after.s.hcps["trust"] < before.s.hcps["trust"]
    gained = after.s.hcps["trust"] > before.s.hcps["trust"]
    # with reliability 0 every experience of the month is a failure
    assert not gained.any()
    assert 0.5 < lost[users & stays].mean() < 0.9
    never = before.s.hcps["ever"] == 0
    assert not lost[never & (before.s.hcps["state"] == rules.NON_ADOPTER)].any()


def test_an_exodus_empties_seats():
    before, after = pair(levers.EXODUS, 0.3)
    left = [w.s.hcps["hired"] == 1 for w in (before, after)]
    assert np.all(left[1] | ~left[0])
    assert abs(left[1].mean() - left[0].mean() - 0.3) < 4 * np.sqrt(0.21 / 1000)


# ------------------------------------------------------------------ champions, news, regulation
def test_champions_are_the_best_connected_who_have_not_tried_once():
    plan = schedule((levers.CHAMPIONS, 0.1, {"first_month": 3, "last_month": 8}))
    still = {"deployment.at_start": 1.0, "decision.trial_rate": 0.0, "decision.lapse_rate": 0.0}
    walk = Walk(point_of({**still, **turnover(0.0)}, schedule=plan), 2).on(2)
    assert not np.any(walk.s.hcps["state"] == rules.ADOPTER)
    walk.on(1)
    for org in walk.s.organisations:
        hcps = slice(org["first_hcp"], org["last_hcp"])
        adopters = walk.s.hcps["state"][hcps] == rules.ADOPTER
        assert adopters.sum() == 5 == org["flows"][:, state.SEEDED].sum()
        ties = np.diff(walk.s.first_peer)[hcps]
        assert ties[adopters].min() >= ties[~adopters].max()
    walk.on(5)  # once only
    assert np.all(walk.s.organisations["flows"][:, :, state.SEEDED] == 0)
    assert (walk.s.hcps["state"] == rules.ADOPTER).sum() == 100


def test_adverse_evidence_costs_trust_and_users_leave_with_the_known_probability():
    plan = schedule((levers.ADVERSE_EVIDENCE, 0.4, {"first_month": 1, "last_month": 1}))
    # x and Q_roles the same for all: no weight on anything but the intercept
    weightless = ("trust", "appraisal", "peers_adopting", "peers_lapsed", "literacy")
    flat = {**STILL, **{f"decision.{weight}": 0.0 for weight in weightless}}
    flat |= {"decision.intercept": -1.0, "decision.roles": 2.0}
    flat |= {"population.organisations": 200, "population.initial_adopters": 1.0}
    before, after = (Walk(point_of(flat, schedule=s), 1).on(1).s for s in (schedule(), plan))
    assert after.hcps["trust"].tolist() == pytest.approx((0.6 * before.hcps["trust"]).tolist())
    leaving = 1 / (1 + np.exp(-1.0 + 2 * 0.15))  # sig(-(x + 2 Q_roles))
    n = after.hcps.size
    left = (after.hcps["state"] == rules.LAPSED).mean()
    assert left == pytest.approx(leaving, abs=4 * np.sqrt(leaving * (1 - leaving) / n))
    assert after.organisations["flows"][:, :, state.LAPSES].sum() == round(left * n)


def test_nobody_deploys_below_the_privacy_that_regulation_asks_for():
    for level, deployed in ((0.14, True), (0.16, False)):  # a new tool has 0.15
        plan = schedule((levers.REGULATION, level, {"last_month": 6}))
        walk = Walk(point_of({"deployment.rate": 1.0}, schedule=plan), 3).on(1)
        assert np.any(walk.s.organisations["deployed"] != NEVER) == deployed
    walk.on(6)
    assert np.any(walk.s.organisations["deployed"] == 7)
