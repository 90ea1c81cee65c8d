"""Policies: read, checked, scheduled, paid for, and exact."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.design.folders import available, shipped_folder
from sim.design.policy_files import named_policies
from sim.model import engine, levers, records, state
from sim.model.inputs import NEVER
from sim.model.model import AdoptionModel
from sim.policies.cost import cost_of_run, costs_of, discounted_months
from sim.policies.lever_table import LEVERS
from sim.policies.policy import content_of, policy_of
from sim.policies.schedule import schedule_of
from sim.tables.errors import UserError
from sim.tables.parameters import defaults

SMALL = {"population.organisations": 6, "population.organisation_size": 10, "horizon": 60}
SMALL |= {"deployment.at_start": 0.7, "process.hcp_cooperation": 0.3}
VALUES = {**defaults(), **SMALL}
SHIPPED = [
    (kind, name) for kind in ("policy", "shock") for name in available(kind, [shipped_folder()])
]


def one(lever, strength, **more):
    row = {"lever": lever, "strength": strength, **more}
    return policy_of("mine", {"levers": [row]}, LEVERS[lever].kind)


def simulated(*policies, seed=3, horizon=60):
    point = engine.prepare({**VALUES, "horizon": horizon}, schedule_of(policies, 6, ()))
    record = records.of_run(records.empty_record(1, horizon, every=1, single=6), 0)
    state = engine.simulate(point, seed, 0, record)
    return record, state


def bits(record, months=None):
    """Return what is recorded of all months, or of the first."""
    kept = (record.people, record.tools, record.levels, record.views)
    return [x[:months].tobytes() for x in kept]


@pytest.mark.parametrize("name", LEVERS)
def test_a_lever_of_strength_0_changes_nothing_to_the_bit(name):
    assert bits(simulated(one(name, 0.0))[0]) == bits(simulated()[0])
    # and not because the schedule leaves it out: the kernel itself adds nothing
    rows = [(column, 1, 60, 0.0, 1.0, 0, 0, 0, 0) for column in LEVERS[name].columns]
    rows = np.array(rows, levers.ROW)
    point = engine.prepare(VALUES, levers.Schedule(rows, np.zeros(0, np.int64)))
    record = records.of_run(records.empty_record(1, 60, every=1, single=6), 0)
    engine.simulate(point, 3, 0, record)
    assert bits(record) == bits(simulated()[0])


@pytest.mark.parametrize("name", LEVERS)
def test_months_before_the_start_are_equal_and_later_ones_are_not(name):
    high = 0.5 * LEVERS[name].high
    changed, baseline = simulated(one(name, high, **{"from": 5}))[0], simulated()[0]
    assert bits(changed, 5) == bits(baseline, 5)
    assert bits(changed) != bits(baseline)


def test_what_a_result_holds_of_a_policy_makes_the_same_policy():
    each = [{"policy": "none", "shock": "none", kind: name} for kind, name in SHIPPED]
    shipped = named_policies(each, [shipped_folder()])
    where = {"share": 0.25, "members": True, "organisations": ["North", 2]}
    mine = one("training", 0.1, to=9, where=where, groups=["nurse"], cost=3)
    assert len(shipped) == len(SHIPPED)
    for policy in (mine, *shipped.values()):
        assert policy_of(policy.name, content_of(policy), policy.kind) == policy


def test_a_lever_in_one_organisation_leaves_the_others_equal_until_they_can_be_reached():
    policy = one("training", 0.9, where={"organisations": [2]}, **{"from": 20})
    changed, baseline = simulated(policy)[0], simulated()[0]
    differ = (changed.single != baseline.single).any(axis=2)
    assert not differ[:20].any() and differ[20:, 1].any()
    # trust of others is reached over a tie after a month, never in the month itself
    assert not differ[20, [0, 2, 3, 4, 5]].any()


@pytest.mark.parametrize("n", range(5))
def test_both_engines_agree_under_everything_shipped(n):
    """A few at a time: a month in which many act is one in which each does."""
    named = {
        kind: "+".join([name for of, name in SHIPPED if of == kind][n::5])
        for kind in ("policy", "shock")
    }
    schedule = schedule_of([*named_policies([named], [shipped_folder()]).values()], 6, ())
    values = {**VALUES, "horizon": 70}
    found = []
    for engine_name in ("kernel", "agents"):
        model = AdoptionModel(values, engine=engine_name, seed=2, schedule=schedule)
        model.run_model()
        found.append(bits(model.record))
    assert found[0] == found[1]


def test_a_policy_of_a_share_reaches_the_same_organisations_with_all_levers():
    content = {
        "levers": [
            {"lever": "training", "strength": 0.2, "where": {"share": 0.5}},
            {"lever": "co_design", "strength": 0.1, "where": {"share": 0.5}, "groups": ["nurse"]},
        ]
    }
    rows = schedule_of([policy_of("a", content, "policy")], 6, ()).rows
    assert len(rows) == 3 + 1 and len(set(rows["luck"])) == 1
    other = schedule_of([policy_of("b", content, "policy")], 6, ()).rows
    assert set(other["luck"]) != set(rows["luck"])


def test_cost_by_hand():
    policy = one("training", 0.2, cost=10, **{"from": 2, "to": 3})
    months = 1.1 ** (-2 / 12) + 1.1 ** (-3 / 12)
    until = discounted_months(60, 0.1)
    assert until[3] - until[1] == pytest.approx(months, rel=1e-14)
    members = organisations_of([1, 0, 0, 1, 1, 0])
    costs = costs_of([policy], 6, ())
    run = np.uint64(5)
    assert cost_of_run(costs, members, run, 60, 0.1) == pytest.approx(10 * 6 * months)
    assert cost_of_run(costs, members, run, 2, 0.1) == pytest.approx(10 * 6 * 1.1 ** (-2 / 12))
    assert cost_of_run(costs, members, run, 1, 0.1) == 0
    only = costs_of([one("training", 0.2, cost=10, where={"members": True})], 6, ())
    assert cost_of_run(only, members, run, 1, 0.0) == 30
    named = costs_of([one("training", 0.2, cost=10, where={"organisations": [6]})], 6, ())
    assert cost_of_run(named, members, run, 1, 0.0) == 10
    assert costs_of([one("training", 0.0, cost=10)], 6, ()) == ()


def organisations_of(members, deployed=0, ended=NEVER):
    rows = np.zeros(len(members), state.ORGANISATION)
    rows["member"], rows["deployed"], rows["ended"] = members, deployed, ended
    return rows


@pytest.mark.parametrize(
    ("lever", "deployed", "ended", "months"),
    [
        ("co_design", 0, NEVER, 10),  # months 3 to 12
        ("co_design", 5, NEVER, 8),  # nobody to meet before there is a tool
        ("training", 5, NEVER, 10),  # trained people wait for it
        ("co_design", 0, 4, 2),  # withdrawn in month 4
        ("training", 5, 2, 0),
        ("co_design", NEVER, NEVER, 0),
        ("co_design", -20, NEVER, 10),
    ],
)
def test_nothing_is_paid_where_a_lever_can_do_nothing(lever, deployed, ended, months):
    costs = costs_of([one(lever, 0.2, cost=1, **{"from": 3, "to": 12})], 2, ())
    rows = organisations_of([0, 1], deployed, ended)
    assert cost_of_run(costs, rows, np.uint64(5), 60, 0.0) == 2 * months


def test_a_share_costs_as_much_as_the_kernel_reaches():
    policy = one("training", 0.2, cost=1, where={"share": 0.5})
    schedule, costs = schedule_of([policy], 6, ()), costs_of([policy], 6, ())
    for replicate in range(20):
        point = engine.prepare(VALUES, schedule)
        run, world = engine.start(point, 1, replicate)
        levers.fill(world.levers, 1, schedule, world.organisations, run)
        reached = int((world.levers[:, levers.TRAINING] > 0).sum())
        assert cost_of_run(costs, world.organisations, run, 1, 0.0) == reached


def test_an_organisation_that_does_not_exist():
    with pytest.raises(UserError, match="from 1 to 6"):
        schedule_of([one("training", 1, where={"organisations": [7]})], 6, ())
    with pytest.raises(UserError, match="did you mean North"):
        schedule_of([one("training", 1, where={"organisations": ["Noth"]})], 2, ["North", "South"])


def test_in_python():
    world = {"population.organisations": 3, "population.organisation_size": 5, "horizon": 12}
    result = sim.run({**world, "policy": "training"}, replicates=2, progress="never")
    # 3 organisations, 12 months, 1,200 a month, discounted at 3 % a year
    months = sum(1.03 ** (-m / 12) for m in range(1, 13))
    assert result.outcome("policy_cost") == pytest.approx([3 * 1200 * months] * 2)
    assert result.costs.empty
    with pytest.raises(UserError, match="takes a schedule"):  # of sim.model, which knows no names
        AdoptionModel({"policy": "training"})


FEW = {"replicates": 3, "progress": "never"}
MINE = {"mine": {"levers": [{"lever": "training", "strength": 0.5, "cost": 100}]}}
MY_SHOCK = {"news": {"levers": [{"lever": "adverse_evidence", "strength": 0.5, "from": 6}]}}
PLACE = {
    "population.organisations": 3, "population.organisation_size": 8, "horizon": 12,
    "deployment.at_start": 1,
}  # fmt: skip


def test_a_list_of_policies_is_compared():
    names = ["none", "mine", "co_design+training"]
    listed = sim.compare(names, {**PLACE, "shock": "news"}, policies=MINE, shocks=MY_SHOCK, **FEW)
    scenarios = {name: {"policy": name} for name in names}
    named = sim.compare(scenarios, {**PLACE, "shock": "news"}, policies=MINE, shocks=MY_SHOCK, **FEW)  # fmt: skip
    assert listed.outcome("literacy", 1).tolist() == named.outcome("literacy", 1).tolist()
    assert listed.axes[0].name == "policy" and str(listed).startswith("Policies:")
    changes = listed.comparison.set_index(["policy", "outcome"])["change"]
    difference = listed.difference("literacy", 2, 0).estimate
    assert changes["co_design+training", "literacy"] == pytest.approx(difference)
    assert listed.plot("costs").axes


def test_the_catalogue_holds_what_can_be_used_under_another_name():
    shipped = sim.catalogue()
    mine = shipped["champions_first"]
    result = sim.compare(["champions_first", "mine"], PLACE, policies={"mine": mine}, **FEW)
    assert result.outcome("policy_cost", 0).tolist() == result.outcome("policy_cost", 1).tolist()
    assert not np.isin("none", list(shipped)) and "budget_cut" in sim.catalogue("shock")
    assert set(sim.catalogue("lever")) == set(LEVERS)
    mine["levers"][0]["strength"] = 2  # a copy: nobody else sees it
    assert sim.catalogue()["champions_first"]["levers"][0]["strength"] < 1
    with pytest.raises(UserError, match="did you mean policy?"):
        sim.catalogue("policys")


@pytest.mark.parametrize(
    ("given", "settings", "told"),
    [
        ("none", {}, "a list of policies"),
        (3, {}, "a list of policies"),
        (["none", "training", "none"], {}, "none is named twice"),
        (["training+champions", "champions+training"], {}, "named twice, as training+champions as"),
        (["none", {"levers": []}], {}, "name it in policies or shocks"),
        (["none", "training"], {"shock": "budget_cut"}, "among the parameters"),
        (["none", "training"], {"policies": ["mine"]}, "policies=['mine']: needed is a mapping"),
        ({"a": {}, "b": {}}, {}, "b is the same as a"),
        ({"a": {"horizon": 13}, "b": {}, "c": {"horizon": 13}}, {}, "c is the same as a"),
    ],
)
def test_what_cannot_be_compared(given, settings, told):
    with pytest.raises(UserError) as caught:
        sim.compare(given, PLACE, **settings, **FEW)
    (line,) = caught.value.problems
    assert told in line


@pytest.mark.parametrize("engine", ["kernel", "agents"])
def test_one_run_takes_policies_and_shocks_as_run_does(engine):
    named = {"policy": "co_design+mine", "shock": "news"}
    own = {"policies": MINE, "shocks": MY_SHOCK}
    model = sim.AdoptionModel(PLACE, engine=engine, seed=4, replicate=2, **named, **own)
    model.run_model()
    many = sim.run({**PLACE, **named}, seed=4, **own, **FEW)
    assert model.mean_trust == pytest.approx(many.outcome("trust")[2], abs=1e-12)
    plain = sim.AdoptionModel(PLACE, engine=engine, seed=4, replicate=2)
    plain.run_model()
    assert plain.mean_trust != model.mean_trust
    with pytest.raises(UserError, match="did you mean training?"):
        sim.AdoptionModel(PLACE, policy="trainin")
