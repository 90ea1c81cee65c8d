"""Chunk files: finished runs as an Arrow file whose name is the hash of its content.

A row is a run: hash of its point, replicate, error, outcomes, and, where they are recorded, its
months, organisations and HCPs as lists. Nothing is pickled. The schema carries the hash of the store's
head. So a chunk that is cut short, altered or of another store is noticed before it is used.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.ensembles.chunk import Chunk, Keep, Task
from sim.ensembles.store.arrays import fixed, lists, numbers, texts
from sim.ensembles.store.atomic import write_atomic
from sim.ensembles.store.identity import BYTES
from sim.outcomes.columns import COLUMNS, ENTITIES, PATHS
from sim.outcomes.table import OUTCOMES

CHUNKS = "chunks"
NAME = re.compile(r"([0-9a-f]{64})\.arrow")
HEAD = b"nasss-sim store"
POINT, REPLICATE, ERROR = "point", "replicate", "error"
OUTCOME, PATH = "outcome/", "months/"
# Columns of the tables of entities that are told by the run itself.
OF_THE_RUN = ("point", "replicate")
ENTITY_LISTS = {kind: tuple(c for c in COLUMNS[kind] if c not in OF_THE_RUN) for kind in ENTITIES}
# Cells of a table of entities, column -> values of all runs one after another, and how many
# rows belong to each run
Cells = tuple[dict[str, np.ndarray], np.ndarray]
BATCH_BYTES = 16 * 2**20
CHUNK_BYTES = 64 * 2**20


class BadChunk(Exception):
    """Why a chunk file can not be used, in words."""


def table_of_tasks(done: Sequence[tuple[Task, Chunk]], points: Sequence[bytes]) -> Any:
    """Return the runs of tasks as one Arrow table.

    Parameters
    ----------
    done : sequence of (Task, Chunk)
    points : sequence of bytes
        Hash of each point of the design.
    """
    sizes = [task.last - task.first for task, _ in done]
    chunks = [chunk for _, chunk in done]
    months = {}
    for name in chunks[0].paths:
        lengths = np.repeat([chunk.paths[name].shape[1] for chunk in chunks], sizes)
        months[name] = np.concatenate([chunk.paths[name].ravel() for chunk in chunks]), lengths
    entities: dict[str, Cells] = {}
    for kind in chunks[0].entities:
        tables = [chunk.entities[kind] for chunk in chunks]
        counts = [
            np.bincount(table["replicate"] - task.first, minlength=n)
            for table, (task, _), n in zip(tables, done, sizes, strict=True)
        ]
        cells = {name: np.concatenate([t[name] for t in tables]) for name in ENTITY_LISTS[kind]}
        entities[kind] = cells, np.concatenate(counts)
    return table_of(
        [points[task.point] for task, _ in done for _ in range(task.first, task.last)],
        np.concatenate([np.arange(task.first, task.last) for task, _ in done]),
        [error for chunk in chunks for error in chunk.errors],
        {name: np.concatenate([c.outcomes[name] for c in chunks]) for name in OUTCOMES},
        months,
        entities,
    )


def table_of(
    points: Sequence[bytes],
    replicates: np.ndarray,
    errors: Sequence[str],
    outcomes: dict[str, np.ndarray],
    months: dict[str, tuple[np.ndarray, np.ndarray]],
    entities: Mapping[str, Cells],
) -> Any:
    """Return runs as an Arrow table.

    Parameters
    ----------
    points, replicates, errors, outcomes
        One entry per run.
    months : dict
        Name -> values of all runs, one after another, and how many belong to each run.
    entities : mapping
        Kind -> cells of its table, and how many rows belong to each run.
    """
    import pyarrow as pa

    columns: dict[str, Any] = {
        POINT: fixed(points, BYTES),
        REPLICATE: numbers(replicates, np.int64),
        ERROR: texts(errors),
    }
    for name, column in outcomes.items():
        columns[OUTCOME + name] = numbers(column, np.float64)
    for name, (values, lengths) in months.items():
        columns[PATH + name] = lists(numbers(values, np.float64), lengths)
    for kind, (cells, counts) in entities.items():
        for name, values in cells.items():
            dtype = COLUMNS[kind][name].dtype
            if dtype is object:
                content = texts(values.tolist())
            else:
                content = numbers(values, np.int64 if dtype is np.int64 else np.float64)
            columns[f"{kind}/{name}"] = lists(content, counts)
    return pa.Table.from_arrays(list(columns.values()), names=list(columns))


def columns_of(keep: Keep) -> list[str]:
    """Return the columns of a chunk."""
    return [
        *(POINT, REPLICATE, ERROR),
        *(OUTCOME + name for name in OUTCOMES),
        *(PATH + name for name in PATHS if keep.paths),
        *(f"{kind}/{name}" for kind in keep.kinds for name in ENTITY_LISTS[kind]),
    ]


def write_chunk(folder: Path, tables: Sequence[Any], head: str) -> tuple[Path, int]:
    """Write runs as one chunk file; return its path and size.

    Raises
    ------
    OSError
        If it can not be written; nothing is left behind.
    """
    import pyarrow as pa

    table = pa.concat_tables(tables).combine_chunks()
    table = table.replace_schema_metadata({HEAD: head.encode()})
    rows = max(1, int(table.num_rows * BATCH_BYTES / max(1, table.nbytes)))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=rows)
    content = sink.getvalue()
    path = folder / f"{hashlib.sha256(content).hexdigest()}.arrow"
    write_atomic(path, content)
    return path, content.size


def read_chunk(path: Path, head: str, columns: Sequence[str] | None) -> Any:
    """Return the runs of a chunk file, checked; `columns` None takes whatever it holds.

    Raises
    ------
    BadChunk
        If it is damaged or not of this store.
    """
    import pyarrow as pa

    named = NAME.fullmatch(path.name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadChunk(f"can not be read ({error.strerror})") from None
    if named is None or hashlib.sha256(content).hexdigest() != named[1]:
        raise BadChunk("is damaged")
    try:
        table = pa.ipc.open_file(pa.py_buffer(content)).read_all()
    except (pa.ArrowException, OSError, ValueError):
        raise BadChunk("is no chunk of this program") from None
    if (table.schema.metadata or {}).get(HEAD) != head.encode():
        raise BadChunk("is of another store")
    if columns is not None and table.column_names != list(columns):
        raise BadChunk("holds other columns")
    return table


def chunk_files(folder: Path) -> list[Path]:
    """Return the chunk files of a store's folder, in a fixed order."""
    try:
        return sorted(p for p in (folder / CHUNKS).iterdir() if NAME.fullmatch(p.name))
    except OSError:
        return []
