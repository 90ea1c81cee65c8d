"""What a frame holds: rows of one kind (runs, months, organisations, HCPs) of some runs.

Rows of a run lie together; `COUNT` says how many each run has. They come from tasks that have just
ended, or from the result tables of a finished store.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from sim.ensembles.chunk import Chunk, Keep, Task
from sim.ensembles.store.manifest import BYTES
from sim.ensembles.store.run_file import Arrays
from sim.outcomes.columns import COLUMNS, PATHS
from sim.outcomes.table import OUTCOMES

RUNS, MONTHS = "runs", "months"
KIND, POINT, REPLICATE, COUNT = "of.kind", "of.point", "of.replicate", "of.count"
HASH = np.dtype(f"V{BYTES}")
OF_THE_RUN = ("point", "replicate")  # columns of every table that are told by the run itself
# Of runs and months, all columns are one array
OUTCOME, PATH = "outcome", "path"
BYTES_OF_A_PIECE = 16 * 2**20


def kinds_of(keep: Keep) -> list[str]:
    """Return the kinds of rows that are kept."""
    return [RUNS, *([MONTHS] if keep.paths else []), *keep.kinds]


def columns_of(kind: str) -> list[str]:
    """Return the columns of a result table that are kept of a kind of rows."""
    if kind == RUNS:
        return ["error", *OUTCOMES]
    return list(PATHS) if kind == MONTHS else [c for c in COLUMNS[kind] if c not in OF_THE_RUN]


def layout_of(kinds: Sequence[str]) -> str:
    """Return what frames hold, in words: other columns, or another order, are another store's."""
    return json.dumps({kind: columns_of(kind) for kind in kinds})


def frame_of(
    kind: str, points: np.ndarray, replicates: np.ndarray, counts: np.ndarray, table: Arrays
) -> Arrays:
    """Return what a frame holds: of each run point, replicate and number of rows, then all rows."""
    of_run = {KIND: np.array(kind), POINT: points, REPLICATE: replicates, COUNT: counts}
    if kind == RUNS:
        outcomes = np.stack([table[name] for name in OUTCOMES], axis=1)
        return {**of_run, "error": table["error"], OUTCOME: outcomes}
    if kind == MONTHS:
        return {**of_run, PATH: np.stack([table[name] for name in PATHS], axis=1)}
    return {**of_run, **table}


def within(counts: np.ndarray) -> np.ndarray:
    """Return the place of each row within its run."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def frames_of_tasks(
    kinds: Sequence[str], done: Sequence[tuple[Task, Chunk]], points: Sequence[bytes]
) -> list[Arrays]:
    """Return what is kept of the runs of tasks, a frame for each kind of rows."""
    tasks, chunks = zip(*done, strict=True)
    sizes = [task.last - task.first for task in tasks]
    point = np.repeat(np.frombuffer(b"".join(points[t.point] for t in tasks), HASH), sizes)
    replicate = np.concatenate([np.arange(task.first, task.last) for task in tasks])
    frames = []
    for kind in kinds:
        if kind == RUNS:
            counts = np.ones(point.size, np.int64)
            tables = [{"error": np.array(c.errors, object), **c.outcomes} for c in chunks]
        elif kind == MONTHS:
            counts = np.repeat([c.paths[PATHS[0]].shape[1] for c in chunks], sizes)
            tables = [{name: path.ravel() for name, path in c.paths.items()} for c in chunks]
        else:
            tables = [chunk.entities[kind] for chunk in chunks]
            within_task = zip(tables, tasks, sizes, strict=True)
            counts = np.concatenate(
                [
                    np.bincount(t["replicate"] - task.first, minlength=n)
                    for t, task, n in within_task
                ]
            )
        names = columns_of(kind)
        table = {name: np.concatenate([table[name] for table in tables]) for name in names}
        frames.append(frame_of(kind, point, replicate, counts, table))
    return frames


def frames_of_table(
    path: Path, kind: str, points: Sequence[bytes], replicates: int
) -> Iterator[Arrays]:
    """Yield the rows of a result table, piece by piece, each with all rows of its runs."""
    import pyarrow.parquet as pq

    names = columns_of(kind)
    hashes, total = np.frombuffer(b"".join(points), HASH), len(points) * replicates
    # opened here, as Arrow knows only names that are text
    with open(path, "rb") as source, pq.ParquetFile(source) as file:
        pieces = file.iter_batches(
            BYTES_OF_A_PIECE // (8 * len(names)),
            columns=[*OF_THE_RUN, *names],
            use_threads=False,  # see `read_table`
        )
        held = _arrays(file.schema_arrow.empty_table())
        first = 0
        for piece in chain(pieces, [None]):
            if piece is not None:
                held = {n: np.concatenate([held[n], a]) for n, a in _arrays(piece).items()}
            run = held["point"] * replicates + held["replicate"]
            # The last run of a piece may go on in the next one.
            stop = total if piece is None else int(run[-1]) if run.size else first
            whole = np.searchsorted(run, stop)
            if stop > first:
                point, replicate = np.divmod(np.arange(first, stop), replicates)
                counts = np.bincount(run[:whole] - first, minlength=stop - first)
                table = {name: held[name][:whole] for name in names}
                yield frame_of(kind, hashes[point], replicate, counts, table)
            held = {name: column[whole:] for name, column in held.items()}
            first = stop


def read_table(path: Path, columns: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """Return columns of a result table, all where none are named; an OSError or ValueError if it is none.

    On one thread: Arrow's own may be left over when the program ends, and then abort it after all is
    done (github.com/apache/arrow, issues 34314 and 50482).
    """
    import pyarrow.parquet as pq

    with open(path, "rb") as source:
        return _arrays(pq.read_table(source, columns=columns, use_threads=False, pre_buffer=False))


def _arrays(table: Any) -> dict[str, np.ndarray]:
    """Return the columns of an Arrow table or batch."""
    import pyarrow as pa

    whole = table if isinstance(table, pa.Table) else pa.Table.from_batches([table])
    return {name: whole.column(name).to_numpy() for name in whole.column_names}
