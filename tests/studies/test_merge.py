"""Shards: merged, they are to the bit what an undivided run is."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from sim.__main__ import main
from sim.ensembles.shards import Shard

DESIGN = [
    "process.training=[0,0.05,0.1]", "replicates=5", "population.organisations=3",
    "population.organisation_size=6", "horizon=18", "deployment.at_start=1", "progress=never",
    "organisations=all", "months=all",
]  # fmt: skip
TABLES = ("runs.parquet", "summary.csv", "months.parquet", "organisations.parquet")

pytestmark = pytest.mark.usefixtures("no_figures_here")


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    base = tmp_path_factory.mktemp("shards")
    for k in range(1, 5):
        assert main([*DESIGN, f"out={base}", f"shard={k}/4"]) == 0
    return base


def test_every_run_belongs_to_one_shard():
    for points, replicates, total in ((3, 5, 4), (1, 7, 3), (2, 2, 9), (100, 64, 16)):
        mine = [~Shard(k + 1, total).elsewhere(points, replicates) for k in range(total)]
        assert np.all(np.sum(mine, axis=0) == 1)
        sizes = [int(m.sum()) for m in mine]
        assert max(sizes) - min(sizes) <= 1


def test_a_shard_tells_no_answer_and_writes_no_table(parts, tmp_path, capsys):
    assert main([*DESIGN, f"out={tmp_path}", "shard=2/4"]) == 0
    text = capsys.readouterr().out
    assert "Shard 2/4: 4 of 15 runs" in text and "merge" in text and "0." not in text
    assert not (tmp_path / "shard-2-of-4" / "runs.parquet").exists()
    # again, nothing is left to do
    assert main([*DESIGN, f"out={tmp_path}", "shard=2/4", "progress=always"]) == 0
    assert "0 runs (4 were there)" in capsys.readouterr().err


def test_merged_shards_equal_the_undivided_run(parts, tmp_path, capsys):
    assert main(["merge", str(parts), f"out={tmp_path / 'merged'}"]) == 0
    merged = capsys.readouterr().out
    assert main([*DESIGN, f"out={tmp_path / 'whole'}"]) == 0
    whole = capsys.readouterr().out
    for name in TABLES:
        ours, theirs = ((tmp_path / x / name).read_bytes() for x in ("merged", "whole"))
        assert ours == theirs, name
    assert merged.split("\nFiles")[0] == whole.split("\nFiles")[0]
    # what was merged can be extended like any other result
    more = [a if a != "replicates=5" else "replicates=6" for a in DESIGN]
    assert main([*more, f"out={tmp_path / 'merged'}", "progress=always"]) == 0
    assert "3 runs (15 were there)" in capsys.readouterr().err


def copy(parts, tmp_path):
    return shutil.copytree(parts, tmp_path / "copy")


def refused(arguments, capsys, words):
    capsys.readouterr()
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert words in error and error.count("\n") == 1, error


def test_a_shard_that_is_missing_or_there_twice_is_named(parts, tmp_path, capsys):
    place = copy(parts, tmp_path)
    shutil.copytree(place / "shard-3-of-4", place / "again")
    refused(["merge", str(place)], capsys, "shards are there twice: 3/4")
    shutil.rmtree(place / "again")
    shutil.rmtree(place / "shard-3-of-4")
    refused(["merge", str(place)], capsys, "shards are missing: 3/4")


def test_an_unfinished_or_damaged_shard_is_named(parts, tmp_path, capsys):
    place = copy(parts, tmp_path)
    runs = place / "shard-2-of-4" / "runs.unfinished"
    runs.write_bytes(runs.read_bytes()[:-9])
    refused(["merge", str(place)], capsys, "of its 4 runs (runs.unfinished is damaged); go on")
    runs.unlink()
    refused(["merge", str(place)], capsys, "shard-2-of-4 has 0 of its 4 runs; go on with")
    assert not (place / "merged").exists()
    assert main(["resume", str(place / "shard-2-of-4")]) == 0
    assert main(["merge", str(place)]) == 0


def test_shards_of_other_runs_are_refused(parts, tmp_path, capsys):
    place = copy(parts, tmp_path)
    assert main([*DESIGN, "seed=1", f"out={tmp_path / 'other'}", "shard=1/4"]) == 0
    refused(["merge", str(place), str(tmp_path / "other")], capsys, "is of other runs")
    assert main([*DESIGN, f"out={tmp_path / 'cut'}", "shard=1/3"]) == 0
    refused(["merge", str(place), str(tmp_path / "cut")], capsys, "same number")
    refused(["merge", str(tmp_path / "nothing")], capsys, "holds no shard")
    refused(["merge"], capsys, "needs the folder")
    refused(["merge", str(place), "seed=3"], capsys, "allowed with merge")


@pytest.mark.parametrize("shard", ["0/4", "5/4", "3", "x/y", "1/4/2", "[1,2]"])
def test_wrong_shards(shard, tmp_path, capsys):
    refused([*DESIGN, f"out={tmp_path}", f"shard={shard}"], capsys, "shard=")


def test_the_folder_of_a_shard_is_for_no_other(parts, capsys):
    place = parts / "shard-1-of-4"
    refused([*DESIGN, f"out={place}"], capsys, "shard: 1/4 there, null asked for")


def test_without_out_a_folder_is_named_after_its_shard(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for k in (1, 2, 1):  # the first again, as a cluster may start a job anew: it finds its runs
        assert main([*DESIGN, f"shard={k}/2"]) == 0
    (experiment,) = (tmp_path / "outputs").iterdir()
    names = sorted(folder.name for folder in experiment.iterdir())
    assert len(names) == 2
    assert {name.split("-", 3)[3] for name in names} == {"shard-1-of-2", "shard-2-of-2"}
    assert main(["merge", str(experiment)]) == 0


def test_failed_runs_are_counted_within_the_shard(tmp_path, monkeypatch, capsys):
    import sim.ensembles.chunk as ensembles

    def failing(*arguments):
        raise ValueError("a tall tale")

    monkeypatch.setattr(ensembles.runs, "simulate", failing)
    assert main([*DESIGN, f"out={tmp_path}", "shard=1/4"]) == 1
    assert "3 of 3 runs failed" in capsys.readouterr().err
