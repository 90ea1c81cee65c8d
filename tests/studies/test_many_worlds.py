"""Worlds of a posterior: policies are compared in each, all other studies are told over them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from study_runs import SMALL, mean_of, ran, result_of, with_outcomes

import sim
from sim.__main__ import main
from sim.analysis import intervals
from sim.cli.one_world import one_world
from sim.outcomes.table import GOAL, HEADLINE
from sim.reports import words
from sim.studies.compare import summary
from sim.studies.comparison.policy_effects import holds, world_values
from sim.tables.errors import UserError
from sim.tables.plausible import FREE


@pytest.fixture(scope="module")
def compared(calibrated):
    words = "policy=none,training,co_design", "replicates=66", "worlds=33", "horizon=72"
    return result_of(*words, f"posterior={calibrated}")


@pytest.fixture(scope="module")
def swept(calibrated):
    return ran(*SMALL, "process.training=[0,0.1]", "replicates=6", f"posterior={calibrated}")


def test_every_policy_meets_every_world_under_the_luck_of_the_world(compared):
    c = compared.compared
    assert c.points.shape == (33, 3) and c.result.ensemble.replicates == 2
    names, x = world_values(c)
    assert names == list(FREE)
    assert x.tolist() == [list(w.values()) for w in compared.worlds.settings]
    runs = compared.runs
    assert runs["world"].nunique() == 33 and set(FREE) <= set(runs)
    means = runs.groupby(["policy", "world"])[GOAL].mean().unstack("policy")
    assert c.use(1) == intervals.of_mean(means["training"].to_numpy(), (0, 1))


def found_with(result, goals):
    """Return a comparison in which the policies have these goals, a row of worlds for each."""
    each = np.repeat(np.ravel(goals), 2).reshape(-1, 2)
    return with_outcomes(result, {GOAL: each, f"{GOAL}.month_60": each}).compared


def test_a_recommendation_says_in_how_many_worlds_it_holds_and_how_far_they_differ(compared):
    other = np.linspace(0.2, 0.3, 33)
    ours = other + np.linspace(0.1, 0.2, 33)
    ours[:5] = other[:5]  # no better than doing nothing
    best = ours - 0.05
    best[5:12] = ours[5:12] + 0.02  # clearly better than ours
    best[12:15] = ours[12:15] + 0.009  # hardly better
    c = found_with(compared, [other, ours, best])
    assert c.names[c.best] == "training"
    assert holds(c, c.best) == intervals.of_share(21, 33)
    low, high = np.quantile(ours - other, [0.05, 0.95])
    text = " ".join(summary(c))
    first = text.partition("worlds")[0] + "worlds"
    assert first.startswith("Recommendation: Training, with which 13")
    assert "of 100 healthcare professionals (" in first and "five years from now" in first
    assert first.endswith("; it holds in 21 of 33 worlds")
    ends = " and ".join(words.number(100 * x, 0) for x in (low, high))
    assert f"nine of ten worlds lie between {ends} more of 100" in text
    assert "sets of assumptions" not in text and "nan" not in text


def test_where_nothing_is_better_it_is_said_over_which_worlds(compared):
    c = found_with(compared, np.zeros((3, 33)))
    assert summary(c)[0].startswith(
        "Recommendation: none of the policies is clearly better than doing nothing, over 33 worlds "
        "of your calibration"
    )


def test_no_more_worlds_are_asked_for_where_a_policy_fails(compared):
    text = " ".join(summary(found_with(compared, [np.full(33, x) for x in (0.1, 0.2, 0.15)])))
    assert "in 100 % (90 to 100 %) of worlds" in text and "worlds=" not in text
    # as a sample has only so many
    some = summary(found_with(compared, [np.linspace(0.2, 0.7, 33) + x for x in (0, 0.1, 0.05)]))
    assert "worlds=" not in " ".join(some)


def test_a_summary_has_a_row_for_each_policy_over_all_worlds(compared):
    rows = compared.summary.set_index(["policy", "outcome"])
    assert len(rows) == 3 * compared.summary["outcome"].nunique()
    assert rows.loc[("training", GOAL), "runs"] == 33
    runs = compared.runs
    means = runs[runs["policy"] == "training"].groupby("world")[GOAL].mean()
    assert tuple(rows.loc[("training", GOAL), ["mean", "lowest_run"]]) == pytest.approx(
        (means.mean(), means.min())
    )
    trust = runs[runs["policy"] == "none"]
    gap = [mean_of(own, "trust_gap") for _, own in trust.groupby("world")]
    assert compared.over_worlds.outcomes["trust_gap"][0] == pytest.approx(gap, nan_ok=True)


def test_a_sweep_is_told_over_worlds_each_run_in_its_own(swept):
    assert len(swept.ensemble.points) == 2 and swept.ensemble.replicates == 6
    assert len(swept.single.points) == 12 and swept.single.replicates == 1
    runs = swept.runs
    for point, training in enumerate((0.0, 0.1)):
        own = runs.loc[runs["process.training"] == training, GOAL].to_numpy()
        assert swept.mean(GOAL, point) == intervals.of_mean(own, (0, 1))
        assert swept.where({"process.training": training}) == point
    change = swept.difference(GOAL, 1, 0)
    assert change == intervals.of_difference(swept.outcome(GOAL, 1), swept.outcome(GOAL, 0))
    assert len(swept.summary["point"].unique()) == 2
    assert "a world of its own, of those of your calibration" in str(swept)


def test_one_world_is_told_over_worlds_months_too(calibrated):
    made = ran(*SMALL, "replicates=5", "months=quantiles", f"posterior={calibrated}")
    assert made.ensemble.paths["adopters"].shape == (1, 5, 61)
    assert (made.months["runs"].max(), made.months["point"].max()) == (5, 0)
    assert np.isfinite(made.mean(HEADLINE).estimate) and len(made.runs) == 5


def test_what_worlds_change_is_told_at_its_base_value(calibrated):
    words = "study=alignment", "alignment.usability=[0,1]", "replicates=3"
    made = ran(*SMALL, *words, f"posterior={calibrated}")
    found = [dict(point.values) for point in made.ensemble.points]
    base = made.values["alignment.usability"]
    assert found == [{**made.values, "alignment.usability": x} for x in (base, 0, 1)]
    assert "of 100" in str(made)


def test_files_are_read_again_resumed_and_repeated(calibrated, tmp_path, without_figures):
    words = [*SMALL, "horizon=12", "replicates=3", f"posterior={calibrated}", "months=all"]
    first, again = tmp_path / "first", tmp_path / "again"
    assert main([*words, "process.training=[0,0.1]", f"out={first}"]) == 0
    runs = pd.read_parquet(first / "runs.parquet")
    assert len(runs) == 6 and runs["decision.trust"].nunique() == 3
    assert len(pd.read_parquet(first / "months.parquet")) == 6 * 13
    assert len(pd.read_csv(first / "summary.csv")["point"].unique()) == 2
    opened = sim.read(first)
    assert opened.ensemble.replicates == 3 and opened.runs.equals(runs)
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "same.yaml").write_text((first / "config.yaml").read_text())
    repeat = ["--config-dir", str(tmp_path), "+experiment=same", f"out={again}", "progress=never"]
    assert main(repeat) == 0
    assert pd.read_parquet(again / "runs.parquet").equals(runs)
    # more replicates are more worlds: they extend it
    assert main([*words, "process.training=[0,0.1]", f"out={first}", "replicates=5"]) == 0
    assert len(pd.read_parquet(first / "runs.parquet")) == 10
    assert main(["diff", str(first), str(again)]) == 0


def test_commands_of_one_world_refuse_many(calibrated):
    with pytest.raises(UserError, match="validate measures one world"):
        one_world([f"posterior={calibrated}"], "validate measures")
