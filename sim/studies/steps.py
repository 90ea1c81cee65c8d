"""What one step from where we stand changes, and two together, as numbers; under the same luck."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations, compress
from typing import Any, NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.outcomes.table import MIDWAY
from sim.reports import titles, words
from sim.studies import alignment
from sim.studies.alignment import CLOSED, END, OPEN, OTHER_END, SingleEffect, Step
from sim.studies.factorial import CHANCE, COMPLEMENTS, SUBSTITUTES
from sim.studies.result import Result

USE = "adopter_share"
SHARES = (-1.0, 1.0)  # between which changes of shares lie
LEVELS = (OPEN, CLOSED, END, OTHER_END)  # of two at one value the first names it


class Two(NamedTuple):
    """Two steps together."""

    first: Step
    second: Step
    change: Interval  # of use, share of HCPs
    beyond: Interval  # how much more that is than the sum of what each changes alone
    kind: str
    clear: bool  # whether use rises beyond chance, as many are looked at

    @property
    def name(self) -> str:
        """What moves, as it stands within a sentence."""
        return " and ".join(titles.in_sentence(step.axis.name) for step in self[:2])

    @property
    def far(self) -> bool:
        """Whether each is moved as far as it goes."""
        return self.first.far and self.second.far

    @property
    def apart(self) -> float:
        """The sum of what each changes alone."""
        return self.first.change.estimate + self.second.change.estimate


@dataclass(frozen=True)
class Found:
    """What steps change by the end of a month."""

    month: int
    outcome: str
    now: Interval
    effects: list[SingleEffect]  # the most to be gained first
    # of each axis, the share of worlds (or runs) in which its step to the end of its range does most
    best: dict[str, Interval]
    steps: list[Step]
    twos: list[Two]  # the most gained first
    # axes whose step to the end of its range changes use beyond chance, as many are looked at
    clear: set[str]
    lost: list[Step]  # that let go of what there is, and beyond chance cost use; the most first

    def parted(self) -> tuple[list[SingleEffect], list[SingleEffect]]:
        """Return the effects that are clear, and those that may be chance."""
        clear = [effect for effect in self.effects if effect.axis.name in self.clear]
        return clear, [effect for effect in self.effects if effect not in clear]

    @property
    def forward(self) -> list[Two]:
        """Two together, each moved as far as it goes."""
        return [two for two in self.twos if two.far]


def found(result: Result) -> list[Found]:
    """Return what steps change after five years, where the runs are longer, and at their end."""
    result = replace(result, ensemble=result.over_worlds, of_worlds=None)
    horizon = int(result.values["horizon"])
    times = [(MIDWAY, f"{USE}.month_{MIDWAY}")] if horizon > MIDWAY else []
    return [_found(result, *time) for time in (*times, (horizon, f"{USE}.horizon"))]


def _found(result: Result, month: int, outcome: str) -> Found:
    effects = alignment.found(result, outcome)
    x = result.ensemble.outcomes[outcome]
    changes, ends = x - x[0], result.points([effect.to[END].setting for effect in effects])
    use = x[ends]
    use = use[:, ~np.isnan(use).any(axis=0)]
    wins = (use == use.max(axis=0, initial=0)).sum(axis=1).tolist()
    names = [effect.axis.name for effect in effects]
    best = {n: intervals.of_share(w, use.shape[1]) for n, w in zip(names, wins, strict=True)}
    clear = set(compress(names, intervals.beyond_chance(list(changes[ends]))))
    steps = [step for effect in effects for step in _steps(result, effect)]
    alone = changes[result.points([step.setting for step in steps])]
    opened = [n for n, step in enumerate(steps) if step.level == OPEN]
    gone = compress(opened, intervals.beyond_chance([alone[n] for n in opened]))
    lost = [steps[n] for n in gone if steps[n].change.high < 0]
    lost.sort(key=lambda step: step.change.estimate)
    both = [
        (a, b) for a, b in combinations(range(len(steps)), 2) if steps[a].axis is not steps[b].axis
    ]
    forward = sum(steps[a].far and steps[b].far for a, b in both)
    twos = []
    numbers = result.points([{**steps[a].setting, **steps[b].setting} for a, b in both])
    for (a, b), together in zip(both, changes[numbers], strict=True):
        # those that are told, one for each two factors; of all others, all that there are
        confidence = intervals.of_many(forward if steps[a].far and steps[b].far else len(both))
        beyond = together - alone[a] - alone[b]
        more_sure, sure_of = (
            intervals.of_mean(y, confidence=confidence) for y in (beyond, together)
        )
        kind = CHANCE
        if words.differs(more_sure):
            kind = COMPLEMENTS if more_sure.estimate > 0 else SUBSTITUTES
        change, more = intervals.of_mean(together, SHARES), intervals.of_mean(beyond)
        twos.append(Two(steps[a], steps[b], change, more, kind, sure_of.low > 0))
    twos.sort(key=lambda two: -np.nan_to_num(two.change.estimate, nan=-np.inf))
    return Found(month, outcome, result.mean(outcome), effects, best, steps, twos, clear, lost)


def _steps(result: Result, effect: SingleEffect) -> Iterable[Step]:
    """Return the values of an axis that have a name, each once, without where we stand."""
    made: dict[Any, Step] = {}
    for step in (effect.to[level] for level in LEVELS if level in effect.to):
        if any(result.values[path] != value for path, value in step.setting.items()):
            made.setdefault(step.at, step)
    return made.values()
