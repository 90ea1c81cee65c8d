"""The first use on a machine: compile once, announced, on two cores where there are two."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from sim.model import engine, inputs, kernel, levers, records
from sim.model.state import EXPERT, HCP, ORGANISATION, State
from sim.tables import compiled
from sim.tables.parameters import defaults

ANNOUNCEMENT = "First use of this version: compiling the model once, about 15 seconds ..."


def warm_up(network_kind: str = "modular", say: Callable[[str], None] | None = None) -> None:
    """Compile all that a run on such a network needs, or load it from the cache.

    `say` is told once, before a compilation that takes seconds.
    """
    cold = compiled.is_cold()
    if cold and say is not None:
        say(ANNOUNCEMENT)
    helper = _compile_beside(network_kind) if cold else None
    compile_organisation()
    if helper is not None:
        helper.wait()
    point, counter = _small_world(network_kind), np.zeros(1, np.int64)
    run, state = engine.start(point, 0, 0)
    record = records.of_run(records.empty_record(1, 1), 0)
    kernel.advance(1, 1, run, point.packed, point.schedule, state, record, counter, counter)


def compile_organisation() -> None:
    """Compile the month of one organisation, the longest part, without running a world."""
    start = kernel.Start(0.0, 0.0, 0.0, 0.0, np.zeros(inputs.N_QUALITIES), 0, 0, 0)
    s = _empty_state()
    scratch = kernel.scratch_for(0, 1, s)
    kernel.organisations_month(0, 1, 1, np.uint64(0), _packed(), start, s, scratch)


def compile_rest(network_kind: str) -> None:
    """Compile what a run needs beside the month of an organisation: for a second process."""
    state = _empty_state()
    levers.fill(state.levers, 1, levers.empty_schedule(), state.organisations, np.uint64(0))
    kernel.look_around(1, _packed(), state)
    records.write(0, _packed(), state, records.of_run(records.empty_record(1, 0), 0))
    engine.start(_small_world(network_kind), 0, 0)


def _packed() -> Any:
    return inputs.pack(defaults())[()]


def _empty_state() -> State:
    """Return a state of one organisation without people, of the types of a run's."""
    return State(
        organisations=np.zeros(1, ORGANISATION),
        hcps=np.zeros(1, HCP),
        priorities=np.zeros((1, inputs.N_QUALITIES)),
        words=np.zeros((2, 1), np.uint32),
        experts=np.zeros(1, EXPERT),
        first_peer=np.zeros(2, np.int64),
        peers=np.zeros(0, np.uint32),
        levers=np.zeros((1, levers.N_LEVERS)),
        failure=np.zeros(4, np.int64),
    )


def _small_world(network_kind: str) -> engine.Point:
    """Return a world of two small organisations on such a network, for one month."""
    values = {
        **defaults(),
        "horizon": 1,
        "population.organisations": 2,
        "population.organisation_size": 3,
        "network.kind": "random" if network_kind == "file" else network_kind,
    }
    return engine.prepare(values)


def _compile_beside(network_kind: str) -> subprocess.Popen | None:
    """Let a second process fill the cache with the rest meanwhile; harmless if it cannot."""
    if (os.cpu_count() or 1) < 2 or compiled.cache_folder() is None:
        return None
    code = f"from sim.ensembles.warm import compile_rest; compile_rest({network_kind!r})"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        return subprocess.Popen(
            [sys.executable, "-c", code],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None
