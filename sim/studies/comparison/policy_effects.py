"""What one policy of a comparison does, where it fails, who is moved; what each budget buys; what changes order."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np

from sim.analysis.intervals import Interval, beyond_chance, bootstrap, means_of, middle, of_share
from sim.analysis.prim import Box
from sim.analysis.robustness import failing_box, in_all, regret
from sim.analysis.value import Value, frontier
from sim.outcomes.entities import seats_of
from sim.outcomes.table import GOAL, SCOPES
from sim.studies.comparison.policy_runs import WORTH_MENTIONING, Comparison


class Step(NamedTuple):
    """From one policy of the frontier to the next: what it costs and brings beyond the other."""

    policy: int
    after: int
    further: Value


def steps(c: Comparison, among: list[int]) -> list[Step]:
    """Return the way along the frontier of some policies, cheapest first."""
    kept = frontier(*(x[among] for x in c.mean_money))
    return [Step(high, low, c.value(high, low)) for low, high in pairwise(among[n] for n in kept)]


def clear_steps(c: Comparison) -> list[Step]:
    """Return such a way from the baseline on which each step brings adopters beyond chance.

    Each on it brings more than the baseline beyond chance as many are looked at. Empty if the baseline is not its start: then more adopters are to be had without more money.
    """
    sure = [True, *beyond_chance(list(c.money[1, 1:]))]
    among = [n for n in range(len(c.names)) if sure[n] and (n == 0 or c.value(n).effect.low > 0)]
    while True:
        found = steps(c, among)
        if not found or found[0].after != 0:
            return []
        unclear = [step.policy for step in found if not step.further.effect.low > 0]
        if not unclear:
            return found
        among.remove(unclear[0])


class Reversal(NamedTuple):
    """One policy does clearly more than another midway, and clearly less at the end."""

    more: int
    less: int
    midway: Interval  # how much more
    end: Interval  # how much less: below 0


def reversals(c: Comparison) -> list[Reversal]:
    """Return of which two one does more midway and less at the end, beyond chance as many are looked at; largest first."""
    if len(c.choices) < 2:
        return []
    early, late = (choice.outcome for choice in c.choices)
    pairs = list(combinations(c.ordered(early), 2))  # the first does more midway
    sure = beyond_chance([x[a] - x[b] for x in map(c.samples, (early, late)) for a, b in pairs])
    made = []
    for (more, less), *clear in zip(pairs, sure, sure[len(pairs) :], strict=False):
        midway, end = (c.change(more, at, less) for at in (early, late))
        if all(clear) and end.estimate < 0:
            made.append(Reversal(more, less, midway, end))
    return sorted(made, key=lambda x: x.end.estimate - x.midway.estimate)


class Failure(NamedTuple):
    """Over drawn worlds: in how many a policy misses the goal, and a box of those worlds."""

    missed: Interval  # share of worlds
    names: list[str]  # of the parameters that the box limits
    box: Box | None  # if few of them tell where it fails
    worlds_have: Interval  # sustained adoption of the middle world; 5 % lie below, 5 % above


def failure(c: Comparison, policy: int) -> Failure:
    """Return in which of the drawn worlds a policy fails."""
    outcome = c.samples(GOAL)[policy]
    known = outcome[~np.isnan(outcome)]
    missed = of_share(int((known < c.threshold).sum()), known.size)
    names, x = world_values(c)
    base = np.array([float(c.result.values[path]) for path in _varied(c).values()])
    box = failing_box(x, outcome, c.threshold, base)
    return Failure(missed, names, box, middle(known))


def world_values(c: Comparison) -> tuple[list[str], np.ndarray]:
    """Return the varied parameters that are numbers, and (worlds, parameters) their values."""
    paths = _varied(c)
    points = [c.result.ensemble.points[int(p)] for p in c.points[:, 0]]
    values = [[float(point.values[path]) for path in paths.values()] for point in points]
    return list(paths), np.array(values).reshape(len(points), len(paths))


def _varied(c: Comparison) -> dict[str, str]:
    """Return name -> path of all numbers that vary beside what is compared."""
    axes = [a for a in c.result.axes if a is not c.axis and a.numeric]
    return {a.name: a.paths[0] for a in axes} | {path: path for path in c.result.worlds.settings[0]}


def holds(c: Comparison, policy: int) -> Interval:
    """Return the share of worlds in which a policy is better than the baseline, and not clearly worse than the best."""
    goal = in_all(c.samples(GOAL))
    good = (goal[policy] > goal[0]) & (regret(goal)[policy] <= WORTH_MENTIONING)
    return of_share(int(good.sum()), good.size)


def moved(c: Comparison, policy: int) -> tuple[Interval, Interval] | None:
    """Return the shares of all posts that an adopter holds at the horizon under one of the two only.

    The first is gained under the policy, the second lost. None if not known, or if the two have other posts.
    """
    table, shape = c.result.ensemble.organisations, (c.worlds, c.result.ensemble.replicates)
    rows: dict[tuple[int, int], list[int]] = {}
    for row, run in enumerate(zip(table["point"], table["replicate"], strict=True)):
        rows.setdefault(run, []).append(row)
    gained, lost = np.full(shape, np.nan), np.full(shape, np.nan)
    for world, run in np.ndindex(shape):
        places = [rows.get((c.points[world, n], run)) for n in (policy, 0)]
        if None in places:
            continue
        sizes, theirs = (table["hcps"][own].tolist() for own in places)
        if sizes != theirs:
            return None
        bits = (map(seats_of, table["adopters_at_end"][own]) for own in places)
        a, b = (np.concatenate(list(of_each)).astype(bool) for of_each in bits)
        gained[world, run], lost[world, run] = (x.sum() / sum(sizes) for x in (a & ~b, b & ~a))
    return (bootstrap(_each(gained)), bootstrap(_each(lost))) if rows else None


def _each(x: np.ndarray) -> np.ndarray:
    """Return what intervals are over, of (worlds, replicates): runs, or worlds where many."""
    return x[0] if len(x) == 1 else means_of(x)


def by_scope(c: Comparison, policy: int) -> dict[str, Interval]:
    """Return the change of the goal in groups, among members, in smaller and in larger organisations."""
    scopes = {who: c.change(policy, f"{GOAL}.{scope}") for scope, who in SCOPES.items()}
    table = c.result.ensemble.organisations
    sizes = table["hcps"]
    if not sizes.size or sizes.min() == sizes.max():
        return scopes
    middle_size = float(np.median(sizes))
    for name, chosen in (
        (f"organisations of up to {middle_size:g} professionals", sizes <= middle_size),
        (f"organisations of more than {middle_size:g} professionals", sizes > middle_size),
    ):
        hcps = np.where(chosen, sizes, 0.0)
        adopters = np.where(chosen, sizes * table[GOAL], 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            ours, theirs = (
                _each(c.of_organisations(adopters, n) / c.of_organisations(hcps, n))
                for n in (policy, 0)
            )
        scopes[name] = bootstrap(ours - theirs)
    return scopes
