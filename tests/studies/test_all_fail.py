"""Where every run fails, or each point is run once, nothing is told as if it had been found."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from study_runs import do

from sim.__main__ import main
from sim.ensembles import chunk

SMALL = ("population=small_team", "horizon=24", "replicates=2", "progress=never")
LITTLE = {
    "optimise": ("policy=none,training", "mixes=10", "uncertainty=none"),
    "global_sensitivity": ("process.training=[0,0.1]", "incident.rate=[0,0.1]", "design.samples=2"),
    "tipping_points": ("many=0",),
    "from_here": ("uncertainty=none",),
    "mechanisms_over_time": ("uncertainty=none",),
}


SAMPLED = {"trust_sweep": ("design.kind=lhs", "design.samples=3")}


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("experiment", LITTLE | SAMPLED)
def test_nothing_is_known_where_all_runs_fail(experiment, tmp_path, monkeypatch, capsys):
    def failing(*arguments):
        raise ValueError("a tall tale")

    monkeypatch.setattr(chunk.runs, "simulate", failing)
    asked = [f"+experiment={experiment}", *SMALL, *(LITTLE | SAMPLED)[experiment]]
    assert main([*asked, f"out={tmp_path / 'out'}"]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines()[1].startswith("Nothing is known: all ")
    assert "a tall tale" in told.err
    runs = pd.read_parquet(tmp_path / "out/runs.parquet")
    assert len(runs) and (runs["status"] == "failed").all()


@pytest.mark.parametrize("experiment", LITTLE)
def test_one_run_says_that_it_does_not_tell_what_is_chance(experiment, tmp_path, capsys):
    asked = [f"+experiment={experiment}", *SMALL, "replicates=1", *LITTLE[experiment]]
    done = do(tmp_path / "out", capsys, *asked)
    first = "\n".join(done.out.splitlines()[1:6])
    assert re.search("[Oo]ne run|cannot tell|may be chance|run once|no mix was found", first), first
    assert "mixes told" not in done.text and "the start decides in" not in done.text
