"""The search for parameters that agree with what was seen: what is free, and what was tried.

Free parameters and their priors (`sim.tables.plausible`) are the same for published patterns and for a user's own
series; of patterns, accepted ranges and the distance were committed before any search as well. Each proposal is
one replicate with luck of its own. What was tried is appended to a file at once, so that an interrupted search
goes on to the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sim.design.policy_files import Policies
from sim.ensembles.model_version import model_version
from sim.ensembles.store import TRIED
from sim.ensembles.store.tried import Found, Key, Tried, identity_of
from sim.evidence.measure import Row, distance, rows_of
from sim.evidence.pattern_worlds import points, sums_of_replicate
from sim.evidence.patterns import FITTED, mirrors_of
from sim.evidence.series import Series, simulated
from sim.evidence.series import distance as off
from sim.tables.errors import SimulationError
from sim.tables.limits import check_together
from sim.tables.plausible import FREE, plausible

# values of all parameters, number of the replicate, limit -> how far one run is from what was seen;
# infinite is allowed for all beyond the limit
Distance = Callable[[Mapping[str, Any], int, float], float]
BATCH = 1_000_000  # replicates of a batch of proposals
AFTER = BATCH * BATCH  # replicates of runs that no proposal has had
Task = TypeVar("Task")
Made = TypeVar("Made")


def ends() -> np.ndarray:
    """Return the plausible ends of the free parameters, (2, parameters)."""
    return np.array([plausible(path) for path in FREE]).T


def in_units(points: np.ndarray) -> np.ndarray:
    """Return points of the unit cube, (..., parameters), in the units of the parameters."""
    low, high = ends()
    return np.asarray(low + points * (high - low))


def values_of(point: np.ndarray) -> dict[str, float]:
    """Return the free parameters at a point of the unit cube."""
    return dict(zip(FREE, in_units(point).tolist(), strict=True))


def world_at(values: Mapping[str, Any], point: np.ndarray) -> dict[str, Any]:
    """Return the values of a world whose free parameters are those at a point of the unit cube.

    Raises SimulationError where they do not go together.
    """
    world = {**values, **values_of(point)}
    if problems := check_together(world):
        raise SimulationError(problems[0])
    return world


def of_each(
    make: Callable[[Task], Made], tasks: Iterable[Task], threads: int, no_world: Made
) -> Iterator[Made]:
    """Yield what is made of each task, in their order; `no_world` where a month can not hold the effort asked for."""

    def made(task: Task) -> Made:
        try:
            return make(task)
        except SimulationError:
            return no_world

    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(made, tasks)


def pattern_rows(values: Mapping[str, Any], seed: int, replicate: int) -> list[Row]:
    """Return the published numbers beside what one run gives."""
    names = mirrors_of(FITTED)
    sums = sums_of_replicate(points(values, names), names, seed, replicate)
    return rows_of(FITTED, {name: one[None] for name, one in sums})


def from_patterns(seed: int) -> Distance:
    """Return the distance of a run from the fitted patterns; who is beyond the limit is simulated no further."""
    names = mirrors_of(FITTED)

    def measured(values: Mapping[str, Any], replicate: int, limit: float) -> float:
        rows: list[Row] = []
        far = 0.0
        for name, sums in sums_of_replicate(points(values, names), names, seed, replicate):
            rows += rows_of([p for p in FITTED if p.mirror == name], {name: sums[None]})
            far = distance(rows, FITTED)
            if far > limit:
                return np.inf
        return far

    return measured


def from_series(series: Series, seed: int, policies: Policies | None = None) -> Distance:
    """Return the distance of a run from a series; `policies` as `sim.evidence.series.simulated` takes them."""

    def measured(values: Mapping[str, Any], replicate: int, _: float) -> float:
        return off(series, simulated(values, series, seed, replicate, policies=policies))

    return measured


class Search:
    """Measures the distance of proposals, each once, and keeps what it found in a folder.

    `seen` is all that proposals and their distances hang on beside the other arguments, so that a folder is known again.
    """

    def __init__(
        self, values: Mapping[str, Any], seed: int, threads: int,
        distance: Distance, seen: object,
    ) -> None:  # fmt: skip
        self.values, self.seed, self.threads = values, seed, threads
        self.distance = distance
        told = [model_version(), seed, FREE, ends().tolist(), seen, sorted(values.items())]
        self.identity = identity_of(told)

    def open(self, folder: Path) -> None:
        """Keep what is tried in a folder, and go on with what is there."""
        self.tried = Tried(folder / TRIED, self.identity, ["batch", "number", "distance"], 2)

    @property
    def known(self) -> dict[Key, Found]:
        """(batch, number) -> (distance,)."""
        return self.tried.known

    def __call__(
        self, batch: int, numbers: np.ndarray, proposed: np.ndarray, limit: float
    ) -> np.ndarray:
        """Return the distances of proposals; infinite, for some, beyond the limit."""
        wanted = [(batch, int(number)) for number in numbers]
        new = [pair for pair in zip(wanted, proposed, strict=True) if pair[0] not in self.known]

        def far(proposal: tuple[Key, np.ndarray]) -> float:
            key, point = proposal
            return self.distance(world_at(self.values, point), batch * BATCH + key[1], limit)

        for (key, _), found in zip(new, of_each(far, new, self.threads, np.inf), strict=True):
            self.tried.add(key, (found,))
        return np.array([self.known[key][0] for key in wanted])
