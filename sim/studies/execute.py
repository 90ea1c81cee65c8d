"""Run the design of a request and return its result: the same for command line and Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sim.design.points import resolved
from sim.design.request import Request
from sim.design.runs import Design
from sim.ensembles import interrupt, warm
from sim.ensembles.chunk import Keep
from sim.ensembles.ensemble import Ensemble
from sim.ensembles.pilot import Estimate
from sim.ensembles.run import run_ensemble
from sim.ensembles.store.store import Store
from sim.outcomes.compute import MONTHS_IN_YEAR
from sim.outcomes.entities import joined
from sim.studies import study_of
from sim.studies.result import Result
from sim.tables.settings import STUDIES

MOST_FAILURES_TOLD = 3
# Settings that `run_ensemble` takes as they are
OF_THE_RUNS = (
    "seed", "threads", "engine", "fail_fast", "contracts", "executor", "address",
)  # fmt: skip


@interrupt.heard()
def compile_for(design: Design, say: Callable[[str], None]) -> None:
    """Compile what the runs of a design need, or load it."""
    for kind in {point.values["network.kind"] for point in design.points}:
        warm.warm_up(kind, say)


def kept_of(request: Request) -> Keep:
    """Return what is recorded of each run."""
    needed, settings = study_of(request).keeps, request.settings
    yearly = settings["months"] == "yearly" and "paths" not in needed
    return Keep(
        paths="paths" in needed or settings["months"] != "none",
        organisations="organisations" in needed or settings["organisations"] == "all",
        hcps=settings["hcps"] == "all",
        every=MONTHS_IN_YEAR if yearly else 1,
    )


class _Failures:
    """Tells the first failures in full, then how many there are, ever more rarely."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._number = 0
        self._next = 10

    def __call__(self, line: str) -> None:
        self._number += 1
        if self._number <= MOST_FAILURES_TOLD:
            self._say(f"failed: {line}")
        elif self._number == self._next:
            self._say(f"failed: {self._number:,} runs so far")
            self._next *= 10


@interrupt.heard()
def execute(
    request: Request,
    design: Design,
    say: Callable[[str], None],
    store: Store | None = None,
    before: Callable[[Estimate], None] | None = None,
    earlier: Ensemble | None = None,
) -> Result:
    """Run everything that a store does not know, with a progress bar; return the result.

    `earlier` holds the runs of the first points, where they have been made. `say` is told about
    runs that fail; `before`, after a few runs, what all of them will take. With a store, months
    and organisations are held in memory only if the study itself needs them.
    """
    settings, needed, keep = request.settings, study_of(request).keeps, kept_of(request)
    ensemble = run_ensemble(
        design.points,
        design.settings,
        replicates=request.replicates,
        keep=keep,
        hold=None if store is None else Keep("paths" in needed, every=keep.every),
        progress=settings["progress"],
        store=store,
        before=before,
        earlier=earlier,
        failed=_Failures(say),
        **{name: settings[name] for name in OF_THE_RUNS},
    )
    if store is not None and "organisations" in needed and not store.elsewhere:
        tables = list(store.entities("organisations"))
        ensemble.entities["organisations"] = joined("organisations", tables)
    return result_of(request, design, ensemble)


def grown_request(request: Request, result: Result) -> Request | None:
    """Return a request with the points that its study asks for besides; None once it has seen enough."""
    asked = study_of(request).more(result)
    there = [*result.ensemble.settings, *request.more]
    each = resolved([*there, *asked], result.values)
    known, new = set(each[: len(there)]), dict(zip(each[len(there) :], asked, strict=True))
    wanted = [point for key, point in new.items() if key not in known]
    return replace(request, more=(*request.more, *wanted)) if wanted else None


def result_of(request: Request, design: Design, ensemble: Ensemble) -> Result:
    """Return the result of what was asked for and what came of it.

    Of many worlds, policies are compared in each; all else is told over them.
    """
    worlds, of_worlds = request.worlds, None
    if worlds.many and not STUDIES[request.study].compares:
        ensemble, of_worlds = ensemble.over_worlds(worlds.settings, request.values), ensemble
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
        request.settings["months"],
        request.policies,
        worlds,
        of_worlds,
        request.options,
        request.samples,
    )
