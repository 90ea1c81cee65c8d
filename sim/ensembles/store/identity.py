"""What a run is: the hash of everything that decides its bits.

A run is (point, seed, replicate) of a model version. The point's hash covers every resolved
parameter, the content of a user's files instead of their paths, and the schedule. Seed and model
version are the same for a whole store and stand in its head.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from sim.design.runs import Design, model_version
from sim.model.engine import Point
from sim.model.levers import Schedule
from sim.tables.parameters import PARAMETERS

FILES = frozenset(p.path for p in PARAMETERS.values() if p.kind == "file")
# Settings beside the seed that decide what a store holds of each run.
RECORDED = ("engine", "months", "organisations", "hcps")
BYTES = 16


def _sum_of(digests: Any) -> int:
    """Add hashes: the order does not matter, and one part can be exchanged without the others."""
    return sum(digests) % (1 << 256)


@lru_cache(maxsize=200_000)
def _part(path: str, value: Any, kind: str) -> int:
    # The type belongs to the key of the cache: 1, 1.0 and True are equal, but not the same.
    return int.from_bytes(hashlib.sha256(json.dumps([path, value]).encode()).digest(), "big")


def content_hash(path: str) -> str:
    """Return the hash of a user's file, read anew at every call: a user may edit it."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def comparable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with the content of files in the place of their paths."""
    return {
        path: f"sha256:{content_hash(value)}" if path in FILES and value is not None else value
        for path, value in values.items()
    }


def _schedule(schedule: Schedule) -> int:
    digest = hashlib.sha256(b"schedule")
    for array in schedule:
        digest.update(str((array.dtype.descr, array.shape)).encode() + array.tobytes())
    return int.from_bytes(digest.digest(), "big")


def point_hashes(design: Design) -> list[bytes]:
    """Return the hash of each point of a design.

    Notes
    -----
    Hashes of (parameter, value) are added, so that only what varies is hashed for each point:
    100,000 points take a second instead of ten.
    """
    varied = {path for setting in design.settings for path in setting}
    first = comparable(design.points[0].values)
    common = _sum_of(_part(p, v, type(v).__name__) for p, v in first.items() if p not in varied)
    last: tuple[Schedule, int] | None = None
    hashes = []
    for point in design.points:
        if last is None or last[0] is not point.schedule:
            last = point.schedule, _schedule(point.schedule)
        own = comparable({path: point.values[path] for path in varied})
        total = _sum_of([common, last[1], *(_part(p, v, type(v).__name__) for p, v in own.items())])
        hashes.append(hashlib.sha256(total.to_bytes(32, "big")).digest()[:BYTES])
    return hashes


def run_hash(point: Point, seed: int, replicate: int) -> str:
    """Return the identity of one run."""
    (own,) = point_hashes(Design([{}], [point], [[]]))
    text = f"{model_version()} {own.hex()} {seed} {replicate}"
    return hashlib.sha256(text.encode()).hexdigest()


def head_of(study: str, settings: Mapping[str, Any], seeds: str = "common") -> dict[str, Any]:
    """Return what all runs of a store share beside their parameters."""
    recorded = {key: settings[key] for key in RECORDED}
    head = {"seed": settings["seed"], "design.seeds": seeds, "model": model_version()}
    return {**head, "study": study, **recorded}


def head_hash(head: Mapping[str, Any]) -> str:
    """Return the hash that each chunk carries, so that one of another store is noticed."""
    return hashlib.sha256(json.dumps(head, sort_keys=True).encode()).hexdigest()


def identity_of(head: Mapping[str, Any], points: list[bytes], replicates: int) -> str:
    """Return the hash that tells whether two requests are for the same runs."""
    digest = hashlib.sha256(f"{head_hash(head)} {replicates} ".encode())
    for point in points:
        digest.update(point)
    return digest.hexdigest()
