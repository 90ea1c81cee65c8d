"""`python -m sim validate`: published patterns beside what the model gives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.cli.compose import compose
from sim.design.folders import user_path
from sim.design.request import Request
from sim.tables.errors import UserError
from sim.tables.settings import POSTERIOR


def one_world(arguments: Sequence[str], what: str, posterior: bool = False) -> Request:
    """Return the request of a command that is about one world, or, where allowed, a posterior of it."""
    request = compose(arguments)
    if request.axes or request.experiment != "baseline":
        named = request.axes[0].name if request.axes else request.experiment
        raise UserError(f"{named}: {what} one world; give single values")
    if request.worlds.which and not posterior:
        raise UserError(f"uncertainty={POSTERIOR}: {what} one world; allowed is none")
    return request


def folder_of(request: Request, *usual: str) -> Path:
    """Return the folder asked for, or the usual one in `outputs`."""
    return user_path("out", str(request.settings["out"] or Path("outputs", *usual)))


def validate(arguments: Sequence[str]) -> int:
    """Measure the patterns in one world, print the answer, write table, page and figure."""
    request = one_world(arguments, "validate measures")

    from sim.ensembles.store.atomic import write_atomic
    from sim.studies import validate as study

    found = study.of_values(request.values, {k: request.settings[k] for k in study.ALLOWED})
    folder = folder_of(request, "validation")
    found.findings.deliver(folder)
    write_atomic(folder / "validation.md", "\n".join(study.markdown(found)) + "\n")
    return 0
