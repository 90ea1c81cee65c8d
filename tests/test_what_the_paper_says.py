"""The paper's statements beside the model: directions at a small size, and the page is what its table says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.tables.factors import FACTORS
from website import what_the_paper_says as paper

SMALL = {"population.organisations": 10, "population.organisation_size": 20}
PUBLISHED = paper.FOLDER / "statements.csv"


@pytest.fixture(scope="module")
def rows():
    made = paper.measure(worlds=16, replicates=64, parameters=SMALL, seed=5)
    return made.set_index(["said", "what", "statement"])


def test_every_factor_of_the_paper_has_its_statements():
    said = [(s.said, s.what) for s in paper.STATEMENTS]
    for factor in FACTORS:
        for kind in (paper.ALIGNMENT, paper.GAP):
            assert said.count((kind, factor.noun)) == (kind in factor.in_the_paper)


def test_directions_hold_with_other_luck_and_other_sizes(rows):
    published = pd.read_csv(PUBLISHED).set_index(["said", "what", "statement"])
    strong = published[published.change.abs() > 0.05].index
    assert len(strong) >= 5
    for row in strong:
        assert rows.loc[row, "verdict"] == published.loc[row, "verdict"], row
    turned = (rows.verdict != published.verdict) & (rows.verdict != paper.CHANCE)
    turned &= published.verdict != paper.CHANCE
    assert not turned.any()


def test_transparency_leads_to_trust_but_other_factors_do_more_for_use(rows):
    of_it = rows[rows.index.get_level_values("what") == "transparency"]
    trust, _, use = (row for _, row in of_it.iloc[:3].iterrows())
    assert trust.counted == paper.TRUST and trust.low_95 > 0
    assert use.verdict == paper.DISAGREES and use.holds_in == 0
    assert use.beside in ("meetings with AI experts", "training")


def test_a_statement_that_is_false_is_told_as_one(monkeypatch):
    backwards = paper.Statement("said", "Losing meetings raises use.", "meetings", "open", "closed")
    low, high = (f for f in (0.1, 0.5))
    path = "process.hcp_cooperation"
    settings = {paper.INTERVIEWED: {}, "open": {path: low}, "closed": {path: high}}
    monkeypatch.setattr(paper, "SETTINGS", settings)
    (row,) = paper.measure([backwards], worlds=8, replicates=32, parameters=SMALL).itertuples()
    assert row.verdict == paper.DISAGREES and row.change < 0 and row.holds_in <= 1
    told = "\n".join(paper.lines(pd.concat([pd.read_csv(PUBLISHED), pd.DataFrame([row])])))
    assert "Losing meetings raises use." in told.partition("| The paper")[0]


def test_the_published_page_is_what_the_table_says():
    rows = pd.read_csv(PUBLISHED)
    told = "\n".join(paper.lines(rows))
    assert told in (paper.FOLDER / "README.md").read_text(encoding="utf-8"), "make studies"
    assert rows[["statement", "what"]].values.tolist() == [
        [s.claim, s.what] for s in paper.STATEMENTS
    ]
    assert (rows.worlds == paper.WORLDS).all()
    inside = (rows.low_95 <= rows.change) & (rows.change <= rows.high_95)
    assert inside.all() and np.isfinite(rows.change).all()


@pytest.mark.slow
def test_the_model_of_today_still_gives_the_published_table():
    made = paper.measure(paper.STATEMENTS[:1])
    published = pd.read_csv(PUBLISHED).fillna({"beside": ""})
    pd.testing.assert_frame_equal(made, published.iloc[:1], rtol=1e-5, check_dtype=False)
