"""Mixes of levers: all that a search may try, what each costs at most, and which is best for so much money."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sim.ensembles.store.tried import Found, Key
from sim.model.records import AGE
from sim.outcomes.table import GOAL, HEADLINE
from sim.policies.cost import discounted_months
from sim.policies.policy import Policy, TimedLever

# Of the highest strength; in a good mix most levers rest
STRENGTHS = (0, 0, 0, 0.1, 0.2, 0.4, 0.6, 0.8, 1)
FIRST = (1, 7, 13, 25, 37)  # months
LASTING = (6, 12, 18, 24, 36, 0)  # months; 0: for good
ONCE = ("champions",)  # acts once, whenever it begins: its time is that of the policies
SIMPLER = 0.005  # so much of use a mix may lack that has fewer levers than the best (assumption)
K = TypeVar("K")


class Price(NamedTuple):
    """What a lever may be at most, and what it costs."""

    lever: str
    highest: float  # strength
    each: float  # currency per organisation and month, of a strength of 1


def outcome_of(values: Mapping[str, Any]) -> str:
    """Return what mixes are for: use five years after the start, where that is simulated; else at the end."""
    known = values["horizon"] >= AGE and values["deployment.at_start"] > 0
    return HEADLINE if known else GOAL


def prices(policies: Sequence[Policy]) -> list[Price]:
    """Return the levers of policies, with the highest strength and price of each family."""
    found: dict[str, list[float]] = {}
    levers = [lever for policy in policies for lever in policy.levers if lever.strength > 0]
    for lever in levers:
        high = found.setdefault(lever.lever.partition(".")[0], [0.0, 0.0])
        high[:] = max(high[0], lever.strength), max(high[1], lever.cost / lever.strength)
    names = sorted({lever.lever for lever in levers})
    return [Price(name, *found[name.partition(".")[0]]) for name in names]


def best_within(
    tried: Mapping[K, Found], most: float, levers: Callable[[K], Sequence[Any]], aim: int = 1
) -> K | None:
    """Return the best mix that costs no more than `most`, by mean use or another aim; None if all cost more.

    Of mixes that do nearly as much it is the one with the fewest levers, of these the cheapest.
    """
    within = {key: found for key, found in tried.items() if found[0] <= most}
    enough = max((found[aim] for found in within.values()), default=0.0) - SIMPLER
    near = [key for key, found in within.items() if found[aim] >= enough]
    return min(near, key=lambda key: (len(levers(key)), within[key]), default=None)


class Space:
    """All mixes: a number each for strength, first month and duration of every lever."""

    def __init__(self, known: Sequence[Price], values: Mapping[str, Any]) -> None:
        self.prices, self.horizon = known, int(values["horizon"])
        self.rate = float(values["cost.discount_rate"])
        self.highest = {price.lever: price.highest for price in known}
        first = [n for n in FIRST if n <= self.horizon]
        self.choices: dict[str, Sequence[float]] = {}
        for price in known:
            self.choices[price.lever] = STRENGTHS
            if price.lever not in ONCE:
                self.choices |= {f"{price.lever} from": first, f"{price.lever} for": LASTING}

    def levers(self, key: Key) -> list[dict[str, Any]]:
        """Return the levers of a mix, as a policy's file holds them."""
        value = {n: c[k] for (n, c), k in zip(self.choices.items(), key, strict=True)}
        made = []
        for name, highest, each in self.prices:
            strength = float(f"{value[name] * highest:.3g}")
            if strength:
                lever = {"lever": name, "strength": strength, "cost": round(each * strength)}
                first, lasting = (int(value.get(f"{name} {what}", 0)) for what in ("from", "for"))
                if first > 1:
                    lever["from"] = first
                if lasting and (last := max(first, 1) + lasting - 1) < self.horizon:
                    lever["to"] = last
                made.append(lever)
        return made

    def nearest(self, levers: Sequence[TimedLever]) -> Key:
        """Return the mix that is nearest to some levers, in the steps that there are."""
        wanted: dict[str, float] = {}
        for x in levers:
            lasting = x.last - x.first + 1 if x.last < self.horizon else 0
            wanted |= {x.lever: x.strength, f"{x.lever} from": x.first, f"{x.lever} for": lasting}

        def step(name: str, choices: Sequence[float]) -> int:
            unit = self.highest.get(name, 1.0)
            return min(
                range(len(choices)), key=lambda n: abs(choices[n] * unit - wanted.get(name, 0))
            )

        return self.canonical(tuple(step(name, c) for name, c in self.choices.items()))

    def simpler(self, key: Key) -> list[Key]:
        """Return the mixes that have all levers of a mix but one."""
        made = []
        for n, (name, k) in enumerate(zip(self.choices, key, strict=True)):
            if name in self.highest and STRENGTHS[k]:
                made.append(self.canonical((*key[:n], 0, *key[n + 1 :])))
        return made

    def canonical(self, key: Key) -> Key:
        """Return the same mix with the times of levers that rest as 0, so that it is tried once."""
        strong: dict[str, bool] = {}
        for name, k in zip(self.choices, key, strict=True):
            strong.setdefault(name.split(" ")[0], STRENGTHS[k] > 0)
        return tuple(
            k if strong[n.split(" ")[0]] else 0 for n, k in zip(self.choices, key, strict=True)
        )

    def price(self, key: Key) -> float:
        """Return what a mix costs per organisation at most: where no tool is withdrawn."""
        until = discounted_months(self.horizon, self.rate)
        return sum(
            x["cost"] * (until[x.get("to", self.horizon)] - until[x.get("from", 1) - 1])
            for x in self.levers(key)
        )
