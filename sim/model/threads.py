"""One big run on several threads.

Within a month an organisation is computed from last month's state alone, so parts of the
organisations go to threads, which meet at the end of every month. What is summed over
organisations is summed by one thread in a fixed order. Bits do not depend on threads or parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from sim.model import kernel, levers, records, state
from sim.model.inputs import N_GROUPS
from sim.model.levers import Schedule
from sim.model.records import Record
from sim.model.state import State

# Below, what it costs to hand over a month weighs too much
FEWEST_HCPS = 50_000
PARTS_PER_THREAD = 8  # whoever is done early takes another


def parts_of(s: State, number: int) -> list[tuple[int, int]]:
    """Cut the organisations into at most so many parts of about equal numbers of HCPs."""
    last = s.organisations["last_hcp"]
    goals = last[-1] * np.arange(1, number) / number
    edges = np.unique([0, *np.searchsorted(last, goals), last.size])
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def advance(
    first_month: int,
    last_month: int,
    run: Any,
    p: Any,
    schedule: Schedule,
    s: State,
    record: Record,
    stop: np.ndarray,
    done: np.ndarray,
    threads: int,
) -> None:
    """Do what `kernel.advance` does, on several threads."""
    parts = parts_of(s, PARTS_PER_THREAD * threads)
    own = [s._replace(failure=np.zeros_like(s.failure)) for _ in parts]
    scratch = [kernel.scratch_for(first, last, s) for first, last in parts]
    sums = np.empty((s.organisations.size, N_GROUPS, records.N_LEVELS))

    def simulate_parts(left: Iterator[int]) -> None:
        for n in left:
            first, last = parts[n]
            kernel.organisations_month(first, last, month, run, p, start, own[n], scratch[n])
            if record.level_row[month] >= 0:
                records.sum_levels(first, last, p, s, sums)

    with ThreadPoolExecutor(threads - 1) as others:
        for month in range(first_month, last_month + 1):
            if stop[0]:
                return
            levers.fill(s.levers, month, schedule, s.organisations, run)
            start = kernel.look_around(month, p, s)
            left = iter(range(len(parts)))
            busy = [others.submit(simulate_parts, left) for _ in range(threads - 1)]
            simulate_parts(left)
            for one in busy:
                one.result()
            records.write_counts(month, s, record)
            if record.level_row[month] >= 0:
                records.write_means(record.level_row[month], p, s, sums, record)
            for part in own:
                if part.failure[0] != state.FINE:
                    s.failure[:] = part.failure
                    return
            done[0] += 1
