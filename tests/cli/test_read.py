"""A result on disk, opened: the same as the run had it, in every frame, figure and answer."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

import sim
from sim.__main__ import main
from sim.cli.compose import compose
from sim.reports.meanings import FRAMES
from sim.studies import study_of
from sim.studies.python import perform
from tests.mistakes import only_problem

WORLD = ["horizon=13", "population.organisations=3", "population.organisation_size=5"]
WORLD += ["deployment.at_start=1", "replicates=3", "progress=never"]
ALL = ["months=all", "organisations=all", "hcps=all"]
STUDIES = {
    "one world": ALL,
    "every year": ["months=yearly", "population=small_team"],
    "quantiles": ["months=quantiles", "process.training=[0,0.2]"],
    "sweep": ["process.training=[0,0.2]", "network.kind=[small_world,well_mixed]", *ALL],
    "horizons": ["horizon=[6,13]", *ALL],
    "factors": ["study=alignment", "design.kind=one_at_a_time", "process.training=[0,0.2]"],
    "pairs": ["study=from_here", "process.training=[0,0.2]", "alignment.usability=[0,1]"],
    "mechanisms": ["study=mechanisms_over_time", "incident.rate=[0]", "network.ties=[2]"],
    "policies": ["study=compare", "policy=none,training,champions", *ALL],
    "trajectories": [
        *["study=sensitivity", "design.kind=morris", "design.samples=3", "rows=4"],
        *["process.training={low:0,high:0.2}", "alignment.roles={low:0,high:1}"],
    ],
    "boundaries": ["study=tipping", "process.training=[0,0.2]", "resolution=1", "replicates=2"],
    "samples": ["design.kind=lhs", "design.samples=6", "process.training={from:0,to:1}"],
}

pytestmark = pytest.mark.usefixtures("no_figures_here")


@pytest.fixture(scope="module", params=STUDIES)
def kept(request, tmp_path_factory):
    words = [*WORLD, *STUDIES[request.param]]
    folder = tmp_path_factory.mktemp("results") / "result"
    assert main([*words, f"out={folder}"]) == 0
    return folder, perform(compose(words))


def test_a_result_is_what_it_was(kept, tmp_path, monkeypatch, capsys):
    folder, run = kept
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    monkeypatch.chdir(tmp_path)
    found = sim.read(folder)
    assert found == run and found.answer() == run.answer()
    assert found.kept_months == run.kept_months
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(run, name))
        assert getattr(found, name).attrs == getattr(run, name).attrs
    drawn = [[repr(figure) for figure in study_of(r).figures(r)] for r in (found, run)]
    assert drawn[0] == drawn[1]
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before
    assert list(tmp_path.iterdir()) == []


def problem(folder):
    line = only_problem(sim.read, folder)
    assert line.startswith(f"read {folder}: ")
    return line


def test_a_policy_that_was_edited_or_is_gone_is_that_of_the_result(tmp_path):
    own, out = tmp_path / "own" / "policy" / "mine.yaml", tmp_path / "result"
    own.parent.mkdir(parents=True)
    own.write_text("title: Mine\nlevers:\n  - {lever: training, strength: 0.1}\n")
    words = ["--config-dir", str(tmp_path / "own"), *WORLD, "policy=none,mine"]
    assert main([*words, f"out={out}"]) == 0
    run = perform(compose(words))
    for change in (lambda: own.write_text(own.read_text().replace("0.1", "0.9")), own.unlink):
        change()
        found = sim.read(out)
        assert found == run and found.answer() == run.answer()
        assert main(["story", str(out), "--hcp", "1", "--under", "mine"]) == 0


def test_a_file_that_was_edited_is_named_with_what_it_changes(tmp_path, capsys):
    own, out = tmp_path / "own" / "scenario" / "mine.yaml", tmp_path / "result"
    people, other = tmp_path / "people.csv", tmp_path / "other"
    own.parent.mkdir(parents=True)
    own.write_text("# @package _global_\ntitle: Mine\nprocess:\n  training: 0.1\n")
    people.write_text("organisation,hcps\nA,3\nB,4\n")
    words = ["--config-dir", str(tmp_path / "own"), "horizon=13", "replicates=3", "progress=never"]
    assert main([*words, "scenario=mine", f"out={out}"]) == 0
    assert main([*words, f"population.file={people}", f"out={other}"]) == 0
    own.write_text(own.read_text().replace("0.1", "0.3"))
    people.write_text(people.read_text().replace("4", "5"))
    for folder, said in (
        (out, "process.training: 0.1 there, 0.3 now"),
        (other, f"population.file: other content there, that of {people} now"),
    ):
        assert problem(folder).endswith(said)
        assert main(["story", str(folder), "--hcp", "1"]) == 2
        assert capsys.readouterr().err.endswith(f"has changed; {said}\n")


def test_what_can_not_be_opened(tmp_path):
    with pytest.raises(sim.UserError, match="^read=~nobody_has_it/x: no user of that name[^\n]*$"):
        sim.read("~nobody_has_it/x")
    assert "holds no store.json" in problem(tmp_path / "nowhere")
    assert "holds no store.json" in problem(tmp_path)
    folder = tmp_path / "result"
    assert main([*WORLD, f"out={folder}"]) == 0

    def changed(name, change):
        copy = tmp_path / name
        shutil.copytree(folder, copy)
        store = json.loads((copy / "store.json").read_text())
        change(copy, store)
        (copy / "store.json").write_text(json.dumps(store))
        return copy

    unfinished = changed("unfinished", lambda copy, _: (copy / "provenance.json").unlink())
    assert f"sim resume {unfinished}" in problem(unfinished)
    other = changed("other", lambda _, store: store["head"].update(model="0.1+0"))
    assert "was made by model 0.1+0" in problem(other)
    altered = changed("altered", lambda copy, _: (copy / "runs.parquet").write_bytes(b"x"))
    assert "runs.parquet is missing or was altered" in problem(altered)
    shard = tmp_path / "shards"
    assert main([*WORLD, "shard=1/2", f"out={shard}"]) == 0
    assert f"sim merge {shard}" in problem(next(shard.iterdir()))
