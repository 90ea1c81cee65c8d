"""Tipping points, in a world whose boundary is known, and what is told where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from study_runs import SMALL, with_outcomes

from sim.analysis.split import APART
from sim.cli.compose import compose
from sim.outcomes.table import GOAL
from sim.reports.figure import Curve
from sim.studies import study_of, tipping
from sim.studies.python import perform
from sim.tables.layout import Table
from website.known_answers import NUMBERS, TRAP

USERS = "population.initial_adopters"
ASKED = ["study=tipping", "progress=never"]
WORLD = [*SMALL, "replicates=4", "resolution=0.2"]


@pytest.fixture(scope="module")
def small():
    return perform(compose([*ASKED, *WORLD, "process.hcp_cooperation=[0,0.5,1]"]))


def test_the_boundary_of_the_trap_is_found():
    """Notebook 4 and the known answers have it: near 20 % of users at the start."""
    world = {**NUMBERS, **TRAP, "appraisal.systemic": 0.9, "outcome.sustained_threshold": 0.4}
    words = [f"{path}={value}" for path, value in world.items()]
    result = perform(compose([*ASKED, *words, f"{USERS}=[0,0.5,1]", "many=0", "replicates=8"]))
    (line,) = result.found.lines
    assert line.boundary.at.estimate == pytest.approx(0.2, abs=0.05)
    assert line.kept[0].mean() == 0 and line.kept[-1].mean() == 1
    # halves of what holds it, and nothing else
    assert {0.25, 0.125, 0.1875} <= set(line.levels) and 0.75 not in line.levels
    low, high = (line.levels[n] for n in line.boundary.within)
    assert high - low <= 0.02
    assert result.found.basins == []  # of a start that is the same nothing is asked
    assert f"users at the start at {100 * line.boundary.at.estimate:.2g} %" in _told(result)


def _told(result):
    return " ".join("\n".join(result.answer()).split())


def test_each_level_is_run_from_few_and_from_many(small):
    few, many = small.found.lines
    assert (few.start, many.start) == (0.0, 0.9)
    assert {0.0, 0.5, 1.0} <= set(few.levels) & set(many.levels)
    panel = study_of(small).figures(small)[0].panels[0]
    curves = [mark for mark in panel.marks if isinstance(mark, Curve)]
    assert [curve.label for curve in curves] == ["nobody", "90 of 100"]
    assert panel.title == "Meetings with experts"
    for line in (few, many):
        for level, kept in zip(line.levels, line.kept, strict=True):
            where = {"process.hcp_cooperation": level, USERS: line.start}
            runs = small.outcome(GOAL, small.where(where))
            assert (kept == (runs >= 0.5)).all()


def test_where_worlds_lead_is_what_their_runs_say(small):
    found, rows = small.found, tipping.rows_of()
    assert len(found.basins) == len(found.kept_basins) == len(rows)
    world = {path: rows[3][path] for path in tipping.FREE}
    for basins, more in ((found.basins, {}), (found.kept_basins, {"review.rate": 0.0})):
        few, many = (
            small.outcome(
                GOAL, small.where({**world, **more, USERS: s, "process.hcp_cooperation": 0.2})
            )
            for s in (0.0, 0.9)
        )
        assert basins[3].difference.estimate == pytest.approx((many - few).mean())
    decided = sum(b.depends for b in found.basins)
    said = _told(small)
    assert f"Of {len(rows)} worlds" in said and f"the start decides in {decided} (" in said
    assert len(small.basins) == len(rows) and len(small.tipping) == 2


def test_the_table_says_in_which_worlds_the_start_decides(small):
    path, rows = tipping.FREE[0], tipping.rows_of()
    high = [row[path] > rows[0][path] for row in rows]
    assert 10 < sum(high) < 90
    runs = np.zeros_like(small.ensemble.outcomes[GOAL])
    for point, values in enumerate(p.values for p in small.ensemble.points):
        splits = values["review.rate"] > 0 and values[path] > rows[0][path]
        runs[point] = APART if splits and values[USERS] > 0 else 0.0
    made = with_outcomes(small, {GOAL: runs}).basins
    assert made["depends_on_start"].tolist() == high
    assert not made["depends_on_start_kept"].any()


def test_no_tipping_point_is_an_answer_where_runs_are_enough_to_tell():
    few, enough = (
        perform(compose([*ASKED, *SMALL, "incident.rate=[0,0.01]", "many=0", f"replicates={n}"]))
        for n in (4, 8)
    )
    for flat in (few, enough):
        assert [line.crosses for line in flat.found.lines] == [False]
        assert np.isnan(flat.tipping["boundary"]).all()
    assert "There is no tipping point within these ranges" in _told(enough)
    assert "no tipping point" not in _told(few) and "none seen, may be chance" in _told(few)
    assert "4 runs of each level cannot tell it; needed are 5 or more." in _told(few)
    assert "needed are" not in _told(enough)


def test_worlds_of_ones_own_have_no_others_beside_them(calibrated):
    words = [*ASKED, *SMALL, "process.training=[0,0.1]", "replicates=3", "resolution=0.5"]
    result = perform(compose([*words, f"posterior={calibrated}"]))
    assert result.found.basins == [] and "basins" not in result.study_tables
    assert "the start decides" not in _told(result)


def test_organisations_by_themselves_are_compared(small):
    found = small.found.warned
    assert found.ended + found.went_on <= tipping.ALONE and found.ended > tipping.FEWEST
    assert found.level.high < 0.5  # few users are why a tool is withdrawn


def test_what_chance_could_have_made_is_no_tipping_point(small):
    """Each point has luck of its own, and nothing else."""
    apart = depend = 0
    for seed in range(2):
        luck = np.random.default_rng(seed).random(small.ensemble.outcomes[GOAL].shape)
        chance = with_outcomes(small, {GOAL: luck})
        found = chance.found
        assert not any(line.clear for line in found.lines)  # of four runs none can be
        apart += sum(b.difference.low > 0 and b.difference.estimate >= APART for b in found.basins)
        depend += sum(b.depends for b in found.basins)
    assert apart > 4 and depend < apart / 4  # of 2 times 102 worlds
    assert any(line.crosses for line in found.lines)
    assert "No tipping point is clear within these ranges. Whether half of the" in _told(chance)
    (table,) = (block for block in chance.told.blocks if isinstance(block, Table))
    assert any(row[2].startswith(("from", "up to")) for row in table.rows)
    assert all(row[2].endswith(", may be chance") for row in table.rows[1:])
