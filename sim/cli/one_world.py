"""Commands about one world, or about a file: `validate`, `hindcast`, `rate` and `data check`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from sim.cli.arguments import parse
from sim.cli.compose import compose
from sim.design.folders import user_path
from sim.design.rating import read_sheet, template
from sim.design.request import Request
from sim.ensembles.store.atomic import write_atomic
from sim.tables.checks import check_each
from sim.tables.errors import UserError
from sim.tables.layout import Table, paragraph
from sim.tables.messages import show, unknown
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import OF_SERIES, OPTIONS, POSTERIOR

TEMPLATE = "--template"
HOW_RATE = (
    "rate: write `python -m sim rate SHEET.csv`, or `python -m sim rate --template [SHEET.csv]` for "
    "an empty sheet"
)
HOW_DATA = "data: write `python -m sim data check FILE.csv`"


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

    from sim.reports.findings import on_disk
    from sim.studies import validate as study

    folder = folder_of(request, "validation")
    found = study.validate(request.values, **{k: request.settings[k] for k in study.ALLOWED})
    found.findings.deliver(folder)
    with on_disk(folder):
        write_atomic(folder / "validation.md", "\n".join(study.markdown(found)) + "\n")
    return 0


def hindcast(arguments: Sequence[str]) -> int:
    """Fit and forecast all series, print the answer, write tables and figure."""
    request = one_world(arguments, "hindcast fits")

    from sim.ensembles.machine import available_cores
    from sim.ensembles.warm import warm_up
    from sim.reports.findings import on_disk
    from sim.studies import hindcast as study
    from sim.studies.hindcast_answer import findings
    from sim.studies.session import say

    folder = folder_of(request, "hindcast")
    seed, threads = request.settings["seed"], request.settings["threads"] or available_cores()
    warm_up(say=say)
    try:
        with on_disk(folder):
            found = study.hindcast(
                request.values, seed, threads, folder / "tried",
                tell=lambda title, stage: say(
                    f"{title}: tolerance {stage.tolerance:.2f}, {stage.tried:,} proposals tried"
                ),
            )  # fmt: skip
    except KeyboardInterrupt as error:
        error.add_note(f"the same command with out={folder} goes on")
        raise
    findings(found).deliver(folder)
    return 0


def rate(arguments: Sequence[str]) -> int | str:
    """Print the outlook and write table and figure; or give an empty sheet."""
    if TEMPLATE in arguments:
        return _template([a for a in arguments if a != TEMPLATE])
    files = [a for a in arguments if "=" not in a and not a.startswith("-")]
    if len(files) != 1:
        raise UserError(HOW_RATE)
    ratings = read_sheet(files[0])
    request = one_world([a for a in arguments if a != files[0]], "an outlook is of", posterior=True)

    from sim.studies import rate as study
    from sim.studies.session import say

    folder = folder_of(request, "rating", Path(files[0]).stem)
    own = {p: x for p, x in request.values.items() if x != PARAMETERS[p].default}
    asked = {name: request.settings[name] for name in study.ALLOWED}
    found = study.of_ratings(ratings, own, asked, say)
    found.findings.deliver(folder)
    return int(found.of.result.ensemble.failed > 0)


def _template(others: Sequence[str]) -> int | str:
    """Return an empty sheet, or write it into a new file."""
    if not others:
        return template().rstrip("\n")
    if len(others) > 1:
        raise UserError(HOW_RATE)
    path = user_path(TEMPLATE, others[0])
    try:
        with open(path, "x", encoding="utf-8", newline="") as file:
            file.write(template())
    except OSError as error:
        told = f"{TEMPLATE} {show(others[0])}: {error.strerror}; give the name of a new file"
        raise UserError(told) from None
    print(
        f"{path}: rate each question simple, complicated or complex, then: python -m sim rate {path}"
    )
    return 0


def data(arguments: Sequence[str]) -> str:
    """Return what is understood of a CSV file, point by point, and the command that fits it."""
    if len(arguments) < 2 or arguments[0] != "check" or "=" in arguments[1]:
        raise UserError(
            f"{HOW_DATA}; allowed behind it are {', '.join(f'{key}=...' for key in OF_SERIES)}"
        )
    file, *rest = arguments[1:]
    given = parse(rest).values
    if strangers := [key for key in given if key not in OF_SERIES]:
        raise UserError([unknown(key, OF_SERIES, "option of data check") for key in strangers])
    asked = check_each({key: OPTIONS[key] for key in OF_SERIES}, given)

    from sim.design.csv_files import resolve_file
    from sim.evidence.series_files import read

    series = read(resolve_file("data", file), *(asked[key] for key in OF_SERIES))
    rows = [["time", "month", "percent", "standard error"]]
    for label, month, share, error in zip(
        series.labels, series.months, series.shares, series.errors, strict=True
    ):
        rows.append([label, str(month), f"{100 * share:.1f}", f"{100 * error:.1f}"])
    again = ["python", "-m", "sim", "+experiment=calibrate_series", f"data={file}"]
    fit = shlex.join([*again, *rest])
    notes = [line for note in series.notes for line in paragraph(note)]
    return "\n".join([*notes, "", *Table(rows).lines(), "", f"Next: {fit}"])
