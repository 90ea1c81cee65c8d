"""Folders of results: made so that nothing of a user's is ever lost."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from sim.config.messages import one_line, show
from sim.errors import UserError

PROVENANCE = "provenance.json"
RESULT_FILES = frozenset(
    (
        "runs.parquet",
        "summary.csv",
        "months.parquet",
        "organisations.parquet",
        "config.yaml",
        PROVENANCE,
    )
)
FIGURES = "figures"
FIGURE_ENDINGS = frozenset((".png", ".svg"))
_NAME = re.compile(r"[a-z0-9_]+")
_MOST_NAMES = 10_000


def open_folder(
    out: str | None, experiment: str, identity_hash: str, overwrite: bool = False
) -> Path:
    """Return a folder that results can be written to, made or checked.

    Parameters
    ----------
    out : str or None
        The folder asked for; None makes `outputs/<experiment>/<time>-<hash>` in the working
        directory, a new one at every call.
    experiment : str
        A name of a-z, 0-9 and _.
    identity_hash : str
        Identity of the result; `provenance.json` holds it under "identity".
    overwrite : bool
        Accept a folder that holds another result of this program. Files of a user are never
        accepted.

    Returns
    -------
    Path
        An existing folder that a file can be written to.

    Raises
    ------
    UserError
        If the folder can not be made or written to, or holds anything else.
    """
    if not _NAME.fullmatch(experiment):
        raise UserError(f"experiment={show(experiment)}: a name is made of a-z, 0-9 and _")
    if not re.fullmatch(r"[0-9a-f]{8,}", identity_hash):
        raise ValueError("identity_hash must be at least 8 hexadecimal digits")
    if out is None:
        folder = _new_folder(Path.cwd() / "outputs" / experiment, identity_hash)
    else:
        folder = Path(out).expanduser().absolute()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(_impossible(out, error)) from None
        _check_content(folder, out, identity_hash, overwrite)
    _check_writable(folder, str(folder) if out is None else out)
    return folder


def _new_folder(parent: Path, identity_hash: str) -> Path:
    stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{identity_hash[:8]}"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for number in range(1, _MOST_NAMES):
            folder = parent / (stem if number == 1 else f"{stem}-{number}")
            try:
                folder.mkdir()  # atomic: of two launches in the same second, one gets the name
                return folder
            except FileExistsError:
                continue
    except OSError as error:
        raise UserError(_impossible(str(parent), error)) from None
    raise UserError(f"{one_line(str(parent))}: has too many folders of this second; set out=DIR")


def _impossible(out: str, error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"out={show(out)}: {one_line(reason)}; allowed is a folder that can be written to"


def _foreign(folder: Path) -> str | None:
    """Return the name of something in the folder that is not a result file of this program."""
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.name in RESULT_FILES and entry.is_file(follow_symlinks=False):
            continue
        if entry.name == FIGURES and entry.is_dir(follow_symlinks=False):
            for figure in sorted(os.scandir(entry.path), key=lambda e: e.name):
                good = Path(figure.name).suffix in FIGURE_ENDINGS
                if not good or not figure.is_file(follow_symlinks=False):
                    return f"{FIGURES}/{figure.name}"
            continue
        return entry.name
    return None


def _identity(folder: Path) -> Any:
    """Return the identity of the finished result in the folder, None when there is none."""
    try:
        found = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found.get("identity") if isinstance(found, dict) else None


def _check_content(folder: Path, out: str, identity_hash: str, overwrite: bool) -> None:
    try:
        foreign, empty = _foreign(folder), not os.listdir(folder)
    except OSError as error:
        raise UserError(_impossible(out, error)) from None
    if empty:
        return
    if foreign is not None:
        raise UserError(
            f"out={show(out)}: holds {show(foreign)}, which is no result of this program and "
            "would be mixed with results; allowed is a new or empty folder"
        )
    identity = _identity(folder)
    if identity is None:
        raise UserError(
            f"out={show(out)}: holds files but no finished result of this program "
            f"({PROVENANCE} is missing or can not be read); allowed is a new or empty folder"
        )
    if identity != identity_hash and not overwrite:
        raise UserError(
            f"out={show(out)}: holds the result of other runs; "
            "allowed is a new or empty folder, or overwrite=true to replace that result"
        )


def _check_writable(folder: Path, out: str) -> None:
    probe = folder / f".writable-{uuid4().hex}"
    try:
        with open(probe, "xb"):
            pass
        probe.unlink()
    except OSError as error:
        raise UserError(_impossible(out, error)) from None


def write_atomic(path: str | Path, content: bytes | str) -> None:
    """Write a file so that a reader sees the old one or the whole new one, never a part.

    Parameters
    ----------
    path : str or Path
        Its folder must exist.
    content : bytes or str
        Text is written as UTF-8 with the line ends it has.

    Raises
    ------
    OSError
        If the file can not be written; nothing is left behind.
    """
    path = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


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
