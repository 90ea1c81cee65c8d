"""Folders of results: made so that nothing of a user's is ever lost."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from sim.ensembles.store import MANIFEST, PROVENANCE
from sim.ensembles.store.atomic import TEMPORARY
from sim.ensembles.store.atomic import write_atomic as write_atomic
from sim.ensembles.store.chunks import CHUNKS
from sim.ensembles.store.chunks import NAME as CHUNK_NAME
from sim.ensembles.store.find import newest_unfinished
from sim.ensembles.store.lock import LOCK
from sim.reports.meanings import FILES
from sim.tables.errors import UserError
from sim.tables.messages import one_line, show

RESULT_FILES = frozenset(FILES)
FIGURES = "figures"
FIGURE_ENDINGS = frozenset((".png", ".svg"))
_NAME = re.compile(r"[a-z0-9_]+")
_MOST_NAMES = 10_000


def open_folder(
    out: str | None,
    experiment: str,
    identity_hash: str,
    overwrite: bool = False,
    refusal: Callable[[Path], str | None] | None = None,
    ending: str = "",
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
    refusal : callable, optional
        Says, in words, why runs of another identity may not be added to the folder's store; None
        if they may, or "" if it can not tell.
    ending : str
        Put at the end of the name of a new folder, such as "-shard-3-of-16".

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
        folder = _new_folder(Path.cwd() / "outputs" / experiment, identity_hash, ending)
    else:
        folder = Path(out).expanduser().absolute()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(_impossible(out, error)) from None
        _check_content(folder, out, identity_hash, overwrite, refusal)
    _check_writable(folder, str(folder) if out is None else out)
    return folder


def unfinished_folder(experiment: str, identity_hash: str) -> Path | None:
    """Return the newest folder of `outputs/<experiment>` that holds these runs, unfinished."""
    if not _NAME.fullmatch(experiment):
        return None
    return newest_unfinished(Path.cwd() / "outputs" / experiment, identity_hash)


def _new_folder(parent: Path, identity_hash: str, ending: str) -> Path:
    stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{identity_hash[:8]}"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for number in range(1, _MOST_NAMES):
            folder = parent / (f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}")
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
        ours = entry.name in RESULT_FILES or bool(LOCK.fullmatch(entry.name))
        if (ours or TEMPORARY.fullmatch(entry.name)) and entry.is_file(follow_symlinks=False):
            continue
        if entry.name == CHUNKS and entry.is_dir(follow_symlinks=False):
            for chunk in sorted(os.scandir(entry.path), key=lambda e: e.name):
                known = CHUNK_NAME.fullmatch(chunk.name) or TEMPORARY.fullmatch(chunk.name)
                if not known or not chunk.is_file(follow_symlinks=False):
                    return f"{CHUNKS}/{chunk.name}"
            continue
        if entry.name == FIGURES and entry.is_dir(follow_symlinks=False):
            for figure in sorted(os.scandir(entry.path), key=lambda e: e.name):
                good = Path(figure.name).suffix in FIGURE_ENDINGS
                if not good or not figure.is_file(follow_symlinks=False):
                    return f"{FIGURES}/{figure.name}"
            continue
        return entry.name
    return None


def _left_behind(entry: os.DirEntry[str]) -> bool:
    """Whether a process that was killed before it could begin leaves such a thing."""
    if entry.name == CHUNKS and entry.is_dir(follow_symlinks=False):
        return all(TEMPORARY.fullmatch(chunk.name) for chunk in os.scandir(entry.path))
    return bool(LOCK.fullmatch(entry.name) or TEMPORARY.fullmatch(entry.name))


def _identity(folder: Path) -> Any:
    """Return the identity of the store or result in the folder, None when there is none."""
    for name in (MANIFEST, PROVENANCE):
        try:
            found = json.loads((folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(found, dict) and found.get("identity"):
            return found["identity"]
    return None


def _check_content(
    folder: Path,
    out: str,
    identity_hash: str,
    overwrite: bool,
    refusal: Callable[[Path], str | None] | None,
) -> None:
    try:
        foreign = _foreign(folder)
        with os.scandir(folder) as entries:
            empty = all(_left_behind(entry) for entry in entries)
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
        why = refusal(folder) if refusal is not None else ""
        if why is None:
            return
        raise UserError(
            f"out={show(out)}: holds the result of other runs{f' ({why})' if why else ''}; "
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
