"""Whether conclusions survive: what is told follows from runs, and a reversal is told as one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.intervals import Interval
from sim.model import rules
from website import robustness
from website.other_rules import BetaTrust, RandomOrder
from website.robustness import Conclusion, World

TINY = {"population.organisations": 3, "population.organisation_size": 8, "horizon": 12}
TAUGHT = {"as before": {"process.training": 0.0}, "taught": {"process.training": 0.5}}
TEACHING = Conclusion("Teaching", "Teaching wins users.", (("taught", "as before"),))


class Contrary(sim.HCP):
    """Who is trained wants it never again."""

    def decide(self):
        return self.row["state"] if self.trained else super().decide()


def test_a_planted_reversal_is_told_as_turned_round(monkeypatch):
    monkeypatch.setattr(robustness, "PROCESSES", robustness.LOCAL)  # few runs: no new interpreters
    worlds = (
        World(robustness.AS_IT_IS, {**TINY, "decision.literacy": 20.0}, runs=24),
        World("contrary", TINY, runs=12, hcp_class=Contrary),
    )
    cells = robustness.measure(worlds, [TEACHING], TAUGHT)
    assert cells.verdict.tolist() == [robustness.KEPT, robustness.TURNED]


@pytest.mark.parametrize(
    ("low", "estimate", "high", "said"),
    [
        (0.08, 0.1, 0.12, "kept"),
        (0.01, 0.04, 0.07, "weaker"),
        (-0.01, 0.02, 0.05, "within chance"),
        (-0.01, 0.1, 0.2, "too few runs"),
        (0.0, 0.0, 0.0, "within chance"),
        (-0.2, -0.1, -0.01, "turned round"),
    ],
)
def test_a_verdict_follows_from_the_interval(low, estimate, high, said):
    assert robustness.verdict(Interval(estimate, low, high, 9), 0.1) == said


def test_a_conclusion_is_as_strong_as_its_weakest_pair(monkeypatch):
    luck = np.random.default_rng(1).normal(0, 0.01, 50)
    made = {"a": 0.5 + luck, "b": 0.2 + luck[::-1], "c": 0.6 + luck[::-1]}
    monkeypatch.setattr(robustness, "use", lambda *_: made)
    both = Conclusion("Both", "", (("a", "b"), ("a", "c")))
    (row,) = robustness.measure(
        [World(robustness.AS_IT_IS)], [both], dict.fromkeys(made, {})
    ).itertuples()
    assert (row.verdict, row.less) == (robustness.TURNED, "c")
    assert row.difference == pytest.approx(-0.1, abs=0.01) and row.holds_in == 0


def test_where_it_starts_everywhere_users_at_the_end_are_those_after_five_years():
    result = sim.run(
        {**robustness.START, "population.organisations": 3}, replicates=2, progress="never"
    )
    assert (result.outcome(robustness.OUTCOME) == result.outcome("use_after_5_years")).all()


def test_in_random_order_everybody_acts_once_and_sees_who_acted_before():
    model = sim.AdoptionModel(
        {**TINY, "deployment.at_start": 1}, engine="agents", hcp_class=RandomOrder, contracts=True
    )
    acted = []

    class Noted(RandomOrder):
        def influence(self):
            acted.append(self.index)
            super().influence()

    model.hcp_class = Noted
    model.step()
    assert sorted(acted) == list(range(24)) and acted != sorted(acted)
    model.run_model()
    usual = sim.AdoptionModel({**TINY, "deployment.at_start": 1}, engine="agents")
    usual.run_model()
    assert model.mean_trust != usual.mean_trust


def test_beta_trust_is_prior_and_experiences_by_their_weights():
    model = sim.AdoptionModel(
        {**TINY, "deployment.at_start": 1}, engine="agents", hcp_class=BetaTrust
    )
    model.step()
    one = model.hcps[0]
    one.state, one.trust = "adopter", 0.5
    prior = 1 / model.packed["trust_success_gain"]
    now = {"reliable": 1.0, "learning": 0.6, "failure_share": 0.2}
    one._row["literacy"] = 1.0
    for _ in range(3):  # a reliable tool in skilled hands: successes alone
        one.use(now)
    weight = one.seen - prior
    assert weight == pytest.approx(1.8)
    assert one.trust == pytest.approx((0.5 * prior + weight) / (prior + weight))
    assert rules.is_user(one.row["state"])


def test_the_published_page_is_what_the_table_says():
    cells = pd.read_csv(robustness.FOLDER / "robustness.csv")
    assert (cells[cells.world == robustness.AS_IT_IS].verdict == robustness.KEPT).all(), (
        "make studies"
    )
    told = "\n".join(robustness.lines(cells))
    assert told in (robustness.FOLDER / "README.md").read_text(encoding="utf-8"), "make studies"
    assert set(cells.conclusion) == {c.name for c in robustness.CONCLUSIONS}


def test_the_model_of_today_still_gives_the_published_table():
    cells = pd.read_csv(robustness.FOLDER / "robustness.csv")
    gains = [c for c in robustness.CONCLUSIONS if c.name == "Trust gains"]
    made = robustness.measure(robustness.all_worlds()[:1], gains)
    published = cells[cells.conclusion == "Trust gains"].iloc[:1].reset_index(drop=True)
    pd.testing.assert_frame_equal(made, published, rtol=1e-5)  # else: make studies


def test_what_is_said_of_the_table_holds():
    cells = pd.read_csv(robustness.FOLDER / "robustness.csv")
    rows = {(row.world, row.conclusion): row for row in cells.itertuples()}
    verdicts = cells.groupby("conclusion").verdict.agg(set)
    for name in ("Meetings", "Training", "Trust costs", "Trust gains", "Policy"):
        assert verdicts[name] <= {robustness.KEPT, robustness.WEAKER, robustness.FEW}, name
    for world in ("Random network", "Well mixed network", "What peers do does not matter"):
        assert rows[world, "Transparency"].verdict == robustness.CHANCE
        assert rows[world, "Transparency"].more == "little attention to clear roles"
        assert rows[world, "Trust gains"].use < 0.1 < rows["As it is", "Trust gains"].use
    for world in ("Appraisal exponent 1", "What peers do does not matter"):
        assert rows[world, "Trap"].verdict == robustness.WEAKER
    drawn = rows["64 worlds that agree with published patterns", "Trap"]
    assert 0.25 < 1 - drawn.holds_in / drawn.runs < 0.4
