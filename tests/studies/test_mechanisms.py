"""Mechanisms over time: each switch does what it says, and each number is that of the months."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from study_runs import ran

import sim
from sim.analysis import intervals
from sim.cli.compose import compose
from sim.outcomes.table import PLACES
from sim.reports import words
from sim.studies import mechanisms

FUNDING, TURNOVER, NEWS, MISUNDERSTANDING, ALL = (
    "the_end_of_project_funding", "turnover", "adverse_evidence", "misunderstanding",
    "all_of_these",
)  # fmt: skip
SMALL = (
    "+experiment=mechanisms_over_time", "horizon=72", "population.organisations=3",
    "population.organisation_size=12",
)  # fmt: skip


@pytest.fixture(scope="module")
def one_world():
    return ran(*SMALL, "uncertainty=none", "replicates=8", "hcps=all")


def path(result, name, mechanism=None):
    """Return (runs, months) of a column with a mechanism switched off, or as it is."""
    found = {m.name: m.point for m in result.found.shown}
    return result.over_worlds.paths[name][found[mechanism] if mechanism else 0]


def outcome(result, name, mechanism):
    found = {m.name: m.point for m in result.found.mechanisms}
    return result.outcome(name, found[mechanism])


# ------------------------------------------------------------------ what the switches do
def test_each_switch_takes_its_mechanism_away(one_world):
    assert outcome(one_world, "meetings", MISUNDERSTANDING).min() > 0
    assert outcome(one_world, "failed_meetings", MISUNDERSTANDING).max() == 0
    assert outcome(one_world, "effort_wasted", MISUNDERSTANDING).max() == pytest.approx(0)
    assert one_world.outcome("failed_meetings").min() > 0
    found = {m.name: m.point for m in one_world.found.mechanisms}
    hired = one_world.hcps.groupby("point")["hired"].max()
    assert hired[found[TURNOVER]] == 0 < hired[[0, found[MISUNDERSTANDING]]].min()


def test_without_the_end_of_funding_it_is_as_if_somebody_paid_for_it(one_world):
    off, paid = ({"development.funding_dependence": 0.0}, {"policy": "sustained_funding"})
    months = [
        sim.run({**one_world.values, "shock": "none", **change}, replicates=4, months="all",
                progress="never").months
        for change in (off, paid)
    ]  # fmt: skip
    assert months[0].equals(months[1])


@pytest.mark.parametrize(("mechanism", "begins"), [(FUNDING, 31), (NEWS, 37)])
def test_nothing_changes_before_a_mechanism_is_at_work(one_world, mechanism, begins):
    for name in ("adopters", "trust"):
        same = path(one_world, name, mechanism) == path(one_world, name)
        assert same[:, :begins].all() and not same[:, begins:].all()


def test_all_of_them_are_all_of_them():
    settings = {a.name: dict(a.settings[0]) for a in compose(list(SMALL)).axes}
    together = settings.pop(ALL)
    assert together == {k: v for setting in settings.values() for k, v in setting.items()}


# ------------------------------------------------------------------ what is told of them
def test_what_is_held_back_is_the_paired_difference_of_the_months(calibrated):
    result = ran(*SMALL, "replicates=8", "worlds=4", f"posterior={calibrated}")
    found = result.found
    assert found.times == [60, 72] and found.together.name == ALL and len(found.mechanisms) == 4
    months = result.months.set_index(["point", "month"])
    for m in found.shown:
        for place in PLACES:
            for month in (12, 60):
                # a point for each world: those of the base come first, two runs of each
                off, base = (
                    [months.loc[(4 * p + w, month), place.name].mean() for w in range(4)]
                    for p in (m.point, 0)
                )
                want = intervals.of_mean(np.subtract(off, base))
                assert m.change(month, place.name)[:3] == pytest.approx(want[:3])
        everywhere = sum(m.change(60, place.name).estimate for place in PLACES)
        assert everywhere == pytest.approx(0, abs=1e-12)
    rows = result.held_back.groupby(["mechanism", "place"]).size()
    # every month, else every year
    assert (rows[:, "adopters"] == 73).all() and set(rows) == {73, 7}


def made_up(result, costs):
    """Return a result in which each mechanism holds back a share of professionals from a month on."""
    found = result.found
    paths = {name: np.zeros_like(x) for name, x in result.ensemble.paths.items()}
    luck = np.random.default_rng(3).normal(0, 1e-3, paths["adopters"].shape)
    for m in found.shown:
        for first, last, share in costs.get(m.name, []):
            paths["adopters"][m.point, :, first : last + 1] += share
            paths["withdrawn"][m.point, :, first : last + 1] -= share
    paths = {name: x + luck for name, x in paths.items()}
    return replace(result, ensemble=replace(result.ensemble, paths=paths))


def test_known_costs_are_told_by_month(one_world):
    costs = {
        TURNOVER: [(10, 50, 0.1), (51, 72, 0.05)], FUNDING: [(31, 72, 0.08)],
        ALL: [(10, 72, 0.3)], NEWS: [(40, 41, 0.5)],
    }  # fmt: skip
    result = made_up(one_world, costs)
    found = result.found
    spans = [(m.name, first, last) for m, first, last in found.spans]
    # what lasts for two months is most in them, and told of no stretch
    assert spans == [(TURNOVER, 10, 39), (TURNOVER, 42, 50), (FUNDING, 51, 72)]
    assert {m.name: m.felt_from(72) for m in found.mechanisms} == {
        TURNOVER: 10, FUNDING: 31, NEWS: None, MISUNDERSTANDING: None,
    }  # fmt: skip
    assert found.beyond[60].low > 0.16
    first, *others = mechanisms.sentences(result, found)
    most = found.most(60)
    five, six = (words.more_of_100(most.change(month), "professionals") for month in (60, 72))
    assert most.change(60).estimate == pytest.approx(0.08, abs=0.001)
    assert first == (
        f"By five years the end of project funding costs most use: without it {five} would use the "
        f"tool; and so it does by six years, {six.replace(' professionals', '')}."
    )
    text = " ".join(others)
    assert "lost it when it was withdrawn" in text and "more than they cost one by one" in text
    assert "may be chance: misunderstanding, bad news about the tool" in text


def test_where_nothing_costs_use_it_is_said(one_world):
    text = str(made_up(one_world, {}).told.blocks[0])
    assert text == "Nothing that was switched off clearly costs use by six years."


def test_what_is_together_is_told_of_what_it_switches_off():
    """One more mechanism, as the experiment's file proposes, is no part of all_of_these."""
    result = ran(*SMALL, "uncertainty=none", "replicates=2", "incident.rate=[0.03,0.05]")
    found = result.found
    assert found.together.name == ALL and len(found.mechanisms) == 5
    assert {m.name for m in found.parts} == {FUNDING, TURNOVER, NEWS, MISUNDERSTANDING}
    use = {m.name: path(result, "adopters", m.name) - path(result, "adopters") for m in found.shown}
    beyond = use[ALL] - sum(use[m.name] for m in found.parts)
    assert found.beyond[60] == intervals.of_mean(beyond[:, 60])
    told = " ".join(mechanisms.sentences(result, found))
    assert f"Without {mechanisms.and_of([m.told for m in found.parts])} together, " in told
    # as many incidents as there are anyway
    assert "Not at work here, so nothing changes without: incidents of privacy or safety" in told


def test_a_month_and_a_single_run_have_an_answer():
    text = str(ran(*SMALL, "uncertainty=none", "replicates=1", "horizon=1"))
    assert "In the one run of each point" in text and "beyond chance" in text and "nan" not in text
    assert "within chance" not in text
