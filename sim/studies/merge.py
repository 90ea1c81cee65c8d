"""`python -m sim merge DIR`: join the shards of a design to one result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.ensembles.store.chunks import CHUNKS, POINT, REPLICATE, BadChunk, chunk_files, read_chunk
from sim.ensembles.store.identity import head_hash
from sim.ensembles.store.lock import is_locked
from sim.ensembles.store.manifest import Manifest, read_manifest
from sim.ensembles.store.shards import Shard, parse_shard
from sim.tables.errors import UserError
from sim.tables.messages import one_line, show

MERGED = "merged"
MOST_NAMED = 5


class Part(NamedTuple):
    """A folder that holds a shard."""

    folder: Path
    manifest: Manifest
    shard: Shard


def merge(arguments: Sequence[str]) -> int:
    """Join shards, and write what an undivided run would have written.

    Parameters
    ----------
    arguments : sequence of str
        Folders of shards, or folders that hold them; `out=DIR` for the result (the folder
        `merged` beside the first shard otherwise), and settings that change no result.

    Returns
    -------
    int
        Exit code, as of the whole design.

    Raises
    ------
    UserError
        If shards are missing, unfinished, in use, damaged, or of different designs.
    """
    folders = [a for a in arguments if "=" not in a]
    changes = [a for a in arguments if "=" in a]
    if not folders:
        raise UserError("merge: needs the folder that holds the shards after it")
    parts = find_parts(folders)
    check_same(parts)
    check_whole(parts)
    out = next((c.partition("=")[2] for c in changes if c.startswith("out=")), None)
    target = Path(out) if out else parts[0].folder.parent / MERGED
    return _join(parts, target.expanduser().absolute(), changes)


def find_parts(folders: Sequence[str]) -> list[Part]:
    """Return the shards in the given folders, in their order."""
    found: dict[Path, Part] = {}
    for given in folders:
        folder = Path(given).expanduser().absolute()
        inside = sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []
        before = len(found)
        for place in (folder, *inside):
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
        if any(getattr(part.manifest, k) != getattr(first.manifest, k) for k in whole):
            raise UserError(
                f"merge: {_name(part)} is of other runs than {_name(first)}; allowed are shards "
                "of one design"
            )
        if part.shard.total != first.shard.total:
            raise UserError(
                f"merge: {_name(part)} is shard {part.shard.words}, {_name(first)} is "
                f"{first.shard.words}; all must be cut into the same number"
            )
    numbers = [part.shard.number for part in parts]
    twice = next((n for n in numbers if numbers.count(n) > 1), None)
    if twice is not None:
        raise UserError(f"merge: shard {twice}/{first.shard.total} is there twice")
    missing = [n for n in range(1, first.shard.total + 1) if n not in numbers]
    if missing:
        names = ", ".join(f"{n}/{first.shard.total}" for n in missing[:MOST_NAMED])
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        raise UserError(f"merge: shards are missing: {names}{more}")


def check_whole(parts: Sequence[Part]) -> None:
    """Refuse shards that are in use, damaged or unfinished."""
    for part in parts:
        if is_locked(part.folder):
            raise UserError(f"merge: {_name(part)} is in use; wait until it has finished")
        known = part.shard.elsewhere(len(part.manifest.points), part.manifest.replicates)
        wanted = int((~known).sum())
        numbers = {bytes.fromhex(p): n for n, p in enumerate(part.manifest.points)}
        head = head_hash(part.manifest.head)
        for path in chunk_files(part.folder):
            try:
                table = read_chunk(path, head, None)
            except BadChunk as bad:
                raise UserError(
                    f"merge: {_name(part)}: {CHUNKS}/{path.name[:12]}...arrow {bad}; "
                    f"{_resume(part)}"
                ) from None
            rows = [numbers[p] for p in table.column(POINT).to_pylist()]
            known[np.array(rows, np.int64), table.column(REPLICATE).to_numpy()] = True
        left = int((~known).sum())
        if left:
            raise UserError(
                f"merge: {_name(part)} has {wanted - left:,} of its {wanted:,} runs; "
                f"{_resume(part)}"
            )


def _name(part: Part) -> str:
    return one_line(str(part.folder))


def _resume(part: Part) -> str:
    return f"go on with: python -m sim resume {_name(part)}"


def _join(parts: Sequence[Part], target: Path, changes: Sequence[str]) -> int:
    """Copy all chunks into one store, and go on as if its last run had just been made."""
    from sim.cli.compose import compose
    from sim.ensembles.store.atomic import write_atomic
    from sim.ensembles.store.identity import identity_of
    from sim.ensembles.store.manifest import write_manifest
    from sim.reports.folder import open_folder
    from sim.studies import perform
    from sim.studies.resume import LEFT_OUT, MAY_CHANGE, _inside, _key

    for change in changes:
        if _key(change) not in (*MAY_CHANGE, "out"):
            raise UserError(f"{one_line(change)}: allowed with merge are out=DIR, {', '.join(MAY_CHANGE)}")  # fmt: skip
    first = parts[0].manifest
    words = [a for a in first.arguments if _key(a) not in (*LEFT_OUT, "shard")]
    words += [c for c in changes if _key(c) != "out"]
    with _inside(first.directory):
        request = compose(words)
    request = replace(request, settings={**request.settings, "out": str(target)})
    open_folder(str(target), request.experiment, first.identity, False, lambda folder: None)
    if read_manifest(target) is None:
        (target / CHUNKS).mkdir(exist_ok=True)
        for part in parts:
            for path in chunk_files(part.folder):
                write_atomic(target / CHUNKS / path.name, path.read_bytes())
        points = [bytes.fromhex(p) for p in first.points]
        identity = identity_of(first.head, points, first.replicates)
        # last, as of the whole design: an interrupted merge begins anew
        write_manifest(target, replace(first, arguments=words, identity=identity, shard=None))
    return perform(request, first.directory)
