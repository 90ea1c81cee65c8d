"""`python -m sim rate SHEET.csv`: the outlook of a project that was rated by NASSS."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.cli.validate import folder_of, one_world
from sim.design.folders import user_path
from sim.design.rating import read_sheet, template
from sim.ensembles.store.atomic import write_atomic
from sim.tables.errors import UserError
from sim.tables.messages import one_line, show
from sim.tables.parameters import PARAMETERS

TEMPLATE = "--template"
HOW = (
    "rate: write `python -m sim rate SHEET.csv`, or `python -m sim rate --template [SHEET.csv]` for "
    "an empty sheet"
)


def rate(arguments: Sequence[str]) -> int | str:
    """Print the outlook and write table and figure; or give an empty sheet."""
    if TEMPLATE in arguments:
        return _template([a for a in arguments if a != TEMPLATE])
    files = [a for a in arguments if "=" not in a and not a.startswith("-")]
    if len(files) != 1:
        raise UserError(HOW)
    ratings = read_sheet(files[0])
    request = one_world([a for a in arguments if a != files[0]], "an outlook is of", posterior=True)

    from sim.studies import rate as study
    from sim.studies.session import say

    own = {p: x for p, x in request.values.items() if x != PARAMETERS[p].default}
    asked = {name: request.settings[name] for name in study.ALLOWED}
    found = study.of_ratings(ratings, own, asked, say)
    found.findings.deliver(folder_of(request, "rating", Path(files[0]).stem))
    return int(found.failed > 0)


def _template(others: Sequence[str]) -> int | str:
    """Return an empty sheet, or write it into a new file."""
    if not others:
        return template().rstrip("\n")
    if len(others) > 1:
        raise UserError(HOW)
    path = user_path(TEMPLATE, others[0])
    if path.exists():
        raise UserError(
            f"{TEMPLATE} {show(others[0])}: is there already; give the name of a new file"
        )
    try:
        write_atomic(path, template())
    except OSError as error:
        raise UserError(f"{TEMPLATE} {show(others[0])}: {one_line(str(error.strerror))}") from None
    print(
        f"{path}: rate each question simple, complicated or complex, then: python -m sim rate {path}"
    )
    return 0
