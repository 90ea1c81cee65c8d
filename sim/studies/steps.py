"""What one step from where we stand changes, and two together, as numbers; under the same luck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.outcomes.table import MIDWAY
from sim.reports import titles, words
from sim.studies import alignment
from sim.studies.alignment import CLOSED, END, OPEN, OTHER_END, Reached, SingleEffect
from sim.studies.factorial import CHANCE, COMPLEMENTS, SUBSTITUTES

if TYPE_CHECKING:
    from sim.studies.result import Result

USE = "adopter_share"
SHARES = (-1.0, 1.0)  # between which changes of shares lie
LEVELS = (OPEN, CLOSED, END, OTHER_END)  # of two at one value the first names it


@dataclass(frozen=True, eq=False)
class Move:
    """One thing moved to one value, as far as that is not where it stands."""

    effect: SingleEffect
    level: str  # one of LEVELS
    there: Reached

    @property
    def setting(self) -> Mapping[str, Any]:
        """What it sets."""
        return self.there.setting

    @property
    def name(self) -> str:
        """What moves, and where to, in few words."""
        return f"{titles.short(self.effect.axis.name)} {self.there.value.partition(' a ')[0]}"


class Two(NamedTuple):
    """Two moves together."""

    first: Move
    second: Move
    change: Interval  # of use, share of HCPs
    beyond: Interval  # how much more that is than the sum of what each changes alone
    kind: str
    clear: bool  # whether use rises beyond chance, as many are looked at

    @property
    def name(self) -> str:
        """What moves, as it stands within a sentence."""
        return f"{self.first.effect.name} and {self.second.effect.name}"

    @property
    def apart(self) -> float:
        """The sum of what each changes alone."""
        return self.first.there.change.estimate + self.second.there.change.estimate


@dataclass(frozen=True)
class Found:
    """What steps change by the end of a month."""

    month: int
    outcome: str
    now: Interval
    effects: list[SingleEffect]  # the most to be gained first
    # of each axis, the share of worlds (or runs) in which its move to the end of its range does most
    best: dict[str, Interval]
    moves: list[Move]
    twos: list[Two]  # the most gained first
    # axes whose move to the end of its range changes use beyond chance, as many are looked at
    clear: set[str]
    lost: list[Move]  # that let go of what there is, and beyond chance cost use; the most first

    def parted(self) -> tuple[list[SingleEffect], list[SingleEffect]]:
        """Return the effects that are clear, and those that may be chance."""
        clear = [effect for effect in self.effects if effect.axis.name in self.clear]
        return clear, [effect for effect in self.effects if effect not in clear]

    @property
    def forward(self) -> list[Two]:
        """Two together, each moved as far as it goes."""
        return [two for two in self.twos if is_end(two.first) and is_end(two.second)]


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
    sure = intervals.beyond_chance(list(changes[ends]))
    clear = {name for name, differs in zip(names, sure, strict=True) if differs}
    moves = [move for effect in effects for move in _moves(result, effect)]
    alone = dict(zip(moves, changes[result.points([m.setting for m in moves])], strict=True))
    opened = [move for move in moves if move.level == OPEN]
    sure = intervals.beyond_chance([alone[move] for move in opened])
    lost = [
        m for m, differs in zip(opened, sure, strict=True) if differs and m.there.change.high < 0
    ]
    lost.sort(key=lambda move: move.there.change.estimate)
    both = [pair for pair in combinations(moves, 2) if pair[0].effect is not pair[1].effect]
    forward = sum(is_end(first) and is_end(second) for first, second in both)
    twos = []
    numbers = result.points([{**first.setting, **second.setting} for first, second in both])
    for (first, second), together in zip(both, changes[numbers], strict=True):
        # those that are told, one for each two factors; of all others, all that there are
        told = is_end(first) and is_end(second)
        confidence = intervals.of_many(forward if told else len(both))
        beyond = together - alone[first] - alone[second]
        more_sure, sure_of = (
            intervals.of_mean(y, confidence=confidence) for y in (beyond, together)
        )
        kind = CHANCE
        if words.differs(more_sure):
            kind = COMPLEMENTS if more_sure.estimate > 0 else SUBSTITUTES
        change, more = intervals.of_mean(together, SHARES), intervals.of_mean(beyond)
        twos.append(Two(first, second, change, more, kind, sure_of.low > 0))
    twos.sort(key=lambda two: -np.nan_to_num(two.change.estimate, nan=-np.inf))
    return Found(month, outcome, result.mean(outcome), effects, best, moves, twos, clear, lost)


def _moves(result: Result, effect: SingleEffect) -> list[Move]:
    """Return the values of an axis that have a name, each once, without where we stand."""
    made: dict[Any, Move] = {}
    for level in (level for level in LEVELS if level in effect.to):
        there = effect.to[level]
        if any(result.values[path] != value for path, value in there.setting.items()):
            made.setdefault(there.at, Move(effect, level, there))
    return list(made.values())


def is_end(move: Move) -> bool:
    return bool(move.there.at == move.effect.to[END].at)
