"""`python -m sim hindcast`: published series forecast from their first part, by the model and by simple curves."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.validate import one_world
from sim.design.folders import user_path
from sim.tables.errors import StoppedError
from sim.tables.messages import one_line

if TYPE_CHECKING:
    from sim.analysis.abc import Stage
    from sim.studies.hindcast import Hindcast

FOLDER = "outputs/hindcast"


def hindcast(arguments: Sequence[str]) -> int:
    """Fit and forecast all series, print the answer, write tables and figure."""
    request = one_world(arguments, "hindcast fits")

    from sim.ensembles.machine import available_cores
    from sim.ensembles.warm import warm_up
    from sim.studies import hindcast as study
    from sim.studies.hindcast_answer import answer

    folder = user_path("out", str(request.settings["out"] or FOLDER))
    seed, threads = request.settings["seed"], request.settings["threads"] or available_cores()
    warm_up(say=lambda text: print(text, file=sys.stderr, flush=True))
    try:
        found = study.hindcast(request.values, seed, threads, folder / "tried", tell=_tell)
        print("\n".join(answer(found).lines()), flush=True)
        save(found, folder)
    except OSError as error:
        raise StoppedError(f"{one_line(str(folder))}: {one_line(str(error))}") from None
    except KeyboardInterrupt:
        print(f"stopped; the same command with out={folder} goes on", file=sys.stderr)
        raise
    print(f"\nFiles: {folder}")
    return 0


def save(found: Hindcast, folder: Path) -> None:
    """Write scores, forecasts and the figure."""
    from sim.reports.draw_files import draw, save_figure
    from sim.reports.files import write_csv
    from sim.studies import hindcast_answer as told

    write_csv(folder / "scores.csv", told.columns_of(found))
    write_csv(folder / "forecasts.csv", told.forecasts_of(found))
    figure = told.figure(found)
    stamp = {"seed": str(found.seed)}
    save_figure(draw(figure, told.TITLE), folder / figure.name, told.TITLE, stamp)


def _tell(title: str, stage: Stage) -> None:
    told = f"{title}: tolerance {stage.tolerance:.2f}, {stage.tried:,} proposals tried"
    print(told, file=sys.stderr, flush=True)
