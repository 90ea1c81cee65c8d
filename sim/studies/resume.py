"""`python -m sim resume DIR`: go on where a sweep was interrupted."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sim.ensembles.store import MANIFEST
from sim.ensembles.store.chunks import CHUNKS
from sim.ensembles.store.find import tables_of_finished
from sim.ensembles.store.manifest import read_manifest
from sim.ensembles.store.store import remove_chunks
from sim.tables.errors import UserError
from sim.tables.messages import show, unknown

# What may be changed on the way: nothing of it changes a result.
MAY_CHANGE = ("threads", "progress", "confirm", "most_minutes", "fail_fast")
# The folder is the one that is resumed, and nothing of it is replaced.
LEFT_OUT = ("out", "overwrite")


def resume(arguments: Sequence[str]) -> int:
    """Continue the store of a folder.

    Parameters
    ----------
    arguments : sequence of str
        The folder, and settings that change no result, such as `threads=2`.

    Returns
    -------
    int
        Exit code, as of the command that began it; 0 if it is finished already.

    Raises
    ------
    UserError
        If there is no store, or if what it is of has changed meanwhile.
    """
    if not arguments:
        raise UserError("resume: needs the folder of a sweep after it")
    given, *changes = arguments
    for change in changes:
        key = change.partition("=")[0]
        if key not in MAY_CHANGE:
            raise UserError(unknown(change, MAY_CHANGE, "setting of resume"))
    folder = Path(given).expanduser().absolute()
    manifest = read_manifest(folder)
    if manifest is None:
        raise UserError(
            f"resume {show(given)}: holds no {MANIFEST} that can be read; "
            "needed is the folder of a sweep that was begun with this program"
        )
    if tables_of_finished(folder, manifest) is not None:
        if (folder / CHUNKS).is_dir():  # killed between the last two steps
            remove_chunks(folder)
        runs = len(manifest.points) * manifest.replicates
        there = "its only run is there" if runs == 1 else f"all {runs:,} runs are there"
        print(f"{show(given)} is finished: {there}")
        return 0
    from sim.cli.compose import compose
    from sim.studies import perform

    changed = {change.partition("=")[0] for change in changes}
    words = [a for a in manifest.arguments if _key(a) not in changed.union(LEFT_OUT)] + changes
    with _inside(manifest.directory):  # where relative paths of the command start
        request = compose(words)
    request = replace(
        request,
        settings={**request.settings, "out": str(folder), "overwrite": False},
        command=shlex.join(["python", "-m", "sim", *words]),
        notes=[],
    )
    return perform(request, manifest.directory)


def _key(argument: str) -> str:
    return argument.partition("=")[0].strip().lstrip("+")


def _inside(directory: str) -> contextlib.AbstractContextManager[None]:
    return contextlib.chdir(directory) if os.path.isdir(directory) else contextlib.nullcontext()
