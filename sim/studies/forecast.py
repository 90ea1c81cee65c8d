"""What a big design will take, from a few of its points: known before all of them are made."""

from __future__ import annotations

from collections.abc import Callable

from sim.design.points import spread_points
from sim.design.request import Request
from sim.design.runs import make_design
from sim.ensembles import pilot
from sim.ensembles.chunk import How, Task
from sim.ensembles.machine import available_cores
from sim.ensembles.pilot import Estimate, Measured
from sim.ensembles.run import months_of
from sim.ensembles.shards import parse_shard
from sim.ensembles.workers import run_remotely
from sim.studies.execute import compile_for, kept_of

SAMPLE = 3


def forecast(request: Request, number: int, say: Callable[[str], None]) -> Estimate:
    """Return what the runs of a design of so many points will take."""
    settings, few = request.settings, spread_points(request.axes, SAMPLE)
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
