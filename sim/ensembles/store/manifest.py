"""`store.json`: what was asked for, written before the first run, and what may extend it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sim.design.request import Request
from sim.design.runs import Design
from sim.ensembles.store import MANIFEST, PROVENANCE
from sim.ensembles.store.atomic import write_atomic
from sim.ensembles.store.identity import comparable, head_hash, head_of, identity_of, point_hashes
from sim.tables.errors import UserError
from sim.tables.messages import one_line, show

FORMAT, OLD_FORMAT = 2, 1
# So many points are described one by one, for the message that names what changed.
MOST_DESCRIBED = 2_000
IS_OLD = "holds a store in the format of version 0.1, which this version does not read"


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

    def point(self, number: int) -> dict[str, Any]:
        """Return the parameters of a point that is described."""
        return {**self.values, **{path: column[number] for path, column in self.varied.items()}}

    @property
    def described(self) -> int:
        """Number of points that are described one by one."""
        return min(len(self.points), MOST_DESCRIBED)


def manifest_of(
    request: Request, design: Design, arguments: list[str], directory: str | None = None
) -> Manifest:
    """Return the manifest of a request, made in the working directory if none is given."""
    head = head_of(request.study, request.settings, request.seeds)
    points = point_hashes(design)
    replicates = request.settings["replicates"]
    identity = identity_of(head, points, replicates)
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
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `store.json`."""
    write_atomic(folder / MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> Manifest | None:
    """Return what a folder is a store of; None if it is none, or of another format."""
    try:
        found = Manifest(**_json(folder / MANIFEST))
        head_hash(found.head)
        good = found.format == FORMAT and all(isinstance(a, str) for a in found.arguments)
    except (ValueError, TypeError):
        return None
    return found if good else None


def is_old(folder: Path) -> bool:
    """Whether a folder holds a store in the format of version 0.1, which is no longer read."""
    return _json(folder / MANIFEST).get("format") == OLD_FORMAT


def needed_manifest(folder: Path, named: str) -> Manifest:
    """Return what a folder is a store of; raises UserError, with how the user named it."""
    found = read_manifest(folder)
    if found is not None:
        return found
    if is_old(folder):
        raise UserError(f"{named}: {IS_OLD}; make its runs again, in another folder")
    raise UserError(
        f"{named}: holds no {MANIFEST} that can be read; "
        "needed is the folder of a sweep that was begun with this program"
    )


def finished_tables(folder: Path, manifest: Manifest | None) -> dict[str, str] | None:
    """Return name -> hash of the result tables of a finished store; None if it is not finished.

    It is finished when `provenance.json`, which is written last, is of the same runs as
    `store.json`, which is written first.
    """
    found = _json(folder / PROVENANCE)
    if manifest is None or found.get("identity") != manifest.identity:
        return None
    tables = found.get("tables")
    return tables if isinstance(tables, dict) else None


def identity_in(folder: Path) -> str | None:
    """Return the identity of the store or result in a folder; None if there is none."""
    found = (_json(folder / name).get("identity") for name in (MANIFEST, PROVENANCE))
    return next(filter(None, found), None)


def _json(path: Path) -> dict[str, Any]:
    """Return what a file holds; nothing if it holds no object, or can not be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def difference(old: Manifest, new: Manifest) -> str | None:
    """Name the first key that keeps a request from extending a store, with both its values.

    More points and more replicates extend it. Anything else would mix results, or lose some.
    """
    if old.shard != new.shard:
        return _changed("shard", old.shard, new.shard)
    for key in {**old.head, **new.head}:
        if old.head.get(key) != new.head.get(key):
            return _changed(key, old.head.get(key), new.head.get(key))
    wanted = set(new.points)
    lost = [n for n, point in enumerate(old.points) if point not in wanted]
    if lost:
        return _changed_point(old, new, lost)
    if new.replicates < old.replicates:
        return _changed("replicates", old.replicates, new.replicates)
    return None


def _changed_point(old: Manifest, new: Manifest, lost: list[int]) -> str:
    """Name what changed between a point of the store and the nearest one that is asked for."""
    if lost[0] < old.described:
        mine, there = old.point(lost[0]), set(old.points)
        candidates = []
        for number in range(new.described):
            other = new.point(number)
            changed = [p for p in {**mine, **other} if mine.get(p) != other.get(p)]
            # A point that is new is a likelier successor than one that was there before.
            candidates.append((len(changed), new.points[number] in there, number, changed))
        count, _, number, changed = min(candidates)
        if count:
            more = f" (and {count - 1} more keys)" if count > 1 else ""
            key = changed[0]
            return _changed(key, mine.get(key), new.point(number).get(key)) + more
        acting = [f"{key}={mine[key]}" for key in ("policy", "shock") if mine[key] != "none"]
        if acting:
            return f"{one_line(' '.join(acting))}: what it does or costs has changed"
    return f"the design: {len(lost)} of its {len(old.points)} points are not asked for now"


def _changed(key: str, old: Any, new: Any) -> str:
    return f"{one_line(key)}: {show(old)} there, {show(new)} asked for"
