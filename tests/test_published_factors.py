"""All factors: what is published of bundles is what the model of today does, with other luck too."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import sim
from sim.analysis import intervals
from sim.cli.compose import compose
from sim.reports import words
from sim.tables.factors import FACTORS
from website.first_screen import interval, rows_of

ALL = Path(__file__).resolve().parent.parent / "experiments" / "all_factors"
FIVE = "use_after_5_years"
FRESH = 20_261  # a seed of which no published run has the luck
OPEN = {factor.path: factor.low for factor in FACTORS}


def asked(bundle):
    """Return the parameters of a bundle, at the level that closes the gap, all others open."""
    nouns = {factor.noun: factor for factor in FACTORS}
    return OPEN | {nouns[noun].path: nouns[noun].high for noun in bundle.split(" + ")}


def smallest():
    """Return the first bundle of each threshold."""
    return {float(row["threshold"]): row for row in reversed(rows_of("all_factors", "bundles"))}


def started(values, replicates, seed, horizon=60):
    world = {"deployment.at_start": 1, "horizon": horizon}
    return sim.run({**world, **values}, replicates=replicates, seed=seed, progress="never")


def test_the_smallest_bundles_are_those_of_the_model_of_today():
    request = compose(["+experiment=all_factors"])
    for row in smallest().values():
        found = started(asked(row["bundle"]), request.settings["replicates"], 0).mean(FIVE)
        assert found.estimate == pytest.approx(float(row[FIVE]), rel=1e-8), "make studies"


def test_the_smallest_bundles_are_enough_with_other_luck_and_each_of_their_factors_is_needed():
    nothing = started(OPEN, 48, FRESH)
    for threshold, row in smallest().items():
        values = asked(row["bundle"])
        with_all = started(values, 48, FRESH)
        assert with_all.mean(FIVE).high >= threshold > nothing.mean(FIVE).low
        for path in (path for path, level in values.items() if level != OPEN[path]):
            without = started(values | {path: OPEN[path]}, 48, FRESH)
            assert with_all.difference(FIVE, 0, without).low > 0, path


def test_each_factor_that_is_said_to_raise_use_does_with_other_luck():
    """The largest, alone and with the others open or closed."""
    closed = {factor.path: factor.high for factor in FACTORS}
    for row in rows_of("all_factors", "factors")[:3]:
        path = row["factor"]
        assert float(row["change_low_95"]) > 0
        changes = [
            started(others | {path: closed[path]}, 32, FRESH).difference(
                FIVE, 0, started(others | {path: OPEN[path]}, 32, FRESH)
            )
            for others in (OPEN, closed)
        ]
        assert max(change.low for change in changes) > 0
        assert min(change.high for change in changes) > 0


def test_the_processes_do_more_than_the_alignments_with_other_luck():
    kinds = [{f.path: f.high for f in FACTORS if f.kind == kind} for kind in ("quality", "process")]
    alignments, processes = (started(OPEN | closed, 32, FRESH).mean(FIVE) for closed in kinds)
    assert alignments.high < 0.3 and processes.low > 0.5


def test_meetings_and_experts_who_know_clinical_work_are_complements_with_other_luck():
    meetings, insight = ("process.hcp_cooperation", "process.shared_understanding")
    closed = {factor.path: factor.high for factor in FACTORS}
    gains = []
    for level in (OPEN, closed):
        others = OPEN | {insight: level[insight]}
        with_meetings = started(others | {meetings: closed[meetings]}, 64, FRESH)
        gains.append(with_meetings.outcome(FIVE) - started(others, 64, FRESH).outcome(FIVE))
    assert intervals.of_difference(gains[1], gains[0]).low > 0


def test_what_is_said_of_all_factors_is_in_its_tables():
    text = " ".join((ALL / "README.md").read_text(encoding="utf-8").split())
    for threshold, row in smallest().items():
        use = interval(row, FIVE)
        assert use.low >= threshold and words.of_100(use) in text
    every = [
        (float(row["threshold"]), asked(row["bundle"])) for row in rows_of("all_factors", "bundles")
    ]
    processes = [factor.path for factor in FACTORS if factor.kind == "process"]
    assert all(any(values[path] > OPEN[path] for path in processes) for _, values in every)
    assert all(v["process.hcp_cooperation"] > 0.1 for threshold, v in every if threshold == 0.5)
    change = {row["factor"]: float(row["change"]) for row in rows_of("all_factors", "factors")}
    alignments = [name for name in change if name.startswith("alignment.")]  # largest first
    assert [name.partition(".")[2] for name in alignments[:3]] == [
        "transparency",
        "roles",
        "responsibility",
    ]
    assert all(0 < change[name] < 0.02 for name in alignments[3:])
    kinds = {row["kind"] for row in rows_of("all_factors", "pairs")}
    assert kinds == {"complements", "may be chance"}


def test_cooperation_lowers_use_where_its_ties_meet_withdrawn_tools():
    """The combination that the README gives as a command; each part of the reason switched off by itself."""
    path = "process.interorganisational_cooperation"
    words = shlex.split(
        re.search(r"python -m sim (deployment.*)", (ALL / "README.md").read_text())[1]
    )
    world = {**compose([*words, "horizon=60"]).values, path: 0.1}

    def change(**more):
        few, many = (started({**world, **more, path: x}, 48, FRESH) for x in (0.1, 0.9))
        return many.difference(FIVE, 0, few)

    assert change().high < 0
    for part in ("network.outside_member", "review.rate", "decision.peers_lapsed"):
        assert change(**{part: 0}).high > 0, part
    assert change(**{"development.member_exchange": 0}).high < 0  # what is learnt is no part of it
