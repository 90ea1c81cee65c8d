"""A design times replicates: chunks of runs on threads; results do not depend on either."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.ensembles import executors, pilot
from sim.ensembles.chunk import OUTCOMES_ONLY, Chunk, How, Keep, Task
from sim.ensembles.ensemble import Ensemble, empty
from sim.ensembles.executors import Pool
from sim.ensembles.machine import available_cores
from sim.ensembles.pilot import Estimate, Measured
from sim.ensembles.progress import NEVER, Progress
from sim.ensembles.workers import POLL_SECONDS, Workers
from sim.model.engine import Point
from sim.outcomes.entities import joined
from sim.tables.errors import SimulationError

if TYPE_CHECKING:
    from sim.ensembles.store.store import Store

NANOSECONDS_PER_HCP_MONTH = 100.0  # rough, for the size of chunks and for what is too big to try
BYTES_PER_HCP = 200  # rough; see benchmarks/results.md
HUGE = 1_000_000_000  # HCP-months: a first run, to see how long one takes, takes minutes itself
SECONDS_PER_CHUNK = 0.25


def run_ensemble(
    points: Sequence[Point],
    settings: Sequence[dict[str, Any]],
    *,
    seed: int = 0,
    replicates: int = 64,
    threads: int | None = None,
    engine: str = "kernel",
    keep: Keep = OUTCOMES_ONLY,
    progress: str = NEVER,
    hold: Keep | None = None,
    store: Store | None = None,
    fail_fast: bool = False,
    contracts: bool = False,
    executor: str = executors.LOCAL,
    address: str | None = None,
    before: Callable[[Estimate], None] | None = None,
    failed: Callable[[str], None] = lambda line: None,
    earlier: Ensemble | None = None,
) -> Ensemble:
    """Run all replicates of all points: replicate r of every point has the same luck.

    `settings` is what each point changes; `hold`, what the ensemble holds of what the store keeps
    (all if None). Runs that `store` knows are not made again. `before` is told what the runs will
    take, after a few of them, and may raise; `failed`, each run that fails. `earlier` holds the
    runs of the first points, where they are made already. Ctrl-C stops within a month of simulated
    time of each thread.
    """
    if engine == "agents":
        # imported here, where Ctrl-C interrupts it, and not first in a thread, where it cannot
        import sim.model.model  # noqa: F401
    points, threads = list(points), threads or available_cores()
    how, held = How(seed, engine, keep, contracts), hold or keep
    ensemble = empty(points, list(settings), seed, replicates, held)
    known = np.zeros((len(points), replicates), bool) if store is None else store.known.copy()
    if store is not None:
        store.fill(ensemble)
    if earlier is not None:
        first = slice(len(earlier.points))
        known[first], ensemble.errors[first] = True, earlier.errors
        for name, column in {**ensemble.outcomes, **ensemble.paths}.items():
            column[first] = {**earlier.outcomes, **earlier.paths}[name]
    entities: dict[Task, dict[str, dict[str, np.ndarray]]] = {}
    months = 0.0  # HCP-months of the runs that are made

    def tell(task: Task, chunk: Chunk) -> list[str]:
        told = [
            f"{run_words(settings[task.point], seed, task.first + row)}: {error}"
            for row, error in enumerate(chunk.errors)
            if error
        ]
        for line in told:
            bar.say(line, failed)
        return told

    def take(task: Task, chunk: Chunk) -> None:
        told = tell(task, chunk)  # before it is kept: Ctrl-C may come in between
        ensemble.put(task, chunk)
        known[task.point, task.first : task.last] = True
        if held.kinds:
            entities[task] = chunk.entities
        if store is not None:
            store.add(task, chunk)
        if told and fail_fast:
            raise SimulationError(f"fail_fast=true: {told[0]}")

    def make(tasks: Sequence[Task], pool: Pool) -> Chunk | None:
        """Make the runs of tasks; return the chunk that came last."""
        nonlocal months
        workers = Workers(pool, tasks, points, how)
        hcps = np.array([hcps_of(points[task.point]) for task in tasks], float)
        shown, last = 0.0, None
        try:
            for ended in workers.results():
                if ended is not None:
                    take(*ended)
                    last = ended[1]
                if time.monotonic() - shown > POLL_SECONDS:
                    shown = time.monotonic()
                    bar.show(months + float(workers.done[:, 0] @ hcps))
        except BaseException:
            for ended in workers.stop():  # what had ended by then is not lost
                tell(*ended)
                if store is not None:
                    store.add(*ended)
            raise
        months += float(workers.done[:, 0] @ hcps)
        bar.show(months)
        return last

    def left() -> list[Task]:
        return tasks_of(points, threads, known)

    # opened although few runs would not need it: what is wrong with it is told at once
    if not known.all():
        with (
            closing(Progress(months_left(points, known), (~known).sum(), progress)) as bar,
            executors.opened(executors.LOCAL, threads, None) as here,
            executors.opened(executor, threads, address) as pool,
        ):
            if before is not None:

                def measured(task: Task) -> Measured:
                    # of processors, not by the clock: a big run may use several at once
                    began = time.process_time()
                    chunk, n = make([task], here), task.last - task.first
                    assert chunk is not None
                    seconds = time.process_time() - began
                    return Measured(n, n * months_of(points[task.point]), seconds, chunk.bytes)

                elsewhere = 0 if store is None else store.elsewhere
                there, runs = int(known.sum()) - elsewhere, known.size - elsewhere
                made = pilot.measure(left, measured)
                left_over = months_left(points, known)
                before(pilot.estimate(made, len(points), runs, there, left_over, threads))
            make(left(), pool)
    for kind in held.kinds:
        tables = [] if earlier is None else [earlier.entities[kind]]
        tables += [entities[task][kind] for task in sorted(entities)]
        ensemble.entities[kind] = joined(kind, tables)
    return ensemble


def tasks_of(points: Sequence[Point], threads: int, known: np.ndarray) -> list[Task]:
    """Cut the runs into chunks of about a quarter of a second, enough for all threads.

    Runs that are `known`, an array of shape (points, replicates), are left out.
    """
    replicates = known.shape[1]
    most = max(1, int((~known).sum()) // (4 * threads))
    tasks = []
    for number, point in enumerate(points):
        seconds = months_of(point) * NANOSECONDS_PER_HCP_MONTH * 1e-9
        size = max(1, min(most, int(SECONDS_PER_CHUNK / max(seconds, 1e-9)), replicates))
        tasks += [
            Task(number, first, min(first + size, end))
            for start, end in _gaps(known[number])
            for first in range(start, end, size)
        ]
    return tasks


def _gaps(known: np.ndarray) -> list[tuple[int, int]]:
    """Return the ranges of replicates that are not known."""
    edges = np.flatnonzero(np.diff(np.concatenate(([True], known, [True])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def months_of(point: Point) -> float:
    """HCP-months of one run of a point (its expected size where sizes are drawn)."""
    return float(hcps_of(point) * max(1, point.values["horizon"]))


def organisations_of(point: Point) -> int:
    """Organisations of a run of a point."""
    return int(point.world.sizes.size or point.values["population.organisations"])


def hcps_of(point: Point) -> int:
    """HCPs of a run of a point (the expected number where sizes are drawn)."""
    sizes = point.world.sizes
    if sizes.size:
        return int(sizes.sum())
    return organisations_of(point) * int(point.values["population.organisation_size"])


def months_left(points: Sequence[Point], known: np.ndarray) -> float:
    """Return the HCP-months of the runs that are not known."""
    return float((~known).sum(axis=1) @ np.array([months_of(point) for point in points]))


def of_huge_runs(points: Sequence[Point], replicates: int, threads: int | None) -> Estimate | None:
    """Return about what runs take that are too big to try one; None where there is none so big."""
    months = [months_of(point) for point in points]
    if max(months) < HUGE:
        return None
    all_months = replicates * sum(months)
    rough = Measured(1, 1.0, NANOSECONDS_PER_HCP_MONTH * 1e-9, 0)
    number, threads = len(points), threads or available_cores()
    taken = pilot.estimate([rough], number, number * replicates, 0, all_months, threads)
    return taken._replace(memory=float(BYTES_PER_HCP * max(map(hcps_of, points))))


def run_words(changed: Mapping[str, Any], seed: int, replicate: int) -> str:
    """Name a run: what its point changes, seed and replicate."""
    where = ", ".join(f"{k}={v}" for k, v in changed.items()) or "base point"
    return f"{where}, seed {seed}, replicate {replicate}"
