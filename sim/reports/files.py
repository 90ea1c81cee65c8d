"""Result files: Parquet with units, CSV, configuration and provenance. All writes are atomic."""

from __future__ import annotations

import csv
import io
import json
import platform
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from sim.design.axes import Axis
from sim.design.folders import plural
from sim.design.request import Request
from sim.ensembles.store import MONTHS, SINGLE_MONTHS
from sim.ensembles.store.atomic import replacing, write_atomic
from sim.ensembles.store.manifest import held_policies
from sim.reports.meanings import told_of
from sim.reports.result_tables import Columns
from sim.tables.parameters import nested
from sim.tables.version import __version__

CONFIG_HEAD = """\
# @package _global_
# Everything that made this result, defaults included. To run it again, save this file as
# DIR/experiment/again.yaml and say: python -m sim --config-dir DIR +experiment=again
"""
VERSIONS = (
    "numba", "numpy", "scipy", "mesa", "pandas", "hydra-core", "pyarrow", "matplotlib",
)  # fmt: skip
_NOT_OF_THE_RESULT = (
    "out", "overwrite", "progress", "fail_fast", "most_minutes", "confirm", "shard",
)  # fmt: skip


def write_parquet(path: Path, blocks: Iterable[Columns]) -> None:
    """Write a table with units and meanings; a row group per block, so that memory stays flat."""
    import pyarrow.parquet as pq

    writer = None
    # opened here, as Arrow knows only names that are text
    with replacing(path) as temporary, open(temporary, "xb") as file:
        try:
            for block in blocks:
                table = _arrow(block, MONTHS if path.name == SINGLE_MONTHS else path.name)
                if writer is None:
                    writer = pq.ParquetWriter(file, table.schema)
                writer.write_table(table)
        finally:
            if writer is not None:
                writer.close()


def _arrow(columns: Columns, file: str) -> Any:
    import pyarrow as pa

    arrays = {
        name: pa.array([None if v is None else _text(v) for v in column], pa.string())
        if column.dtype == object
        else pa.array(column)
        for name, column in columns.items()
    }
    told = told_of(columns, Path(file).stem)
    fields = [pa.field(name, array.type, metadata=told[name]) for name, array in arrays.items()]
    return pa.table(list(arrays.values()), schema=pa.schema(fields))


def _text(value: Any) -> str:
    """Return what is certainly text: a file's name need not be."""
    return str(value).encode("utf-8", "backslashreplace").decode()


def write_csv(path: Path, columns: Columns) -> None:
    """Write a table for spreadsheets; a number that does not exist is an empty cell."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([_cell(value) for value in row])
    write_atomic(path, sink.getvalue())


def _cell(value: Any) -> Any:
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else f"{float(value):.10g}"
    return safe_cell(value)


def safe_cell(value: Any) -> Any:
    """Return a CSV cell that no spreadsheet runs as a formula; numbers are untouched.

    Text that begins with = + - @ (also after blanks), or with a tab or line end, gets an
    apostrophe in front, which spreadsheets show as plain text.
    """
    if not isinstance(value, str):
        return value
    if value[:1] in ("\t", "\r", "\n") or value.lstrip()[:1] in ("=", "+", "-", "@"):
        return "'" + value
    return value


def write_config(path: Path, request: Request) -> None:
    """Write the whole configuration, defaults included, as an experiment that can be run."""
    import yaml

    request = request.asked or request
    tree = {
        "title": request.title,
        "question": request.question,
        "study": request.study,
        **{k: v for k, v in request.settings.items() if k not in _NOT_OF_THE_RESULT},
        "design": {
            # the points of a file are kept as they were read, as one axis
            "kind": "grid" if request.design_kind == "list" else request.design_kind,
            "samples": request.samples,
            "seeds": request.seeds,
            "axes": {axis.name: _axis(axis) for axis in request.axes},
        },
        "options": {
            name: list(value) if isinstance(value, tuple) else value  # YAML has no tuples
            for name, value in request.options.items()
        },
        **nested(request.values),
        **_held(request),
    }
    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
    write_atomic(path, CONFIG_HEAD + text)


def _held(request: Request) -> dict[str, Any]:
    """Return what is named and may change, or be elsewhere: levers in full, hashes of data files."""
    made: dict[str, Any] = {plural(kind): x for kind, x in held_policies(request).items()}
    if request.data_files:
        files = request.data_files.items()
        made["data_files"] = [{"file": file, "sha256": digest} for file, digest in files]
    return made


def _axis(axis: Axis) -> Any:
    """Return an axis in the form in which an experiment's file gives it."""
    same = all(len(set(setting.values())) == 1 for setting in axis.settings)
    values: Any = [next(iter(s.values())) if same else dict(s) for s in axis.settings]
    if axis.logarithmic:
        values = {"from": values[0], "to": values[-1], "steps": len(values), "log": True}
    if axis.paths == (axis.name,):
        return values
    return {"parameters": list(axis.paths), "values": values}


def provenance(
    request: Request,
    identity: str,
    model_version: str,
    runs: int,
    failed: int,
    tables: dict[str, str],
) -> Any:
    """Return what made a result: command, versions, seed, hashes of tables, state of the sources."""
    return {
        "identity": identity,
        "experiment": request.experiment,
        "command": request.command,
        "seed": request.settings["seed"],
        "replicates": request.replicates,
        "runs": runs,
        "failed_runs": failed,
        "tables": tables,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "nasss_sim": __version__,
        "model": model_version,
        "python": sys.version.split()[0],
        "machine": f"{platform.system()} {platform.machine()}",
        "versions": {name: _version(name) for name in VERSIONS},
        "git": git_state(),
    }


def write_json(path: Path, content: Any) -> None:
    """Write indented JSON."""
    write_atomic(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def git_state() -> str | None:
    """Return the commit of the program's source tree, with `+changes`; None if it has none."""
    tree = Path(__file__).resolve().parents[2]
    if not (tree / ".git").exists():
        return None
    try:
        answers = [
            subprocess.run(
                ["git", "-C", str(tree), *arguments],
                capture_output=True,
                text=True,
                timeout=5,
                check=True,
            ).stdout.strip()
            for arguments in (["rev-parse", "HEAD"], ["status", "--porcelain"])
        ]
    except (OSError, subprocess.SubprocessError):
        return None
    return answers[0] + ("+changes" if answers[1] else "")
