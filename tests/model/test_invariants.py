"""What holds in every world: nobody is lost, levels stay levels, and far events stay far."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_runs import run, same_bits
from reference_worlds import world_of

from sim.model import contracts, engine, rules
from sim.model.inputs import NEVER
from sim.model.state import FLOW_NAMES, N_CENSUS
from sim.tables.errors import SimulationError
from sim.tables.factors import PROCESSES, QUALITIES, QUALITY_NAMES
from sim.tables.parameters import PARAMETERS
from website.known_answers import Walk, point_of, qualities, turnover

FLOW = {name: N_CENSUS + n for n, name in enumerate(FLOW_NAMES)}
# Shares and monthly probabilities that may take any allowed value
FREE = [
    p.path
    for p in PARAMETERS.values()
    if p.kind == "float"
    and p.high <= 1.0
    and not p.path.startswith(("population.priority", "population.expert_priority"))
    and not p.path.endswith((".share", ".width"))
    and not p.path.startswith(("trust.reliability", "development.erosion", "development.rate"))
]


@st.composite
def worlds(draw):
    """Draw parameters of a small world, far from the defaults in several ways at once."""
    changes = {
        "horizon": draw(st.integers(0, 40)),
        "population.organisations": draw(st.integers(1, 5)),
        "population.organisation_size": draw(st.integers(1, 12)),
        "population.size_spread": draw(st.sampled_from([0.0, 1.0])),
        "population.initial_adopters": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "population.experts_per_hcp": draw(st.sampled_from([0.0, 0.04, 0.5])),
        "deployment.at_start": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "network.kind": draw(
            st.sampled_from(["modular", "small_world", "random", "scale_free", "well_mixed"])
        ),
        "network.ties": draw(st.integers(0, 15)),
        "review.grace_months": draw(st.integers(0, 24)),
        "development.funding_months": draw(st.integers(0, 30)),
        "appraisal.rho": draw(st.sampled_from([-10.0, -1.0, 0.0, 1.0])),
        **turnover(draw(st.sampled_from([0.0, 0.14, 0.9]))),
        **qualities("erosion", draw(st.sampled_from([0.0, 0.03, 0.3]))),
    }
    for factor in (*QUALITIES, *PROCESSES):
        changes[factor.path] = draw(st.floats(0.0, 1.0))
    for path in draw(st.lists(st.sampled_from(FREE), max_size=8, unique=True)):
        if not path.startswith("deployment.at_start"):
            changes[path] = draw(st.floats(PARAMETERS[path].low, PARAMETERS[path].high))
    low, high = (changes.get(f"population.readiness_{end}") for end in ("low", "high"))
    if low is not None and high is not None and low > high:
        changes["population.readiness_low"] = high
    return changes


def check_months(hcps, month):
    """What is known of a person happened while the person was there."""
    assert np.all((hcps["hired"] >= 0) & (hcps["hired"] <= month))
    adopted = hcps["adopted"] != NEVER
    assert np.array_equal(adopted, hcps["ever"] == 1)
    assert np.all(hcps["adopted"][adopted] >= hcps["hired"][adopted])
    assert np.all(hcps["adopted"][adopted] <= month)
    lapsed = hcps["state"] == rules.LAPSED
    assert np.all((hcps["lapsed"][lapsed] >= hcps["hired"][lapsed]) & (hcps["lapsed"][lapsed] > 0))


def check_organisations(before, org, month):
    """Status moves forward only, and its months agree with it."""
    assert np.all(org["status"] >= before["status"])
    for column in ("deployed", "ended", "reached"):
        known = before[column] != NEVER
        assert np.array_equal(org[column][known], before[column][known])
        new = ~known & (org[column] != NEVER)
        assert np.all(org[column][new] == month)
    assert np.array_equal(org["deployed"] == NEVER, org["status"] == rules.NOT_DEPLOYED)
    assert np.array_equal(org["ended"] != NEVER, org["status"] == rules.DECOMMISSIONED)
    idle = ~np.isin(before["status"], (rules.PROJECT, rules.INSTITUTIONALISED))
    idle &= org["deployed"] != month
    assert np.array_equal(org["quality"][idle], before["quality"][idle])


def check_world(changes, seed):
    """Walk through a world; levels, the census and flows are held by contracts."""
    walk = Walk(point_of(changes), seed)
    check_months(walk.s.hcps, 0)
    for month in range(1, changes["horizon"] + 1):
        before = walk.s.organisations.copy()
        walk.on(1)
        contracts.check(month, walk.s, before["census"])
        engine.raise_failure(walk.s)
        check_months(walk.s.hcps, month)
        check_organisations(before, walk.s.organisations, month)
    people, everybody = walk.record.people, walk.s.hcps.size
    assert np.all(people[..., : rules.LAPSED + 1].sum(axis=(1, 2, 3)) == everybody)
    assert np.all(walk.record.places[1:].sum(axis=1) == everybody)
    for part, whole in (("returns", "retrials"), ("first_adoptions", "adoptions")):
        assert np.all(people[..., FLOW[part]] <= people[..., FLOW[whole]])
    assert np.array_equal(people.sum(axis=(1, 2)), walk.record.single.sum(axis=1))
    return walk


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.integers(0, 2**63 - 1))
def test_nobody_is_lost_and_levels_stay_levels(changes, seed):
    try:
        check_world(changes, seed)
    except SimulationError as error:  # rich organisations may do more than a month can hold
        assert "is above 1" in str(error)


@pytest.mark.parametrize(
    "changes",
    [
        {"population.organisations": 1},
        {"population.organisations": 1, "population.organisation_size": 1},
        {"population.organisation_size": 1},
        {"process.shared_understanding": 0.0},
        {"process.shared_understanding": 1.0},
        {"network.ties": 0},
        {"network.ties": 12, "population.organisations": 2},
        {"population.initial_adopters": 1.0, "deployment.at_start": 1.0},
        {"population.initial_adopters": 1.0, "deployment.at_start": 1.0, **turnover(0.0)},
        {"process.interorganisational_cooperation": 0.0},
        {"horizon": 0},
        {"horizon": 1},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["modular", "well_mixed", "scale_free"])
def test_edges_of_the_world(changes, kind):
    base = {"population.organisation_size": 6, "population.organisations": 4, "horizon": 60}
    walk = check_world({**base, "network.kind": kind, **changes}, 3)
    record, s = run(walk.point, 3, single=walk.s.organisations.size)
    assert same_bits(s, walk.s) and same_bits(record, walk.record)


# ------------------------------------------------------------------ what is not a number
HCP = r".*{}.* of HCP 3 in organisation 2"
MISSING = [
    *(("hcps", c, 52, r, HCP.format(c)) for c in ("trust", "literacy", "engagement") for r in (0, 1)),
    *(("organisations", "quality", (3, k), 1, f"{QUALITY_NAMES[k]} in organisation 4") for k in range(8)),
    ("experts", "domain", 6, 1, ".* in organisation 4"),
    *(("experts", "attention", (6, k), 1, f"{QUALITY_NAMES[k]} in organisation 4") for k in range(8)),
]  # fmt: skip


@pytest.mark.parametrize("array, column, place, running, named", MISSING)
def test_a_missing_number_is_named(array, column, place, running, named):
    changes = {"deployment.at_start": float(running), "deployment.rate": 0.0, **turnover(0.0)}
    walk = Walk(point_of(changes)).on(5)
    getattr(walk.s, array)[column][place] = np.nan
    with pytest.raises(SimulationError, match=f"month 6: {named} is not a number"):
        walk.on(10)


def test_more_effort_than_a_month_holds_is_an_error():
    for k, name in enumerate(QUALITY_NAMES):
        erosion = {f"development.erosion.{name}": 0.99, "deployment.at_start": 1.0}
        with pytest.raises(SimulationError, match=f"month 1: .*erosion of {name} in organisation"):
            run(point_of({**erosion, "development.rate": 1.0, "horizon": 2}))
        walk = Walk(point_of({**erosion, "development.rate": 0.0}))
        walk.on(3)
        assert np.all(walk.s.organisations["quality"][:, k] < 0.01)


# ------------------------------------------------------------------ locality
def rings(sizes):
    """Return a world of organisations that are rings of ties, without cooperation between them."""
    first = np.cumsum([0, *sizes])
    pairs = [(a + i, a + i + 1) for a, n in zip(first, sizes, strict=False) for i in range(n - 1)]
    changes = {
        "network.kind": "file",
        "deployment.at_start": 1.0,
        "population.initial_adopters": 0.3,
        "process.interorganisational_cooperation": 0.0,
    }
    world = world_of({"organisations": [{"size": n} for n in sizes], "ties": pairs})
    return Walk(point_of(changes, world=world), seed=5)


def alike(a, b, o):
    """Whether an organisation is the same in two worlds, apart from where it lies in memory."""
    parts = []
    for s in (a.s, b.s):
        org = s.organisations[o]
        place = ("first_hcp", "last_hcp", "first_expert", "last_expert")
        own = [np.asarray(org[n]) for n in org.dtype.names if n not in place]
        hcps = slice(org["first_hcp"], org["last_hcp"])
        experts = slice(org["first_expert"], org["last_expert"])
        parts.append((*own, s.hcps[hcps], s.priorities[hcps], s.experts[experts]))
    return same_bits(parts[0], parts[1])


def test_one_more_hcp_does_not_reach_unconnected_organisations():
    a, b = rings([8, 8, 8]), rings([8, 9, 8])  # one expert each
    for _ in range(120):
        assert alike(a, b, 0) and alike(a, b, 2)
        a.on(1)
        b.on(1)
    assert alike(a, b, 0) and alike(a, b, 2)
    # while colleagues do feel it
    assert not same_bits(a.s.hcps[8:16], b.s.hcps[8:16])


# ------------------------------------------------------------------ runs
def test_a_shorter_horizon_is_the_beginning_of_a_longer_one():
    short, long = (run(point_of({"horizon": h}), 2)[0] for h in (37, 60))
    assert same_bits(short.people, long.people[:38]) and same_bits(short.levels, long.levels[:38])
