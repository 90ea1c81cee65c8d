"""What a comparison found, as numbers: of each policy in each given world, and over these worlds.

One world, or all worlds that were drawn, are a list of one. Nothing is averaged over worlds that
somebody listed, and no interval is stated over them: how likely each is, nobody said. Over them there
are counts, and the largest regret (Savage 1951, doi 10.1080/01621459.1951.10500768).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import NamedTuple

import numpy as np

from sim.analysis.intervals import Interval, means_of, middle, of_mean, of_share
from sim.analysis.paired import Paired
from sim.analysis.prim import Box
from sim.analysis.robustness import Robustness, failing_box, regret, robustness
from sim.analysis.value import Value, dominated, frontier
from sim.outcomes.table import COST, GOAL, MIDWAY, OUTCOMES, SCOPES, TOLD_MIDWAY
from sim.studies.comparison.policy_runs import Comparison
from sim.studies.comparison.posts import PostsMoved, change_by_size, posts_moved
from sim.studies.grid import is_numeric

# Below so many percentage points a difference is no reason to choose (assumption)
WORTH_MENTIONING = 0.01
MOST_COLUMNS = 3  # the best, told in full; all stand in comparison.csv
MOST_OUTCOMES = 8  # told in the terminal; all stand in comparison.csv
OUTCOMES_TOLD = (*TOLD_MIDWAY, "trust", *(f"{name}.month_{MIDWAY}" for name in TOLD_MIDWAY))


class Step(NamedTuple):
    """From one policy of the frontier to the next: what it costs and brings beyond the other."""

    policy: int
    after: int
    further: Value


@dataclass(frozen=True)
class InWorld:
    """What a policy does in one given world; intervals are over runs, over worlds if drawn."""

    number: int
    sustained: Interval  # mean sustained adoption, share of HCPs
    reaches: Interval  # share of runs in which that counts as sustained
    against: Paired  # the baseline: change, share of HCPs, and share of runs in which it is better
    regret: Interval  # how much the best policy of this world is better, share of HCPs
    cost: float  # mean in total, currency
    value: Value  # what it costs and brings beyond the baseline
    dominated_by: int  # the best that costs no more and brings at least as much, or -1
    robust: Robustness | None  # over drawn worlds

    @property
    def clearly_better(self) -> bool:
        """Whether it is better than the baseline beyond chance."""
        return self.number != 0 and self.against.change.low > 0


class Failure(NamedTuple):
    """Over drawn worlds: in how many a policy misses the goal, and a box of those worlds."""

    where: str
    worlds: int
    missed: Interval  # share of worlds
    names: list[str]  # of the parameters that the box limits
    box: Box | None  # if few of them tell where it fails
    worlds_have: Interval  # sustained adoption of the middle world; 5 % lie below, 5 % above


class OverWorlds(NamedTuple):
    """How far drawn worlds agree on the policy that is told in full."""

    # share of worlds in which it is better than the baseline, and not clearly worse than the best
    holds: Interval
    change: Interval  # the first that is told, in the middle world; 5 % lie below, 5 % above


@dataclass(frozen=True)
class Choice:
    """What is to be chosen if all that counts is use in the two years before a month."""

    month: int
    changes: dict[int, Interval]  # from the baseline, of each policy, best mean first
    good: list[int]  # better beyond chance and not clearly worse than the best; cheapest first


class Reversal(NamedTuple):
    """One policy does clearly more than another midway, and clearly less at the end."""

    more: int
    less: int
    midway: Interval  # how much more
    end: Interval  # how much less: below 0


@dataclass(frozen=True)
class World:
    """One given world: its policies by number, best mean first, and what each budget buys."""

    where: str
    told: str
    drawn: int
    threshold: float
    policies: dict[int, InWorld]
    # from the baseline on, each bringing users beyond chance, and none for more than a dearer one
    steps: list[Step]
    choices: list[Choice]  # midway, where that comes before the end; and at the end

    @property
    def best(self) -> InWorld:
        """The policy with the highest mean."""
        return next(iter(self.policies.values()))

    def reached(self, policy: int) -> bool:
        """Whether the mean of a policy counts as sustained."""
        return self.policies[policy].sustained.estimate >= self.threshold


class LargestRegret(NamedTuple):
    """The largest regret of a policy, and the given world in which it has it."""

    regret: Interval
    where: str


@dataclass(frozen=True)
class Findings:
    """All that is told of a comparison; where nothing was listed, `worlds` has one element."""

    of: Comparison
    worlds: list[World]
    order: list[int]  # best mean first in one world, smallest largest regret first over several
    best: int  # the one that is told in full: in one world the cheapest that is not clearly worse
    largest_regret: dict[int, LargestRegret]  # of each policy
    changes: dict[str, dict[int, Interval]]  # of outcomes, under the best few of the first world
    reversals: list[Reversal]  # in one world, the largest first
    # of the policy that is told in full; the first two in the first world
    moved: PostsMoved | None
    by_scope: dict[str, Interval]  # change of sustained adoption in groups and places
    failures: list[Failure]  # in each world of which some were drawn
    over_worlds: OverWorlds | None  # where some were drawn

    @property
    def several(self) -> bool:
        """Whether worlds were listed."""
        return len(self.worlds) > 1

    @property
    def pairs(self) -> int:
        """Pairs of runs (or worlds) that a difference rests on."""
        return max(p.against.change.runs for p in self.worlds[0].policies.values() if p.number)

    @property
    def recommended(self) -> list[InWorld]:
        """The best policy in each given world."""
        return [world.policies[self.best] for world in self.worlds]

    def times_better(self, policy: int) -> int:
        """Return in how many given worlds a policy is clearly better than the baseline."""
        return sum(world.policies[policy].clearly_better for world in self.worlds)


def findings(c: Comparison) -> Findings:
    """Return what a comparison found."""
    worlds = [_world(part) for part in c.parts]
    regrets = {n: _largest_regret(worlds, n) for n in range(len(c.names))}
    part, several = c.parts[0], len(worlds) > 1
    if several:
        order = sorted(regrets, key=lambda n: _or_infinite(regrets[n].regret))
        best = order[0]
    else:
        order = list(worlds[0].policies)
        best = next(iter(worlds[0].choices[-1].good), order[0])
    known = [outcome for outcome in OUTCOMES_TOLD if np.isfinite(part.runs(outcome, 0)).any()]
    shown = [n for n in part.order if n][:MOST_COLUMNS]
    scopes = {who: part.paired(f"{GOAL}.{scope}", best).change for scope, who in SCOPES.items()}
    return Findings(
        of=c,
        worlds=worlds,
        order=order,
        best=best,
        largest_regret=regrets,
        changes={
            outcome: {n: part.paired(outcome, n).change for n in shown}
            for outcome in known[:MOST_OUTCOMES]
        },
        reversals=[] if several else reversals(part, worlds[0].choices),
        moved=posts_moved(part, best),
        by_scope=scopes | change_by_size(part, best),
        failures=[_failure(part, best) for part in c.parts if part.worlds > 1],
        over_worlds=None if several or part.worlds == 1 else _over_worlds(part, best),
    )


def _world(c: Comparison) -> World:
    by = dominated(*c.mean_money)
    robust: Sequence[Robustness | None] = [None] * len(c.names)
    if c.worlds > 1:
        robust = robustness(c.by_world(GOAL), c.threshold)
    policies = {}
    for n in c.order:
        goal = c.sample(GOAL, n)
        known = goal[~np.isnan(goal)]
        policies[n] = InWorld(
            number=n,
            sustained=of_mean(goal, OUTCOMES[GOAL].bounds),
            reaches=of_share(int((known >= c.threshold).sum()), known.size),
            against=c.paired(GOAL, n),
            regret=c.regret(n),
            cost=float(means_of(c.runs(COST, n))),
            value=c.value(n),
            dominated_by=by[n],
            robust=robust[n],
        )
    return World(
        c.where, c.told, c.worlds, c.threshold, policies, clear_steps(c), choices(c)
    )  # fmt: skip


def _times(c: Comparison) -> list[tuple[int, str]]:
    """Return midway, where that comes before the end, and the end: month, and outcome by then."""
    end = int(max(c.values_of("horizon")))
    times = [(MIDWAY, f"{GOAL}.month_{MIDWAY}")] if end > MIDWAY else []
    return [at for at in (*times, (end, GOAL)) if np.isfinite(c.runs(at[1], 0)).any()]


def choices(c: Comparison) -> list[Choice]:
    """Return what is to be chosen midway, where that comes before the end, and at the end."""
    return [_choice(c, *at) for at in _times(c)]


def _choice(c: Comparison, month: int, outcome: str) -> Choice:
    order = c.ordered(outcome)
    changes = {n: c.paired(outcome, n).change for n in order}
    good = [
        n
        for n in order
        if n and changes[n].low > 0 and not c.regret(n, outcome).low > WORTH_MENTIONING
    ]
    if c.costs_known:
        good.sort(key=lambda n: c.value(n).cost.estimate)
    return Choice(month, changes, good)


def reversals(c: Comparison, found: Sequence[Choice]) -> list[Reversal]:
    """Return of which two one does clearly more midway and clearly less at the end."""
    if len(found) < 2:
        return []
    made = []
    for more, less in permutations(found[0].changes, 2):
        midway = c.paired(f"{GOAL}.month_{MIDWAY}", more, less).change
        if midway.low > 0 and (end := c.paired(GOAL, more, less).change).high < 0:
            made.append(Reversal(more, less, midway, end))
    return sorted(made, key=lambda x: x.end.estimate - x.midway.estimate)


def steps(c: Comparison, among: Sequence[int] | None = None) -> list[Step]:
    """Return the way along the frontier (of all policies, or some), cheapest first."""
    chosen = list(range(len(c.names)) if among is None else among)
    kept = frontier(*(x[chosen] for x in c.mean_money))
    return [Step(high, low, c.value(high, low)) for low, high in pairwise(chosen[n] for n in kept)]


def clear_steps(c: Comparison) -> list[Step]:
    """Return such a way from the baseline on which each step brings adopters beyond chance.

    Empty if the baseline is not its start: then more adopters are to be had without more money.
    """
    among = [0, *(n for n in range(1, len(c.names)) if c.value(n).effect.low > 0)]
    while True:
        found = steps(c, among)
        if not found or found[0].after != 0:
            return []
        unclear = [step.policy for step in found if not step.further.effect.low > 0]
        if not unclear:
            return found
        among.remove(unclear[0])


def _largest_regret(worlds: list[World], policy: int) -> LargestRegret:
    """Return the largest regret of a policy over the given worlds.

    No number if all its runs failed in one of them and others did not: there it may be the worst.
    """
    found = [
        LargestRegret(world.policies[policy].regret, world.told)
        for world in worlds
        if np.isfinite(world.best.sustained.estimate)
    ]
    unknown = LargestRegret(worlds[0].policies[policy].regret, worlds[0].told)
    return max(found, key=lambda x: _or_infinite(x.regret), default=unknown)


def _or_infinite(x: Interval) -> float:
    return float(np.nan_to_num(x.estimate, nan=np.inf))


def _varied(c: Comparison) -> dict[str, str]:
    """Return name -> path of all numbers that vary beside what is compared."""
    axes = [a for a in c.result.axes if a is not c.axis and is_numeric(a)]
    return {a.name: a.paths[0] for a in axes} | {path: path for path in c.result.worlds.settings[0]}


def world_values(c: Comparison) -> tuple[list[str], np.ndarray]:
    """Return the varied parameters that are numbers, and (worlds, parameters) their values."""
    paths = _varied(c)
    points = [c.result.ensemble.points[int(p)] for p in c.points[:, 0]]
    values = [[float(point.values[path]) for path in paths.values()] for point in points]
    return list(paths), np.array(values).reshape(len(points), len(paths))


def _failure(c: Comparison, policy: int) -> Failure:
    outcome = c.sample(GOAL, policy)
    known = outcome[~np.isnan(outcome)]
    missed = of_share(int((known < c.threshold).sum()), known.size)
    names, x = world_values(c)
    base = np.array([float(c.result.values[path]) for path in _varied(c).values()])
    box = failing_box(x, outcome, c.threshold, base)
    return Failure(c.told, c.worlds, missed, names, box, middle(known))


def _over_worlds(c: Comparison, policy: int) -> OverWorlds:
    goal, outcome = c.goal_by_world, _times(c)[0][1]
    holds = (goal[policy] > goal[0]) & (regret(goal)[policy] <= WORTH_MENTIONING)
    change = c.sample(outcome, policy) - c.sample(outcome, 0)
    return OverWorlds(of_share(int(holds.sum()), holds.size), middle(change))
