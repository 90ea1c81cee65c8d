"""A design times replicates: chunks of runs on threads.

A chunk is a handful of runs of one design point. Its compiled part runs without the GIL, polls a
stop flag every month and counts months for the progress bar. Results do not depend on chunks or
threads: each run is a pure function of (point, seed, replicate).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from sim.config.messages import one_line
from sim.ensembles import executors, pilot
from sim.ensembles.pilot import Estimate
from sim.ensembles.progress import Progress
from sim.ensembles.workers import POLL_SECONDS, RemoteWorkers, Workers
from sim.errors import SimulationError
from sim.model import engine as runs
from sim.model import records, rules
from sim.model.engine import Point
from sim.outcomes.compute import compute, ratio
from sim.outcomes.organisations import ORGANISATION_COLUMNS, organisation_table
from sim.outcomes.table import OUTCOMES
from sim.policies.cost import cost_of_run

GOOD, FAILED = "good", "failed"
NANOSECONDS_PER_HCP_MONTH = 100.0  # rough, for the size of chunks only
SECONDS_PER_CHUNK = 0.25
MEAN_MONTHS = 12  # months between rows of means, where not every month is asked for
PATHS = ("adopters", "trials", "lapsed", "running", "trust", "literacy", "lapses")


class Keep(NamedTuple):
    """What is kept of each run beside its outcomes."""

    paths: bool = False  # shares and means in every month
    organisations: bool = False  # one row per organisation


OUTCOMES_ONLY = Keep()


class Task(NamedTuple):
    """Replicates `first` to `last` - 1 of a point."""

    point: int
    first: int
    last: int


class Chunk(NamedTuple):
    """What a task leaves behind.

    Attributes
    ----------
    outcomes : dict of str to (runs,) float64
    errors : list of str
        Empty for a good run.
    paths : dict of str to (runs, months + 1) float64
    organisations : dict of str to array
        One row per run and organisation.
    seconds : float
        How long it took.
    """

    outcomes: dict[str, np.ndarray]
    errors: list[str]
    paths: dict[str, np.ndarray]
    organisations: dict[str, np.ndarray]
    seconds: float = 0.0

    @property
    def bytes(self) -> int:
        """Size of the columns."""
        tables = (self.outcomes, self.paths, self.organisations)
        return sum(column.nbytes for table in tables for column in table.values())


class RunStore(Protocol):
    """Where finished runs are kept beside memory; see `sim.ensembles.store`."""

    known: np.ndarray  # (points, replicates) of bool
    elsewhere: int  # known runs that belong to other shards, and are not here

    def fill(self, ensemble: Ensemble) -> None:
        """Put the runs that are known into an ensemble."""

    def add(self, task: Task, chunk: Chunk) -> None:
        """Keep the runs of a task."""

    def organisations(self) -> Iterator[tuple[range, dict[str, np.ndarray]]]:
        """Yield (runs, column -> array) of all runs, in order."""


@dataclass(frozen=True)
class Ensemble:
    """All runs of a design; arrays have shape (points, replicates).

    Attributes
    ----------
    settings : list of dict
        What each point changes: path -> value.
    points : list of Point
    seed, replicates : int
    outcomes : dict of str to (points, replicates) float64
    errors : (points, replicates) of str
        Empty for a good run.
    paths : dict of str to (points, replicates, months + 1) float64
        Empty unless kept; shares of HCPs (adopters, trials, lapsed) and of organisations
        (running), means (trust, literacy), and lapses per HCP. NaN for a failed run.
    organisations : dict of str to array, one row per point, replicate and organisation
    """

    settings: list[dict[str, Any]]
    points: list[Point]
    seed: int
    replicates: int
    outcomes: dict[str, np.ndarray]
    errors: np.ndarray
    paths: dict[str, np.ndarray]
    organisations: dict[str, np.ndarray]

    @property
    def failed(self) -> int:
        """Number of runs that failed."""
        return int((self.errors != "").sum())


def tasks_of(
    points: Sequence[Point], replicates: int, threads: int, known: np.ndarray | None = None
) -> list[Task]:
    """Cut the runs into chunks of about a quarter of a second, enough for all threads.

    Runs that are `known`, an array of shape (points, replicates), are left out.
    """
    total = len(points) * replicates if known is None else int((~known).sum())
    most = max(1, total // (4 * threads))
    tasks = []
    for number, point in enumerate(points):
        seconds = months_of(point) * NANOSECONDS_PER_HCP_MONTH * 1e-9
        size = max(1, min(most, int(SECONDS_PER_CHUNK / max(seconds, 1e-9)), replicates))
        tasks += [
            Task(number, first, min(first + size, end))
            for start, end in _gaps(replicates, None if known is None else known[number])
            for first in range(start, end, size)
        ]
    return tasks


def _gaps(replicates: int, known: np.ndarray | None) -> list[tuple[int, int]]:
    """Return the ranges of replicates that are not known."""
    if known is None or not known.any():
        return [(0, replicates)]
    edges = np.flatnonzero(np.diff(np.concatenate(([True], known, [True])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def months_of(point: Point) -> float:
    """HCP-months of one run of a point (its expected size where sizes are drawn)."""
    return float(hcps_of(point) * max(1, point.values["horizon"]))


def hcps_of(point: Point) -> int:
    """HCPs of a run of a point (the expected number where sizes are drawn)."""
    sizes = point.world.sizes
    if sizes.size:
        return int(sizes.sum())
    values = point.values
    return int(values["population.organisations"] * values["population.organisation_size"])


def run_ensemble(
    points: Sequence[Point],
    settings: Sequence[dict[str, Any]],
    *,
    seed: int = 0,
    replicates: int = 64,
    threads: int | None = None,
    engine: str = "kernel",
    keep: Keep = OUTCOMES_ONLY,
    progress: Progress | None = None,
    hold: Keep | None = None,
    store: RunStore | None = None,
    fail_fast: bool = False,
    contracts: bool = False,
    executor: str = executors.LOCAL,
    address: str | None = None,
    before: Callable[[Estimate], None] | None = None,
    failed: Callable[[str], None] | None = None,
) -> Ensemble:
    """Run all replicates of all points.

    Parameters
    ----------
    points : sequence of Point
        All points share seeds (common random numbers): replicate r of every point has the same
        luck.
    settings : sequence of dict
        What each point changes, kept with the results.
    seed, replicates : int
    threads : int, optional
        All cores if None. Results do not depend on it.
    engine : {"kernel", "agents"}
    keep : Keep
    progress : Progress, optional
    hold : Keep, optional
        What the ensemble holds of what is kept (all of it if None); the rest is in the store only.
    store : RunStore, optional
        Runs that it knows are not made again; all others are added to it.
    fail_fast : bool
        Stop at the first run that fails.
    contracts : bool
        Check every month of every run what must always hold.
    executor : str
        Where chunks are computed, see `sim.ensembles.executors`.
    address : str, optional
        Of a cluster.
    before : callable, optional
        Told what the runs will take, after a few of them; may raise to stop there.
    failed : callable, optional
        Told about each run that fails, in one line, when it happens.

    Raises
    ------
    KeyboardInterrupt
        Within a month of simulated time of each thread after Ctrl-C.
    SimulationError
        With `fail_fast`, if a run fails.
    """
    if engine == "agents":
        # imported here, where Ctrl-C interrupts it, and not first in a thread, where it cannot
        import sim.model.model  # noqa: F401
    points = list(points)
    threads = threads or available_cores()
    stop = np.zeros(1, np.int64)
    ensemble = _empty(points, list(settings), seed, replicates, hold or keep)
    known = np.zeros((len(points), replicates), bool) if store is None else store.known.copy()
    if store is not None:
        store.fill(ensemble)
    organisations: dict[Task, dict[str, np.ndarray]] = {}
    last = [(0.0, 0)]  # seconds and bytes of the task taken last

    def take(task: Task, chunk: Chunk) -> None:
        _store(ensemble, task, chunk)
        known[task.point, task.first : task.last] = True
        last[0] = chunk.seconds, chunk.bytes
        if (hold or keep).organisations:
            organisations[task] = chunk.organisations
        if store is not None:
            store.add(task, chunk)
        for row, error in enumerate(chunk.errors):
            if error:
                where = run_words(settings[task.point], seed, task.first + row)
                if failed is not None:
                    failed(f"{where}: {error}")
                if fail_fast:
                    raise SimulationError(f"{where}: {error}")

    def run(tasks: Sequence[Task], before_these: float = 0.0) -> None:
        done = np.zeros((len(tasks), 1), np.int64)
        weight = np.array([months_of(points[t.point]) for t in tasks])
        weight /= np.array([max(1, points[t.point].values["horizon"]) for t in tasks])

        def work(number: int) -> Chunk:
            task = tasks[number]
            point, within = points[task.point], max(1, threads // len(tasks))
            flags = stop, done[number]
            return _run_chunk(point, task, seed, engine, keep, contracts, *flags, within)

        if executor == executors.LOCAL or len(tasks) < 2:
            workers: Workers | RemoteWorkers = Workers(tasks, work, threads, stop)
        else:
            calls = [(n, points[t.point], t, seed, engine, keep, contracts) for n, t in
                     enumerate(tasks)]  # fmt: skip
            ended_there = done, [points[t.point].values["horizon"] for t in tasks]
            workers = RemoteWorkers(executor, tasks, run_remotely, calls, threads, address,
                                    *ended_there)  # fmt: skip
        shown = 0.0
        try:
            for ended in workers.results():
                if ended is not None:
                    take(*ended)
                if progress is not None and time.monotonic() - shown > POLL_SECONDS:
                    shown = time.monotonic()
                    progress.show(before_these + float((done[:, 0] * weight).sum()))
            if progress is not None:
                progress.show(before_these + float((done[:, 0] * weight).sum()))
        except BaseException:
            for ended in workers.stop():  # what had ended by then is not lost
                if store is not None:
                    store.add(*ended)
            raise

    months = 0.0
    if before is not None and not known.all():
        elsewhere = 0 if store is None else store.elsewhere
        there = int(known.sum()) - elsewhere
        measured: list[pilot.Measured] = []
        for task in pilot.tasks(lambda: tasks_of(points, replicates, threads, known), measured):
            run([task])
            n = task.last - task.first
            measured.append(pilot.Measured(n, n * months_of(points[task.point]), *last[0]))
        months = sum(m.months for m in measured)
        left = float((~known).sum(axis=1) @ np.array([months_of(p) for p in points]))
        before(pilot.estimate(measured, known.size - elsewhere, there, left, threads))
    run(tasks_of(points, replicates, threads, known), months)
    if (hold or keep).organisations:
        join_organisations(
            ensemble.organisations, [organisations[task] for task in sorted(organisations)]
        )
    return ensemble


def run_words(changed: Mapping[str, Any], seed: int, replicate: int) -> str:
    """Name a run: what its point changes, seed and replicate."""
    where = ", ".join(f"{k}={v}" for k, v in changed.items()) or "base point"
    return f"{where}, seed {seed}, replicate {replicate}"


def available_cores() -> int:
    """Return the cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def run_remotely(
    number: int, point: Point, task: Task, seed: int, engine: str, keep: Keep, contracts: bool
) -> tuple[int, Chunk]:
    """Compute a chunk in another process, which cannot see the flag nor the counter."""
    flags = np.zeros(1, np.int64), np.zeros(1, np.int64)
    return number, _run_chunk(point, task, seed, engine, keep, contracts, *flags, 1)


def _run_chunk(
    point: Point,
    task: Task,
    seed: int,
    engine: str,
    keep: Keep,
    contracts: bool,
    stop: np.ndarray,
    done: np.ndarray,
    threads: int,
) -> Chunk:
    began = time.perf_counter()
    n = task.last - task.first
    horizon = int(point.values["horizon"])
    every = 1 if keep.paths else MEAN_MONTHS
    single = _organisations(point) if keep.organisations else 0
    record = records.empty_record(n, horizon, every, single)
    errors = [""] * n
    costs = np.zeros(n)
    tables = []
    for row, replicate in enumerate(range(task.first, task.last)):
        own = records.of_run(record, row)
        try:
            if engine == "kernel":
                state = runs.simulate(point, seed, replicate, own, stop, done, threads, contracts)
            else:
                state = _step_agents(point, seed, replicate, own, contracts, stop, done)
            if point.costs:
                members = state.organisations["member"]
                rate = float(point.values["cost.discount_rate"])
                run = runs.key_of(point, seed, replicate)
                costs[row] = cost_of_run(point.costs, members, run, horizon, rate)
            if keep.organisations:
                table = organisation_table(own, state, point.values)
                table["point"][:] = task.point
                table["replicate"][:] = replicate
                tables.append(table)
        except SimulationError as error:
            errors[row] = one_line(str(error))
        except MemoryError:
            raise  # the machine's failure, not the run's: it must not become a result
        except Exception as error:
            errors[row] = one_line(f"{type(error).__name__}: {error}")
    outcomes = compute(record, point.values, costs)
    paths = paths_of(record) if keep.paths else {}
    wrong = np.array([bool(e) for e in errors])
    for column in (*outcomes.values(), *paths.values()):
        column[wrong] = np.nan
    joined: dict[str, np.ndarray] = {}
    if keep.organisations:
        join_organisations(joined, tables)
    return Chunk(outcomes, errors, paths, joined, time.perf_counter() - began)


def _organisations(point: Point) -> int:
    return point.world.sizes.size or int(point.values["population.organisations"])


def _step_agents(
    point: Point,
    seed: int,
    replicate: int,
    record: records.Record,
    contracts: bool,
    stop: np.ndarray,
    done: np.ndarray,
) -> Any:
    """Run one replicate with Mesa agents, recording into the given arrays."""
    from sim.model.agents import HCP
    from sim.model.model import AdoptionModel

    model = AdoptionModel(
        point.values,
        engine="agents",
        seed=seed,
        replicate=replicate,
        hcp_class=point.hcp_class or HCP,
        schedule=point.schedule,
        world=point.world,
        record=record,
        luck=point.luck,
        contracts=contracts,
    )
    while model.running and not stop[0]:
        model.step()
        done[0] += 1
    return model.state


def paths_of(record: records.Record) -> dict[str, np.ndarray]:
    """Return what is kept of every month, as shares and means: PATHS -> (runs, months + 1).

    Parameters
    ----------
    record : Record
        Of several runs, with a row of means in every month.
    """
    people = record.people.sum(axis=(2, 3), dtype=np.int64)
    seats = people[:, :, :4].sum(axis=2)
    tools = record.tools.sum(axis=2)
    sums = record.levels.sum(axis=(2, 3))
    lapses = records.PEOPLE_NAMES.index("lapses")
    return {
        "adopters": ratio(people[:, :, rules.ADOPTER], seats),
        "trials": ratio(people[:, :, rules.TRIAL], seats),
        "lapsed": ratio(people[:, :, rules.LAPSED], seats),
        "running": ratio(tools[:, :, records.RUNNING], tools[:, :, records.ORGANISATIONS]),
        "trust": ratio(sums[:, :, records.TRUST], seats),
        "literacy": ratio(sums[:, :, records.LITERACY], seats),
        "lapses": ratio(people[:, :, lapses], seats),
    }


def _empty(
    points: list[Point], settings: list[dict[str, Any]], seed: int, replicates: int, keep: Keep
) -> Ensemble:
    shape = (len(points), replicates)
    horizon = max(int(p.values["horizon"]) for p in points)
    paths = {name: np.full((*shape, horizon + 1), np.nan) for name in PATHS if keep.paths}
    return Ensemble(
        settings,
        points,
        seed,
        replicates,
        {name: np.full(shape, np.nan) for name in OUTCOMES},
        np.full(shape, "", object),
        paths,
        {name: np.zeros(0, kind) for name, kind in ORGANISATION_COLUMNS.items()},
    )


def _store(ensemble: Ensemble, task: Task, chunk: Chunk) -> None:
    place = (task.point, slice(task.first, task.last))
    for name, column in chunk.outcomes.items():
        ensemble.outcomes[name][place] = column
    ensemble.errors[place] = chunk.errors
    for name, kept in ensemble.paths.items():
        path = chunk.paths[name]
        kept[task.point, task.first : task.last, : path.shape[1]] = path


def join_organisations(
    into: dict[str, np.ndarray], tables: Sequence[Mapping[str, np.ndarray]]
) -> None:
    """Put tables of organisations, one after another, into the columns of one."""
    for name, kind in ORGANISATION_COLUMNS.items():
        parts = [table[name] for table in tables]
        into[name] = np.concatenate(parts) if parts else np.zeros(0, kind)
