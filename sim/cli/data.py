"""`python -m sim data check FILE.csv`: what is understood of a series, in words."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from sim.cli.arguments import parse
from sim.tables.checks import check_each
from sim.tables.errors import UserError
from sim.tables.layout import Table, paragraph
from sim.tables.messages import unknown
from sim.tables.settings import OF_SERIES, OPTIONS

HOW = "data: write `python -m sim data check FILE.csv`"


def data(arguments: Sequence[str]) -> str:
    """Return what is understood of a CSV file, point by point, and the command that fits it."""
    if len(arguments) < 2 or arguments[0] != "check" or "=" in arguments[1]:
        raise UserError(
            f"{HOW}; allowed behind it are {', '.join(f'{key}=...' for key in OF_SERIES)}"
        )
    file, *rest = arguments[1:]
    given = parse(rest).values
    if strangers := [key for key in given if key not in OF_SERIES]:
        raise UserError([unknown(key, OF_SERIES, "option of data check") for key in strangers])
    asked, problems = check_each({key: OPTIONS[key] for key in OF_SERIES}, given)
    if problems:
        raise UserError(problems)

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
