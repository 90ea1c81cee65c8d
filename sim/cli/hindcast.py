"""`python -m sim hindcast`: published series forecast from their first part, by the model and by simple curves."""

from __future__ import annotations

from collections.abc import Sequence

from sim.cli.validate import folder_of, one_world


def hindcast(arguments: Sequence[str]) -> int:
    """Fit and forecast all series, print the answer, write tables and figure."""
    request = one_world(arguments, "hindcast fits")

    from sim.ensembles.machine import available_cores
    from sim.ensembles.warm import warm_up
    from sim.studies import hindcast as study
    from sim.studies.hindcast_answer import findings
    from sim.studies.session import say

    folder = folder_of(request, "hindcast")
    seed, threads = request.settings["seed"], request.settings["threads"] or available_cores()
    warm_up(say=say)
    try:
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
