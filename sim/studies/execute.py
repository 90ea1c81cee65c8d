"""Run the design of a request and return its result: the same for command line and Python."""

from __future__ import annotations

from collections.abc import Callable

from sim.config.design import points
from sim.config.request import Request
from sim.ensembles import warm
from sim.ensembles.design import Design, make_design
from sim.ensembles.progress import Progress
from sim.ensembles.run import Keep, months_of, run_ensemble
from sim.studies.result import Result


def design_of(request: Request) -> Design:
    """Return the points of a request; raises UserError if a user's file cannot be used."""
    changes = points(request.axes, request.design_kind, request.samples, request.settings["seed"])
    return make_design(request.values, list(changes), request.seeds)


def hcp_months(request: Request, design: Design) -> float:
    """Return the work of a design, in HCP-months."""
    return sum(months_of(p) for p in design.points) * request.settings["replicates"]


def compile_for(design: Design, say: Callable[[str], None]) -> None:
    """Compile what the runs of a design need, or load it."""
    for kind in {point.values["network.kind"] for point in design.points}:
        warm.warm_up(kind, say)


def execute(request: Request, design: Design, say: Callable[[str], None]) -> Result:
    """Compile if need be, run everything with a progress bar, return the result.

    Parameters
    ----------
    request : Request
    design : Design
    say : callable
        Told about a compilation, one line.
    """
    from sim.studies import studies

    settings = request.settings
    compile_for(design, say)
    runs = len(design.points) * settings["replicates"]
    progress = Progress(hcp_months(request, design), runs, settings["progress"])
    try:
        ensemble = run_ensemble(
            design.points,
            design.settings,
            seed=settings["seed"],
            replicates=settings["replicates"],
            threads=settings["threads"],
            engine=settings["engine"],
            keep=Keep(
                paths=studies()[request.study].KEEP_PATHS or settings["months"] == "all",
                organisations=settings["organisations"] == "all",
            ),
            progress=progress,
        )
    finally:
        progress.close()
    return Result(
        request.title,
        request.question,
        request.study,
        request.axes,
        request.design_kind,
        request.values,
        ensemble,
        design.names,
        request.seeds,
    )
