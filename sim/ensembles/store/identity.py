"""What a run is: the hash of everything that decides its bits.

A run is (point, seed, replicate) of a model version. The point's hash covers all that its runs are
computed from: every resolved parameter, the content of a user's files instead of their paths, what
that became (the world), what policies do (the schedule) and cost, and the point's luck. Seed and
model version are the same for a whole store and stand in its head.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from sim.design.runs import Design
from sim.ensembles.model_version import model_version
from sim.ensembles.store.atomic import file_hash
from sim.model.engine import Point
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


def comparable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with the content of files in the place of their paths.

    A file is read anew at every call: a user may edit it.
    """
    return {
        path: f"sha256:{file_hash(Path(value))}" if path in FILES and value is not None else value
        for path, value in values.items()
    }


def _arrays(point: Point) -> bytes:
    """Return the hash of a point's schedule and world."""
    digest = hashlib.sha256()
    for array in (*point.schedule, *point.world):
        digest.update(str((array.dtype.descr, array.shape)).encode() + array.tobytes())
    return digest.digest()


def point_hashes(design: Design) -> list[bytes]:
    """Return the hash of each point of a design.

    Hashes of (parameter, value) are added, so that only what varies is hashed for each point:
    100,000 points take a second instead of ten.
    """
    varied = {path for setting in design.settings for path in setting}
    first = comparable(design.points[0].values)
    common = _sum_of(_part(p, v, type(v).__name__) for p, v in first.items() if p not in varied)
    arrays: dict[tuple[int, int], bytes] = {}  # points share them
    hashes = []
    for point in design.points:
        shared = id(point.schedule), id(point.world)
        if shared not in arrays:
            arrays[shared] = _arrays(point)
        own = comparable({path: point.values[path] for path in varied})
        values = _sum_of([common, *(_part(p, v, type(v).__name__) for p, v in own.items())])
        inputs = (
            values.to_bytes(32, "big") + arrays[shared] + repr((point.luck, point.costs)).encode()
        )
        hashes.append(hashlib.sha256(inputs).digest()[:BYTES])
    return hashes


def head_of(study: str, settings: Mapping[str, Any], seeds: str = "common") -> dict[str, Any]:
    """Return what all runs of a store share beside their parameters."""
    recorded = {key: settings[key] for key in RECORDED}
    head = {"seed": settings["seed"], "design.seeds": seeds, "model": model_version()}
    return {**head, "study": study, **recorded}


def head_hash(head: Mapping[str, Any]) -> str:
    """Return the hash that each frame is checked with, so that one of another store is noticed."""
    return hashlib.sha256(json.dumps(head, sort_keys=True).encode()).hexdigest()


def identity_of(head: Mapping[str, Any], points: list[bytes], replicates: int) -> str:
    """Return the hash that tells whether two requests are for the same runs."""
    digest = hashlib.sha256(f"{head_hash(head)} {replicates} ".encode())
    for point in points:
        digest.update(point)
    return digest.hexdigest()
