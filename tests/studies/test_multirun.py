"""`-m`: Hydra combines the values, each job is a whole command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["population.organisations=2", "population.organisation_size=4", "horizon=3"]
SMALL += ["replicates=1", "progress=never"]


def run(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "sim", "-m", *SMALL, *words], cwd=folder, capture_output=True,
        text=True, timeout=300, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def seeds(folder):
    found = folder.glob("outputs/*/*/provenance.json")
    return sorted(json.loads(p.read_text())["seed"] for p in found)


@pytest.mark.slow
@pytest.mark.parametrize("launcher", ["basic", "submitit_local"])
def test_two_values_are_two_jobs_and_a_list_is_one_sweep(tmp_path, launcher):
    if launcher != "basic":
        pytest.importorskip("hydra_plugins.hydra_submitit_launcher")
    done = run(tmp_path, "seed=1,2", "process.training=[0,0.1]", f"hydra/launcher={launcher}")
    assert done.returncode == 0, done.stderr
    assert seeds(tmp_path) == [1, 2]
    if launcher == "basic":  # else in files of the launcher
        assert done.stdout.count("lasts in") >= 2


@pytest.mark.slow
def test_a_job_that_fails_is_told_in_a_line_and_the_others_go_on(tmp_path):
    done = run(tmp_path, "seed=x,2")
    assert done.returncode == 2
    assert "seed=x" in done.stderr and "Traceback" not in done.stderr
    assert seeds(tmp_path) == [2]


def test_a_word_that_is_no_value_is_refused(tmp_path):
    done = run(tmp_path, "list")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
