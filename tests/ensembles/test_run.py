"""Ensembles: the same numbers however they are made, and runs that fail do not stop others."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pytest

from sim.design.runs import make_design
from sim.ensembles import run as module
from sim.ensembles.chunk import Keep
from sim.ensembles.run import run_ensemble, tasks_of
from sim.tables.parameters import defaults
from tests.ensembles.store_runs import start

SMALL = {
    "horizon": 14,
    "population.organisations": 4,
    "population.organisation_size": 7,
    "deployment.at_start": 0.5,
}
CHANGES = [{}, {"process.training": 0.3}, {"population.organisations": 3, "horizon": 9}]
EVERYTHING = Keep(paths=True, organisations=True, hcps=True)


def ensemble(replicates=6, changes=CHANGES, values=None, **options):
    design = make_design({**defaults(), **SMALL, **(values or {})}, changes)
    options = {"keep": EVERYTHING, "seed": 3, **options}
    return run_ensemble(design.points, design.settings, replicates=replicates, **options)


@pytest.fixture(scope="module")
def reference():
    return ensemble(threads=1)


def test_points_share_their_luck_and_replicates_do_not(reference):
    again = ensemble(changes=[{}, {"outcome.peak_months": 13}])
    trust = again.outcomes["trust"]
    assert trust[0].tobytes() == trust[1].tobytes()
    assert len(set(trust[0])) == 6
    assert not np.array_equal(ensemble(seed=4).outcomes["trust"], reference.outcomes["trust"])


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("replicates", [1, 5, 1000])
def test_chunks_cover_every_run_once(replicates, threads):
    design = make_design({**defaults(), **SMALL}, CHANGES)
    done = [
        (task.point, replicate)
        for task in tasks_of(design.points, threads, np.zeros((3, replicates), bool))
        for replicate in range(task.first, task.last)
    ]
    assert sorted(done) == [(p, r) for p in range(3) for r in range(replicates)]


def test_only_what_is_asked_for_is_kept():
    made = ensemble(keep=Keep())
    assert made.paths == {}
    assert all(table["point"].size == 0 for table in made.entities.values())
    assert made.outcomes["trust"].shape == (3, 6)


def test_paths_are_as_long_as_each_points_own_horizon(reference):
    adopters = reference.paths["adopters"]
    assert adopters.shape == (3, 6, 15)
    assert np.isnan(adopters[2, :, 10:]).all() and not np.isnan(adopters[2, :, :10]).any()
    assert not np.isnan(adopters[:2]).any()
    last = reference.outcomes["adopter_share.horizon"]
    assert adopters[:2, :, 14] == pytest.approx(last[:2])
    assert adopters[2, :, 9] == pytest.approx(last[2])
    assert reference.paths["trust"][0, :, 14] == pytest.approx(reference.outcomes["trust"][0])


def test_organisations_of_all_runs_are_kept_in_order(reference):
    table = reference.organisations
    rows = list(zip(table["point"], table["replicate"], table["organisation"], strict=True))
    sizes = (4, 4, 3)
    expected = [(p, r, o + 1) for p in range(3) for r in range(6) for o in range(sizes[p])]
    assert rows == expected


def test_progress_counts_every_month(monkeypatch):
    class Seen(module.Progress):
        def show(self, done):
            assert done >= seen[-1]
            seen.append(done)

    seen = [0.0]
    monkeypatch.setattr(module, "Progress", Seen)
    ensemble()
    assert seen[-1] == pytest.approx(6 * (4 * 7 * 14 + 4 * 7 * 14 + 3 * 7 * 9))


# ------------------------------------------------------------------ runs that fail
# Where the rich organisation deploys, effort * attention + erosion is above 1.
RICH = "organisation,hcps,resources\nRich,5,40\nOther,6,1\n"


@pytest.fixture
def too_much(tmp_path):
    path = tmp_path / "organisations.csv"
    path.write_text(RICH)
    return {"population.file": str(path), "deployment.rate": 0.1}


def test_a_run_that_fails_is_kept_with_its_error_and_others_go_on(too_much):
    made, by_agents = (
        ensemble(12, [{}, {"development.rate": 0.01}], too_much, engine=engine)
        for engine in ("kernel", "agents")
    )
    assert made.errors.tolist() == by_agents.errors.tolist()
    failed = made.errors != ""
    assert 0 < failed[0].sum() < 12 and not failed[1].any()
    assert made.failed == failed.sum()
    assert all("effort * attention + erosion" in e for e in made.errors[failed])
    for name, column in made.outcomes.items():
        assert np.isnan(column[failed]).all(), name
    assert not np.isnan(made.outcomes["trust"][~failed]).any()
    for name, path in made.paths.items():
        assert np.isnan(path[failed]).all(), name
        assert not np.isnan(path[~failed]).any(), name
    kept = set(zip(made.organisations["point"], made.organisations["replicate"], strict=True))
    assert kept == {(p, r) for p in range(2) for r in range(12) if not failed[p, r]}


# ------------------------------------------------------------------ Ctrl-C
# Each of these would take a quarter of an hour; one big run of the second takes minutes by itself.
LONG = ["horizon=1200", "replicates=10000", "progress=never", "process.training=[0,0.1]"]
BIG = ["population.organisation_size=2000", "population.organisations=100"]
TELLS_WHEN_RUNS_BEGIN = """
import pathlib, sim.ensembles.workers as module
run_chunk = module.run_chunk
def telling(*arguments):
    pathlib.Path({!r}).touch()
    return run_chunk(*arguments)
module.run_chunk = telling
"""


def interrupted(folder, wait_for, *more):
    """Start a long sweep and press Ctrl-C when there is such a file; return code, output, errors."""
    before = TELLS_WHEN_RUNS_BEGIN.format(str(folder.with_name("runs-begin")))
    process = start([*LONG, *more, f"out={folder}"], before=before)
    try:
        while not wait_for.exists():
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=600)
        return process.returncode, out, err
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize(  # while code is loaded, and later
    ("engine", "wait_for"), [("kernel", "out"), ("kernel", "runs-begin"), ("agents", "runs-begin")]
)
def test_ctrl_c_ends_and_leaves_nothing_half_done(tmp_path, engine, wait_for):
    folder = tmp_path / "out"
    code, out, err = interrupted(folder, tmp_path / wait_for, f"engine={engine}")
    assert code == 130 and out == ""
    last = err.splitlines()[-1]
    # beside it at most a note, and that it compiles
    assert last.startswith("stopped") and "Traceback" not in err and err.count("\n") <= 3
    if folder.exists():  # then it can be gone on with, and does not look finished
        assert "runs are kept" in last and str(folder) in last
        assert not (folder / "provenance.json").exists()
        assert not (folder / "summary.csv").exists()
    else:
        assert "are kept" not in last


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_ctrl_c_ends_a_run_in_its_middle(tmp_path):
    folder = tmp_path / "out"
    more = [*BIG, "most_minutes=1000000"]
    code, _, err = interrupted(folder, tmp_path / "runs-begin", *more)
    # had it waited for the end of the runs that were under way, these would be kept
    assert code == 130 and err.strip().endswith("stopped; no run is kept")
    assert not folder.exists()
