"""The runs of a comparison, paired policy by policy: each number that is told of it starts here."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis import pooled
from sim.analysis.intervals import Interval, means_of
from sim.analysis.paired import Paired, compared
from sim.analysis.value import Value, acceptability, value_for_money
from sim.ensembles.run import hcps_of
from sim.outcomes.table import COST, GOAL, OUTCOMES
from sim.policies.kinds import KINDS
from sim.reports import titles, words
from sim.reports.looks import looks
from sim.studies.comparison.posts import Posts, posts_of
from sim.tables.checks import NONE
from sim.tables.settings import CROSSED_AXES, SAMPLED_KINDS

if TYPE_CHECKING:
    from sim.design.axes import Axis
    from sim.studies.result import Result

# The first that varies is compared
COMPARED_AXES = {"policy": "policies", "scenario": "scenarios", "shock": "shocks"}
PRICES = 60  # points of the acceptability curve


class Comparison:
    """Policies against the baseline, in one world or in many: one world is a list of one.

    `points` are numbers of the points, (worlds, policies); `where` is which given world they are
    of, empty for all of them.
    """

    def __init__(self, result: Result, points: np.ndarray | None = None, where: str = "") -> None:
        self.result = result
        self.where = self.told = where
        self.axis = _compared_axis(result)
        self.names = [str(value) for value in self.axis.values]
        self.titles = _titles(result, self.axis)
        first = self.titles[0]
        self.baseline = first[0].lower() + first[1:] if self.names[0] == NONE else first
        self.singular = self.axis.name if self.axis.name in COMPARED_AXES else "choice"
        self.plural = COMPARED_AXES.get(self.axis.name, "choices")
        self.looks = looks(self.names)
        self.points = self._worlds_by_policies() if points is None else points
        self.worlds = len(self.points)  # more than 1 under uncertainty
        # what intervals are over, and where many were drawn which ones
        self.each_is = "worlds" if self.worlds > 1 else "runs"
        self.which = result.worlds.which or "drawn at random"
        self.currency = str(result.values["cost.currency"])
        self.costs_known = bool(np.nansum(result.ensemble.outcomes[COST]) > 0)
        self.threshold = self.values_of("outcome.sustained_threshold")[0]
        # answer, tables and figures ask for the same
        self.paired = cache(self._paired)
        self.money = cache(self._money)
        self.value = cache(self._value)

    def _worlds_by_policies(self) -> np.ndarray:
        worlds: list[list[int]] = [[] for _ in self.names]
        for number, point in enumerate(self.result.ensemble.points):
            worlds[_position(self.axis, point.values)].append(number)
        return np.array(worlds, np.int64).T

    @cached_property
    def given(self) -> list[Comparison]:
        """One comparison for each value (or shock) that was listed; empty if none were.

        Values that somebody listed are no sample of anything. So there is no mean over them, and no
        interval: each is told by itself. Within each of them are one world or, in a sampled design,
        all worlds that were drawn.
        """
        listed = [axis for axis in _listed_axes(self.result) if axis is not self.axis]
        if self.where or not listed:
            return []
        rows: dict[str, list[int]] = {}
        for row, point in enumerate(self.points[:, 0].tolist()):
            values = self.result.ensemble.points[point].values
            rows.setdefault(", ".join(_value_of(axis, values) for axis in listed), []).append(row)
        made = [Comparison(self.result, self.points[row], where) for where, row in rows.items()]
        told = [_told(part, listed) for part in made]
        for part, text in zip(made, told, strict=True):
            part.told = text if told.count(text) == 1 else part.where
        return made

    @property
    def parts(self) -> list[Comparison]:
        """What can be told by itself: each of the given worlds, or all of it."""
        return self.given or [self]

    def values_of(self, path: str) -> list[float]:
        """Return the values of a parameter in all that is compared: scenarios may differ in it."""
        points = self.result.ensemble.points
        return [float(points[int(p)].values[path]) for p in self.points.ravel()]

    def runs(self, outcome: str, policy: int) -> np.ndarray:
        """Return an outcome of all runs of a policy, replicate after replicate of each world."""
        return self.result.ensemble.outcomes[outcome][self.points[:, policy]].ravel()

    def each(self, x: np.ndarray) -> np.ndarray:
        """Return what intervals are over, of (worlds, replicates): runs, or worlds where many."""
        return x.ravel() if self.worlds == 1 else means_of(x)

    def sample(self, outcome: str, policy: int) -> np.ndarray:
        """Return an outcome of each run, of each world where there are many."""
        return self._sample(outcome, policy)[0]

    def _sample(self, outcome: str, policy: int) -> tuple[np.ndarray, np.ndarray | None]:
        """Return such a sample and, of an outcome that is pooled, what it is a rate of."""
        columns, points = self.result.ensemble.outcomes, self.points[:, policy]
        x, over = columns[outcome][points], OUTCOMES[outcome].over
        if not over:
            return self.each(x), None
        weights = columns[over][points]
        return (x.ravel(), weights.ravel()) if self.worlds == 1 else pooled.rows(x, weights)

    def _paired(self, outcome: str, policy: int, other: int = 0) -> Paired:
        """Compare a policy with the baseline, or with another policy, in one outcome."""
        (ours, a), (theirs, b) = (self._sample(outcome, n) for n in (policy, other))
        over = None if a is None or b is None else (a, b)
        return compared(ours, theirs, OUTCOMES[outcome].better, over)

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
        return self.ordered(GOAL)

    def ordered(self, outcome: str) -> list[int]:
        """Return the numbers of the policies, the baseline among them, best mean first."""
        means = np.nan_to_num(means_of(self.by_world(outcome)), nan=-np.inf)
        return [int(n) for n in np.argsort(-means, kind="stable")]

    def regret(self, policy: int, outcome: str = GOAL) -> Interval:
        """Return how much the policy with the best mean is better."""
        return self.paired(outcome, self.ordered(outcome)[0], policy).change

    def hcps(self, policy: int) -> np.ndarray:
        """Return the number of HCPs of each run (of each world, where there are many)."""
        points = self.points[:, policy].tolist()
        expected = [hcps_of(self.result.ensemble.points[point]) for point in points]
        if self.worlds > 1:
            return np.array(expected, float)
        runs = range(self.result.ensemble.replicates)
        kept = [self.ends.get((points[0], run)) for run in runs]
        return np.array([expected[0] if k is None else k.seats for k in kept], float)

    def _money(self, policy: int) -> tuple[np.ndarray, np.ndarray]:
        """Return additional cost and additional sustained adopters of each run (or world)."""
        costs = self.sample(COST, policy) - self.sample(COST, 0)
        ours, theirs = (self.sample(GOAL, n) for n in (policy, 0))
        hcps = self.hcps(policy)
        # a scenario may have other HCPs than the baseline; with the same the second term is 0
        return costs, (ours - theirs) * hcps + theirs * (hcps - self.hcps(0))

    def _value(self, policy: int, other: int = 0) -> Value:
        """Return what a policy costs and brings beyond the baseline, or beyond another policy."""
        ours, theirs = self.money(policy), self.money(other)
        return value_for_money(ours[0] - theirs[0], ours[1] - theirs[1])

    @property
    def mean_money(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean additional cost and mean additional sustained adopters of every policy."""
        pairs = [self.money(n) for n in range(len(self.names))]
        costs, effects = (np.array([float(means_of(pair[k])) for pair in pairs]) for k in (0, 1))
        return costs, effects

    @cached_property
    def acceptability(self) -> tuple[np.ndarray, np.ndarray]:
        """Prices, and (policies, prices) how probably each policy is worth most at them."""
        pairs = [self.money(n) for n in range(len(self.names))]
        costs, effects = (np.array([pair[k] for pair in pairs]) for k in (0, 1))
        known = [self.value(n).per_adopter for n in range(1, len(self.names))]
        largest = max((x for x in known if np.isfinite(x) and x > 0), default=1.0)
        prices = np.linspace(0, 2 * largest, PRICES)
        return prices, acceptability(costs, effects, prices)

    @cached_property
    def ends(self) -> dict[tuple[int, int], Posts]:
        """(point, replicate) -> who is an adopter at the horizon; empty if it was not kept."""
        return posts_of(self.result.ensemble.organisations)


def _titles(result: Result, axis: Axis) -> list[str]:
    """Return what each choice is called; its own name where two would be called the same."""
    if axis.name == "scenario":  # named by who compares them
        return [str(value) for value in axis.values]
    told = [titles.of_axis(axis, n, result.policies) for n in range(len(axis))]
    alike = [f"{text} ({axis.values[n]})" for n, text in enumerate(told)]
    return [alike[n] if told.count(text) > 1 else text for n, text in enumerate(told)]


def _told(part: Comparison, listed: list[Axis]) -> str:
    """Return what was listed of a given world, in words."""
    values = part.result.ensemble.points[int(part.points[0, 0])].values
    parts = []
    for axis in listed:
        label = axis.values[_position(axis, values)]
        told = titles.value_short(axis.name, label, part.result.policies)
        parts.append(told if axis.name in KINDS else f"{titles.short(axis.name)} {told}")
    return ", ".join(parts)


def _position(axis: Axis, values: Any) -> int:
    """Return the position of a point on an axis."""
    for number, setting in enumerate(axis.settings):
        if all(values[path] == value for path, value in setting.items()):
            return number
    raise KeyError("a point of this design has none of the values of an axis")


def _value_of(axis: Axis, values: Any) -> str:
    """Return `name=value` of the point of an axis that has these values."""
    label = axis.values[_position(axis, values)]
    told = [words.value(value) for value in axis.values]
    # two worlds that are rounded to the same name would be taken for one
    alike = len(set(told)) < len(told)
    return f"{axis.name}={label if alike else words.value(label)}"


def _listed_axes(result: Result) -> list[Axis]:
    """Return the axes whose values somebody listed, and which vary."""
    sampled = result.design_kind in SAMPLED_KINDS
    return [
        axis for axis in result.axes if len(axis) > 1 and (not sampled or axis.name in CROSSED_AXES)
    ]


def _compared_axis(result: Result) -> Axis:
    """Return the axis over what is compared: the design was checked to have one."""
    listed = _listed_axes(result)
    return next((a for name in COMPARED_AXES for a in listed if a.name == name), listed[0])
