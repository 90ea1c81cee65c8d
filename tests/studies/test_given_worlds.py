"""Worlds that somebody listed are no sample: each is told by itself, over them there are counts."""

from __future__ import annotations

import numpy as np
import pytest
from study_runs import result_of, table_of, with_outcomes

import sim
from sim.analysis import intervals
from sim.analysis.intervals import bootstrap
from sim.outcomes.table import GOAL, OUTCOMES
from sim.studies.compare import figures, summary
from website.known_answers import NUMBERS


@pytest.fixture(scope="module")
def listed():
    return result_of(
        "policy=none,training,technology_only", "trust.transparency_strength=[0,0.5,1]",
        "shock=none,adverse_evidence", "replicates=16",
        *(f"{path}={number}" for path, number in NUMBERS.items()),  # with these, one is better
    )  # fmt: skip


@pytest.fixture(scope="module")
def crossed():
    words = "uncertainty=assumptions", "worlds=33", "shock=none,adverse_evidence"
    return result_of("policy=none,training", "replicates=2", *words)


def test_each_given_world_is_told_by_its_own_runs(listed):
    c = listed.compared
    assert len(c.given) == 6 and all(part.worlds == 1 for part in c.given)
    where = "trust.transparency_strength=0.5, shock=adverse_evidence"
    part = next(part for part in c.given if part.where == where)
    runs = listed.runs
    here = (runs["trust.transparency_strength"] == 0.5) & (runs["shock"] == "adverse_evidence")
    own = runs[here].pivot(index="replicate", columns="policy", values=GOAL)
    best = own.mean().idxmax()
    for n, name in enumerate(c.names):
        assert part.change(n) == bootstrap((own[name] - own["none"]).to_numpy())
        assert part.use(n) == intervals.of_mean(own[name].to_numpy(), (0, 1))
        assert part.regret(n) == bootstrap((own[best] - own[name]).to_numpy())
    frame = listed.comparison
    everywhere = {part.where for part in c.given}
    assert set(frame["given_world"]) == everywhere == set(listed.costs["given_world"])
    row = frame[(frame["given_world"] == where) & (frame["policy"] == "technology_only")]
    change = (own["technology_only"] - own["none"]).mean()
    assert row.set_index("outcome").loc[GOAL, "change"] == pytest.approx(change)


def test_over_given_worlds_there_are_counts_and_the_largest_regret_only(listed):
    c, runs = listed.compared, listed.runs
    means = runs.groupby(["trust.transparency_strength", "shock", "policy"])[GOAL].mean().unstack()
    regret = (means.max(axis=1).to_numpy()[:, None] - means).max()
    assert [c.names[n] for n in c.order] == list(regret.sort_values(kind="stable").index)
    for row, n in zip(table_of(listed, "Over the conditions:").rows[1:], c.order, strict=True):
        name = c.names[n]
        assert c.largest_regret(n)[0].estimate == pytest.approx(regret[name], abs=1e-9)
        assert row[0] == c.titles[n] and row[2] == f"{(means[name] >= 0.5).sum()} of 6"
        assert not any("%" in cell for cell in row)


def test_no_mean_share_or_box_over_given_worlds_is_said(listed):
    text = " ".join(listed.answer())
    assert "on average, of 100" not in text and "short list" not in text
    assert "6 conditions" in text and "drawn at random" not in text
    assert "Where it fails" not in text
    assert [figure.name for figure in figures(listed)] == ["changes", "regret"]


def test_the_recommendation_names_the_given_worlds_in_which_it_fails(listed):
    c = listed.compared
    missed = [part.there for part in c.given if not part.reached(c.best)]
    text = " ".join(summary(c))
    assert f"under {6 - len(missed)} of the 6 conditions" in text
    assert all(where in text for where in missed)
    assert "no shock" in text and "No shock" not in text and "Adverse evidence" in text


def test_drawn_worlds_within_given_shocks_count_once_in_each(crossed):
    c = crossed.compared
    assert [part.where for part in c.given] == ["shock=none", "shock=adverse_evidence"]
    assert [part.told for part in c.given] == ["No shock", "Adverse evidence"]
    for part in c.given:
        assert part.worlds == 33 == part.change(1).runs
        values = {crossed.ensemble.points[p].values["shock"] for p in part.points.ravel()}
        assert values == {part.where.removeprefix("shock=")}
    assert np.array_equal(np.sort(np.vstack([p.points for p in c.given]), 0), np.sort(c.points, 0))
    assert table_of(crossed, "Over the worlds under Adverse evidence:")


def of_goals(result, goals):
    """Return what is found where each policy has these goals, a row for each given world."""
    outcome = result.ensemble.outcomes[GOAL].copy()
    for part, row in zip(result.compared.given, goals, strict=True):
        for policy, goal in enumerate(row):
            outcome[part.points[0, policy]] = goal + np.linspace(-0.001, 0.001, 16) * policy
    return with_outcomes(result, {GOAL: outcome}).compared


def test_a_baseline_that_falls_least_behind_hides_not_who_is_better(listed):
    c = of_goals(listed, [(0.5, 0.6, 0.4)] * 5 + [(0.5, 0.1, 0.4)])
    assert c.best == 0 and [c.times_better(n) for n in range(3)] == [0, 5, 0]
    assert summary(c)[0].startswith(
        "Recommendation: none for all conditions. Clearly better than no policy: Training in 5 of "
        "the 6. Safest is no policy: it falls"
    )
    # no policy is recommended where none is better in any given world
    assert summary(of_goals(listed, [(0.5, 0.4, 0.3)] * 6))[0].startswith(
        "Recommendation: none of the policies is clearly better than doing nothing, which falls"
    )


def test_who_failed_in_a_given_world_is_not_the_least_behind(listed):
    assert of_goals(listed, [(0.5, 0.9, 0.6)] * 5 + [(0.5, np.nan, 0.6)]).order == [2, 0, 1]
    # where everybody failed, nobody is the worse for it
    assert of_goals(listed, [(0.5, 0.9, 0.6)] * 5 + [(np.nan,) * 3]).best == 1


def test_given_values_that_round_alike_stay_apart():
    made = result_of("policy=none,training", "trust.loss_cap=[0.50000001,0.50000002]", "horizon=6")
    apart = ["trust.loss_cap=0.50000001", "trust.loss_cap=0.50000002"]
    assert [part.where for part in made.compared.given] == apart
    assert [part.told for part in made.compared.given] == apart


def test_tables_of_runs_organisations_and_hcps_say_under_which_policy_and_in_which_world():
    words = "policy=none,training", "shock=budget_cut", "network.ties=2,4", "hcps=all"
    made = result_of(*words, "horizon=4", "replicates=2")
    runs = made.runs.set_index("point")
    assert set(runs["policy"]) == {"none", "training"} and set(runs["shock"]) == {"budget_cut"}
    worlds = runs.groupby("world")["network.ties"].unique().map(list)
    assert worlds.to_dict() == {0: [2], 1: [4]}
    for table in (made.organisations, made.hcps):
        for column in ("policy", "shock", "world", "network.ties"):
            own = table.groupby("point")[column].unique().map(list).to_dict()
            assert own == runs.groupby("point")[column].unique().map(list).to_dict()


def test_drawn_worlds_are_numbered_and_scenarios_named(crossed):
    runs, places = crossed.runs, crossed.organisations
    same = runs.drop(columns=[*OUTCOMES, "point", "replicate", "status", "error", "policy"])
    assert same.groupby("world").nunique().max().max() == 1 and runs["world"].nunique() == 66
    assert {"policy", "shock", "world"} <= set(places) and "process.hcp_cooperation" not in places
    named = sim.compare(
        {"a": {}, "clinic": {"scenario": "small_clinic"}}, {"horizon": 3}, replicates=2
    )
    for frame in (named.runs, named.organisations):
        assert frame.groupby("point")["scenario"].unique().map(list).tolist() == [["a"], ["clinic"]]
