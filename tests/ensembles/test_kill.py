"""`kill -9` at any moment: the runs on the disk count, and the end is the same to the bit."""

from __future__ import annotations

import os
import random
import time

import pytest

from sim.__main__ import main
from tests.ensembles.store_runs import frames, run, same, start, sweep, table

MORE = ("months=all", "organisations=all")
DESIGN = {"points": (0.2, 0.4, 0.6), "replicates": 400}
SLOW_RUNS = """
import time, sim.ensembles.chunk as c, sim.ensembles.run as r
simulate = c.runs.simulate
def slowly(*a):
    time.sleep(0.001)
    return simulate(*a)
c.runs.simulate = slowly
r.SECONDS_PER_CHUNK = 0.0002
"""
AT_A_WRITE = """
import os, sim.ensembles.store.atomic as atomic
count, fsync = [0], os.fsync
def killed(handle):
    count[0] += 1
    if count[0] == {number}:
        os.kill(os.getpid(), 9)
    fsync(handle)
os.fsync = killed
"""
HALF_A_FRAME = """
import os, sim.ensembles.store.run_file as frames
count, append = [0], frames.FrameFile.append
def killed(self, tables):
    made = append(self, tables)
    count[0] += 1
    if count[0] == {number}:
        os.truncate(self.path, os.path.getsize(self.path) - made[-1].size // 2)
        os.kill(os.getpid(), 9)
    return made
frames.FrameFile.append = killed
"""


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uninterrupted") / "r"
    assert run(folder, *MORE, **DESIGN) == 0
    return folder


def compare(out, uninterrupted):
    for name in ("runs.parquet", "months.parquet", "organisations.parquet"):
        same(out, uninterrupted, name)
    assert {p.name for p in out.iterdir()} == {p.name for p in uninterrupted.iterdir()}


def kill_at_random(out, uninterrupted, seed):
    """Kill one to three times at random moments, then finish."""
    luck = random.Random(seed)
    arguments = sweep(out, *MORE, **DESIGN)
    for _ in range(luck.randint(1, 3)):
        process = start(arguments, seconds=0.02, before=SLOW_RUNS)
        end = time.monotonic() + 600  # no limit that a busy machine meets
        while not (out / "store.json").exists() and process.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.01)
        time.sleep(luck.uniform(0.0, 1.5))
        process.kill()
        process.communicate()
    assert (out / "store.json").exists()
    assert main(["resume", str(out)]) == 0
    compare(out, uninterrupted)


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_random(tmp_path, uninterrupted, seed):
    kill_at_random(tmp_path / "r", uninterrupted, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 28))
def test_killed_at_random_many_times(tmp_path, uninterrupted, seed):
    kill_at_random(tmp_path / "r", uninterrupted, seed)


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize(
    ("where", "number"),
    [
        (AT_A_WRITE, 1),  # the lock
        pytest.param(AT_A_WRITE, 3, marks=pytest.mark.slow),  # store.json
        pytest.param(AT_A_WRITE, 11, marks=pytest.mark.slow),
        pytest.param(HALF_A_FRAME, 1, marks=pytest.mark.slow),
        (HALF_A_FRAME, 5),
    ],
)
def test_killed_in_the_middle_of_a_write(tmp_path, uninterrupted, calls, where, number):
    out = tmp_path / "r"
    before = SLOW_RUNS + where.format(number=number)
    process = start(sweep(out, *MORE, **DESIGN), seconds=0.02, before=before)
    process.communicate(timeout=600)
    assert process.returncode == -9
    kept = len(frames(out)) > 3  # of three kinds of rows: more than one write
    calls.made.clear()
    if (out / "store.json").exists():
        assert main(["resume", str(out)]) == 0
    else:  # nothing says yet what it is of: the command itself begins anew
        assert len(list(out.rglob(".*.part"))) == 1
        assert main(sweep(out, *MORE, **DESIGN)) == 0
    compare(out, uninterrupted)
    # what is on the disk is not made again
    assert len(set(calls.made)) == len(calls.made)
    assert (len(calls.made) < len(table(uninterrupted))) == kept
