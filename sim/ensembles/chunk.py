"""A chunk: a handful of runs of one design point, computed one after another.

Its compiled part runs without the GIL, polls a stop flag every month and counts months for the
progress bar. Each run is a pure function of (point, seed, replicate).
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np

from sim.model import engine as runs
from sim.model import records
from sim.model.engine import Point
from sim.outcomes.columns import ENTITIES
from sim.outcomes.compute import MONTHS_IN_YEAR, compute, paths_of
from sim.outcomes.entities import Rows, hcp_rows, joined, organisation_rows
from sim.policies.cost import cost_of_run
from sim.tables.errors import SimulationError
from sim.tables.messages import one_line


class Keep(NamedTuple):
    """What is kept of each run beside its outcomes."""

    paths: bool = False  # shares and means by month
    organisations: bool = False  # one row per organisation
    hcps: bool = False  # one row per HCP
    every: int = 1  # months between rows of `paths`

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of entities that have a table."""
        return tuple(kind for kind in ENTITIES if getattr(self, kind))


OUTCOMES_ONLY = Keep()


class Task(NamedTuple):
    """Replicates `first` to `last` - 1 of a point."""

    point: int
    first: int
    last: int


class How(NamedTuple):
    """How runs are made: what all runs of an ensemble share."""

    seed: int
    engine: str  # "kernel" or "agents"
    keep: Keep = OUTCOMES_ONLY
    contracts: bool = False  # check every month what must always hold


class Chunk(NamedTuple):
    """What a task leaves behind."""

    outcomes: dict[str, np.ndarray]  # name -> (runs,) float64
    errors: list[str]  # empty for a good run
    paths: dict[str, np.ndarray]  # name -> (runs, recorded months) float64
    entities: dict[str, dict[str, np.ndarray]]  # kind -> table, one row per run and entity
    seconds: float = 0.0

    @property
    def bytes(self) -> int:
        """Size of the columns."""
        tables = (self.outcomes, self.paths, *self.entities.values())
        return sum(column.nbytes for table in tables for column in table.values())


def run_chunk(
    point: Point, task: Task, how: How, stop: np.ndarray, done: np.ndarray, threads: int
) -> Chunk:
    """Compute the runs of a task; a run that fails is told in `errors`, and others go on.

    `stop` is a flag that ends the runs early, `done` counts months; `threads` are those of each
    run, if it is big enough.
    """
    seed, engine, keep, contracts = how
    began = time.perf_counter()
    n = task.last - task.first
    horizon = int(point.values["horizon"])
    every = keep.every if keep.paths else MONTHS_IN_YEAR
    single = _organisations(point) if keep.organisations else 0
    record = records.empty_record(n, horizon, every, single)
    errors = [""] * n
    costs = np.zeros(n)
    tables: dict[str, list[Rows]] = {kind: [] for kind in keep.kinds}
    for row, replicate in enumerate(range(task.first, task.last)):
        own = records.of_run(record, row)
        try:
            if engine == "kernel":
                state = runs.simulate(point, seed, replicate, own, stop, done, threads, contracts)
            else:
                state = _step_agents(point, seed, replicate, own, contracts, stop, done)
            if point.costs:
                rate = float(point.values["cost.discount_rate"])
                run = runs.key_of(point, seed, replicate)
                costs[row] = cost_of_run(point.costs, state.organisations, run, horizon, rate)
            for kind, of_kind in tables.items():
                if kind == "hcps":
                    rows = hcp_rows(state, horizon, task.point, replicate)
                else:
                    rows = organisation_rows(own, state, point.values, task.point, replicate)
                of_kind.append(rows)
        except SimulationError as error:
            errors[row] = one_line(str(error))
        except MemoryError:
            raise  # the machine's failure, not the run's: it must not become a result
        except Exception as error:
            errors[row] = one_line(f"{type(error).__name__}: {error}")
    outcomes = compute(record, point.values, costs)
    paths = paths_of(record, keep.every) if keep.paths else {}
    wrong = np.array([bool(e) for e in errors])
    for column in (*outcomes.values(), *paths.values()):
        column[wrong] = np.nan
    entities = {kind: joined(kind, of_kind) for kind, of_kind in tables.items()}
    return Chunk(outcomes, errors, paths, entities, time.perf_counter() - began)


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
