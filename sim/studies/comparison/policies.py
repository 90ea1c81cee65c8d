"""The runs of a comparison, policy by policy."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from sim.analysis.intervals import means_of
from sim.analysis.paired import Paired, compared
from sim.analysis.value import Value, acceptability, value_for_money
from sim.ensembles.run import hcps_of
from sim.outcomes.table import COST, OUTCOMES
from sim.reports import words
from sim.reports.looks import looks
from sim.studies.comparison.moved import GOAL, Moved, Posts, by_size, posts_moved, posts_of
from sim.tables.settings import CROSSED_AXES, SAMPLED_KINDS

if TYPE_CHECKING:
    from sim.design.axes import Axis
    from sim.studies.result import Result

COMPARED_AXES = ("policy", "scenario")  # the first that varies is what is compared
# Below so many percentage points a difference is no reason to choose (assumption)
WORTH_MENTIONING = 0.01
MOST_LINES = 5  # policies drawn month by month; more cannot be told apart
PRICES = 60  # points of the acceptability curve
F = TypeVar("F", bound=Callable[..., Any])


def remembered(method: F) -> F:
    """Compute a method once for each arguments: answer, tables and figures ask for the same."""

    @wraps(method)
    def once(self: Any, *arguments: Any) -> Any:
        key = (method.__name__, *arguments)
        if key not in self._known:
            self._known[key] = method(self, *arguments)
        return self._known[key]

    return once  # type: ignore[return-value]


class Line(NamedTuple):
    """A policy to be drawn: the number of its look, name and point."""

    number: int
    name: str
    point: int


class Comparison:
    """Policies against the baseline, in one world or in many.

    Parameters
    ----------
    result : Result
        Its points are all policies in each of the worlds.
    points : (worlds, policies) int64, optional
        Only these of its points.
    where : str
        Which worlds these are.

    Attributes
    ----------
    names : list of str
        Of all policies; the first is the baseline.
    points : (worlds, policies) int64
        Numbers of the points.
    looks : list of int
        Number of the look of each policy in figures.
    """

    def __init__(self, result: Result, points: np.ndarray | None = None, where: str = "") -> None:
        self.result = result
        self.where = where
        self._known: dict[tuple[Any, ...], Any] = {}
        self.axis = compared_axis(result)
        self.names = [str(value) for value in self.axis.values]
        self.looks = looks(self.names)
        if points is not None:
            self.points = points
            return
        settings = [self._number(point.values) for point in result.ensemble.points]
        worlds: dict[int, list[int]] = {n: [] for n in range(len(self.names))}
        for point, policy in enumerate(settings):
            worlds[policy].append(point)
        self.points = np.array([worlds[n] for n in range(len(self.names))], np.int64).T

    def _number(self, values: Any) -> int:
        for number, setting in enumerate(self.axis.settings):
            if all(values[path] == value for path, value in setting.items()):
                return number
        raise KeyError("a point of this design has none of the policies")

    @cached_property
    def given(self) -> list[Comparison]:
        """One comparison for each value (or shock) that was listed; empty if none were.

        Values that somebody listed are no sample of anything. So there is no mean over them, and no
        interval: each is told by itself (see `sim.studies.comparison.given`). Within each of them
        are one world or, in a sampled design, all worlds that were drawn.
        """
        sampled = self.result.design_kind in SAMPLED_KINDS
        listed = [
            axis
            for axis in self.result.axes
            if axis is not self.axis
            and len(axis) > 1
            and (not sampled or axis.name in CROSSED_AXES)
        ]
        if self.where or not listed:
            return []
        rows: dict[str, list[int]] = {}
        for row, point in enumerate(self.points[:, 0].tolist()):
            values = self.result.ensemble.points[point].values
            rows.setdefault(", ".join(_value_of(axis, values) for axis in listed), []).append(row)
        return [Comparison(self.result, self.points[row], where) for where, row in rows.items()]

    @property
    def parts(self) -> list[Comparison]:
        """What can be told by itself: all of it, or each of the given values."""
        return self.given or [self]

    @property
    def baseline(self) -> str:
        """Name of what the others are compared with."""
        return self.names[0]

    @property
    def singular(self) -> str:
        """What is compared: a policy or a scenario."""
        return self.axis.name if self.axis.name in COMPARED_AXES else "choice"

    @property
    def plural(self) -> str:
        """The same in the plural."""
        return {"policy": "policies"}.get(self.singular, self.singular + "s")

    @property
    def worlds(self) -> int:
        """Number of worlds; more than 1 under uncertainty."""
        return int(self.points.shape[0])

    @property
    def currency(self) -> str:
        """Name of the currency."""
        return str(self.result.values["cost.currency"])

    @property
    def costs_known(self) -> bool:
        """Whether any policy costs something."""
        return bool(np.nansum(self.result.ensemble.outcomes[COST]) > 0)

    @property
    def by(self) -> str:
        """What is paired with what."""
        return "world by world" if self.worlds > 1 else "run by run"

    def runs(self, outcome: str, policy: int) -> np.ndarray:
        """Return an outcome of all runs of a policy, replicate after replicate of each world."""
        return self.result.ensemble.outcomes[outcome][self.points[:, policy]].ravel()

    @property
    def lines(self) -> list[Line]:
        """The baseline and the best of one world, to be drawn month by month."""
        best = [n for n in self.order if n][: MOST_LINES - 1]
        return [
            Line(self.looks[n], self.names[n], int(self.points[0, n])) for n in sorted([0, *best])
        ]

    @property
    def left_out(self) -> str:
        """Say that not all policies are among the lines; empty if they are."""
        if len(self.names) <= MOST_LINES:
            return ""
        return f" Drawn: {self.baseline} and the best {MOST_LINES - 1} of {len(self.names) - 1}."

    @remembered
    def paired(self, outcome: str, policy: int) -> Paired:
        """Compare a policy with the baseline in one outcome.

        With many worlds each world is one run: the mean of its replicates.
        """
        return compared(*self._pair(outcome, policy, 0), OUTCOMES[outcome].better)

    @remembered
    def against(self, outcome: str, policy: int, other: int) -> Paired:
        """Compare two policies in one outcome."""
        return compared(*self._pair(outcome, policy, other), OUTCOMES[outcome].better)

    def _pair(self, outcome: str, policy: int, other: int) -> tuple[np.ndarray, np.ndarray]:
        return self.sample(outcome, policy), self.sample(outcome, other)

    def sample(self, outcome: str, policy: int) -> np.ndarray:
        """Return what intervals are over: an outcome of each run, of each world where there are many."""
        return self.runs(outcome, policy) if self.worlds == 1 else self.by_world(outcome)[policy]

    def by_world(self, outcome: str) -> np.ndarray:
        """Return (policies, worlds) means over replicates."""
        return means_of(self.result.ensemble.outcomes[outcome][self.points]).T

    @property
    def goal_by_world(self) -> np.ndarray:
        """(policies, worlds) means of the goal, of worlds in which all policies have one."""
        x = self.by_world(GOAL)
        return x[:, ~np.isnan(x).any(axis=0)]

    @cached_property
    def order(self) -> list[int]:
        """Numbers of the policies, the baseline among them, best mean of the goal first."""
        means = np.nan_to_num(means_of(self.by_world(GOAL)), nan=-np.inf)
        return [int(n) for n in np.argsort(-means, kind="stable")]

    def hcps(self, policy: int) -> np.ndarray:
        """Return the number of HCPs of each run (of each world, where there are many)."""
        points = self.points[:, policy]
        if self.worlds > 1:
            return np.array([hcps_of(self.result.ensemble.points[int(p)]) for p in points], float)
        mean = hcps_of(self.result.ensemble.points[int(points[0])])
        runs = range(self.result.ensemble.replicates)
        kept = [self.ends.get((int(points[0]), run)) for run in runs]
        return np.array([mean if k is None else k.seats for k in kept], float)

    @remembered
    def money(self, policy: int) -> tuple[np.ndarray, np.ndarray]:
        """Return additional cost and additional sustained adopters of each run (or world)."""
        costs = np.subtract(*self._pair(COST, policy, 0))
        ours, theirs = self._pair(GOAL, policy, 0)
        hcps = self.hcps(policy)
        # a scenario may have other HCPs than the baseline; with the same the second term is 0
        effects = (ours - theirs) * hcps + theirs * (hcps - self.hcps(0))
        return costs, effects

    @remembered
    def value(self, policy: int) -> Value:
        """Return what a policy costs and brings."""
        return value_for_money(*self.money(policy))

    @cached_property
    def acceptability(self) -> tuple[np.ndarray, np.ndarray]:
        """Prices, and (policies, prices) how probably each policy is worth most at them."""
        pairs = [self.money(n) for n in range(len(self.names))]
        costs, effects = (np.array([pair[k] for pair in pairs]) for k in (0, 1))
        known = [self.value(n).per_adopter for n in range(1, len(self.names))]
        largest = max((x for x in known if np.isfinite(x) and x > 0), default=1.0)
        prices = np.linspace(0, 2 * largest, PRICES)
        return prices, acceptability(costs, effects, prices)

    def each(self, x: np.ndarray) -> np.ndarray:
        """Return one number per run from (worlds, replicates); per world, if there are many."""
        return x.ravel() if self.worlds == 1 else means_of(x)

    @cached_property
    def ends(self) -> dict[tuple[int, int], Posts]:
        """(point, replicate) -> who is an adopter at the horizon; empty if it was not kept."""
        return posts_of(self.result.ensemble.organisations)

    @remembered
    def moved(self, policy: int) -> Moved | None:
        """Return who adopts at the horizon under one of the two only; None if it is not known."""
        return posts_moved(self, policy)

    @remembered
    def by_size(self, policy: int) -> dict[str, Paired]:
        """Compare the goal in smaller and in larger organisations; empty if all are alike."""
        return by_size(self, policy)


def _value_of(axis: Axis, values: Any) -> str:
    """Return `name=value` of the point of an axis that has these values."""
    for label, setting in zip(axis.values, axis.settings, strict=True):
        if all(values[path] == value for path, value in setting.items()):
            told = [words.value(value) for value in axis.values]
            # two worlds that are rounded to the same name would be taken for one
            alike = len(set(told)) < len(told)
            return f"{axis.name}={label if alike else words.value(label)}"
    raise KeyError("a point of this design has none of the values of an axis")


def compared_axis(result: Result) -> Axis:
    """Return the axis over what is compared."""
    for name in COMPARED_AXES:
        for axis in result.axes:
            if axis.name == name:
                return axis
    return result.axes[0]
