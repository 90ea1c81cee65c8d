"""Where every run fails nothing is told as if it had been found, and what failed is recorded."""

from __future__ import annotations

import pandas as pd
import pytest

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


@pytest.mark.parametrize("experiment", LITTLE)
def test_nothing_is_known_where_all_runs_fail(experiment, tmp_path, monkeypatch, capsys):
    def failing(*arguments):
        raise ValueError("a tall tale")

    monkeypatch.setattr(chunk.runs, "simulate", failing)
    asked = [f"+experiment={experiment}", *SMALL, *LITTLE[experiment], f"out={tmp_path / 'out'}"]
    assert main(asked) == 1
    told = capsys.readouterr()
    assert told.out.splitlines()[1].startswith("Nothing is known: all ")
    assert "a tall tale" in told.err
    runs = pd.read_parquet(tmp_path / "out/runs.parquet")
    assert len(runs) and (runs["status"] == "failed").all()
