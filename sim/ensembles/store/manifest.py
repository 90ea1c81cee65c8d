"""`store.json`: what was asked for, written before the first run, and the hashes that name a run.

A run is (point, seed, replicate) of a model version. The point's hash covers all that its runs are
computed from: every resolved parameter, the content of a user's files instead of their paths, what
that became (the world), what policies do (the schedule) and cost, and the point's luck. Seed and
model version are the same for a whole store and stand in its head.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from sim.design.csv_files import file_hash
from sim.design.request import Request
from sim.design.runs import Design
from sim.ensembles.model_version import model_version
from sim.ensembles.store import MANIFEST, PROVENANCE, SEARCHED, TRIED
from sim.ensembles.store.atomic import json_object, write_atomic
from sim.model.engine import Point
from sim.policies.policy import content_of
from sim.tables.errors import UserError
from sim.tables.parameters import PARAMETERS

FORMAT, OLD_FORMAT = 2, 1
# So many points are described one by one, for the message that names what changed.
MOST_DESCRIBED = 2_000
IS_OLD = "holds a store in the format of version 0.1, which this version does not read"
FILES = frozenset(p.path for p in PARAMETERS.values() if p.kind == "file")
# Settings beside the seed that decide what a store holds of each run.
RECORDED = ("engine", "months", "organisations", "hcps")
BYTES = 16


@dataclass(frozen=True)
class Manifest:
    """What a store is of."""

    arguments: list[str]  # the command line that makes the request again
    directory: str  # where relative paths of the arguments start
    head: dict[str, Any]  # what all runs share: seed, model version, study, what is recorded
    replicates: int
    points: list[str]  # hash of each point, in the order of the result tables
    values: dict[str, Any]  # parameters of the base point, content hashes instead of files
    varied: dict[str, list[Any]]  # what the first points change: parameter -> value at each point
    identity: str  # of these runs; of a shard its own, so that it is never taken for the whole
    format: int = FORMAT
    shard: str | None = None  # which part of the runs the store is for, such as "3/16"
    # kind -> name -> what a file of it would hold, of the policies and shocks that points name
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    # of a study that asks for more once it has seen the first runs: the identity of the first
    # design, and the points beside it
    begun: str = ""
    more: list[dict[str, Any]] = field(default_factory=list)

    def point(self, number: int) -> dict[str, Any]:
        """Return the parameters of a point that is described."""
        return {**self.values, **{path: column[number] for path, column in self.varied.items()}}

    @property
    def described(self) -> int:
        """Number of points that are described one by one."""
        return min(len(self.points), MOST_DESCRIBED)


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


def manifest_of(
    request: Request, design: Design, arguments: list[str], directory: str | None = None
) -> Manifest:
    """Return the manifest of a request, made in the working directory if none is given."""
    head = head_of(request.study, request.settings, request.seeds)
    points = point_hashes(design)
    replicates = request.replicates
    identity = identity_of(head, points, replicates)
    first = len(points) - len(request.more) * len(request.worlds.settings)
    shard = request.settings["shard"]
    if shard is not None:
        identity = hashlib.sha256(f"{identity} {shard}".encode()).hexdigest()
    few = design.points[:MOST_DESCRIBED]
    paths = [p for p in request.values if any(p in s for s in design.settings)]
    return Manifest(
        arguments,
        str(Path.cwd()) if directory is None else directory,
        head,
        replicates,
        [point.hex() for point in points],
        comparable(request.values),
        {p: [comparable({p: point.values[p]})[p] for point in few] for p in paths},
        identity,
        shard=shard,
        policies=held_policies(request),
        begun=identity_of(head, points[:first], replicates) if request.more else identity,
        more=[dict(point) for point in request.more],
    )


def held_policies(request: Request) -> dict[str, dict[str, Any]]:
    """Return kind -> name -> what a file of it would hold, of the policies that points name."""
    held: dict[str, dict[str, Any]] = {}
    for (kind, name), policy in request.policies.items():
        held.setdefault(kind, {})[name] = content_of(policy)
    return held


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `store.json`."""
    write_atomic(folder / MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> Manifest | None:
    """Return what a folder is a store of; None if it is none, or of another format."""
    try:
        found = Manifest(**json_object(folder / MANIFEST))
        head_hash(found.head)
        good = found.format == FORMAT and all(isinstance(a, str) for a in found.arguments)
    except (ValueError, TypeError):
        return None
    return found if good else None


def is_old(folder: Path) -> bool:
    """Whether a folder holds a store in the format of version 0.1, which is no longer read."""
    return json_object(folder / MANIFEST).get("format") == OLD_FORMAT


def needed_manifest(folder: Path, named: str) -> Manifest:
    """Return what a folder is a store of; raises UserError, with how the user named it."""
    found = read_manifest(folder)
    if found is not None:
        return found
    if is_old(folder):
        raise UserError(f"{named}: {IS_OLD}; make its runs again, in another folder")
    if tried := [name for name in (SEARCHED, TRIED) if (folder / name).is_file()]:
        raise UserError(
            f"{named}: holds {tried[0]}, what a search has tried, and no runs; "
            "the command that began it goes on with it"
        )
    raise UserError(
        f"{named}: holds no {MANIFEST} that can be read; "
        "needed is the folder of a result of this program, finished or not"
    )


def finished_tables(folder: Path, manifest: Manifest | None) -> dict[str, str] | None:
    """Return name -> hash of the result tables of a finished store; None if it is not finished.

    It is finished when `provenance.json`, which is written last, is of the same runs as
    `store.json`, which is written first.
    """
    found = json_object(folder / PROVENANCE)
    if manifest is None or found.get("identity") != manifest.identity:
        return None
    tables = found.get("tables")
    return tables if isinstance(tables, dict) else None


def identity_in(folder: Path) -> str | None:
    """Return the identity of the store or result in a folder; None if there is none."""
    found = (json_object(folder / name).get("identity") for name in (MANIFEST, PROVENANCE))
    return next(filter(None, found), None)
