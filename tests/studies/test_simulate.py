"""One world: the numbers of its answer, and the words made from them."""

from __future__ import annotations

import pytest
from study_runs import mean_of, ran

import sim
from sim.outcomes.table import FIVE
from sim.tables.layout import Table

SMALL = {"horizon": 24, "population.organisations": 4, "population.organisation_size": 8}


@pytest.fixture(scope="module")
def result():
    world = SMALL | {"deployment.at_start": 1.0}
    return sim.run(world, seed=3, replicates=5, progress="never")


def test_the_table_shows_the_numbers_of_the_runs(result):
    table = next(b for b in result.told.blocks if isinstance(b, Table))
    for row, outcome in zip(table.rows[1:], FIVE, strict=True):
        runs = result.runs[outcome.name]
        share = outcome.unit.startswith("share of ")  # told as a number of 100
        of, digits = (100, 0) if share else (1, 2)
        assert (row[0], row[4].startswith("of 100 ")) == (outcome.title, share)
        assert row[1] == f"{of * mean_of(result.runs, outcome.name):.{digits}f}"
        assert row[3] == f"{of * runs.min():.{digits}f} to {of * runs.max():.{digits}f}"


def test_where_nobody_adopts_there_is_no_lapse_rate():
    made = sim.run(SMALL | {"deployment.at_start": 0, "horizon": 1}, replicates=2)
    assert made.told.blocks[-1].note == "Nobody ever adopted, so there is no lapse rate."


def test_organisations_of_different_sizes_are_told_with_their_range():
    made = ran("population=region", "horizon=1", "replicates=1", "organisations=all")
    sizes = made.organisations["hcps"]
    assert sizes.min() < sizes.max()
    told = f"200 organisations of {sizes.min()} to {sizes.max()} professionals (in the first run"
    assert any(isinstance(block, str) and block.startswith(told) for block in made.told.blocks)
    alike = ran("population=small_team", "horizon=1", "replicates=1")
    assert "1 organisation of" in str(alike) and "in the first run" not in str(alike)
