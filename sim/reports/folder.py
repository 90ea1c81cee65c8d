"""Folders of results: made so that nothing of a user's is ever lost."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from uuid import uuid4

from sim.design.folders import user_path
from sim.ensembles.store import MANIFEST, MIXES, PROVENANCE, SEARCHED
from sim.ensembles.store.lock import LEFTOVER, LOCK, is_locked
from sim.ensembles.store.manifest import (
    IS_OLD,
    finished_tables,
    identity_in,
    is_old,
    read_manifest,
)
from sim.ensembles.store.store import UNFINISHED
from sim.reports.meanings import FILES
from sim.tables.errors import UserError
from sim.tables.messages import one_line, show

RESULT_FILES = frozenset((*FILES, UNFINISHED))
FIGURES = "figures"
FIGURE_ENDINGS = frozenset((".png", ".svg"))
ALLOWED = "allowed is a new or empty folder"
REPLACED = ", or overwrite=true to replace that result"


def open_folder(
    out: str | None,
    experiment: str,
    identity: str,
    overwrite: bool = False,
    refusal: Callable[[Path], str | None] = lambda folder: "",
    ending: str = "",
) -> Path:
    """Return a folder that results can be written to, made or checked; UserError if there is none.

    Without `out`, `outputs/<experiment>/<time>-<identity><ending>` is made, new at every call.
    `overwrite` accepts a folder with another result of this program, never with files of a user.
    `refusal` says why runs of another identity may not be added to the folder's store: None if
    they may, "" if it can not tell.
    """
    if out is None:
        folder = _new_folder(Path.cwd() / "outputs" / experiment, identity, ending)
        out = str(folder)
    else:
        folder = user_path("out", out).absolute()
        with _possible(out):
            folder.mkdir(parents=True, exist_ok=True)
            wrong = _wrong_content(folder, identity, overwrite, refusal)
        if wrong:
            raise UserError(f"out={show(out)}: {wrong}")
    with _possible(out):
        probe = folder / f".writable-{uuid4().hex}"
        with open(probe, "xb"):
            pass
        probe.unlink()
    return folder


def unfinished_folder(experiment: str, identity: str) -> Path | None:
    """Return the newest folder of these runs in `outputs`, neither finished nor in use."""
    dated = []
    for folder in (Path.cwd() / "outputs" / experiment).glob(f"*-{identity[:8]}*/"):
        manifest = read_manifest(folder)
        if manifest is None or identity not in (manifest.identity, manifest.begun):
            continue
        if finished_tables(folder, manifest) is None and not is_locked(folder):
            dated.append(((folder / MANIFEST).stat().st_mtime_ns, folder.name, folder))
    return max(dated)[2] if dated else None


def _new_folder(parent: Path, identity: str, ending: str) -> Path:
    stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{identity[:8]}"
    with _possible(str(parent)):
        parent.mkdir(parents=True, exist_ok=True)
        for number in count(1):
            folder = parent / f"{stem}{f'-{number}' if number > 1 else ''}{ending}"
            with suppress(FileExistsError):
                folder.mkdir()  # atomic: of two launches in the same second, one gets the name
                break
    return folder


@contextmanager
def _possible(out: str) -> Iterator[None]:
    """Tell what the disk refuses inside as a mistake of the one who named the folder."""
    try:
        yield
    except OSError as error:
        reason = one_line(error.strerror or str(error))
        allowed = "allowed is a folder that can be written to"
        raise UserError(f"out={show(out)}: {reason}; {allowed}") from None


def _wrong_content(
    folder: Path, identity: str, overwrite: bool, refusal: Callable[[Path], str | None]
) -> str | None:
    """Say why no results may be written to a folder, if so."""
    if all(map(_left_behind, os.listdir(folder))):
        return None
    foreign = _foreign(folder)
    if is_old(folder) and not (overwrite and foreign is None):
        return f"{IS_OLD}; {ALLOWED}{REPLACED if foreign is None else ''}"
    if foreign is not None:
        return (
            f"holds {show(foreign)}, which is no result of this program and would be mixed with "
            f"results; {ALLOWED}"
        )
    there = identity_in(folder)
    if there is None:
        return (
            f"holds files but no finished result of this program ({PROVENANCE} is missing or can "
            f"not be read); {ALLOWED}"
        )
    why = None if overwrite or there == identity else refusal(folder)
    if why is None:
        return None
    return f"holds the result of other runs{f' ({why})' if why else ''}; {ALLOWED}{REPLACED}"


def _left_behind(name: str) -> bool:
    """Whether a process that was killed before it could begin leaves such a file."""
    begun = name in (SEARCHED, MIXES)  # a search, which the same command goes on with
    return bool(begun or LOCK.fullmatch(name) or LEFTOVER.fullmatch(name))


def _foreign(folder: Path) -> str | None:
    """Return the name of something in the folder that is not a result file of this program."""
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.name == FIGURES and entry.is_dir(follow_symlinks=False):
            for figure in sorted(os.scandir(entry.path), key=lambda e: e.name):
                good = Path(figure.name).suffix in FIGURE_ENDINGS
                if not good or not figure.is_file(follow_symlinks=False):
                    return f"{FIGURES}/{figure.name}"
        elif entry.name == MIXES and entry.is_dir(follow_symlinks=False):
            continue  # of what is inside, only mixes are replaced
        elif not (
            (entry.name in RESULT_FILES or _left_behind(entry.name))
            and entry.is_file(follow_symlinks=False)
        ):
            return entry.name
    return None
