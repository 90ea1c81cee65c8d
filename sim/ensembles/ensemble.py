"""All runs of a design, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.analysis import pooled
from sim.analysis.intervals import Interval, means_of, of_share
from sim.ensembles.chunk import Chunk, Keep, Task
from sim.model.engine import Point
from sim.outcomes.columns import ENTITIES, PATHS
from sim.outcomes.entities import joined
from sim.outcomes.table import GOAL, OUTCOMES
from sim.tables.plain import ReadOnly

GOOD, FAILED = "good", "failed"


@dataclass(frozen=True, eq=False)
class Ensemble:
    """All runs of a design; what is not a number is of a failed run."""

    settings: list[dict[str, Any]]  # what each point changes: path -> value
    points: list[Point]
    seed: int
    replicates: int
    outcomes: dict[str, np.ndarray]  # name -> (points, replicates) float64
    errors: np.ndarray  # (points, replicates) of str; empty for a good run
    paths: dict[str, np.ndarray]  # name -> (points, replicates, recorded months); empty unless kept
    entities: dict[str, dict[str, np.ndarray]]  # kind -> table; no rows unless kept
    every: int = 1  # months between those recorded; the first is the start

    @property
    def organisations(self) -> dict[str, np.ndarray]:
        """One row per point, replicate and organisation."""
        return self.entities["organisations"]

    @property
    def failed(self) -> int:
        """Number of runs that failed."""
        return int((self.errors != "").sum())

    def probability_sustained(self, point: int) -> Interval:
        """Return the share of a point's runs that sustain adoption."""
        sustained = self.outcomes[GOAL][point]
        sustained = sustained[~np.isnan(sustained)]
        threshold = self.points[point].values["outcome.sustained_threshold"]
        return of_share(int((sustained >= threshold).sum()), sustained.size)

    def over_worlds(
        self, worlds: Sequence[Mapping[str, Any]], values: Mapping[str, Any]
    ) -> Ensemble:
        """Return the means that each point has in each world, as runs of one point.

        What worlds change has at these points its base value, of `values`.
        """
        n, of_world = len(worlds), worlds[0]
        base = {path: values[path] for path in of_world}

        def apart(x: np.ndarray) -> np.ndarray:
            return x.reshape(-1, n, *x.shape[1:])

        def mean(name: str, over: str) -> np.ndarray:
            x = apart(self.outcomes[name])
            if self.replicates == 1:
                return x[:, :, 0]
            return pooled.rows(x, apart(self.outcomes[over]))[0] if over else means_of(x)

        settings = [{p: v for p, v in s.items() if p not in of_world} for s in self.settings[::n]]
        return replace(
            self,
            settings=settings,
            points=[replace(p, values={**p.values, **base}) for p in self.points[::n]],
            replicates=n,
            outcomes={name: mean(name, outcome.over) for name, outcome in OUTCOMES.items()},
            errors=apart(self.errors).max(axis=2),
            paths={name: apart(path).mean(axis=2) for name, path in self.paths.items()},
        )

    def put(self, task: Task, chunk: Chunk) -> None:
        """Take in the runs of a task."""
        point, rows = task.point, slice(task.first, task.last)
        for name, column in chunk.outcomes.items():
            self.outcomes[name][point, rows] = column
        self.errors[point, rows] = chunk.errors
        for name, kept in self.paths.items():
            path = chunk.paths[name]
            kept[point, rows, : path.shape[1]] = path

    def fixed(self) -> Ensemble:
        """Return the same runs, which can not be changed; their arrays are these."""
        entities = {kind: ReadOnly(table) for kind, table in self.entities.items()}
        for table in (self.outcomes, self.paths, *entities.values(), {"": self.errors}):
            for array in table.values():
                array.flags.writeable = False
        return replace(
            self,
            settings=list(map(ReadOnly, self.settings)),
            outcomes=ReadOnly(self.outcomes),
            paths=ReadOnly(self.paths),
            entities=ReadOnly(entities),
        )


def empty(
    points: list[Point], settings: list[dict[str, Any]], seed: int, replicates: int, keep: Keep
) -> Ensemble:
    """Return an ensemble none of whose runs has been made."""
    shape = (len(points), replicates)
    horizon = max(int(p.values["horizon"]) for p in points)
    rows = horizon // keep.every + 1
    paths = {name: np.full((*shape, rows), np.nan) for name in PATHS if keep.paths}
    return Ensemble(
        settings,
        points,
        seed,
        replicates,
        {name: np.full(shape, np.nan) for name in OUTCOMES},
        np.full(shape, "", object),
        paths,
        {kind: joined(kind, []) for kind in ENTITIES},
        keep.every,
    )
