"""The result tables of a finished store, turned back into chunks when it is extended."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sim.ensembles.chunk import Keep
from sim.ensembles.store import RUNS
from sim.ensembles.store.blocks import runs_in_a_block
from sim.ensembles.store.chunks import ENTITY_LISTS, OF_THE_RUN, table_of
from sim.outcomes.columns import PATHS
from sim.outcomes.table import OUTCOMES


def entity_file(kind: str) -> str:
    """Return the name of the result table of a kind of entities."""
    return f"{kind}.parquet"


class BadTable(Exception):
    """A result table that is missing, damaged or altered; names it."""


def file_hash(path: Path) -> str:
    """Return the hash of a file's content, read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(folder: Path, tables: dict[str, str]) -> None:
    """Compare result tables with the hashes written when they were finished.

    Raises
    ------
    BadTable
    """
    for name, wanted in tables.items():
        try:
            good = file_hash(folder / name) == wanted
        except OSError:
            good = False
        if not good:
            raise BadTable(name)


class _Rows:
    """Reads rows of a Parquet file one after another, holding one row group."""

    def __init__(self, path: Path, columns: list[str]) -> None:
        import pyarrow.parquet as pq

        self._file = pq.ParquetFile(path)
        self._groups = iter(range(self._file.num_row_groups))
        self._columns = columns
        self._table: Any = None
        self.rows = self._file.metadata.num_rows

    def take(self, n: int) -> Any:
        import pyarrow as pa

        parts = []
        while n > 0:
            if self._table is None or not self._table.num_rows:
                self._table = self._file.read_row_group(next(self._groups), self._columns)
            part = self._table.slice(0, n)
            self._table = self._table.slice(part.num_rows)
            parts.append(part)
            n -= part.num_rows
        return pa.concat_tables(parts) if parts else self._file.schema_arrow.empty_table()

    def close(self) -> None:
        self._file.close()


def tables_of(
    folder: Path, points: list[bytes], replicates: int, paths: str | None, keep: Keep
) -> Iterator[Any]:
    """Yield the runs of a finished store as Arrow tables, a block of runs each.

    Parameters
    ----------
    folder : Path
    points : list of bytes
        Hash of each point, in the order of the tables.
    replicates : int
    paths : str or None
        Name of the table that holds the months, if they are recorded.
    keep : Keep
        What is recorded of entities.
    """
    total = len(points) * replicates
    runs = _Rows(folder / RUNS, [*OF_THE_RUN, "error", *OUTCOMES])
    months = _Rows(folder / paths, list(PATHS)) if paths else None
    entities = {
        kind: _Rows(folder / entity_file(kind), list(ENTITY_LISTS[kind])) for kind in keep.kinds
    }
    counts = {
        kind: _rows_per_run(folder / entity_file(kind), replicates, total) for kind in entities
    }
    size = runs_in_a_block(keep.kinds)
    try:
        for first in range(0, total, size):
            n = min(size, total - first)
            table = runs.take(n)
            length = months.rows // total if months else 0
            found: Any = months.take(n * length) if months else {}
            cells = {}
            for kind, rows in entities.items():
                mine = counts[kind][first : first + n]
                part = rows.take(int(mine.sum()))
                cells[kind] = {c: _cells(part, c) for c in ENTITY_LISTS[kind]}, mine
            yield table_of(
                [points[p] for p in table.column("point").to_pylist()],
                table.column("replicate").to_numpy(),
                table.column("error").to_pylist(),
                {name: table.column(name).to_numpy() for name in OUTCOMES},
                {p: (found[p].to_numpy(), np.full(n, length)) for p in PATHS if months},
                cells,
            )
    finally:
        for open_table in (runs, *([months] if months else []), *entities.values()):
            open_table.close()


def _cells(rows: Any, column: str) -> np.ndarray:
    return rows.column(column).to_numpy() if rows.num_rows else np.zeros(0)


def _rows_per_run(path: Path, replicates: int, total: int) -> np.ndarray:
    import pyarrow.parquet as pq

    counts = np.zeros(total, np.int64)
    file = pq.ParquetFile(path)
    for group in range(file.num_row_groups):  # one at a time: HCPs may be many
        table = file.read_row_group(group, list(OF_THE_RUN))
        run = table.column("point").to_numpy() * replicates + table.column("replicate").to_numpy()
        counts += np.bincount(run.astype(np.int64), minlength=total)
    file.close()
    return counts
