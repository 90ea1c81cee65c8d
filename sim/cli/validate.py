"""`python -m sim validate`: published patterns beside what the model gives."""

from __future__ import annotations

from collections.abc import Sequence

from sim.cli.compose import compose
from sim.design.folders import user_path
from sim.design.request import Request
from sim.tables.errors import StoppedError, UserError
from sim.tables.messages import one_line
from sim.tables.settings import POSTERIOR

FOLDER = "outputs/validation"


def one_world(arguments: Sequence[str], what: str, posterior: bool = False) -> Request:
    """Return the request of a command that is about one world, or, where allowed, a posterior of it."""
    request = compose(arguments)
    if request.axes or request.experiment != "baseline":
        named = request.axes[0].name if request.axes else request.experiment
        raise UserError(f"{named}: {what} one world; give single values")
    if request.worlds.which and not posterior:
        raise UserError(f"uncertainty={POSTERIOR}: {what} one world; allowed is none")
    return request


def validate(arguments: Sequence[str]) -> int:
    """Measure the patterns in one world, print the answer, write table, page and figure."""
    request = one_world(arguments, "validate measures")

    from sim.ensembles.store.atomic import write_atomic
    from sim.reports.draw_files import draw, save_figure
    from sim.reports.files import write_csv
    from sim.studies import validate as study

    asked = {name: request.settings[name] for name in study.ALLOWED}
    found = study.of_values(request.values, asked)
    print(found, flush=True)
    folder = user_path("out", str(request.settings["out"] or FOLDER))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_csv(folder / "validation.csv", study.columns_of(found.rows))
        write_atomic(folder / "validation.md", "\n".join(study.markdown(found)) + "\n")
        figure = study.figure(found)
        save_figure(draw(figure, study.TITLE), folder / figure.name, study.TITLE, {})
    except OSError as error:
        raise StoppedError(f"{one_line(str(folder))}: {one_line(str(error))}") from None
    print(f"\nFiles: {folder}")
    return 0
