"""One row per HCP says what the state and the counts of the record say."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model import engine, records
from sim.outcomes.columns import COLUMNS
from sim.outcomes.entities import hcp_rows
from sim.tables.parameters import defaults

WORLD = {"population.organisations": 4, "population.organisation_size": 30, "horizon": 48}


@pytest.fixture(scope="module")
def made():
    point = engine.prepare({**defaults(), **WORLD, "deployment.at_start": 1.0})
    record = records.of_run(records.empty_record(1, 48), 0)
    return hcp_rows(engine.simulate(point, 3, 0, record), 48), record


def counted(record, name, month=slice(None)):
    column = records.PEOPLE_NAMES.index(name)
    return record.people[month, ..., column].sum()


def test_every_hcp_has_a_row(made):
    table, _ = made
    assert list(table) == list(COLUMNS["hcps"])
    assert all(column.size == 120 for column in table.values())
    assert table["organisation"].tolist() == [o for o in range(1, 5) for _ in range(30)]
    assert table["hcp"].tolist() == list(range(1, 31)) * 4


def test_rows_add_up_to_the_record(made):
    table, record = made
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


def test_what_happened_to_a_person_happened_after_the_hire(made):
    table, _ = made
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


def test_levels_are_those_of_the_persons():
    point = engine.prepare({**defaults(), **WORLD, "horizon": 6})
    record = records.of_run(records.empty_record(1, 6), 0)
    state = engine.simulate(point, 3, 0, record)
    table = hcp_rows(state, 6)
    levels = ("trust", "literacy", "engagement")
    assert all(table[name].tolist() == state.hcps[name].tolist() for name in levels)
    assert len({table[name].tobytes() for name in levels}) == len(levels)
