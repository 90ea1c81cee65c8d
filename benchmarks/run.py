"""Speed and memory of the model beside C and NumPy: `make bench`, or python -m benchmarks.run.

Writes benchmarks/results.md. With --large it adds one run of ten million HCPs. Times are medians of
repetitions that take turns, so that a busy machine slows all of them; only ratios within one table
mean anything, and what is said of two threads only where nothing else runs on the machine.
"""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks import c_month
from benchmarks.numpy_month import NumpyRun
from benchmarks.sweeps import sweeps
from sim.ensembles.machine import available_cores
from sim.ensembles.run import run_ensemble
from sim.model import engine, kernel, records
from sim.model import threads as on_threads
from sim.model.engine import Point
from sim.model.model import AdoptionModel
from sim.model.state import State
from sim.tables.parameters import defaults

RESULTS = Path(__file__).resolve().parent / "results.md"
README = RESULTS.parents[1] / "README.md"
BEGIN, END = "<!-- written by make bench -->", "<!-- end of make bench -->"
SIZES = {1_000: (120, 15), 10_000: (120, 5), 1_000_000: (12, 3)}  # months, repetitions
MOST_APART = 0.02  # NumPy's mean adopter share from the kernel's, over all repetitions
Table = list[list[str]]


def world(hcps: int, months: int) -> Point:
    """Organisations of 50, all running from the start, so that all rules are busy."""
    size = {"population.organisations": hcps // 50, "horizon": months}
    return engine.prepare({**defaults(), **size, "deployment.at_start": 1.0})


def copy_of(s: State) -> State:
    return State(*(array.copy() for array in s))


def clocked(work: Callable[..., Any], *arguments: Any) -> float:
    """Processor seconds of this thread: on a busy machine, steadier than the wall clock."""
    start = time.thread_time()
    work(*arguments)
    return time.thread_time() - start


def wall_and_processor(work: Callable[..., Any], *arguments: Any) -> np.ndarray:
    """Seconds by the clock, and processor seconds of all threads."""
    start = np.array([time.perf_counter(), time.process_time()])
    work(*arguments)
    return np.array([time.perf_counter(), time.process_time()]) - start


def by_kernel(point: Point, run: Any, s: State, months: int, threads: int = 1) -> None:
    record = records.of_run(records.empty_record(1, months), 0)
    counters = np.zeros(1, np.int64), np.zeros(1, np.int64)
    rest = 1, months, run, point.packed, point.schedule, s, record, *counters
    if threads > 1:
        on_threads.advance(*rest, threads)
    else:
        kernel.advance(*rest)


def assert_same(a: State, b: State) -> None:
    """Every field to the bit (the gaps between fields hold nothing)."""
    for name, array in a._asdict().items():
        other = getattr(b, name)
        fields = array.dtype.names or (...,)
        assert all(array[f].tobytes() == other[f].tobytes() for f in fields), name


def speed(library: Any) -> Table:
    """Nanoseconds per HCP-month of C, the kernel, NumPy and the agents."""
    rows = []
    for hcps, (months, repetitions) in SIZES.items():
        point = world(hcps, months)
        times: dict[str, list[float]] = {"C": [], "kernel": [], "NumPy": []}
        adopters = []
        for replicate in range(repetitions):
            run, s = engine.start(point, 0, replicate)
            numpy_run, c_state = NumpyRun(point.packed, s, replicate), copy_of(s)
            times["kernel"].append(clocked(by_kernel, point, run, s, months))
            times["C"].append(clocked(c_month.advance, library, 1, months, run, point, c_state))
            times["NumPy"].append(clocked(numpy_run.steps, months))
            assert_same(s, c_state)
            adopters.append([np.mean(s.hcps["state"] == 2), numpy_run.adopter_share().mean()])
        apart = np.diff(np.mean(adopters, axis=0))[0]
        spread = np.std(np.diff(adopters, axis=1)) / repetitions**0.5
        assert abs(apart) < max(MOST_APART, 4 * spread), apart
        if hcps == 1_000:
            model = AdoptionModel(point.values, engine="agents")
            times["agents"] = [clocked(model.step) * months for _ in range(6)]
        cell = {name: median(t) / hcps / months * 1e9 for name, t in times.items()}
        ratio = {
            name: median(c / own for c, own in zip(times["C"], t, strict=False))
            for name, t in times.items()
        }
        rows.append(
            [f"{hcps:,}"]
            + [
                f"{cell[n]:,.0f} ({ratio[n]:.2g})" if n in cell else "-"
                for n in ("C", "kernel", "NumPy", "agents")
            ]
        )
    return [["HCPs", "C", "kernel", "NumPy", "agents"], *rows]


def threads() -> Table:
    """How much faster two threads are, over runs and inside one run."""
    rows = [["two threads against one", "times as fast by the clock", "processor time"]]

    def compare(name: str, prepared: Callable[[], Callable[[int], Any]]) -> float:
        pairs = [[wall_and_processor(prepared(), n) for n in (1, 2)] for _ in range(7)]
        wall, processor = np.median([one / two for one, two in pairs], axis=0)
        rows.append([name, f"{wall:.2f}", f"x {1 / processor:.2f}"])
        return float(np.median([two[1] for _, two in pairs]))

    small = [world(1_000, 120)]
    seconds = compare(
        "48 runs of 1,000 HCPs",
        lambda: lambda n: run_ensemble(small, [{}], replicates=48, threads=n),
    )
    for hcps, months in ((100_000, 24), (1_000_000, 6)):
        big = world(hcps, months)
        run, s = engine.start(big, 0, 0)

        def one_run(big=big, run=run, s=s, months=months) -> Callable[[int], None]:
            own = copy_of(s)  # apart from what is timed
            return lambda n: by_kernel(big, run, own, months, n)

        one_run()(2)  # compiles
        compare(f"one run of {hcps:,} HCPs", one_run)
    minutes = 4_096 * 16 / 48 * seconds / 2 / 60
    design = "4,096 points x 16 runs of 1,000 HCPs: half of the processor minutes"
    return [*rows, [design, f"{minutes:.1f}", ""]]


def cold_start() -> Table:
    """Seconds with and without compiled code in the cache, and bytes per HCP."""
    command = [sys.executable, "-m", "sim", "replicates=8", "progress=never"]
    seconds = []
    with tempfile.TemporaryDirectory(prefix="nasss-sim-bench-") as folder:
        environment = {**os.environ, "NASSS_SIM_CACHE": folder}
        for n in range(2):
            with subprocess.Popen(
                [*command, f"out={folder}/{n}"], env=environment, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True,
            ) as process:  # fmt: skip
                start = time.perf_counter()
                assert process.stdout is not None
                assert process.stdout.readline(), "no answer"
                seconds.append(time.perf_counter() - start)
                process.communicate()
    return [
        ["start to first answer, `python -m sim replicates=8`", "seconds"],
        ["nothing compiled yet", f"{seconds[0]:.1f}"],
        ["compiled before", f"{seconds[1]:.1f}"],
    ]


def memory() -> Table:
    """Peak memory of one run of a million HCPs, in a process of its own."""
    status = Path("/proc/self/status")
    if not status.exists():
        return [["memory of one run", "bytes per HCP"], ["1,000,000 HCPs", "needs Linux"]]
    # VmHWM, not ru_maxrss: a child inherits the latter from whoever starts it
    code = (
        "from benchmarks.run import world; from sim.model import engine, records\n"
        "def peak():\n"
        "    lines = open('/proc/self/status').read().splitlines()\n"
        "    return int(next(x for x in lines if x.startswith('VmHWM')).split()[1])\n"
        "def run(p): engine.simulate(p, 0, 0, records.of_run(records.empty_record(1, 2), 0))\n"
        "run(world(1_000, 2)); before = peak(); run(world(1_000_000, 2))\n"
        "print((peak() - before) * 1024 / 1e6)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [["memory of one run", "bytes per HCP"], ["1,000,000 HCPs", f"{float(out.stdout):.0f}"]]


def large(hcps: int = 10_000_000, months: int = 120) -> Table:
    """Seconds of one run on all cores, its start included; needs about 200 bytes per HCP."""
    start = time.perf_counter()
    record = records.of_run(records.empty_record(1, months), 0)
    engine.simulate(world(hcps, months), 0, 0, record, threads=available_cores())
    seconds = time.perf_counter() - start
    return [
        ["one large run, `--large`", "seconds"],
        [f"{hcps:,} HCPs over {months} months", f"{seconds:.0f}"],
    ]


def as_markdown(table: Table) -> str:
    head, *rows = (f"| {' | '.join(row)} |" for row in table)
    return "\n".join([head, "|" + " --- |" * len(table[0]), *rows])


def with_results(page: str, results: str) -> str:
    """Return README.md with the tables of the results between its two markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    assert before and after, "README.md has lost its markers"
    when, *tables = [
        part for part in results.strip().split("\n\n") if part.startswith(("| ", "Measured"))
    ]
    return "\n\n".join(
        [f"{before}{BEGIN}", when.replace("by `make bench` ", ""), *tables, f"{END}{after}"]
    )


def machine() -> str:
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(x.split(":")[1].strip() for x in lines if x.startswith("model name"))
    except (OSError, StopIteration):
        pass
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return f"{name}, {available_cores()} cores{load}, Python {platform.python_version()}"


def main() -> None:
    head = [
        "# Speed and memory",
        f"Measured by `make bench` on {datetime.date.today()}: {machine()}.",
        "Processor nanoseconds per HCP-month on one thread; in brackets the speed relative to C in the "
        "same repetition. All organisations run the tool from the start. C is "
        "`benchmarks/month.c`, the same passes over the same records by hand, compiled with "
        "-O3 for this processor and no fused multiply-add; its state at the end equals the kernel's "
        "to the bit (asserted). The kernel also fills the table of levers and the record. NumPy draws "
        "from another generator; its mean adopter share agrees (asserted).",
    ]
    head[1] += " Other programs that run meanwhile spoil what is said of threads and seconds."
    tables = [speed(c_month.build()), threads(), cold_start(), memory(), sweeps()]
    if "--large" in sys.argv[1:]:
        tables.append(large())
    RESULTS.write_text("\n\n".join([*head, *map(as_markdown, tables)]) + "\n")
    README.write_text(with_results(README.read_text(), RESULTS.read_text()))
    print(RESULTS.read_text())


if __name__ == "__main__":
    main()
