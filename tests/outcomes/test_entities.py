"""Rows of organisations and HCPs: by hand, recounted, and against the outcomes of the run."""

import numpy as np
import pytest

from sim.model import engine, inputs, records, rules
from sim.model.model import AdoptionModel
from sim.outcomes.columns import COLUMNS
from sim.outcomes.compute import compute
from sim.outcomes.entities import hcp_rows, organisation_rows
from sim.tables.parameters import defaults

LAPSES = records.PEOPLE_NAMES.index("lapses")
SMALL = {
    "horizon": 48,
    "population.organisations": 6,
    "population.organisation_size": 10,
    "population.size_spread": 0.6,
    "population.initial_adopters": 0.6,
    "deployment.at_start": 0.5,
    "deployment.rate": 0.03,
    "review.grace_months": 6,
    "review.threshold": 0.5,
    "outcome.sustained_months": 9,
    "outcome.peak_months": 4,
}


def two_organisations():
    """Return a record and a state of 4 and 2 HCPs over 3 months, to be counted on paper."""
    point = engine.prepare(
        {**defaults(), "population.organisations": 2, "population.organisation_size": 3}
    )
    _, state = engine.start(point, 1, 0)
    orgs = state.organisations
    orgs["first_hcp"], orgs["last_hcp"] = [0, 4], [4, 6]
    orgs["member"], orgs["readiness"], orgs["resources"] = [1, 0], [0.25, 0.5], [1.5, 0.75]
    orgs["status"] = [rules.DECOMMISSIONED, rules.NOT_DEPLOYED]
    orgs["deployed"], orgs["ended"] = [-58, inputs.NEVER], [3, inputs.NEVER]
    orgs["reached"] = [2, inputs.NEVER]
    state.hcps["trust"] = [0.1, 0.2, 0.3, 0.4, 0.6, 0.8]
    record = records.of_run(records.empty_record(1, 3, single=2), 0)
    # month by month: non-adopters, trials, adopters, lapsed, ever adopted
    record.single[:, 0, :5] = [(4, 0, 0, 0, 0), (2, 1, 1, 0, 1), (1, 0, 3, 0, 3), (1, 0, 1, 2, 3)]
    record.single[:, 1, :5] = [(2, 0, 0, 0, 0)] * 4
    record.single[2, 0, LAPSES] = 1
    return record, state


def test_every_column_by_hand():
    values = defaults() | {"outcome.sustained_months": 2, "outcome.peak_months": 2}
    table = organisation_rows(*two_organisations(), values)
    assert list(table) == list(COLUMNS["organisations"])
    nan = np.nan
    expected = {
        "point": [0, 0],
        "replicate": [0, 0],
        "organisation": [1, 2],
        "hcps": [4, 2],
        "member": [1, 0],
        "readiness": [0.25, 0.5],
        "resources": [1.5, 0.75],
        "deployed": [-58, nan],
        "ended": [3, nan],
        "reached": [2, nan],
        "sustained_adoption": [(3 + 1) / 2 / 4, 0],
        "scale_up": [(1 + 3) / 2 / 4, 0],
        "non_adoption": [1 / 4, 1],
        "use_after_5_years": [3 / 4, nan],  # month 2 is 60 months after
        "lapse_rate": [12 * 1 / (0 + 1 + 3), nan],
        "trust": [0.25, 0.7],
    }
    for name, column in expected.items():
        assert table[name] == pytest.approx(np.array(column, float), nan_ok=True), name
    assert table["status"].tolist() == ["decommissioned", "not deployed"]


@pytest.mark.parametrize("deployed", [-60, -56])
def test_use_five_years_after_the_tool_came_is_known_within_the_run_alone(deployed):
    record, state = two_organisations()
    state.organisations["deployed"][0] = deployed  # month 60 is the start, or after the end
    assert np.isnan(organisation_rows(record, state, defaults())["use_after_5_years"]).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_organisations_add_up_to_the_outcomes_of_the_run(seed):
    kept = records.empty_record(1, 48, single=SMALL["population.organisations"])
    model = AdoptionModel(SMALL, seed=seed, record=records.of_run(kept, 0))
    model.run_model()
    table = organisation_rows(model.record, model.state, model.values)
    whole = {name: column[0] for name, column in compute(kept, model.values).items()}
    weight = table["hcps"] / table["hcps"].sum()
    for name in ("sustained_adoption", "non_adoption", "trust"):
        assert (weight * table[name]).sum() == pytest.approx(whole[name]), name
    deployed = ~np.isnan(table["deployed"])
    assert np.mean(~deployed) == pytest.approx(whole["non_adopting_organisations"])
    assert np.mean(~np.isnan(table["ended"][deployed])) == pytest.approx(whole["abandonment"])
    assert np.mean(~np.isnan(table["reached"])) == pytest.approx(whole["spread"])
    trust = np.average(table["trust"], weights=table["hcps"] * (table["member"] == 1))
    assert trust == pytest.approx(whole["trust.members"])


WORLD = {"population.organisations": 4, "population.organisation_size": 30, "horizon": 48}


@pytest.fixture(scope="module")
def hcps():
    point = engine.prepare({**defaults(), **WORLD, "deployment.at_start": 1.0})
    record = records.of_run(records.empty_record(1, 48), 0)
    state = engine.simulate(point, 3, 0, record)
    return hcp_rows(state, 48), record, state


def counted(record, name, month=slice(None)):
    column = records.PEOPLE_NAMES.index(name)
    return record.people[month, ..., column].sum()


def test_every_hcp_has_a_row(hcps):
    table, _, state = hcps
    assert list(table) == list(COLUMNS["hcps"])
    assert all(column.size == 120 for column in table.values())
    assert table["organisation"].tolist() == [o for o in range(1, 5) for _ in range(30)]
    assert table["hcp"].tolist() == list(range(1, 31)) * 4
    for name in ("trust", "literacy", "engagement"):
        assert table[name].tolist() == state.hcps[name].tolist()
        assert not np.shares_memory(table[name], state.hcps)


def test_rows_add_up_to_the_record(hcps):
    table, record, _ = hcps
    for state, census in (
        ("adopter", "adopters"),
        ("lapsed", "lapsed"),
        ("non-adopter", "non_adopters"),
    ):
        assert (table["state"] == state).sum() == counted(record, census, 48)
    assert (~np.isnan(table["adopted"])).sum() == counted(record, "ever_adopters", 48)
    assert (table["tenure"] == 48 - table["hired"]).all()
    left = sum(counted(record, n) for n in ("left_non_adopters", "left_trials", "left_adopters", "left_lapsed"))  # fmt: skip
    assert 0 < (table["hired"] > 0).sum() <= left
    assert 0 < table["meetings"].sum() <= counted(record, "meetings")
    assert set(table["trained"]) == {0, 1}


def test_what_happened_to_a_person_happened_after_the_hire(hcps):
    table, *_ = hcps
    for name in ("adopted", "lapsed"):
        known = ~np.isnan(table[name])
        assert known.any() and (table[name][known] >= table["hired"][known]).all()
    assert np.isnan(table["adopted"][table["state"] == "non-adopter"]).all()


@pytest.mark.parametrize(("kind", "mean"), [("well_mixed", 119), ("modular", 8)])
def test_peers_are_counted(kind, mean):
    point = engine.prepare({**defaults(), **WORLD, "network.kind": kind, "horizon": 1})
    record = records.of_run(records.empty_record(1, 1), 0)
    table = hcp_rows(engine.simulate(point, 3, 0, record), 1)
    assert table["peers"].mean() == pytest.approx(mean, abs=0.5)
