"""Short ways to run a world and to compare what it leaves, shared by the tests here."""

from __future__ import annotations

from typing import Any

from sim.model import engine, records

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


def same_bits(a: Any, b: Any) -> bool:
    """Whether two arrays, or tuples of arrays, are equal to the bit."""
    if isinstance(a, tuple):
        return len(a) == len(b) and all(same_bits(x, y) for x, y in zip(a, b, strict=True))
    if a.dtype.names:
        return all(same_bits(a[name], b[name]) for name in a.dtype.names)
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
