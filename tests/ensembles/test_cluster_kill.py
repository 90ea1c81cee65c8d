"""A worker of a cluster is killed: finished chunks survive, and the rest is made."""

from __future__ import annotations

import subprocess
import time

import psutil
import pytest

from sim.__main__ import main
from sim.ensembles.executors import SECONDS_ALONE
from tests.ensembles.store_runs import frames, run, same, start, sweep

pytestmark = pytest.mark.slow
DESIGN = {"points": (0.2, 0.4, 0.6), "replicates": 5000}
SMALL_CHUNKS = "import sim.ensembles.run as r; r.SECONDS_PER_CHUNK = 0.01\n"


def workers_of(process):
    """Return the processes that compute: those without children of their own."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            words = " ".join(child.cmdline())
            if not child.children() and (
                any(word in words for word in ("spawn_main", "popen_loky"))
                or ("ray::" in words and "Agent" not in words)
            ):
                found.append(child)
        except psutil.Error:
            continue
    return found


def stop(process):
    """End a sweep with all that it has started."""
    for child in psutil.Process().children(recursive=True):
        child.kill()
    process.communicate()


@pytest.mark.parametrize(
    ("executor", "package"),
    [("local_processes", "joblib"), ("dask", "distributed"), ("ray", "ray")],
)
def test_a_killed_worker_costs_no_finished_chunk(tmp_path, executor, package):
    pytest.importorskip(package)
    whole = tmp_path / "whole"
    assert run(whole, **DESIGN) == 0
    out = tmp_path / "r"
    arguments = sweep(out, f"executor={executor}", **DESIGN)
    process = start(arguments, seconds=0.02, before=SMALL_CHUNKS)
    try:
        end = time.monotonic() + 120
        victims = []
        # the pilot's chunks are made before there is a worker
        while (not victims or len(frames(out)) < 5) and process.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.02)
            victims = workers_of(process)
        assert process.poll() is None, "the sweep ended before a worker could be killed"
        victims[0].kill()
        assert frames(out)
        try:  # the cluster makes the lost runs again, or gives up
            _, told = process.communicate(timeout=30)
            assert process.returncode == 0 or "go on with: python -m sim resume" in told
        except subprocess.TimeoutExpired:
            pass
    finally:
        stop(process)
    assert main(["resume", str(out)]) == 0
    same(out, whole)


def test_a_cluster_without_workers_ends(tmp_path):
    """Both nannies are killed, which would begin a killed worker anew."""
    pytest.importorskip("distributed")
    process = start(sweep(tmp_path / "r", "executor=dask", **DESIGN), before=SMALL_CHUNKS)
    try:
        nannies, end = [], time.monotonic() + 120
        while len(nannies) < 2 or not workers_of(process):
            assert time.monotonic() < end and process.poll() is None
            time.sleep(0.1)
            children = psutil.Process(process.pid).children()
            nannies = [c for c in children if any("Nanny" in word for word in c.cmdline())]
        for nanny in nannies:
            nanny.kill()
        _, told = process.communicate(timeout=SECONDS_ALONE + 60)
        assert process.returncode == 1 and "executor=dask: does not answer any more" in told
    finally:
        stop(process)
