"""Worlds that somebody listed are no sample: each is told by itself, over them there are counts."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from sim.analysis import intervals
from sim.analysis.paired import bootstrap
from sim.cli.compose import compose
from sim.studies.comparison import given, recommend
from sim.studies.comparison.policies import GOAL, Comparison
from sim.studies.execute import design_of, execute
from sim.tables.errors import UserError
from sim.tables.layout import Table

SMALL = [
    "population.organisations=5", "population.organisation_size=8", "horizon=60",
    "deployment.at_start=1", "progress=never", "study=compare", "replicates=6",
]  # fmt: skip


def result_of(*words):
    request = compose([*SMALL, *words])
    return execute(request, design_of(request), print)


@pytest.fixture(scope="module")
def listed():
    return result_of(
        "policy=none,training,technology_only", "trust.transparency_strength=[0,0.5,1]",
        "shock=none,adverse_evidence",
    )  # fmt: skip


@pytest.fixture(scope="module")
def crossed():
    words = "uncertainty=assumptions", "worlds=33", "shock=none,adverse_evidence"
    return result_of("policy=none,training", "replicates=2", *words)


def tables(result):
    return [block for block in result.told.blocks if isinstance(block, Table)]


def test_each_given_world_is_told_by_its_own_runs(listed):
    c = Comparison(listed)
    assert len(c.given) == 6 and all(part.worlds == 1 for part in c.given)
    part = next(
        p for p in c.given if p.where == "trust.transparency_strength=0.5, shock=adverse_evidence"
    )
    runs = listed.runs
    here = (runs["trust.transparency_strength"] == 0.5) & (runs["shock"] == "adverse_evidence")
    own = runs[here].pivot(index="replicate", columns="policy", values=GOAL)
    change = (own["technology_only"] - own["none"]).to_numpy()
    assert part.paired(GOAL, 2).change == bootstrap(change)
    assert recommend.mean(part, 2) == intervals.of_mean(own["technology_only"].to_numpy(), (0, 1))
    best = own.mean().idxmax()
    for n, name in enumerate(c.names):
        assert given.regret(part, n) == bootstrap((own[best] - own[name]).to_numpy())
    frame = listed.comparison
    assert (
        set(frame["given_world"]) == {p.where for p in c.given} == set(listed.costs["given_world"])
    )
    row = frame[(frame["given_world"] == part.where) & (frame["policy"] == "technology_only")]
    assert row.set_index("outcome").loc[GOAL, "change"] == pytest.approx(change.mean())


def test_over_given_worlds_there_are_counts_and_the_largest_regret_only(listed):
    c = Comparison(listed)
    over = next(t for t in tables(listed) if t.title == "Over the given worlds:")
    runs = listed.runs
    means = runs.groupby(["trust.transparency_strength", "shock", "policy"])[GOAL].mean().unstack()
    regret = (means.max(axis=1).to_numpy()[:, None] - means).max()
    head, *rows = over.rows
    reaches = next(k for k, name in enumerate(head) if "reaches" in name)
    assert {row[0] for row in rows} == set(c.names)
    for row in rows:
        largest = given.largest_regret(c, c.names.index(row[0]))
        assert largest.regret.estimate == pytest.approx(regret[row[0]], abs=1e-9)
        assert row[reaches] == f"{(means[row[0]] >= 0.5).sum()} of 6"
        assert not any("%" in cell for cell in row)
    assert [row[0] for row in rows] == list(regret.sort_values(kind="stable").index)


def test_no_mean_share_or_box_over_given_worlds_is_said(listed):
    text = " ".join(listed.answer())
    assert "mean regret" not in text and "% of worlds" not in text and "short list" not in text
    assert "6 given worlds" in text and "uncertain" not in text
    assert "were listed, not drawn" in text
    assert set(given_figures(listed)) == {"changes", "regret"}


def given_figures(result):
    from sim.studies import compare

    return compare.figures(result)


def test_the_recommendation_names_the_given_worlds_in_which_it_fails(listed):
    c = Comparison(listed)
    best = given.order(c)[0]
    missed = [p.where for p, good in zip(c.given, given.reaching(c, best), strict=True) if not good]
    text = " ".join(given.summary(c))
    assert re.search(rf"in {6 - len(missed)} of the 6 given worlds", text)
    assert all(where in text for where in missed)


def test_no_policy_is_recommended_where_none_is_better_in_any_given_world(listed):
    flat = {k: np.zeros_like(v) for k, v in listed.ensemble.outcomes.items()}
    same = replace(listed, ensemble=replace(listed.ensemble, outcomes=flat))
    first = given.summary(Comparison(same))[0]
    assert first.startswith("Recommendation: no policy is clearly better than none, which falls")


def test_drawn_worlds_within_given_shocks_count_once_in_each(crossed):
    c = Comparison(crossed)
    assert [p.where for p in c.given] == ["shock=none", "shock=adverse_evidence"]
    for part in c.given:
        assert part.worlds == 33 == part.paired(GOAL, 1).change.runs
        values = {crossed.ensemble.points[p].values["shock"] for p in part.points.ravel()}
        assert values == {part.where.removeprefix("shock=")}
    assert np.array_equal(np.sort(np.vstack([p.points for p in c.given]), 0), np.sort(c.points, 0))
    titles = [t.title for t in tables(crossed)]
    assert "Over the drawn worlds where shock=adverse_evidence:" in titles


def test_one_world_or_drawn_worlds_are_not_given():
    assert not Comparison(result_of("policy=none,training", "replicates=2")).given
    words = "policy=none,training", "replicates=1", "uncertainty=assumptions", "worlds=4"
    assert not Comparison(result_of(*words)).given


def test_one_at_a_time_is_no_design_of_a_comparison():
    words = ["policy=none,training", "process.training=[0,1]", "design.kind=one_at_a_time"]
    with pytest.raises(UserError, match="one_at_a_time.*allowed is design.kind=grid"):
        compose([*SMALL, *words])


def of_goals(result, goals):
    """Return a comparison in which each policy has these goals, one for each given world."""
    outcomes = {k: v.copy() for k, v in result.ensemble.outcomes.items()}
    for part, row in zip(Comparison(result).given, goals, strict=True):
        for policy, goal in enumerate(row):
            outcomes[GOAL][part.points[0, policy]] = goal + np.linspace(-0.001, 0.001, 6) * policy
    return Comparison(replace(result, ensemble=replace(result.ensemble, outcomes=outcomes)))


def test_a_baseline_that_falls_least_behind_hides_not_who_is_better(listed):
    c = of_goals(listed, [(0.5, 0.6, 0.5)] * 5 + [(0.5, 0.1, 0.5)])
    told = given.summary(of_goals(listed, [(0.5, 0.6, 0.4)] * 5 + [(0.5, 0.1, 0.4)]))
    assert given.order(c)[0] != 1 and "no policy is clearly better" not in told[0]
    assert told[0].startswith("Recommendation: none (no policy).")
    assert "Clearly better than none: training in 5 of the 6." in told[0]


def test_who_failed_in_a_given_world_is_not_the_least_behind(listed):
    c = of_goals(listed, [(0.5, 0.9, 0.6)] * 5 + [(0.5, np.nan, 0.6)])
    assert given.order(c) == [2, 0, 1]
    # where everybody failed, nobody is the worse for it
    c = of_goals(listed, [(0.5, 0.9, 0.6)] * 5 + [(np.nan,) * 3])
    assert given.order(c)[0] == 1


def test_given_values_that_round_alike_stay_apart():
    made = result_of("policy=none,training", "trust.loss_cap=[0.50000001,0.50000002]", "horizon=6")
    assert [part.where for part in Comparison(made).given] == [
        "trust.loss_cap=0.50000001", "trust.loss_cap=0.50000002",
    ]  # fmt: skip
