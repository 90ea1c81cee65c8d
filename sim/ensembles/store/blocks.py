"""Months and entities of many runs, block by block in the order of the result tables."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.ensembles.store.chunks import ENTITY_LISTS, PATH, POINT, REPLICATE
from sim.outcomes.columns import COLUMNS, PATHS

# Runs in a block of rows: of organisations and months about 100 megabytes, of HCPs less
RUNS_IN_A_BLOCK = 2_000
RUNS_WITH_HCPS = 100
# Chunks follow the order of the runs nearly; after an interruption two or three are open at once.
MOST_OPEN = 8


class _Place(NamedTuple):
    """Where a run lies."""

    batch: np.ndarray  # (points, replicates) number of a batch
    row: np.ndarray  # (points, replicates) row in it


class Blocks:
    """Reads lists of runs from chunk files that were checked before.

    Parameters
    ----------
    files : list of Path
    numbers : dict of bytes to int
        Hash of a point -> its number.
    replicates, months : int
        `months` is the number of rows of each run, the start included.
    """

    def __init__(
        self, files: list[Path], numbers: dict[bytes, int], replicates: int, months: int
    ) -> None:
        self.shape = len(numbers), replicates
        self.months = months
        self._batches: list[tuple[Path, int]] = []
        self._open: OrderedDict[int, Any] = OrderedDict()
        batch = np.full(self.shape, -1, np.int32)
        row = np.zeros(self.shape, np.int32)
        for path in files:
            with _reader(path) as reader:
                for number in range(reader.num_record_batches):
                    found = reader.get_batch(number)
                    points = [numbers[p] for p in found.column(POINT).to_pylist()]
                    place = points, found.column(REPLICATE).to_numpy()
                    batch[place] = len(self._batches)
                    row[place] = np.arange(len(points))
                    self._batches.append((path, number))
        self._place = _Place(batch.ravel(), row.ravel())

    def _batch(self, number: int) -> Any:
        if number not in self._open:
            path, position = self._batches[number]
            with _reader(path) as reader:
                self._open[number] = reader.get_batch(position)
            while len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
        self._open.move_to_end(number)
        return self._open[number]

    def _runs(self, size: int) -> Iterator[range]:
        total = self.shape[0] * self.shape[1]
        for first in range(0, total, size):
            yield range(first, min(first + size, total))

    def _pieces(self, runs: range) -> Iterator[tuple[np.ndarray, Any, np.ndarray]]:
        """Yield (positions in the block, batch, rows in the batch)."""
        batches = self._place.batch[runs.start : runs.stop]
        rows = self._place.row[runs.start : runs.stop]
        for number in np.unique(batches):
            positions = np.flatnonzero(batches == number)
            yield positions, self._batch(int(number)), rows[positions]

    def paths(self) -> Iterator[tuple[range, dict[str, np.ndarray]]]:
        """Yield (runs, name -> (runs, months) array); months after a run's horizon are NaN."""
        for runs in self._runs(RUNS_IN_A_BLOCK):
            block = {name: np.full((len(runs), self.months), np.nan) for name in PATHS}
            for positions, batch, rows in self._pieces(runs):
                for name in PATHS:
                    lists = batch.column(PATH + name)
                    ends, values = lists.offsets.to_numpy(), lists.values.to_numpy()
                    for position, row in zip(positions, rows, strict=True):
                        path = values[ends[row] : ends[row + 1]][: self.months]
                        block[name][position, : path.size] = path
            yield runs, block

    def entities(self, kind: str) -> Iterator[tuple[range, dict[str, np.ndarray]]]:
        """Yield (runs, column -> array) with one row per run and entity."""
        names = ENTITY_LISTS[kind]
        for runs in self._runs(runs_in_a_block([kind])):
            parts: dict[str, list[Any]] = {name: [None] * len(runs) for name in names}
            for positions, batch, rows in self._pieces(runs):
                for name in names:
                    lists = batch.column(f"{kind}/{name}")
                    ends = lists.offsets.to_numpy()
                    values = lists.values.to_numpy(zero_copy_only=False)
                    for position, row in zip(positions, rows, strict=True):
                        parts[name][position] = values[ends[row] : ends[row + 1]]
            lengths = [part.size for part in parts[names[0]]]
            point, replicate = np.divmod(np.arange(runs.start, runs.stop), self.shape[1])
            block = {"point": np.repeat(point, lengths), "replicate": np.repeat(replicate, lengths)}
            for name in names:
                joined = np.concatenate(parts[name]) if parts[name] else np.zeros(0)
                block[name] = joined.astype(COLUMNS[kind][name].dtype)
            yield runs, block


def runs_in_a_block(kinds: Sequence[str]) -> int:
    """Return how many runs are read at once where these kinds of entities are read."""
    return RUNS_WITH_HCPS if "hcps" in kinds else RUNS_IN_A_BLOCK


def _reader(path: Path) -> Any:
    import pyarrow as pa

    # Not mapped into memory: Windows does not remove files that are.
    return pa.ipc.open_file(pa.OSFile(str(path)))
