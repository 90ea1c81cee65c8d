"""Run the design of a request and return its result: the same for command line and Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

from sim.design.points import resolved, spread_points
from sim.design.request import Request
from sim.design.runs import Design, make_design
from sim.ensembles import interrupt, pilot, warm
from sim.ensembles.chunk import How, Keep, Task
from sim.ensembles.ensemble import Ensemble
from sim.ensembles.machine import available_cores
from sim.ensembles.pilot import Estimate, Measured
from sim.ensembles.run import months_of, run_ensemble
from sim.ensembles.shards import parse_shard
from sim.ensembles.store.store import Store
from sim.ensembles.workers import run_remotely
from sim.outcomes.compute import MONTHS_IN_YEAR
from sim.outcomes.entities import joined
from sim.studies import study_of
from sim.studies.result import Result
from sim.tables.settings import STUDIES

MOST_FAILURES_TOLD = 3
POINTS_TRIED = 3  # to see what a big design will take
ROUND_NUMBERS = [10**n for n in range(1, 10)]
# Settings that `run_ensemble` takes as they are
OF_THE_RUNS = (
    "seed", "threads", "engine", "fail_fast", "contracts", "executor", "address",
)  # fmt: skip
# What a result says of its request as it is
OF_THE_REQUEST = (
    "title", "question", "study", "axes", "design_kind", "values", "seeds", "policies", "worlds", "options", "samples",
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


def forecast(request: Request, number: int, say: Callable[[str], None]) -> Estimate:
    """Return what the runs of a design of so many points will take, from a few of them: before all are made."""
    settings, few = request.settings, spread_points(request.axes, POINTS_TRIED)
    design = make_design(request.values, few, request.seeds, request.policies)
    compile_for(design, say)
    how = How(settings["seed"], settings["engine"], kept_of(request))
    months = [months_of(point) for point in design.points]

    def make(task: Task) -> Measured:
        chunk = run_remotely(design.points[task.point], task, how)
        return Measured(1, months[task.point], chunk.seconds, chunk.bytes)

    measured = pilot.measure(lambda: [Task(n, 0, 1) for n in range(len(months))], make)
    shard = parse_shard(settings["shard"])
    runs = number * request.replicates // (shard.total if shard else 1)
    threads = settings["threads"] or available_cores()
    return pilot.estimate(measured, number, runs, 0, runs * sum(months) / len(months), threads)


def _failures(say: Callable[[str], None]) -> Callable[[str], None]:
    """Return what tells the first failures in full, then how many there are, ever more rarely."""
    numbers = count(1)

    def told(line: str) -> None:
        number = next(numbers)
        if number <= MOST_FAILURES_TOLD:
            say(f"failed: {line}")
        elif number in ROUND_NUMBERS:
            say(f"failed: {number:,} runs so far")

    return told


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
        failed=_failures(say),
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
        **{name: getattr(request, name) for name in OF_THE_REQUEST},
        ensemble=ensemble,
        names=design.names,
        kept_months=request.settings["months"],
        of_worlds=of_worlds,
    )
