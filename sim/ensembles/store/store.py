"""A folder that keeps finished runs while a sweep goes on."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.ensembles.chunk import Chunk, Keep, Task
from sim.ensembles.run import Ensemble
from sim.ensembles.store import MONTHS, SINGLE_MONTHS, finished
from sim.ensembles.store.atomic import remove_leftovers
from sim.ensembles.store.blocks import Blocks
from sim.ensembles.store.chunks import (
    CHUNK_BYTES,
    CHUNKS,
    ERROR,
    OUTCOME,
    PATH,
    POINT,
    REPLICATE,
    BadChunk,
    chunk_files,
    columns_of,
    read_chunk,
    table_of_tasks,
    write_chunk,
)
from sim.ensembles.store.identity import head_hash
from sim.ensembles.store.manifest import Manifest, write_manifest
from sim.ensembles.store.shards import parse_shard
from sim.tables.messages import one_line

# A kill costs what was done since the last chunk was written.
SECONDS_BETWEEN_CHUNKS = 2.0
# So many chunks of about the same size are joined to one, so that there are never many files.
MOST_ALIKE = 16
SMALLEST_BYTES = 2**16


class _File(NamedTuple):
    path: Path
    bytes: int


class Store:
    """Keeps runs in chunk files; the folder must be locked by the caller.

    Parameters
    ----------
    folder : Path
    manifest : Manifest
        Of what is asked for now.
    keep : Keep
        What is recorded of each run.
    say : callable
        Told in one line about each chunk that can not be used.

    Attributes
    ----------
    known : (points, replicates) of bool
        Runs that are kept, or that belong to other shards.
    elsewhere : int
        Number of runs that belong to other shards.
    """

    def __init__(
        self, folder: Path, manifest: Manifest, keep: Keep, say: Callable[[str], None]
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.head = head_hash(manifest.head)
        self.points = [bytes.fromhex(p) for p in manifest.points]
        self.known = np.zeros((len(self.points), manifest.replicates), bool)
        self.elsewhere = 0
        shard = parse_shard(manifest.shard)
        if shard is not None:
            self.known = shard.elsewhere(len(self.points), manifest.replicates)
            self.elsewhere = int(self.known.sum())
        self._keep = keep
        self._say = say
        self._numbers = {point: number for number, point in enumerate(self.points)}
        self._columns = columns_of(keep)
        self._files: list[_File] = []
        self._waiting: list[tuple[Task, Chunk]] = []
        self._last = time.monotonic()

    def open(self) -> None:
        """Read what the chunks hold, and write `store.json` if that is new.

        Raises
        ------
        OSError
            If the folder can not be written to.
        """
        remove_leftovers(self.folder)
        (self.folder / CHUNKS).mkdir(exist_ok=True)
        remove_leftovers(self.folder / CHUNKS)
        for path in chunk_files(self.folder):
            try:
                place = self._place(read_chunk(path, self.head, self._columns))
            except BadChunk as bad:
                name = f"{CHUNKS}/{path.name[:12]}...arrow"
                self._say(f"{one_line(str(self.folder))}: {name} {bad}; its runs are made again")
                path.unlink(missing_ok=True)
                continue
            self.known[place] = True
            self._files.append(_File(path, path.stat().st_size))
        write_manifest(self.folder, self.manifest)

    def adopt(self, old: Manifest, tables: dict[str, str]) -> None:
        """Turn the result tables of a finished store into chunks, before it is extended.

        Parameters
        ----------
        old : Manifest
            What the tables are of.
        tables : dict of str to str
            Name of each table -> hash of its content.
        """
        paths = next((n for n in (SINGLE_MONTHS, MONTHS) if n in tables), None)
        try:
            if self._keep.paths and paths is None:
                raise finished.BadTable(MONTHS)
            finished.check(self.folder, tables)
        except finished.BadTable as bad:
            folder = one_line(str(self.folder))
            self._say(f"{folder}: {bad} is missing or was altered; its runs are made again")
            return
        (self.folder / CHUNKS).mkdir(exist_ok=True)
        waiting: list[Any] = []
        points = [bytes.fromhex(p) for p in old.points]
        found = finished.tables_of(
            self.folder,
            points,
            old.replicates,
            paths if self._keep.paths else None,
            self._keep,
        )
        for table in found:
            waiting.append(table)
            if sum(t.nbytes for t in waiting) > CHUNK_BYTES:
                write_chunk(self.folder / CHUNKS, waiting, self.head)
                waiting = []
        if waiting:
            write_chunk(self.folder / CHUNKS, waiting, self.head)

    def _place(self, table: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return the points and replicates of a chunk's runs."""
        try:
            points = np.array([self._numbers[p] for p in table.column(POINT).to_pylist()], np.int64)
        except KeyError:
            raise BadChunk("holds runs that are not asked for") from None
        replicates = table.column(REPLICATE).to_numpy()
        if replicates.size and not 0 <= replicates.min() <= replicates.max() < self.known.shape[1]:
            raise BadChunk("holds runs that are not asked for")
        return points, replicates

    @property
    def kept(self) -> int:
        """Number of runs that are on the disk."""
        waiting = sum(t.last - t.first for t, _ in self._waiting)
        return int(self.known.sum()) - self.elsewhere - waiting

    @property
    def total(self) -> int:
        """Number of runs that are asked for."""
        return self.known.size - self.elsewhere

    def fill(self, ensemble: Ensemble) -> None:
        """Put the runs that are known into an ensemble."""
        for file in self._files:
            table = read_chunk(file.path, self.head, self._columns)
            place = self._place(table)
            for name, column in ensemble.outcomes.items():
                column[place] = table.column(OUTCOME + name).to_numpy()
            for row, error in enumerate(table.column(ERROR).to_pylist()):
                if error:
                    ensemble.errors[place[0][row], place[1][row]] = error
            for name, kept in ensemble.paths.items():
                lists = table.column(PATH + name).combine_chunks()
                ends, values = lists.offsets.to_numpy(), lists.values.to_numpy()
                for row, (point, replicate) in enumerate(zip(*place, strict=True)):
                    path = values[ends[row] : ends[row + 1]][: kept.shape[2]]
                    kept[point, replicate, : path.size] = path

    def add(self, task: Task, chunk: Chunk) -> None:
        """Keep the runs of a task; writes a chunk now and then."""
        self._waiting.append((task, chunk))
        self.known[task.point, task.first : task.last] = True
        if time.monotonic() - self._last > SECONDS_BETWEEN_CHUNKS:
            self.flush()

    def flush(self) -> None:
        """Write what is not yet on the disk.

        Raises
        ------
        OSError
            If it can not be written; what was there before is untouched.
        """
        self._last = time.monotonic()
        batch = list(self._waiting)
        if not batch:
            return
        table = table_of_tasks(batch, self.points)
        self._files.append(_File(*write_chunk(self.folder / CHUNKS, [table], self.head)))
        # Stopped between these two lines, runs would be written twice; equal runs do no harm.
        del self._waiting[: len(batch)]
        self._join()

    def _join(self) -> None:
        """Join small chunks, so that the number of files grows with the logarithm of the runs."""
        size = SMALLEST_BYTES
        alike = [f for f in self._files if f.bytes < size]
        while len(alike) < MOST_ALIKE:
            size *= MOST_ALIKE
            if size >= CHUNK_BYTES:
                return
            alike = [f for f in self._files if f.bytes < size]
        alike.sort(key=lambda f: f.bytes)
        ends = np.cumsum([f.bytes for f in alike])
        alike = alike[: max(2, int(np.searchsorted(ends, CHUNK_BYTES)))]
        try:
            tables = [read_chunk(f.path, self.head, self._columns) for f in alike]
        except BadChunk:
            return  # altered under our hands: said when the store is opened next
        joined = _File(*write_chunk(self.folder / CHUNKS, tables, self.head))
        self._files = [f for f in self._files if f not in alike] + [joined]
        for file in alike:
            if file.path != joined.path:
                file.path.unlink(missing_ok=True)

    def months(self, months: int) -> Iterator[tuple[range, dict[str, np.ndarray]]]:
        """Yield (runs, name -> (runs, recorded months) array) of all runs, in order."""
        return self._blocks(months).paths()

    def entities(self, kind: str) -> Iterator[tuple[range, dict[str, np.ndarray]]]:
        """Yield (runs, column -> array), one row per run and entity of a kind, in order."""
        return self._blocks(0).entities(kind)

    def _blocks(self, months: int) -> Blocks:
        self.flush()
        files = [f.path for f in self._files]
        return Blocks(files, self._numbers, self.known.shape[1], months)

    def finish(self) -> None:
        """Remove the chunks: the result tables hold all runs now."""
        remove_chunks(self.folder)


def remove_chunks(folder: Path) -> None:
    """Remove the chunks of a folder; anything else that lies among them stays."""
    for path in chunk_files(folder):
        path.unlink(missing_ok=True)
    remove_leftovers(folder / CHUNKS)
    try:
        (folder / CHUNKS).rmdir()
    except OSError:
        pass  # not there, or somebody put something in


def free_bytes(folder: Path) -> int | None:
    """Return the space that is left on the folder's disk, where the system tells."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
