"""The version of the model: a hash of the code and the numbers that decide what is kept of a run.

Of code its syntax counts, without docstrings, annotations and what is said of a failure; of tables
what is computed with. So comments, titles, meanings, units, sources and ranges can be mended, and
statistics, figures and reports be changed, and old stores are still extended and old lives retold.
What a run is computed from (parameters, policies, worlds, luck) is part of its own identity.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.outcomes.columns import COLUMNS
from sim.outcomes.table import OUTCOMES
from sim.tables.compiled import OPTIONS, PACKAGE, kept_text
from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES
from sim.tables.parameters import PARAMETERS
from sim.tables.version import __version__

# From the inputs of a run to what is kept of it
DECIDE = (
    "model/**/*.py",
    "outcomes/compute.py",
    "outcomes/entities.py",
    "policies/cost.py",
    "ensembles/chunk.py",
)


@lru_cache(maxsize=1)
def model_version() -> str:
    """Return the version of the program, and the hash of what decides results."""
    decides = f"{_code()} {list(_numbers())}"
    return f"{__version__}+{hashlib.sha256(decides.encode()).hexdigest()[:12]}"


def _numbers() -> Iterator[Any]:
    """Yield what the tables hold that is computed with."""
    yield from ((p.path, p.default, p.kind, p.choices) for p in PARAMETERS.values())
    yield from (GROUP_NAMES, QUALITY_NAMES, tuple(OUTCOMES), sorted(OPTIONS.items()))
    for table, columns in COLUMNS.items():
        yield table, [(name, np.dtype(column.dtype).str) for name, column in columns.items()]


def _code() -> str:
    """Return a hash of the code; kept, because parsing takes longer than a small run."""
    files = sorted(path for pattern in DECIDE for path in PACKAGE.glob(pattern))
    sources = {path.relative_to(PACKAGE).as_posix(): path.read_bytes() for path in files}
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name, source in sources.items():
        digest.update(name.encode() + source)
    return kept_text(f"model-{digest.hexdigest()[:20]}", lambda: _hash_of(sources))


def _hash_of(sources: dict[str, bytes]) -> str:
    parts: list[str] = []
    for name, source in sources.items():
        parts.append(name)
        _deciding(ast.parse(source), parts.append)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _deciding(node: ast.AST, write: Callable[[str], None]) -> None:
    """Write what of a syntax tree can change a result.

    Not by `ast.dump`, which writes the same code in another way in other versions of Python.
    """
    write(type(node).__name__)
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        _deciding(node.exc.func, write)  # whatever it says
        return
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "kind") or value is None or value == []:
            continue
        write(field)
        if isinstance(value, list):
            for part in value:
                if not isinstance(part, ast.AST):
                    write(repr(part))
                elif not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)):
                    _deciding(part, write)  # a docstring decides nothing
            write("end")
        elif isinstance(value, ast.AST):
            _deciding(value, write)
        else:
            write(repr(value))
