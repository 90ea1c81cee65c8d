"""`uncertainty=posterior`: which worlds there are, what stands in them, and what is wrong with a sample."""

from __future__ import annotations

import csv

import pytest

from sim.cli.compose import compose
from sim.design import posterior
from sim.design.request import build_request
from sim.design.runs import design_of
from sim.tables.limits import limited_paths
from sim.tables.parameters import defaults
from sim.tables.plausible import FREE
from tests.mistakes import only_problem

COMPARED = "policy=none,training", "study=compare"


def rows_of(folder):
    with open(folder / "sample.csv", newline="") as file:
        return [{p: float(row[p]) for p in FREE} for row in csv.DictReader(file)]


def asked(folder, *words):
    return compose([*words, f"posterior={folder}"])


def test_worlds_are_the_first_rows_of_the_sample_and_all_else_stays(calibrated):
    request = asked(calibrated, *COMPARED, "worlds=7", "replicates=21")
    assert list(request.worlds.settings) == rows_of(calibrated)[:7] and request.replicates == 3
    design = design_of(request)
    assert len(design.points) == 14
    for number, point in enumerate(design.points):
        row = request.worlds.settings[number % 7]
        policy = ("none", "training")[number // 7]
        assert dict(point.values) == {**defaults(), **row, "policy": policy}


def test_each_world_has_its_own_luck_which_all_policies_share(calibrated):
    luck = [point.luck for point in design_of(asked(calibrated, *COMPARED, "worlds=5")).points]
    assert luck[:5] == luck[5:] and len(set(luck)) == 5


@pytest.mark.parametrize(
    ("words", "worlds", "each"),
    [
        ((), 40, 1),  # one for each of 64 runs, if there were so many
        (("replicates=9",), 9, 1),
        (("worlds=9",), 9, 1),
        ((*COMPARED, "replicates=256"), 40, 6),
        ((*COMPARED, "replicates=256", "worlds=4"), 4, 64),
        ((*COMPARED, "replicates=2", "worlds=4"), 4, 1),
        (("process.training=[0,0.1]", "replicates=256", "worlds=4"), 4, 1),
    ],
)
def test_runs_are_spread_over_the_worlds(calibrated, words, worlds, each):
    request = asked(calibrated, *words)
    assert (len(request.worlds.settings), request.replicates) == (worlds, each)
    assert request.settings["uncertainty"] == "posterior" and request.settings["worlds"] == worlds
    assert any(f"{each} run" in note and f"{worlds} worlds" in note for note in request.notes)


def test_policies_are_compared_in_64_worlds_of_the_shipped_sample_in_any_other_study_in_as_many_as_runs(
    monkeypatch, calibrated
):
    monkeypatch.setattr(posterior, "SHIPPED", calibrated / "sample.csv")
    monkeypatch.setattr(posterior, "WORLDS", {"posterior": 16})
    words = "uncertainty=posterior", "replicates=32"
    assert len(compose([*COMPARED, *words]).worlds.settings) == 16
    assert len(compose([*words]).worlds.settings) == 32
    assert not compose(["replicates=32"]).worlds.many


def test_what_is_set_or_varied_stands_in_all_worlds_and_is_said(calibrated):
    request = asked(
        calibrated, "decision.trust=0.5", "review.width=[0.03,0.06]", "process.training=[0,0.1]"
    )
    left = {path for path in FREE if path not in ("decision.trust", "review.width")}
    assert all(set(row) == left for row in request.worlds.settings)
    values = {
        (p.values["decision.trust"], p.values["review.width"]) for p in design_of(request).points
    }
    assert values == {(0.5, 0.03), (0.5, 0.06)}
    told = " ".join(request.notes)
    assert "decision.trust: is set, which stands in all worlds" in told
    assert "review.width: is varied, which stands in all worlds" in told
    # also where it is set to what it is anyway
    same = asked(calibrated, f"decision.trust={defaults()['decision.trust']}")
    assert "decision.trust" not in same.worlds.settings[0]


def test_what_limits_other_values_is_not_free():
    assert not limited_paths() & set(FREE)


def test_the_sample_is_among_the_data_files_whose_change_is_told(other_calibration):
    mine, change = other_calibration
    ((file, digest),) = asked(mine).data_files.items()
    assert file == str(mine / "sample.csv")
    change()
    content = {"study": "simulate", "settings": {"posterior": str(mine)}}
    again = build_request({**content, "data_files": [{"file": file, "sha256": digest}]})
    assert any("has changed since" in note for note in again.notes)
    for wrong in (3, [3], [{"file": file}]):
        told = only_problem(build_request, {**content, "data_files": wrong})
        assert "needed is a list of {file: PATH, sha256: HASH}" in told


LINE = ",".join("1" for _ in FREE)
HEAD = ",".join(FREE)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "holds no sample.csv; allowed is a folder that a calibration has written"),
        ("", "line 1: is empty"),
        (f"{HEAD}\n", "has no rows"),
        (f"{HEAD[: HEAD.rindex(',')]}\n", "column review.rate is missing"),
        (f"{HEAD},horizon\n{LINE},1\n", "horizon: unknown column"),
        (f"{HEAD}\n7{LINE[1:]}\n", "line 2: deployment.rate=7: is above the largest allowed value"),
    ],
)
def test_what_is_wrong_with_a_sample_is_one_line(tmp_path, text, told):
    if text is not None:
        (tmp_path / "sample.csv").write_text(text)
    line = only_problem(asked, tmp_path)
    assert told in line and line.startswith("posterior=")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["posterior=nowhere"], "posterior=nowhere: is no folder; allowed is a folder"),
        (["worlds=41"], "worlds=41: the posterior sample has 40 rows"),
        (["uncertainty=assumptions", *COMPARED], "is not used by uncertainty=assumptions"),
        (["posterior=3"], "posterior=3: is not a text"),
    ],
)
def test_mistakes(calibrated, words, told):
    assert told in only_problem(compose, [f"posterior={calibrated}", *words])
