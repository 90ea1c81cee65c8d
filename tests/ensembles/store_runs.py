"""Tiny sweeps through the front door, in this process or in one of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq

import sim.ensembles.chunk as ensemble_chunk
from sim.__main__ import main
from sim.ensembles.store import run_file as frame_files
from sim.ensembles.store import store
from sim.model import engine

TINY = (
    "population.organisations=2",
    "population.organisation_size=5",
    "horizon=24",
    "deployment.at_start=1",
    "progress=never",
    "threads=2",
)
AXIS = "alignment.usability"
WRITES_AT_ONCE = "import sim.ensembles.store.store as s; s.SECONDS_BETWEEN_WRITES = {}\n"
MAIN = "import sys; from sim.__main__ import main; sys.exit(main({!r}))"


def sweep(out, *more, points=(0.2, 0.5), replicates=6):
    """Return the arguments of a tiny sweep."""
    values = ",".join(map(str, points))
    where = [] if out is None else [f"out={out}"]
    return [*TINY, f"{AXIS}=[{values}]", f"replicates={replicates}", *where, *more]


def run(out, *more, **design):
    """Run a tiny sweep in this process; return its exit code."""
    return main(sweep(out, *more, **design))


def default_ctrl_c():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(arguments, seconds=0.0, before="", cwd=None):
    """Start the command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITES_AT_ONCE.format(seconds) + before + MAIN.format(arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        start_new_session=True,
        # a shell that starts the tests in the background has them ignore Ctrl-C
        preexec_fn=None if os.name == "nt" else default_ctrl_c,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )


def table(folder, name="runs.parquet"):
    return pq.read_table(Path(folder) / name)


def same(folder, other, name="runs.parquet"):
    """Assert that two result tables are equal to the bit."""
    a, b = table(folder, name), table(other, name)
    assert a.schema.equals(b.schema, check_metadata=True) and a.num_rows == b.num_rows > 0
    for column in a.column_names:
        x, y = a[column].to_numpy(), b[column].to_numpy()
        if x.dtype == float:
            x, y = x.view(np.int64), y.view(np.int64)
        assert (x == y).all(), column


def unfinished(folder):
    return Path(folder) / store.UNFINISHED


def marks(path):
    """Return where frames begin in a file."""
    content = path.read_bytes() if path.exists() else b""
    return [found.start() for found in re.finditer(re.escape(frame_files.MARK), content)]


def frames(folder):
    """Return where frames begin in the file of a store."""
    return marks(unfinished(folder))


class Calls:
    """Counts simulated runs, and lets some of them fail or stop everything."""

    def __init__(self, monkeypatch):
        self.made = []
        self.failing = {}
        self.begun = None  # so many runs go on; all others wait until they are stopped
        monkeypatch.setattr(ensemble_chunk.runs, "simulate", self._simulate)

    def _simulate(self, point, seed, replicate, *rest):
        self.made.append((point.values[AXIS], replicate))
        error = self.failing.get((point.values[AXIS], replicate))
        if error is not None:
            raise error
        while self.begun is not None and len(self.made) > self.begun and not rest[1][0]:
            time.sleep(0.001)  # rest[1] is the flag that stops all threads
        return SIMULATE(point, seed, replicate, *rest)


SIMULATE = engine.simulate


def stop_at_write(monkeypatch, number, error, seconds=0.0):
    """Let the disk fail when runs are written for that time (from 1), after a part of them."""
    count = [0]

    def failing(handle):
        count[0] += 1
        if count[0] >= number:
            raise error
        os.fsync(handle)

    monkeypatch.setattr(store, "SECONDS_BETWEEN_WRITES", seconds)
    system = SimpleNamespace(fstat=os.fstat, truncate=os.truncate, fsync=failing)
    monkeypatch.setattr(frame_files, "os", system)
