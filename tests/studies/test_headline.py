"""What every answer begins with: numbers worked out anew from the frames, and when they are told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from study_runs import ran

import sim
from sim.analysis.intervals import Interval, of_share
from sim.outcomes.table import GOAL, HEADLINE, PLACES
from sim.reports.figure import exact
from sim.studies.headline import LEAST, Used, headline, listed, time_told

TEAM = {"population.organisations": 6, "population.organisation_size": 8}


def text_of(result):
    return " ".join(" ".join(result.answer()).split())


@pytest.fixture(scope="module")
def result():
    world = TEAM | {"horizon": 84, "deployment.at_start": 0.5}
    return sim.run(world, replicates=24, organisations="all", months="all", progress="never")


def test_five_years_after_the_start_all_organisations_that_can_be_seen_count(result):
    head, rows = headline(result), result.organisations
    seen = rows[rows[HEADLINE].notna()]
    users = (seen[HEADLINE] * seen["hcps"]).sum()
    assert head.after_5_years.share.estimate == pytest.approx(users / seen["hcps"].sum())
    assert head.organisations == len(seen) < len(rows)
    assert head.in_the_end.share.estimate == pytest.approx(result.runs[GOAL].mean())
    assert head.reaches.estimate == (result.runs[GOAL] >= 0.5).mean()
    told = head.sentences()[0]
    assert f"{100 * users / seen['hcps'].sum():.0f} of 100 healthcare professionals there" in told
    assert f"{len(seen)} organisations" in told and "seven years from now" in told
    # beside it stands where people are at the end, which is another number
    assert "; mean of the last two years)" in told


def test_people_are_where_the_months_say_the_most_first(result):
    head, months = headline(result), result.months
    assert list(head.where) == ["five years", "seven years"]
    for (_, places), month in zip(head.where.items(), (60, 84), strict=True):
        means = months[months["month"] == month][[p.name for p in PLACES]].mean()
        assert means.sum() == pytest.approx(1)
        for name, share in places.items():
            assert share.estimate == pytest.approx(means[name.split(".")[1]])
    last = head.sentences()[1].rpartition("seven years from now ")[2]
    numbers = [int(part.split()[0]) for part in last.rstrip(".").split(", ")]
    assert numbers == sorted(numbers, reverse=True) and len(numbers) > 2
    assert sum(numbers) == pytest.approx(100, abs=len(numbers))


@pytest.mark.parametrize(
    ("words", "training", "where"),
    [
        (["process.training=[0,0.02,0.1]"], 0.02, "At trained each month 2 %"),
        (["design.kind=one_at_a_time", "process.training=[0,0.1]"], 0.02, "Where we stand"),
        (["process.training=[0.01,0.5]"], 0.01, "At trained each month 1 %"),  # the nearest there
    ],
)
def test_a_sweep_tells_its_base_point(words, training, where):
    small = ["population=small_team", "replicates=4", "horizon=60", "deployment.at_start=1"]
    made = ran("study=sweep", *words, *small)
    head = headline(made, made.where({"process.training": training}))
    assert made.told.blocks[0] == head.sentences(where)[0]
    assert len(made.answer()) < 40


def test_a_sample_and_all_combinations_tell_the_middle_of_their_points():
    small = ["population=small_team", "replicates=3", "horizon=60", "deployment.at_start=1"]
    axes = ["process.training={low:0,high:0.2}", "alignment.roles={low:0,high:1}"]
    for kind in (["design.kind=lhs", "design.samples=9"], ["design.kind=factorial"]):
        made = ran("study=sweep", *axes, *kind, *small)
        parts = made.runs.groupby("point")[[f"{HEADLINE}.adopters", f"{HEADLINE}.hcps"]].sum()
        shares = parts.iloc[:, 0] / parts.iloc[:, 1]
        middle, low, high = 100 * shares.quantile([0.5, 0.05, 0.95])
        told = f"{middle:.0f} of 100 healthcare professionals there ({low:.0f} to {high:.0f})"
        assert told in text_of(made)
        middle = [str(block).startswith("In the middle of") for block in made.told.blocks]
        assert middle.count(True) == 1
        # which bundles of factors are enough comes before it
        assert middle[0] == (kind != ["design.kind=factorial"])


def test_a_history_that_is_too_short_says_so():
    made = sim.run(TEAM | {"horizon": 36}, replicates=3, progress="never")
    head = headline(made)
    assert np.isnan(head.after_5_years.share.estimate)
    assert "After three years nobody knows" in head.sentences()[0]
    assert list(head.where) == ["three years"]
    never = {"horizon": 61, "deployment.intercept": -20.0, "deployment.at_start": 0.0}
    late = sim.run(TEAM | never, replicates=2, progress="never")
    assert "No organisation starts so early" in headline(late).sentences()[0]


def test_of_few_histories_no_share_of_100_is_told():
    one, few = (sim.run(TEAM | {"horizon": 6}, replicates=n, progress="never") for n in (1, 3))
    assert "in this one history" in text_of(one) and "histories" not in text_of(one)
    reached = int((few.runs[GOAL] >= 0.5).sum())
    assert f"in {reached} of 3 histories" in text_of(few)


def test_histories_that_split_are_two_outcomes_and_no_mean():
    made = sim.run(scenario="small_clinic", replicates=64, progress="never")
    runs = made.runs[GOAL]
    near = runs.between(runs.mean() - 0.1, runs.mean() + 0.1)
    assert near.mean() < 0.1  # of the runs hardly any is near their mean
    found = headline(made).in_the_end.split
    lower = runs < 0.5
    assert (found.low, found.high) == pytest.approx((runs[lower].mean(), runs[~lower].mean()))
    assert found.lower.estimate == lower.mean()
    told = headline(made).sentences()[0]
    assert found.low < LEAST and f"either hardly any or {100 * found.high:.0f} of 100" in told
    assert "in all organisations, on average over both outcomes:" in text_of(made)
    five_years = headline(made).after_5_years.split
    assert f"either {100 * five_years.low:.0f} or {100 * five_years.high:.0f} of 100" in told
    assert headline(made).reaches.estimate == (runs >= 0.5).mean()


def test_time_is_told_in_years_where_they_are_whole():
    told = {1: "1 month", 12: "one year", 30: "30 months", 120: "ten years", 240: "20 years"}
    assert {months: time_told(months) for months in told} == told


def test_one_of_a_hundred_uses_it():
    places = {f"where.{name}.horizon": exact(x) for name, x in
              (("never_tried", 0.97), ("adopters", 0.012), ("trials", 0.01), ("withdrawn", 0.004))}  # fmt: skip
    assert listed(places) == "97 never tried it, 1 uses it, 1 is trying it"


def test_a_model_that_has_run_begins_as_a_run_does():
    world = TEAM | {"horizon": 61, "deployment.at_start": 1.0}
    model = sim.AdoptionModel(world, seed=5)
    model.run_model()
    alone = headline(sim.run(world, replicates=1, seed=5, progress="never"))
    assert [b for b in model.told.blocks if isinstance(b, str)][:2] == alone.sentences()


def test_where_all_runs_failed_nothing_is_told():
    lost = headline(sim.run(TEAM | {"horizon": 1}, replicates=1, progress="never"))
    nothing = replace(lost, reaches=of_share(0, 0))
    assert nothing.sentences() == ["No run ended well, so nothing is known of who uses the tool."]


def test_hardly_anybody_is_not_three_digits_of_nothing():
    hardly = Used(Interval(4e-6, 1e-6, 8e-6, 64))
    assert hardly.told("professionals") == "0 of 100 professionals"
    assert Used(Interval(0.21, 0.2049, 0.2151, 64)).told() == "21 of 100"
