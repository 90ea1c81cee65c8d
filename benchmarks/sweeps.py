"""What a sweep costs beside its runs: store, progress, resume, memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from sim.cli.compose import compose
from sim.design.runs import design_of
from sim.model import engine, records
from sim.studies import session as sessions
from sim.studies.session import Session

Table = list[list[str]]
REPLICATES = 100
SWEEP = [
    "process.training=[0,0.03,0.06,0.09]",
    f"replicates={REPLICATES}",
    "threads=1",
    "progress=never",
]
MANY = [
    "process.training=[0,0.1]", "replicates=50000", "horizon=1", "progress=never", "confirm=true",
]  # fmt: skip
TINY = ["population.organisations=1", "population.organisation_size=1"]


def overhead(folder: Path) -> float:
    """Return how much longer the runs of a sweep take than the same runs alone, in percent."""
    ratios = []
    for n in range(3):
        request = compose([*SWEEP, f"out={folder / str(n)}"])
        points = design_of(request).points
        session = Session(request)
        start = time.perf_counter()
        session.run()
        swept = time.perf_counter() - start
        start = time.perf_counter()
        for point in points:
            for replicate in range(REPLICATES):
                record = records.of_run(records.empty_record(1, 120), 0)
                engine.simulate(point, 0, replicate, record)
        ratios.append(swept / (time.perf_counter() - start))
        session.lock.release()
    return 100 * (float(np.median(ratios)) - 1)


def resume_seconds(folder: Path) -> float:
    """Return how long 100,000 finished runs take to be read when a sweep is resumed."""
    arguments = [*MANY, *TINY, f"out={folder / 'many'}"]
    session = Session(compose(arguments))
    session.run()  # not saved: as if it had been stopped just then
    session.lock.release()
    start = time.perf_counter()
    again = sessions.Session(compose(arguments))
    again.run()
    seconds = time.perf_counter() - start
    assert again.store.kept == 100_000
    again.lock.release()
    return seconds


def peak_megabytes(folder: Path) -> float:
    """Return the peak memory of a sweep of 100,000 runs of 1,000 HCPs, tables included."""
    code = (
        "import sys\nfrom sim.__main__ import main\n"
        "assert main(sys.argv[1:]) == 0\n"
        "lines = open('/proc/self/status').read().splitlines()\n"
        "print('peak', next(x for x in lines if x.startswith('VmHWM')).split()[1])"
    )
    command = [sys.executable, "-c", code, *MANY, f"out={folder / 'memory'}"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(out.rsplit("peak", 1)[1]) * 1024 / 1e6


def policy_seconds(folder: Path) -> tuple[float, int]:
    """Return how long the runs of `policy_whatif` take, without start and files, and how many."""
    request = compose(["+experiment=policy_whatif", "progress=never", f"out={folder / 'policies'}"])
    session = Session(request)
    start = time.perf_counter()
    result = session.run()
    seconds = time.perf_counter() - start
    session.lock.release()
    return seconds, result.ensemble.errors.size


def story_seconds(folder: Path) -> list[float]:
    """Return how long `story` takes for a life, two lives and an organisation, start included."""
    made = str(folder / "story")
    command = [sys.executable, "-m", "sim"]
    runs = ["policy=none,training", "study=compare", "replicates=2", "progress=never"]
    subprocess.run([*command, *runs, f"out={made}"], capture_output=True, check=True)
    times = []
    for who in (["--hcp", "17"], ["--hcp", "17", "--under", "training"], ["--organisation", "3"]):
        own = []
        for _ in range(5):
            start = time.perf_counter()
            told = [*command, "story", made, *who]
            subprocess.run(told, capture_output=True, check=True)
            own.append(time.perf_counter() - start)
        times.append(float(np.median(own)))
    return times


def sweeps() -> Table:
    """Return the table of what sweeps cost."""
    rows = [["sweeps", ""]]
    with tempfile.TemporaryDirectory(prefix="nasss-sim-bench-") as name:
        folder = Path(name)
        rows.append(["time beyond that of the runs, 400 runs of 1,000 HCPs over 120 months", f"{overhead(folder):.1f} %"])  # fmt: skip
        rows.append(["resume of 100,000 finished runs", f"{resume_seconds(folder):.1f} s"])
        if Path("/proc/self/status").exists():
            rows.append(["peak memory, 100,000 runs of 1,000 HCPs (over 1 month) with tables and figures", f"{peak_megabytes(folder):.0f} MB"])  # fmt: skip
        seconds, runs = policy_seconds(folder)
        rows.append([f"`+experiment=policy_whatif`: {runs:,} runs on all cores, beyond the start", f"{seconds:.1f} s"])  # fmt: skip
        one, two, organisation = story_seconds(folder)
        rows.append(["`story` of one HCP, start included", f"{one:.1f} s"])
        rows.append(["`story` of one HCP under two policies", f"{two:.1f} s"])
        rows.append(["`story` of one organisation, with its figure in two files", f"{organisation:.1f} s"])  # fmt: skip
    return rows
