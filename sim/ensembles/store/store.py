"""A folder that keeps finished runs while a sweep goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sim.design.csv_files import file_hash
from sim.design.runs import Design
from sim.ensembles.chunk import Chunk, Keep, Task
from sim.ensembles.ensemble import Ensemble, empty
from sim.ensembles.shards import parse_shard
from sim.ensembles.store import MONTHS, SINGLE_MONTHS, rows
from sim.ensembles.store.manifest import Manifest, head_hash, write_manifest
from sim.ensembles.store.run_file import Arrays, Frame, FrameFile, decoded
from sim.outcomes.columns import COLUMNS, PATHS
from sim.outcomes.table import OUTCOMES
from sim.tables.errors import UserError
from sim.tables.messages import counted, one_line

UNFINISHED = "runs.unfinished"
# A kill costs what was done since runs were written last.
SECONDS_BETWEEN_WRITES = 2.0
BYTES_BETWEEN_WRITES = 16 * 2**20
# Runs in a block of rows: of organisations and months about 100 megabytes, of HCPs less
RUNS_IN_A_BLOCK = 2_000
RUNS_WITH_HCPS = 100
# Frames follow the order of the runs nearly; after an interruption two or three are open at once.
MOST_OPEN = 8


class Store:
    """Keeps runs in a file of frames; the folder must be locked by the caller.

    `known` are the runs (points, replicates) that are kept, or that belong to other shards, and
    `elsewhere` is how many of them these are.
    """

    def __init__(
        self, folder: Path, manifest: Manifest, keep: Keep, say: Callable[[str], None]
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.points = [bytes.fromhex(p) for p in manifest.points]
        shape = len(self.points), manifest.replicates
        shard = parse_shard(manifest.shard)
        self.known = np.zeros(shape, bool) if shard is None else shard.elsewhere(*shape)
        self.elsewhere = int(self.known.sum())
        self._say, self._keep = say, keep
        self._numbers = {point: number for number, point in enumerate(self.points)}
        kinds = rows.kinds_of(keep)
        key = head_hash(manifest.head) + rows.layout_of(kinds)
        self._file = FrameFile(folder / UNFINISHED, key)
        self._frames: list[tuple[str, Frame]] = []
        # Of each kind of rows: number of the frame that holds those of a run, and the run's place
        self._places = {kind: np.full((2, *shape), -1, np.int32) for kind in kinds}
        self._waiting: list[tuple[Task, Chunk]] = []
        self._bytes = 0  # of what waits
        self._last = time.monotonic()
        self._read = lru_cache(MOST_OPEN)(self._read_frame)

    def adopt(self, old: Manifest, tables: Mapping[str, str]) -> None:
        """Turn the result tables of a finished store into frames, before it is extended."""
        remove_unfinished(self.folder)  # what an attempt that was killed has left
        names, wrong = self._tables(tables)
        if wrong:
            self._say(f"{one_line(str(self.folder))}: {wrong}; its runs are made again")
            return
        points = [bytes.fromhex(p) for p in old.points]
        for kind, name in names.items():
            for frame in rows.frames_of_table(self.folder / name, kind, points, old.replicates):
                self._file.append([frame])

    def finished(self, design: Design, tables: Mapping[str, str]) -> Ensemble:
        """Return all runs of a finished store, from its result tables."""
        names, wrong = self._tables(tables)
        if wrong:
            raise UserError(f"read {one_line(str(self.folder))}: {wrong}")
        seed, replicates = int(self.manifest.head["seed"]), self.manifest.replicates
        ensemble = empty(design.points, design.settings, seed, replicates, self._keep)
        for kind, name in names.items():
            path = self.folder / name
            if kind in ensemble.entities:
                ensemble.entities[kind] = rows.read_table(path, list(COLUMNS[kind]))
                continue
            for frame in rows.frames_of_table(path, kind, self.points, replicates):
                self._put(ensemble, kind, frame)
        return ensemble

    def _tables(self, written: Mapping[str, str]) -> tuple[dict[str, str], str]:
        """Return kind of rows -> name of the result table that holds them; and what is wrong, if anything.

        `written` is the hash of each table as it was written.
        """
        months = SINGLE_MONTHS if SINGLE_MONTHS in written else MONTHS
        names = {k: months if k == rows.MONTHS else f"{k}.parquet" for k in self._places}
        for name in names.values():
            with suppress(OSError):
                if file_hash(self.folder / name) == written.get(name):
                    continue
            return names, f"{name} is missing or was altered"
        return names, ""

    def open(self) -> None:
        """Find the runs that are there, and write `store.json` if that is new."""
        self.find()
        write_manifest(self.folder, self.manifest)

    def find(self) -> None:
        """Find the runs that are there; tells about those that can not be used."""
        damaged = foreign = 0
        for found in self._file.scan():
            if found is None:
                damaged += 1
            elif not self._enter(*found):
                foreign += 1
        where = f"{one_line(str(self.folder))}: {UNFINISHED}"
        if damaged:
            places = counted(damaged, "place")
            told = f"is damaged or of another store in {places}; the runs there are made again"
            self._say(f"{where} {told}")
        if foreign:
            self._say(f"{where} holds runs that are not asked for; they are left out")
        whole = [places[0] >= 0 for places in self._places.values()]
        self.known |= np.logical_and.reduce(whole)

    def _enter(self, frame: Frame, content: Arrays) -> bool:
        """Note where the runs of a frame are; False if they are none of this store."""
        kind, (points, replicates) = str(content[rows.KIND]), self._runs_of(content)
        wrong = min(points) < 0 or replicates.max() >= self.known.shape[1]
        if wrong or kind not in self._places:
            return False
        self._places[kind][0, points, replicates] = len(self._frames)
        self._places[kind][1, points, replicates] = np.arange(len(points))
        self._frames.append((kind, frame))
        return True

    def _runs_of(self, content: Arrays) -> tuple[list[int], np.ndarray]:
        """Return points and replicates of the runs of a frame; -1 is a point not asked for."""
        points = [self._numbers.get(point, -1) for point in content[rows.POINT].tolist()]
        return points, content[rows.REPLICATE]

    @property
    def kept(self) -> int:
        """Number of runs that are on the disk."""
        waiting = sum(task.last - task.first for task, _ in self._waiting)
        return int(self.known.sum()) - self.elsewhere - waiting

    @property
    def total(self) -> int:
        """Number of runs that are asked for."""
        return self.known.size - self.elsewhere

    def fill(self, ensemble: Ensemble) -> None:
        """Put the runs that are known into an ensemble."""
        for kind, frame in self._frames:
            if kind == rows.RUNS or (kind == rows.MONTHS and ensemble.paths):
                self._put(ensemble, kind, self._file.read(frame))

    def _put(self, ensemble: Ensemble, kind: str, content: Arrays) -> None:
        """Put the runs of a frame, or their months, into an ensemble."""
        runs = self._runs_of(content)
        if kind == rows.RUNS:
            ensemble.errors[runs] = decoded(content["error"])
            for name, values in zip(OUTCOMES, content[rows.OUTCOME].T, strict=True):
                ensemble.outcomes[name][runs] = values
        else:
            counts = content[rows.COUNT]
            point, replicate = np.repeat(np.array(runs), counts, axis=1)
            cells = point, replicate, rows.within(counts)
            for name, values in zip(PATHS, content[rows.PATH].T, strict=True):
                ensemble.paths[name][cells] = values

    def copy_runs(self, target: BinaryIO) -> None:
        """Add all runs that are there to the file of another store of the same design."""
        self._file.copy((frame for _, frame in self._frames), target)

    def add(self, task: Task, chunk: Chunk) -> None:
        """Keep the runs of a task; writes now and then."""
        self._waiting.append((task, chunk))
        self.known[task.point, task.first : task.last] = True
        self._bytes += chunk.bytes
        late = time.monotonic() - self._last > SECONDS_BETWEEN_WRITES
        if late or self._bytes > BYTES_BETWEEN_WRITES:
            self.flush()

    def flush(self) -> None:
        """Write what is not yet on the disk; after an OSError, what was there is untouched."""
        self._last = time.monotonic()
        batch = list(self._waiting)
        if not batch:
            return
        contents = rows.frames_of_tasks(list(self._places), batch, self.points)
        for frame, content in zip(self._file.append(contents), contents, strict=True):
            self._enter(frame, content)
        # Stopped between these lines, runs would be written twice; equal runs do no harm.
        del self._waiting[: len(batch)]
        self._bytes = 0

    def months(
        self, months: int, size: int | None = None
    ) -> Iterator[tuple[range, dict[str, np.ndarray]]]:
        """Yield (runs, name -> (runs, recorded months)) of all runs; NaN after a run's horizon."""
        for runs, counts, columns in self._blocks(rows.MONTHS, size or RUNS_IN_A_BLOCK):
            block = np.full((len(PATHS), len(runs), months), np.nan)
            run, month = np.repeat(np.arange(len(runs)), counts), rows.within(counts)
            block[:, run, month] = columns[rows.PATH].T
            yield runs, dict(zip(PATHS, block, strict=True))

    def entities(self, kind: str) -> Iterator[dict[str, np.ndarray]]:
        """Yield column -> array, one row per run and entity of a kind, in order."""
        size = RUNS_WITH_HCPS if kind == "hcps" else RUNS_IN_A_BLOCK
        for runs, counts, columns in self._blocks(kind, size):
            of_run = np.divmod(np.repeat(np.array(runs), counts), self.known.shape[1])
            told = {name: columns[name] for name in rows.columns_of(kind)}
            yield dict(zip(rows.OF_THE_RUN, of_run, strict=True)) | told

    def _blocks(self, kind: str, size: int) -> Iterator[tuple[range, np.ndarray, Arrays]]:
        """Yield (runs, number of rows of each, column -> rows) of all runs, in order."""
        self.flush()
        frames, places = self._places[kind].reshape(2, -1)
        for first in range(0, frames.size, size):
            own = frames[first : first + size]
            parts: list[Arrays] = []
            of_rows = []
            for number in np.unique(own):
                here = np.flatnonzero(own == number)
                content = self._read(int(number))
                counts, place = content[rows.COUNT], places[first + here]
                taken, starts = counts[place], (np.cumsum(counts) - counts)[place]
                wanted = np.repeat(starts, taken) + rows.within(taken)
                parts.append({n: content[n][wanted] for n in content if not n.startswith("of.")})
                of_rows.append(np.repeat(here, taken))
            run = np.concatenate(of_rows)
            order = np.argsort(run, kind="stable")
            joined = {n: np.concatenate([part[n] for part in parts])[order] for n in parts[0]}
            texts = {n: decoded(column) for n, column in joined.items() if column.dtype.kind == "S"}
            counts = np.bincount(run, minlength=own.size)
            yield range(first, first + own.size), counts, {**joined, **texts}

    def _read_frame(self, number: int) -> Arrays:
        return dict(self._file.read(self._frames[number][1]))


def remove_unfinished(folder: Path) -> None:
    """Remove the runs of a store that is finished, or replaced."""
    (folder / UNFINISHED).unlink(missing_ok=True)
