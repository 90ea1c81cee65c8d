"""A full grid of points, addressed by positions on its axes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from sim.design.axes import Axis
from sim.reports import titles
from sim.studies.result import Result

BASE: Mapping[int, int] = {}  # no axis is elsewhere


class Grid:
    """Positions on axes -> numbers of points (one dimension per axis).

    `base` is the position of the base point's value on each axis, or of the value nearest to it.
    """

    def __init__(self, result: Result) -> None:
        self.result = result
        self.axes = result.axes
        places = product(*(axis.settings for axis in self.axes))
        settings = [{p: x for part in place for p, x in part.items()} for place in places]
        self.points = np.reshape(result.points(settings), [len(axis) for axis in self.axes])
        self.base = [self._base(axis) for axis in self.axes]

    def _base(self, axis: Axis) -> int:
        wanted = [self.result.values[path] for path in axis.paths]
        given = [[setting[path] for path in axis.paths] for setting in axis.settings]
        if wanted in given:
            return given.index(wanted)
        if all(isinstance(v, (int, float)) for row in (wanted, *given) for v in row):
            away = [sum(abs(a - b) for a, b in zip(row, wanted, strict=True)) for row in given]
            return int(np.argmin(away))
        return 0

    @property
    def several(self) -> list[int]:
        """Numbers of the axes that have two values or more."""
        return [n for n, axis in enumerate(self.axes) if len(axis) > 1]

    def point(self, fixed: Mapping[int, int] = BASE) -> int:
        """Return the point where axes (by number) are at positions, the others at the base."""
        return int(self.points[tuple(fixed.get(n, base) for n, base in enumerate(self.base))])

    def value(self, axis: int, position: int) -> str:
        """Return what an axis is set to at a position, in words."""
        name, value = self.axes[axis].name, self.axes[axis].values[position]
        return titles.value_short(name, value, self.result.policies)

    def values(self, axis: int) -> list[str]:
        """Return what an axis is set to at all its positions."""
        return [self.value(axis, n) for n in range(len(self.axes[axis]))]

    def changes(self, axis: int, outcome: str) -> np.ndarray:
        """Return what an axis changes between its ends: (the other axes..., replicates)."""
        x = self.result.ensemble.outcomes[outcome][self.points]
        return between_ends(self.axes[axis], x, axis)

    def along(self, axis: int, fixed: Mapping[int, int] = BASE) -> list[int]:
        """Return the points along an axis, others at the base or fixed."""
        return [self.point({**fixed, axis: n}) for n in range(len(self.axes[axis]))]


def between_ends(axis: Axis, x: np.ndarray, dimension: int) -> np.ndarray:
    """Return by how much numbers along a dimension differ between the ends of its axis."""
    low, high = axis.ends()
    changed: np.ndarray = np.take(x, high, axis=dimension) - np.take(x, low, axis=dimension)
    return changed


def spread(n: int, most: int) -> list[int]:
    """Return at most so many evenly spread positions of n."""
    return sorted(set(np.linspace(0, n - 1, min(n, most)).round().astype(int).tolist()))
