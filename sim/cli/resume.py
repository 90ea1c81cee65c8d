"""`python -m sim resume DIR`: go on where a sweep was interrupted."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.cli.compose import compose
from sim.design.folders import plural, user_path
from sim.design.request import Request
from sim.design.runs import Design, design_of
from sim.ensembles.model_version import model_version
from sim.ensembles.store.extension import difference
from sim.ensembles.store.manifest import (
    Manifest,
    finished_tables,
    manifest_of,
    needed_manifest,
    point_hashes,
)
from sim.ensembles.store.store import remove_unfinished
from sim.studies import study_of
from sim.tables.errors import UserError
from sim.tables.messages import show, unknown

# What may be changed on the way: nothing of it changes a result.
MAY_CHANGE = ("threads", "progress", "confirm", "most_minutes", "fail_fast")
# The folder is named anew, and nothing in it is replaced.
LEFT_OUT = ("out", "overwrite")


def resume(arguments: Sequence[str]) -> int:
    """Continue the store of a folder; `arguments` are the folder, and settings such as `threads=2`.

    The exit code is that of the command that began it; 0 if it is finished already.
    """
    if not arguments:
        raise UserError("resume: needs the folder of a sweep after it")
    given, *changes = arguments
    for change in changes:
        if key_of(change) not in MAY_CHANGE:
            raise UserError(unknown(change, MAY_CHANGE, "setting of resume"))
    folder = user_path("resume", given).absolute()
    manifest = needed_manifest(folder, f"resume {show(given)}")
    if finished_tables(folder, manifest) is not None:
        remove_unfinished(folder)  # killed between the last two steps
        runs = len(manifest.points) * manifest.replicates
        there = "its only run is there" if runs == 1 else f"all {runs:,} runs are there"
        print(f"{show(given)} is finished: {there}")
        return 0
    from sim.studies.session import perform

    request = replace(request_again(manifest, changes, folder), notes=[])  # told at first
    return perform(request, manifest.directory)


def request_again(
    manifest: Manifest,
    changes: Sequence[str],
    out: Path | None = None,
    without: str = "",
    held: Mapping[str, Mapping[str, Any]] | None = None,
) -> Request:
    """Return the request that a store was made from, with some settings changed."""
    left_out = {*LEFT_OUT, without, *map(key_of, changes)}
    words = [word for word in manifest.arguments if key_of(word) not in left_out]
    words += changes
    with inside(manifest.directory):
        request = compose(words, held)
    settings = {**request.settings, "out": None if out is None else str(out)}
    return replace(request, settings=settings, more=tuple(manifest.more))


def made_again(folder: Path, where: str) -> tuple[Manifest, Request, Design]:
    """Return what a folder is a result of, made again from its command; UserError if it is not that."""
    manifest = needed_manifest(folder, where)
    made_by = manifest.head["model"]
    if made_by != model_version():
        raise UserError(
            f"{where}: was made by model {made_by}, this is {model_version()}; "
            "the runs would not be the same"
        )
    # what is finished needs no file of a policy, which may be another one by now
    held = {plural(kind): policies for kind, policies in manifest.policies.items()}
    request = request_again(manifest, [], held=held)
    with inside(manifest.directory):
        if look := study_of(request).held:
            request = look(request, folder)
        design = design_of(request)
        same = [h.hex() for h in point_hashes(design)] == list(manifest.points)
        now = None if same else manifest_of(request, design, [])
    if now is not None:
        counts = f"{len(manifest.points)} points there, {len(now.points)} now"
        found = difference(manifest, now, request.data_files, "now") or counts
        raise UserError(f"{where}: a file that the runs are made from has changed; {found}")
    return manifest, request, design


def key_of(argument: str) -> str:
    """Return the key of `key=value`."""
    return argument.partition("=")[0].strip().lstrip("+")


def inside(directory: str) -> contextlib.AbstractContextManager[None]:
    """Work where relative paths of a command start, if that is still there."""
    return contextlib.chdir(directory) if os.path.isdir(directory) else contextlib.nullcontext()
