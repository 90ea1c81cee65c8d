"""Short ways to run a world and to compare what it leaves, shared by the tests here."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model import engine, inputs, records

STANDARD_ERRORS = 4.0  # a right model fails such a test once in 16 000 times


def run(
    point: engine.Point,
    seed: int = 1,
    replicate: int = 0,
    single: int = 0,
    every: int = 1,
    **how: Any,
) -> tuple[records.Record, Any]:
    """Return the record and the last state of a run."""
    horizon = int(point.packed["horizon"])
    kept = records.empty_record(1, horizon, every=every, single=single)
    record = records.of_run(kept, 0)
    return record, engine.simulate(point, seed, replicate, record, **how)


def world_of(sizes: list[int], **given: Any) -> inputs.World:
    """Return a user's world of organisations of given sizes; what is not given is drawn."""
    n = len(sizes)
    world = inputs.World(
        sizes=np.array(sizes, np.int64),
        readiness=np.full(n, np.nan),
        resources=np.full(n, np.nan),
        member=np.full(n, -1, np.int8),
        deployed=np.full(n, inputs.NEVER, np.int64),
        shares=np.full((n, 3), np.nan),
        first_peer=np.zeros(sum(sizes) + 1, np.int64),
        peers=np.zeros(0, np.uint32),
    )
    return world._replace(**given)


def same_bits(a: Any, b: Any) -> bool:
    """Whether two arrays, or tuples of arrays, are equal to the bit."""
    if isinstance(a, tuple):
        return len(a) == len(b) and all(same_bits(x, y) for x, y in zip(a, b, strict=True))
    if a.dtype.names:
        return all(same_bits(a[name], b[name]) for name in a.dtype.names)
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
