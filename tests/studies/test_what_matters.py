"""Sensitivity, from the command to the answer, on functions whose indices are known; and designs that grow."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from study_runs import ran

import sim
from sim.__main__ import main
from sim.analysis.intervals import Interval
from sim.cli.compose import compose
from sim.design.uncertain import every_axis
from sim.ensembles.chunk import OUTCOMES_ONLY
from sim.ensembles.ensemble import empty
from sim.outcomes.table import HEADLINE, OUTCOMES
from sim.studies import execute, sensitivity
from sim.studies.python import perform
from sim.studies.session import Session
from sim.tables.parameters import defaults

AXES = ("process.training", "alignment.roles", "decision.trust")
RANGES = [f"{path}={{low:0.2,high:1}}" for path in AXES]
ASKED = ["study=sensitivity", "design.kind=morris", "deployment.at_start=1", *RANGES]
# of Ishigami, see test_sensitivity.py
FIRST, TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)


def instead(monkeypatch, function, failing=()):
    """Let runs be of a function of the three parameters, each between -1 and 1, and its runs' luck."""

    def run_ensemble(points, settings, *, seed, replicates, **_):
        made = empty(points, settings, seed, replicates, OUTCOMES_ONLY)
        x = np.array([[2.5 * (p.values[a] - 0.6) for a in AXES] for p in points]).T
        luck = np.random.default_rng(7).standard_normal((len(points), replicates))
        for name in OUTCOMES:
            made.outcomes[name][:] = function(*x)[:, None] + luck
        made.outcomes[OUTCOMES[HEADLINE].over][:] = 1.0
        for place in (place for place in failing if place[0] < len(points)):
            made.errors[place] = "it fell over"
            for column in made.outcomes.values():
                column[place] = np.nan
        return made

    monkeypatch.setattr(execute, "run_ensemble", run_ensemble)


def ishigami(a, b, c):
    a, b, c = np.pi * a, np.pi * b, np.pi * c
    return 3 * (np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a))


def test_ishigami_is_recovered_from_the_command_to_the_answer(monkeypatch):
    instead(monkeypatch, ishigami)
    result = ran(*ASKED, "design.samples=40", "rows=1024", "replicates=3")
    shares = {share.axis.name: share for share in result.found[0].shares}
    for share, known in (("first", FIRST), ("total", TOTAL)):
        found = [getattr(shares[path], share) for path in AXES]
        assert [x.estimate for x in found] == pytest.approx(known, abs=0.06)
        assert all(x.low - 0.02 <= k <= x.high + 0.02 for x, k in zip(found, known, strict=True))
    first = result.told.blocks[0]
    names = ("trained each month", "attention to clear roles", "what trust does for use")
    assert list(names) == sorted(names, key=first.index)  # by their totals
    table = result.sensitivity
    table = table[table.outcome == HEADLINE].set_index("parameter")
    assert table.loc[AXES[0], "first"] == shares[AXES[0]].first.estimate


def test_a_constant_and_failed_runs_are_told_in_words(monkeypatch):
    instead(monkeypatch, lambda a, b, c: 10 * a + 5 * b, failing=[(150, 1)])
    result = ran(*ASKED, "design.samples=12", "rows=64", "replicates=2")
    assert "Left out for lack of a number: 1 row." in str(result).replace("\n", " ")
    assert "1 of 690 runs failed" in str(result)
    monkeypatch.undo()
    idle = ["population.nurse.trust", "incident.trust_loss"]  # of these nothing hangs in month 1
    words = ["study=sensitivity", "design.kind=morris", "design.samples=3", "horizon=0"]
    made = ran(*words, *(f"{path}={{low:0.1,high:0.2}}" for path in idle), "replicates=2")
    assert "is the same whatever these parameters are" in str(made)


def test_where_nothing_is_named_all_numbers_vary_but_those_that_are_set():
    values = {**defaults(), "deployment.at_start": 1.0}
    names = {axis.name for axis in every_axis(values, ())}
    assert {"decision.trust", "turnover.nurse", "development.funding_months"} <= names
    assert not {"population.organisations", "deployment.rate", "review.rate_"} & names
    request = compose(["+experiment=global_sensitivity", "decision.trust=4"])
    assert {axis.name for axis in request.axes} == names - {"decision.trust"}
    assert "deployment.rate" in {axis.name for axis in every_axis(defaults(), ())}


# ------------------------------------------------------------------ designs that grow
SMALL = {"population.organisations": 2, "population.organisation_size": 9, "horizon": 24}
SMALL |= {"deployment.at_start": 1}
VARIED = {"process.training": (0, 1), "decision.trust": (1, 6), "decision.intercept": (-4, -1)}
GROWING = [
    *["study=sensitivity", "design.kind=morris", "design.samples=3", "rows=8", "replicates=2"],
    *(f"{path}={{low:{low},high:{high}}}" for path, (low, high) in VARIED.items()),
    *(f"{path}={value}" for path, value in SMALL.items()),
    "progress=never",
]


def stopped_once(monkeypatch, command):
    """Let a command be interrupted before its second design; return how many points each had."""
    stages, made = [], Session._made

    def stopped(session):
        stages.append(len(session.design.points))
        if len(stages) == 2:
            raise KeyboardInterrupt
        return made(session)

    with monkeypatch.context() as patch:
        patch.setattr(Session, "_made", stopped)
        assert main(command) != 0
    return stages


def test_a_growing_design_interrupted_goes_on_to_the_same_runs(
    tmp_path, monkeypatch, capsys, without_figures
):
    assert main([*GROWING, f"out={tmp_path / 'whole'}"]) == 0
    told = capsys.readouterr().out.partition("\nFiles:")[0]
    halves = tmp_path / "halves"
    first, points = stopped_once(monkeypatch, [*GROWING, f"out={halves}"])
    assert first <= 12 and points == first + 8 * 5
    capsys.readouterr()
    for words in (
        ["resume", str(halves)],
        [*GROWING, f"out={halves}"],
    ):  # the second finds all there
        assert main(words) == 0
        assert capsys.readouterr().out.partition("\nFiles:")[0] == told
        both = [pd.read_parquet(tmp_path / name / "runs.parquet") for name in ("whole", "halves")]
        pd.testing.assert_frame_equal(*both)
    more = [word for word in GROWING if not word.startswith("replicates")]
    assert main([*more, "replicates=3", f"out={halves}"]) == 0  # extends what is there
    extended = sim.read(halves)
    kept = extended.runs[extended.runs.replicate < 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept[: len(both[0])], both[0])


def test_more_trajectories_extend_a_grown_store(tmp_path, capsys, without_figures):
    folder = tmp_path / "out"
    assert main([*GROWING, f"out={folder}"]) == 0
    before = sim.read(folder)
    more = [word for word in GROWING if not word.startswith("design.samples")]
    assert main([*more, "design.samples=4", f"out={folder}"]) == 0
    after = sim.read(folder)
    assert after.samples == 4
    numbers = after.numbers(before.ensemble.settings)  # all of them are kept
    assert None not in numbers
    old, new = (r.ensemble.outcomes["trust"] for r in (before, after))
    assert (new[numbers] == old).all()


def test_the_same_command_goes_on_where_it_was_stopped(
    tmp_path, monkeypatch, capsys, without_figures
):
    monkeypatch.chdir(tmp_path)
    stopped_once(monkeypatch, GROWING)
    capsys.readouterr()
    assert main(GROWING) == 0
    assert "going on with outputs" in capsys.readouterr().err
    assert len([*(tmp_path / "outputs" / "baseline").iterdir()]) == 1


def test_python_grows_as_the_command_line_does(tmp_path, without_figures):
    assert main([*GROWING, f"out={tmp_path / 'out'}"]) == 0
    found, made = sim.read(tmp_path / "out"), perform(compose(GROWING))
    assert made == found and str(made) == str(found)
    axes = {path: {"low": low, "high": high} for path, (low, high) in VARIED.items()}
    # nothing is important, so that nothing is drawn together
    idle = SMALL | {"horizon": 0}
    swept = sim.sweep(axes, idle, "morris", 3, replicates=2, progress="never")
    assert swept.study == "sensitivity" and swept.options["rows"] == 512


def test_no_share_is_told_that_cannot_be():
    assert sensitivity._percent(Interval(1.12, 0.65, 1.12, 9)) == "100 % (65 to 100 %)"
    assert sensitivity._percent(Interval(-0.01, -0.01, 0.05, 9)) == "0 % (0 to 5 %)"
