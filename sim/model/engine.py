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
    """What the runs of one design point share.

    Attributes
    ----------
    values : mapping
        Resolved parameters, path -> value.
    schedule : Schedule
    world : World
    luck : int
        0: the point shares its luck with all others of the same seed; else it has its own.
    costs : tuple
        What the levers of the schedule cost, see `sim.policies.cost`; the model does not read it.
    hcp_class : type, optional
        A user's own subclass of `HCP`; the engine "agents" alone can run it.
    """

    values: Mapping[str, Any]
    schedule: Schedule
    world: World
    luck: int = 0
    costs: tuple[Any, ...] = ()
    hcp_class: type | None = None

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
    """Run one replicate from start to horizon with the compiled kernel.

    Parameters
    ----------
    point : Point
    seed : int
        0 to 2^63 - 1.
    replicate : int
        0, 1, ...
    record : Record
        Zeroed arrays of this run, filled in place.
    stop, done : (1,) int64, optional
        A flag that ends the run early, and a counter of months.
    threads : int
        Threads for this one run, if it is big enough; the result does not depend on them.
    contracts : bool
        Check every month what must always hold; the result does not depend on it.

    Returns
    -------
    State
        The state at the horizon.

    Raises
    ------
    SimulationError
        If a quantity is not a number, or effort and erosion exceed what a month can hold.
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
        before = checks.copy_census(s.organisations)
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
