"""A few runs first, whose results are kept: how long will all of them take, how much disk?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sim.ensembles.machine import available_cores, load
from sim.tables.messages import counted

if TYPE_CHECKING:
    from sim.ensembles.chunk import Task

MOST_TASKS = 4
NOTICEABLE = 1.25  # times as long: below, one number is told
# Seconds of a processor for tables, figures and the report: whatever the study is, and for each point
TOLD, OF_A_POINT = 2.5, 0.003
SECONDS = 0.5  # about so much work is done before the estimate is told


class Estimate(NamedTuple):
    """What the runs that are left will take."""

    runs: int  # of the design
    known: int  # of these, done before
    seconds: float  # if this machine does nothing else
    bytes: float  # of the result tables of all runs
    slowest: float  # seconds, if the machine stays as busy as it is
    after: float  # seconds for tables and figures, in neither of the others
    memory: float = 0.0  # bytes, where a run is so big that they matter

    def words(self) -> str:
        """Return one line for the user."""
        there = f" ({self.known:,} are there already)" if self.known else ""
        time = f"about {duration(self.seconds)}"
        longest = duration(self.slowest)
        if self.slowest > NOTICEABLE * self.seconds and longest != duration(self.seconds):
            time += f" to {longest} (the machine is busy)"
        room = (
            f"{size(self.memory)} of memory" if self.memory else f"{size(self.bytes)} on the disk"
        )
        return f"{counted(self.runs, 'run')}{there}: {time}, then tables and figures, about {duration(self.after)}; {room}"

    def too_long(self, most_minutes: int) -> str:
        """Return the line that refuses more than so many minutes; empty where it is less."""
        if self.slowest + self.after <= 60 * most_minutes:
            return ""
        return (
            f"confirm=false: {self.words()}; that is more than most_minutes={most_minutes}; "
            "add confirm=true to go on"
        )


def duration(seconds: float) -> str:
    """Return a time in words."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours" if seconds < 172_800 else f"{seconds / 86400:.0f} days"


def size(content: float) -> str:
    """Return a size in words."""
    for unit, bytes_ in (("GB", 1e9), ("MB", 1e6)):
        if content >= bytes_:
            return f"{content / bytes_:.1f} {unit}"
    return f"{max(1, round(content / 1e3))} kB"


class Measured(NamedTuple):
    """What a task of the pilot took: runs, HCP-months, seconds of processors, bytes."""

    runs: int
    months: float
    seconds: float
    bytes: int


def measure(left: Callable[[], Sequence[Task]], make: Callable[[Task], Measured]) -> list[Measured]:
    """Make one run, then, if runs are short, some more all over the design.

    `left` returns the tasks of all runs that are not yet made.
    """
    tasks = left()
    task = tasks[len(tasks) // 2]
    measured = [make(task._replace(last=task.first + 1))]
    # The first run is no measure of short ones: it finds cold caches.
    seconds = measured[0].seconds
    tasks = left() if seconds <= SECONDS else []
    for n in sorted({0, len(tasks) // 2, len(tasks) - 1}) if tasks else ():
        task = tasks[n]
        most = max(1, int(SECONDS / MOST_TASKS / max(seconds, 1e-9)))
        measured.append(make(task._replace(last=min(task.last, task.first + most))))
    return measured


def estimate(
    measured: Sequence[Measured], points: int, runs: int, known: int, months: float, threads: int
) -> Estimate:
    """Return what the runs that are left, so many HCP-months, will take, and what follows."""
    warm = measured[1:] or measured
    rate = sum(m.seconds for m in warm) / max(sum(m.months for m in warm), 1.0)
    bytes_ = sum(m.bytes for m in warm) / sum(m.runs for m in warm)
    cores = available_cores()
    seconds = rate * months / min(threads, cores)
    # whoever else computes takes a share, once there are more threads than processors
    shared = max(1.0, (min(threads, cores) + load()) / cores)
    after = shared * (TOLD + OF_A_POINT * points)
    return Estimate(runs, known, seconds, bytes_ * runs, shared * seconds, after)
