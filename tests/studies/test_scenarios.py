"""The teaching scenarios differ in their outcomes, and say what their stories tell."""

from __future__ import annotations

import shlex
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from study_runs import ran

import sim
from sim.design.scenarios import read_scenario, teaching_scenarios
from sim.outcomes.table import FIVE
from sim.tables.errors import UserError

LARGEST = "national_programme"  # takes longer than all others together
NAMES = [scenario.name for scenario in teaching_scenarios()]
QUICK = list(combinations([n for n in NAMES if n != LARGEST], 2))
FEW = {"replicates": 4, "progress": "never"}


@cache
def result(name):
    return ran(f"scenario={name}", "replicates=64")


def answer_to_what_if(name):
    command = shlex.split(read_scenario(name).what_if_command)
    return ran(*command[3:])


def told_apart(first, second):
    """Return the outcomes whose 95 % intervals of the mean do not overlap.

    That is stricter than an interval of the difference that excludes 0: intervals that touch
    still tell most such differences from 0.
    """
    return [
        outcome.name
        for outcome in FIVE
        for a, b in [(result(first).mean(outcome.name), result(second).mean(outcome.name))]
        if a.high < b.low or b.high < a.low
    ]


@pytest.mark.parametrize(("first", "second"), QUICK)
def test_two_scenarios_are_told_apart(first, second):
    assert told_apart(first, second)


@pytest.mark.slow
@pytest.mark.parametrize("other", [n for n in NAMES if n != LARGEST])
def test_the_national_programme_is_told_apart(other):
    assert told_apart(LARGEST, other)


def estimate(name, outcome):
    return result(name).mean(outcome).estimate


def test_a_small_clinic_can_have_very_different_histories():
    runs = result("small_clinic").outcome("sustained_adoption")
    mean = result("small_clinic").mean("sustained_adoption")
    assert runs.max() - runs.min() > 4 * (mean.high - mean.low)
    assert runs.min() < 0.1 and runs.max() > 0.9


def test_the_university_hospital_keeps_its_level():
    assert result("university_hospital").mean("sustainability").low > 0.8
    runs = result("university_hospital").ensemble.paths["adopters"][0]
    withdrawn = runs[:, 60] < 0.1  # early, or not at all
    assert 0 < withdrawn.mean() < 0.5 and runs[withdrawn, 120].max() == 0
    assert np.median(abs(runs[~withdrawn, 72] - runs[~withdrawn, 120])) < 0.05


def test_in_the_regional_network_more_organisations_than_people_use_the_tool():
    both = [result("regional_network").mean(n) for n in ("spread", "sustained_adoption")]
    assert both[0].low > both[1].high
    path = np.nanmean(result("regional_network").ensemble.paths["adopters"][0], axis=0)
    assert path[12] < 0.05 and path[120] > path[108]  # slow at first, and still rising


def test_members_of_the_regional_network_begin_sooner_but_use_a_tool_no_more():
    swept = answer_to_what_if("regional_network")
    assert swept.difference("sustained_adoption", 3, 0).low > 0
    after_start = swept.difference("use_after_5_years", 3, 0)
    assert after_start.low < 0 < after_start.high


def test_the_troubled_roll_out_fails_early():
    name = "troubled_roll_out"
    assert result(name).mean("scale_up").high < 0.3 and result(name).mean("abandonment").low > 0.8
    path = np.nanmean(result(name).ensemble.paths["adopters"][0], axis=0)
    assert 12 <= path.argmax() <= 36


def test_the_model_pilot_rises_and_falls_long_after_its_end():
    path = np.nanmean(result("model_pilot").ensemble.paths["adopters"][0], axis=0)
    assert 24 <= path.argmax() <= 60 and path[-1] < path.max() / 2
    assert result("model_pilot").mean("sustainability").high < 0.6
    pilots = answer_to_what_if("model_pilot")
    assert pilots.difference("sustained_adoption", 1, 0).low > 0.5  # funding holds it
    assert pilots.difference("sustained_adoption", 2, 0).high < 0  # and a pilot beats none


@pytest.mark.slow
def test_the_national_programme_grows_while_half_of_its_organisations_give_up():
    runs = result(LARGEST)
    assert runs.mean("sustainability").low > 0.9 and runs.mean("non_adoption").low > 0.4
    assert runs.mean("abandonment").low > 0.4
    path = np.nanmean(runs.ensemble.paths["adopters"][0], axis=0)[::12]
    assert (np.diff(path) > 0).all()
    what_if = answer_to_what_if(LARGEST)
    assert what_if.difference("use_after_5_years", 1, 0).low > 0
    for lower in ("abandonment", "where.never_came.horizon"):
        assert what_if.difference(lower, 1, 0).high < 0
    interval = runs.mean("sustained_adoption")
    assert interval.high - interval.low < 0.05


def test_python_starts_from_a_scenario():
    words = read_scenario("small_clinic").words
    made = sim.run(scenario="small_clinic", **FEW)
    same = ran("scenario=small_clinic", "replicates=4")
    np.testing.assert_array_equal(made.outcome("trust"), same.outcome("trust"))
    assert (made.title, made.question) == (words.title, words.question)
    changed = sim.run({"process": {"training": 0.2}}, scenario="small_clinic", **FEW)
    assert changed.values == made.values | {"process.training": 0.2}
    pilot, without = (
        sim.run(own, scenario="model_pilot", **FEW) for own in ({}, {"policy": "none"})
    )
    assert pilot.values["policy"] == "pilot_and_stop"
    assert (pilot.outcome("sustained_adoption") > without.outcome("sustained_adoption")).any()


def test_sweep_and_compare_start_from_scenarios():
    swept = sim.sweep({"process.training": [0, 0.1]}, scenario="small_clinic", **FEW)
    assert all(p.values["population.organisation_size"] == 20 for p in swept.ensemble.points)
    assert swept.title.startswith(read_scenario("small_clinic").words.title)
    named = {"clinic": {"scenario": "small_clinic"}, "pilot": {"scenario": "model_pilot"}}
    compared = sim.compare(named, {"horizon": 24}, **FEW)
    for point, scenario in zip(compared.ensemble.points, named.values(), strict=True):
        wanted = {**read_scenario(scenario["scenario"]).parameters, "horizon": 24}
        assert wanted.items() <= point.values.items()


@pytest.mark.parametrize("name", ["small_clinik", 3, "../x"])
def test_an_unknown_scenario_is_told_in_one_line(name):
    with pytest.raises(UserError, match="scenario=.*unknown name"):
        sim.run(scenario=name)
    with pytest.raises(UserError, match=r"unknown name.*\(scenario b\)"):
        sim.compare({"a": {}, "b": {"scenario": name}})
