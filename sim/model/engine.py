"""A run as a pure function: (parameters, schedule, world, seed, replicate) -> record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.model import contracts as checks
from sim.model import inputs, kernel, levers, population, records, state, streams
from sim.model import threads as on_threads
from sim.model.inputs import World
from sim.model.levers import Schedule
from sim.model.records import Record
from sim.model.state import State
from sim.tables.errors import SimulationError
from sim.tables.factors import QUALITY_NAMES

BROKEN = {
    state.OUT_OF_RANGE: "a level is out of its range",
    state.WRONG_CENSUS: "the kept census is not that of the HCPs",
    state.WRONG_FLOWS: "flows are not the differences of the census",
}


@dataclass(frozen=True)
class Point:
    """What the runs of one design point share."""

    values: Mapping[str, Any]  # resolved parameters, path -> value
    schedule: Schedule
    world: World
    luck: int = 0  # 0: as all other points of the same seed; else a luck of its own
    costs: tuple[Any, ...] = ()  # of levers, see `sim.policies.cost`; the model does not read it
    hcp_class: type | None = None  # a user's own `HCP`, which the engine "agents" alone can run

    @cached_property
    def packed(self) -> Any:
        """Record of dtype inputs.RECORD; on first use, because that may have to compile."""
        return inputs.pack(self.values)[()]


def prepare(
    values: Mapping[str, Any],
    schedule: Schedule | None = None,
    world: World | None = None,
    luck: int = 0,
    costs: tuple[Any, ...] = (),
) -> Point:
    """Return the point of resolved parameter values."""
    return Point(
        values,
        levers.empty_schedule() if schedule is None else schedule,
        inputs.generated_world() if world is None else world,
        luck,
        costs,
    )


def key_of(point: Point, seed: int, replicate: int) -> np.uint64:
    """Return the key that all draws of a run start from."""
    run = np.uint64(streams.run_key(seed, replicate))
    return np.uint64(streams.child(run, point.luck)) if point.luck else run


def start(point: Point, seed: int, replicate: int) -> tuple[Any, State]:
    """Return the key and the starting state of a run."""
    run = key_of(point, seed, replicate)
    return run, population.draw(point.packed, point.world, run)


def simulate(
    point: Point,
    seed: int,
    replicate: int,
    record: Record,
    stop: np.ndarray | None = None,
    done: np.ndarray | None = None,
    threads: int = 1,
    contracts: bool = False,
) -> State:
    """Run one replicate with the compiled kernel; return the state at the horizon.

    `record`, zeroed arrays of this run, is filled in place. `stop` is a flag that ends the run
    early, `done` counts months. `threads` are used if the run is big enough; `contracts` checks
    every month what must always hold; neither changes a bit. Raises SimulationError if a quantity
    is not a number, or effort and erosion exceed what a month can hold.
    """
    stop = np.zeros(1, np.int64) if stop is None else stop
    done = np.zeros(1, np.int64) if done is None else done
    run, s = start(point, seed, replicate)
    records.write(0, point.packed, s, record)
    horizon = int(point.packed["horizon"])
    shared = run, point.packed, point.schedule, s, record, stop, done

    def advance(first: int, last: int) -> None:
        if threads > 1 and s.hcps.size >= on_threads.FEWEST_HCPS:
            on_threads.advance(first, last, *shared, threads)
        else:
            kernel.advance(first, last, *shared)
        raise_failure(s)

    if not contracts:
        advance(1, horizon)
        return s
    for month in range(1, horizon + 1):
        before = s.organisations["census"].copy()
        advance(month, month)
        if stop[0]:
            break
        checks.check(month, s, before)
        raise_failure(s)
    return s


def raise_failure(s: State) -> None:
    """Raise what `s.failure` names, if anything."""
    code, entity, quality, month = (int(x) for x in s.failure)
    if code == state.FINE:
        return
    if code in BROKEN:
        raise SimulationError(
            f"month {month}: {BROKEN[code]} in organisation {entity + 1}; "
            "this is a fault of the program"
        )
    name = QUALITY_NAMES[quality]
    if code == state.NOT_A_NUMBER_HCP:
        o = int(np.searchsorted(s.organisations["last_hcp"], entity, side="right"))
        seat = entity - int(s.organisations["first_hcp"][o])
        hcp = s.hcps[entity]
        wrong = [n for n in ("trust", "literacy", "engagement") if not hcp[n] >= 0]
        what = f"{' and '.join(wrong)} of HCP {seat + 1} in organisation {o + 1}"
    elif code == state.NOT_A_NUMBER_EXPERT:
        o = int(np.searchsorted(s.organisations["last_expert"], entity, side="right"))
        what = f"domain knowledge or attention of an expert in organisation {o + 1}"
    elif code == state.NOT_A_NUMBER_QUALITY:
        what = f"{name} in organisation {entity + 1}"
    else:
        raise SimulationError(
            f"month {month}: effort * attention + erosion of {name} in organisation "
            f"{entity + 1} is above 1; lower development.rate or development.erosion.{name}"
        )
    raise SimulationError(f"month {month}: {what} is not a number")
