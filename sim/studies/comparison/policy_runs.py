"""The runs of a comparison, paired policy by policy: each number that is told of it starts here.

One world, or all worlds that were drawn, are a list of one. Nothing is averaged over worlds that
somebody listed, and no interval is stated over them: how likely each is, nobody said. Over them there
are counts, and the largest regret (Savage 1951, doi 10.1080/01621459.1951.10500768).
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import NamedTuple

import numpy as np

from sim.analysis import pooled
from sim.analysis.intervals import Interval, beyond_chance, means_of, of_mean, of_share
from sim.analysis.paired import Paired, compared
from sim.analysis.robustness import Robustness, robustness
from sim.analysis.value import Value, dominated, value_for_money
from sim.design.axes import Axis
from sim.ensembles.run import Ensemble, hcps_of
from sim.outcomes.table import COST, GOAL, MIDWAY, OUTCOMES
from sim.policies.kinds import KINDS
from sim.reports import titles, words
from sim.reports.looks import looks
from sim.reports.result_tables import COMPARED, compared_axis
from sim.studies.result import Result
from sim.tables.checks import NONE
from sim.tables.settings import CROSSED_AXES, SAMPLED_KINDS

# Below so many percentage points a difference is no reason to choose (assumption)
WORTH_MENTIONING = 0.01


class Choice(NamedTuple):
    """What is to be chosen if all that counts is use in the two years before a month."""

    month: int
    outcome: str  # that use
    good: list[int]  # better beyond chance and not clearly worse than the best; cheapest first


class Comparison:
    """Policies against the baseline, in one world or in many.

    `points` are numbers of the points, (worlds, policies); `where` is which given world they are
    of, empty for all of them. Policies are numbered as they were listed, the baseline first.
    """

    def __init__(
        self, result: Result, points: np.ndarray | None = None, where: str = "", told: str = ""
    ) -> None:
        self.result, self.where, self.told = result, where, told
        listed = _listed_axes(result)  # the design was checked to have one
        self.axis = compared_axis(listed) or listed[0]
        self.names = [str(value) for value in self.axis.values]
        self.titles = _titles(result, self.axis)
        first = self.titles[0]
        self.baseline = first[0].lower() + first[1:] if self.names[0] == NONE else first
        self.singular = self.axis.name if self.axis.name in COMPARED else "choice"
        self.plural = COMPARED.get(self.axis.name, "choices")
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
        self.pooled = cache(lambda outcome: samples_of(result.ensemble, self.points.T, outcome))
        self.paired = cache(self._paired)
        self.value = cache(self._value)
        self.sure = cache(self._sure)

    def _worlds_by_policies(self) -> np.ndarray:
        worlds: list[list[int]] = [[] for _ in self.names]
        for number, point in enumerate(self.result.ensemble.points):
            worlds[self.axis.position(point.values)].append(number)
        return np.array(worlds, np.int64).T

    # ------------------------------------------------------------------------ worlds that were listed
    @cached_property
    def given(self) -> list[Comparison]:
        """One comparison for each value (or shock) that was listed; empty if none were.

        Within each of them are one world or, in a sampled design, all worlds that were drawn.
        """
        listed = [axis for axis in _listed_axes(self.result) if axis is not self.axis]
        if self.where or not listed:
            return []
        rows: dict[tuple[int, ...], list[int]] = {}
        for row, point in enumerate(self.points[:, 0].tolist()):
            values = self.result.ensemble.points[point].values
            rows.setdefault(tuple(axis.position(values) for axis in listed), []).append(row)
        where = [", ".join(map(_set_to, listed, places)) for places in rows]
        told = _apart([_told(self.result, listed, places) for places in rows], where)
        return [
            Comparison(self.result, self.points[own], at, text)
            for own, at, text in zip(rows.values(), where, told, strict=True)
        ]

    @property
    def parts(self) -> list[Comparison]:
        """What can be told by itself: each of the given worlds, or all of it."""
        return self.given or [self]

    @property
    def there(self) -> str:
        """What was listed of this given world, as it stands within a sentence."""
        return titles.placed(self.told)

    @property
    def several(self) -> bool:
        """Whether worlds were listed."""
        return len(self.parts) > 1

    def largest_regret(self, policy: int) -> tuple[Interval, str]:
        """Return the largest regret of a policy over the given worlds, and where it has it.

        No number if all its runs failed in one of them and others did not: there it may be the worst.
        """
        found = [
            (part.regret(policy), part.told)
            for part in self.parts
            if np.isfinite(part.use(part.order[0]).estimate)
        ]
        unknown = self.parts[0].regret(policy), self.parts[0].told
        return max(found, key=lambda x: _or_infinite(x[0]), default=unknown)

    def times_better(self, policy: int) -> int:
        """Return in how many given worlds a policy is clearly better than the baseline."""
        return sum(part.clearly_better(policy) for part in self.parts)

    @cached_property
    def order(self) -> list[int]:
        """All policies, best mean of the goal first; over given worlds smallest largest regret first."""
        if not self.several:
            return self.ordered(GOAL)
        numbers = range(len(self.names))
        return sorted(numbers, key=lambda n: _or_infinite(self.largest_regret(n)[0]))

    @cached_property
    def best(self) -> int:
        """The policy that is told in full: in one world the cheapest that is not clearly worse."""
        good = [] if self.several else self.choices[-1].good
        return next(iter(good), self.order[0])

    # -------------------------------------------------------------------------------------------- runs
    def values_of(self, path: str) -> list[float]:
        """Return the values of a parameter in all that is compared: scenarios may differ in it."""
        points = self.result.ensemble.points
        return [float(points[int(p)].values[path]) for p in self.points.ravel()]

    def runs(self, outcome: str, policy: int) -> np.ndarray:
        """Return an outcome of all runs of a policy, replicate after replicate of each world."""
        return self.result.ensemble.outcomes[outcome][self.points[:, policy]].ravel()

    def samples(self, outcome: str) -> np.ndarray:
        """Return an outcome, (policies, runs); of many worlds (policies, worlds)."""
        return self.pooled(outcome)[0]

    def of_organisations(self, weights: np.ndarray, policy: int) -> np.ndarray:
        """Return the sum of what organisations have, (worlds, replicates); 0 where none were kept."""
        table, replicates = self.result.ensemble.organisations, self.result.ensemble.replicates
        own = (table["point"] == point for point in self.points[:, policy])
        return np.array([np.bincount(table["replicate"][o], weights[o], replicates) for o in own])

    # ------------------------------------------------------------------------------ what policies bring
    def use(self, policy: int, outcome: str = GOAL) -> Interval:
        """Return mean sustained adoption, share of HCPs."""
        return of_mean(self.samples(outcome)[policy], OUTCOMES[GOAL].bounds)

    def reaches(self, policy: int) -> Interval:
        """Return the share of runs (or worlds) in which that counts as sustained."""
        goal = self.samples(GOAL)[policy]
        return of_share(int((goal >= self.threshold).sum()), int((~np.isnan(goal)).sum()))

    def reached(self, policy: int) -> bool:
        """Whether the mean counts as sustained."""
        return self.use(policy).estimate >= self.threshold

    def _paired(self, outcome: str, policy: int, other: int = 0) -> Paired:
        """Compare a policy with the baseline, or with another policy, in one outcome."""
        x, over = self.pooled(outcome)
        weights = None if over is None else (over[policy], over[other])
        return compared(x[policy], x[other], OUTCOMES[outcome].better, weights)

    def change(self, policy: int, outcome: str = GOAL, other: int = 0) -> Interval:
        """Return how much more a policy brings than the baseline, or than another policy."""
        return self.paired(outcome, policy, other).change

    def clearly_better(self, policy: int, outcome: str = GOAL) -> bool:
        """Whether a policy is better than the baseline beyond chance, as many are looked at."""
        return policy != 0 and self.change(policy, outcome).low > 0 and self.sure(outcome)[policy]

    def _sure(self, outcome: str) -> list[bool]:
        x = self.samples(outcome)
        return [False, *beyond_chance(list(x[1:] - x[0]))]

    @property
    def pairs(self) -> int:
        """Pairs of runs (or worlds) that a difference rests on."""
        return max(self.change(n).runs for n in range(1, len(self.names)))

    def ordered(self, outcome: str) -> list[int]:
        """Return all policies, best mean first."""
        means = np.nan_to_num(means_of(self.samples(outcome)), nan=-np.inf)
        return [int(n) for n in np.argsort(-means, kind="stable")]

    def regret(self, policy: int, outcome: str = GOAL) -> Interval:
        """Return how much more the policy with the best mean brings."""
        return self.change(self.ordered(outcome)[0], outcome, policy)

    @cached_property
    def robust(self) -> list[Robustness]:
        """How each policy does over drawn worlds."""
        return robustness(self.samples(GOAL), self.threshold)

    @cached_property
    def choices(self) -> list[Choice]:
        """What is to be chosen midway, where that comes before the end, and at the end."""
        end, midway = int(max(self.values_of("horizon"))), f"{GOAL}.month_{MIDWAY}"
        times = [(end, GOAL)]
        if end > MIDWAY and np.isfinite(self.runs(midway, 0)).any():
            times.insert(0, (MIDWAY, midway))
        made = []
        for month, outcome in times:
            good = [
                n
                for n in self.ordered(outcome)
                if self.clearly_better(n, outcome)
                and not self.regret(n, outcome).low > WORTH_MENTIONING
            ]
            if self.costs_known:
                good.sort(key=lambda n: self.value(n).cost.estimate)
            made.append(Choice(month, outcome, good))
        return made

    # ------------------------------------------------------------------------------- what policies cost
    def cost(self, policy: int) -> float:
        """Return the mean cost in total, in currency."""
        return float(means_of(self.runs(COST, policy)))

    @cached_property
    def _hcps(self) -> np.ndarray:
        """The number of HCPs of each run, (policies, runs); of many worlds what is expected there."""
        points, sizes = self.result.ensemble.points, self.result.ensemble.organisations["hcps"]
        expected = np.array([[hcps_of(points[p]) for p in own] for own in self.points.T.tolist()])
        if self.worlds > 1:
            return expected
        kept = [self.of_organisations(sizes, n)[0] for n in range(len(self.names))]
        return np.where(kept, kept, expected)

    @cached_property
    def money(self) -> np.ndarray:
        """Additional costs, then additional sustained adopters: (2, policies, runs or worlds)."""
        costs, goal, hcps = self.samples(COST), self.samples(GOAL), self._hcps
        # a scenario may have other HCPs than the baseline; with the same the second term is 0
        adopters = (goal - goal[0]) * hcps + goal[0] * (hcps - hcps[0])
        return np.array([costs - costs[0], adopters])

    def _value(self, policy: int, other: int = 0) -> Value:
        """Return what a policy costs and brings beyond the baseline, or beyond another policy."""
        return value_for_money(*(self.money[:, policy] - self.money[:, other]))

    @property
    def mean_money(self) -> np.ndarray:
        """Mean additional cost, then mean additional sustained adopters of every policy."""
        return means_of(self.money)

    @cached_property
    def dominated_by(self) -> list[int]:
        """Of each policy the best that costs no more and brings at least as much, or -1."""
        return dominated(*self.mean_money)


def samples_of(
    ensemble: Ensemble, points: np.ndarray, outcome: str
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return an outcome of (choices, worlds) points, and what it is a rate of if it is pooled.

    Both are (choices, worlds), in one world (choices, runs): that is what intervals are over.
    """
    x, over = ensemble.outcomes[outcome][points], OUTCOMES[outcome].over
    if not over:
        return (x[:, 0] if x.shape[1] == 1 else means_of(x)), None
    weights = ensemble.outcomes[over][points]
    return (x[:, 0], weights[:, 0]) if x.shape[1] == 1 else pooled.rows(x, weights)


def _or_infinite(x: Interval) -> float:
    return float(np.nan_to_num(x.estimate, nan=np.inf))


def _titles(result: Result, axis: Axis) -> list[str]:
    """Return what each choice is called; its own name where two would be called the same."""
    if axis.name == "scenario":  # named by who compares them
        return [str(value) for value in axis.values]
    told = [titles.value_told(axis.name, x, result.policies) for x in axis.values]
    return _apart(told, [f"{text} ({x})" for text, x in zip(told, axis.values, strict=True)])


def _apart(told: list[str], longer: list[str]) -> list[str]:
    """Return what is told of each, longer where two would be told the same."""
    return [more if told.count(text) > 1 else text for text, more in zip(told, longer, strict=True)]


def _told(result: Result, listed: list[Axis], places: tuple[int, ...]) -> str:
    """Return what was listed of a given world, in words."""
    parts = []
    for axis, place in zip(listed, places, strict=True):
        told = titles.value_short(axis.name, axis.values[place], result.policies)
        parts.append(told if axis.name in KINDS else f"{titles.short(axis.name)} {told}")
    return ", ".join(parts)


def _set_to(axis: Axis, place: int) -> str:
    """Return `name=value` of a place on an axis."""
    told = _apart([words.value(value) for value in axis.values], [str(x) for x in axis.values])
    return f"{axis.name}={told[place]}"


def _listed_axes(result: Result) -> list[Axis]:
    """Return the axes whose values somebody listed, and which vary."""
    sampled = result.design_kind in SAMPLED_KINDS
    return [
        axis for axis in result.axes if len(axis) > 1 and (not sampled or axis.name in CROSSED_AXES)
    ]
