"""A design times replicates: chunks of runs on threads, in memory.

A chunk is a handful of runs of one design point. Its compiled part runs without the GIL, polls a
stop flag every month and counts months for the progress bar. Results do not depend on chunks or
threads: each run is a pure function of (point, seed, replicate).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.ensembles.progress import Progress
from sim.errors import SimulationError
from sim.model import engine as runs
from sim.model import records, rules
from sim.model.engine import Point
from sim.outcomes.compute import compute, ratio
from sim.outcomes.organisations import ORGANISATION_COLUMNS, organisation_table
from sim.outcomes.table import OUTCOMES

GOOD, FAILED = "good", "failed"
NANOSECONDS_PER_HCP_MONTH = 100.0  # rough, for the size of chunks only
SECONDS_PER_CHUNK = 0.25
POLL_SECONDS = 0.1
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


def tasks_of(points: Sequence[Point], replicates: int, threads: int) -> list[Task]:
    """Cut the runs into chunks of about a quarter of a second, enough for all threads."""
    total = len(points) * replicates
    most = max(1, total // (4 * threads))
    tasks = []
    for number, point in enumerate(points):
        seconds = months_of(point) * NANOSECONDS_PER_HCP_MONTH * 1e-9
        size = max(1, min(most, int(SECONDS_PER_CHUNK / max(seconds, 1e-9)), replicates))
        tasks += [
            Task(number, first, min(first + size, replicates))
            for first in range(0, replicates, size)
        ]
    return tasks


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

    Raises
    ------
    KeyboardInterrupt
        Within a month of simulated time of each thread after Ctrl-C.
    """
    if engine == "agents":
        # imported here, where Ctrl-C interrupts it, and not first in a thread, where it cannot
        import sim.model.model  # noqa: F401
    points = list(points)
    threads = threads or available_cores()
    tasks = tasks_of(points, replicates, threads)
    stop = np.zeros(1, np.int64)
    done = np.zeros((len(tasks), 1), np.int64)
    weight = np.array([months_of(points[t.point]) for t in tasks])
    weight /= np.array([max(1, points[t.point].values["horizon"]) for t in tasks])
    ensemble = _empty(points, list(settings), seed, replicates, keep)
    organisations: list[dict[str, np.ndarray] | None] = [None] * len(tasks)

    def work(number: int) -> int:
        chunk = _run_chunk(
            points[tasks[number].point], tasks[number], seed, engine, keep, stop, done[number],
            max(1, threads // len(tasks)),
        )  # fmt: skip
        _store(ensemble, tasks[number], chunk)
        organisations[number] = chunk.organisations
        return number

    with ThreadPoolExecutor(threads) as pool:
        waiting = {pool.submit(work, number) for number in range(len(tasks))}
        try:
            while waiting:
                finished, waiting = wait(waiting, POLL_SECONDS, FIRST_COMPLETED)
                for future in finished:
                    future.result()
                if progress is not None:
                    progress.show(float((done[:, 0] * weight).sum()))
        except BaseException:
            stop[0] = 1
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    if keep.organisations:
        _join(ensemble.organisations, [o for o in organisations if o is not None])
    return ensemble


def available_cores() -> int:
    """Return the cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


class _Chunk(NamedTuple):
    outcomes: dict[str, np.ndarray]
    errors: list[str]
    paths: dict[str, np.ndarray]
    organisations: dict[str, np.ndarray]


def _run_chunk(
    point: Point,
    task: Task,
    seed: int,
    engine: str,
    keep: Keep,
    stop: np.ndarray,
    done: np.ndarray,
    threads: int,
) -> _Chunk:
    n = task.last - task.first
    horizon = int(point.values["horizon"])
    every = 1 if keep.paths else MEAN_MONTHS
    single = _organisations(point) if keep.organisations else 0
    record = records.empty_record(n, horizon, every, single)
    errors = [""] * n
    tables = []
    for row, replicate in enumerate(range(task.first, task.last)):
        own = records.of_run(record, row)
        try:
            if engine == "kernel":
                state = runs.simulate(point, seed, replicate, own, stop, done, threads)
            else:
                state = _step_agents(point, seed, replicate, own, stop, done)
            if keep.organisations:
                table = organisation_table(own, state, point.values)
                table["point"][:] = task.point
                table["replicate"][:] = replicate
                tables.append(table)
        except SimulationError as error:
            errors[row] = str(error)
    outcomes = compute(record, point.values)
    paths = _paths(record) if keep.paths else {}
    wrong = np.array([bool(e) for e in errors])
    for column in (*outcomes.values(), *paths.values()):
        column[wrong] = np.nan
    joined: dict[str, np.ndarray] = {}
    if keep.organisations:
        _join(joined, tables)
    return _Chunk(outcomes, errors, paths, joined)


def _organisations(point: Point) -> int:
    return point.world.sizes.size or int(point.values["population.organisations"])


def _step_agents(
    point: Point,
    seed: int,
    replicate: int,
    record: records.Record,
    stop: np.ndarray,
    done: np.ndarray,
) -> Any:
    """Run one replicate with Mesa agents, recording into the given arrays."""
    from sim.model.model import AdoptionModel

    model = AdoptionModel(
        point.values,
        engine="agents",
        seed=seed,
        replicate=replicate,
        schedule=point.schedule,
        world=point.world,
        record=record,
        luck=point.luck,
    )
    while model.running and not stop[0]:
        model.step()
        done[0] += 1
    return model.state


def _paths(record: records.Record) -> dict[str, np.ndarray]:
    """Return what is kept of every month, as shares and means."""
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


def _store(ensemble: Ensemble, task: Task, chunk: _Chunk) -> None:
    place = (task.point, slice(task.first, task.last))
    for name, column in chunk.outcomes.items():
        ensemble.outcomes[name][place] = column
    ensemble.errors[place] = chunk.errors
    for name, path in chunk.paths.items():
        ensemble.paths[name][task.point, task.first : task.last, : path.shape[1]] = path


def _join(into: dict[str, np.ndarray], tables: Sequence[Mapping[str, np.ndarray]]) -> None:
    for name, kind in ORGANISATION_COLUMNS.items():
        parts = [table[name] for table in tables]
        into[name] = np.concatenate(parts) if parts else np.zeros(0, kind)
