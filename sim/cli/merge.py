"""`python -m sim merge DIR`: join the shards of a design to one result."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from sim.cli.resume import MAY_CHANGE, key_of, request_again
from sim.design.folders import user_path
from sim.ensembles.chunk import Keep
from sim.ensembles.shards import Shard, parse_shard
from sim.ensembles.store.atomic import replacing
from sim.ensembles.store.lock import is_locked
from sim.ensembles.store.manifest import (
    Manifest,
    identity_of,
    is_old,
    needed_manifest,
    read_manifest,
    write_manifest,
)
from sim.ensembles.store.store import UNFINISHED, Store
from sim.reports.folder import open_folder
from sim.studies.execute import kept_of
from sim.tables.errors import UserError
from sim.tables.messages import one_line, show

MERGED = "merged"


class Part(NamedTuple):
    """A folder that holds a shard."""

    folder: Path
    manifest: Manifest
    shard: Shard

    @property
    def name(self) -> str:
        """How messages name it."""
        return one_line(str(self.folder))


def merge(arguments: Sequence[str]) -> int:
    """Join shards, and write what an undivided run would have written.

    `arguments` are folders of shards, or folders that hold them; `out=DIR` for the result (the
    folder `merged` beside the first shard otherwise), and settings that change no result.
    """
    folders = [a for a in arguments if "=" not in a]
    changes = {key_of(a): a for a in arguments if "=" in a}
    if not folders:
        raise UserError("merge: needs the folder that holds the shards after it")
    for key, change in changes.items():
        if key not in (*MAY_CHANGE, "out"):
            allowed = f"allowed with merge are out=DIR, {', '.join(MAY_CHANGE)}"
            raise UserError(f"{one_line(change)}: {allowed}")
    parts = find_parts(folders)
    check_same(parts)
    out = changes.pop("out", "").partition("=")[2]
    target = user_path("out", out or str(parts[0].folder.parent / MERGED)).absolute()
    first = parts[0].manifest
    request = request_again(first, [*changes.values()], target, without="shard")
    stores = [whole_store(part, kept_of(request)) for part in parts]
    open_folder(str(target), request.experiment, first.identity, refusal=lambda folder: None)
    if read_manifest(target) is None:
        with replacing(target / UNFINISHED) as temporary, open(temporary, "xb") as file:
            for store in stores:
                store.copy_runs(file)
        identity = identity_of(first.head, stores[0].points, first.replicates)
        words = shlex.split(request.command)[3:]
        # last, as of the whole design: an interrupted merge begins anew
        write_manifest(target, replace(first, arguments=words, identity=identity, shard=None))
    from sim.studies.session import perform

    return perform(request, first.directory)


def find_parts(folders: Sequence[str]) -> list[Part]:
    """Return the shards in the given folders, in their order."""
    found: dict[Path, Part] = {}
    for given in folders:
        folder = user_path("merge", given).absolute()
        inside = sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []
        before = len(found)
        for place in (folder, *inside):
            if is_old(place):
                needed_manifest(place, f"merge {show(str(place))}")  # says that it is
            manifest = read_manifest(place)
            shard = None if manifest is None else parse_shard(manifest.shard)
            if manifest is not None and shard is not None:
                found[place] = Part(place, manifest, shard)
        if len(found) == before:
            raise UserError(
                f"merge {show(given)}: holds no shard; needed is a folder made with shard=1/2, "
                "or one that holds such folders"
            )
    return sorted(found.values(), key=lambda part: part.shard.number)


def check_same(parts: Sequence[Part]) -> None:
    """Refuse shards of different designs, missing shards, and shards that are there twice."""
    first = parts[0]
    for part in parts[1:]:
        whole = ("head", "replicates", "points")
        same = all(getattr(part.manifest, k) == getattr(first.manifest, k) for k in whole)
        if not same or part.shard.total != first.shard.total:
            raise UserError(
                f"merge: {part.name} ({part.shard.words}) is of other runs than {first.name} "
                f"({first.shard.words}); allowed are shards of one design, all cut into the "
                "same number"
            )
    numbers = [part.shard.number for part in parts]
    for wrong, number in (("missing", 0), ("there twice", 2)):
        named = [n for n in range(1, first.shard.total + 1) if numbers.count(n) == number]
        if named:
            names = ", ".join(f"{n}/{first.shard.total}" for n in named)
            raise UserError(one_line(f"merge: shards are {wrong}: {names}"))


def whole_store(part: Part, keep: Keep) -> Store:
    """Return the store of a shard; refuses one that is in use, unfinished or damaged."""
    if is_locked(part.folder):
        raise UserError(f"merge: {part.name} is in use; wait until it has finished")
    wrong: list[str] = []
    store = Store(part.folder, part.manifest, keep, wrong.append)
    store.find()
    if store.kept < store.total:
        damaged = f" ({UNFINISHED} is damaged)" if wrong else ""
        raise UserError(
            f"merge: {part.name} has {store.kept:,} of its {store.total:,} runs{damaged}; "
            f"go on with: python -m sim resume {part.name}"
        )
    return store
