"""`python -m sim calibrate`: searches for parameters that agree with the published patterns."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.cli.validate import one_world
from sim.design.folders import user_path
from sim.tables.errors import StoppedError, UserError
from sim.tables.messages import one_line, show

if TYPE_CHECKING:
    from sim.analysis.abc import Stage

FOLDER = "outputs/calibration"
OWN = {"particles": (10, 100_000), "proposals": (10, 10_000_000)}


def calibrate(arguments: Sequence[str]) -> int:
    """Search, print the answer, write the sample, the table and the figure."""
    own = {name: _whole(arguments, name) for name in OWN}
    others = [a for a in arguments if a.partition("=")[0] not in OWN]
    request = one_world(others, "calibrate searches around")

    from sim.ensembles.machine import available_cores
    from sim.ensembles.store.atomic import write_atomic
    from sim.ensembles.warm import warm_up
    from sim.reports.draw_files import draw, save_figure
    from sim.reports.files import write_csv
    from sim.studies import calibrate as study

    folder = user_path("out", str(request.settings["out"] or FOLDER))
    seed, threads = request.settings["seed"], request.settings["threads"] or available_cores()
    particles = own["particles"] or study.PARTICLES
    proposals = own["proposals"] or study.PROPOSALS
    warm_up(say=lambda text: print(text, file=sys.stderr, flush=True))
    try:
        found = study.calibrate(request.values, seed, threads, folder, particles, proposals, _tell)
        if found is None:
            raise UserError(
                f"proposals={proposals}: fewer than {particles} of them can be simulated"
            )
        print(found, flush=True)
        write_csv(folder / "sample.csv", study.sample(found))
        write_csv(folder / "posterior.csv", study.posterior(found))
        write_atomic(folder / "answer.txt", f"{found}\n")
        figure = study.figure(found)
        save_figure(
            draw(figure, study.TITLE), folder / figure.name, study.TITLE, {"seed": str(seed)}
        )
    except OSError as error:
        raise StoppedError(f"{one_line(str(folder))}: {one_line(str(error))}") from None
    except KeyboardInterrupt:
        print(f"stopped; the same command with out={folder} goes on", file=sys.stderr)
        raise
    print(f"\nFiles: {folder}")
    return 0


def _tell(stage: Stage) -> None:
    print(
        f"tolerance {stage.tolerance:.2f}: {stage.tried:,} proposals tried",
        file=sys.stderr,
        flush=True,
    )


def _whole(arguments: Sequence[str], name: str) -> int | None:
    """Return the value of `name=` among the arguments, checked."""
    given: list[Any] = [a.partition("=")[2] for a in arguments if a.partition("=")[0] == name]
    if not given:
        return None
    low, high = OWN[name]
    if len(given) > 1 or not given[0].isdecimal() or not low <= int(given[0]) <= high:
        raise UserError(
            f"{name}={show(given[-1])}: allowed is a whole number from {low} to {high}, once"
        )
    return int(given[0])
