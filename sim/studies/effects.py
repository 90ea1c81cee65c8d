"""What single factors change, most first: for one factor at a time and for all combinations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sim.analysis.intervals import Interval
from sim.design.axes import Axis
from sim.reports import titles, words


@dataclass(frozen=True)
class Effect:
    """What one axis changes between two of its values."""

    axis: Axis
    change: Interval  # of sustained adoption, share of HCPs
    start: str
    end: str

    @property
    def together(self) -> bool:
        """Whether the axis moves several parameters at once."""
        return len(self.axis.paths) > 1

    @property
    def name(self) -> str:
        """What moves, as it stands within a sentence."""
        return titles.within(titles.title(self.axis.name))

    @property
    def told(self) -> str:
        """The change with its interval, in a column whose head says of whom."""
        return words.per_100(self.change, sign=True)

    @property
    def more(self) -> str:
        """The change with its interval, as it stands within a sentence."""
        return words.more_of_100(self.change, "professionals")


E = TypeVar("E", bound=Effect)


def most_first(found: Iterable[E], size: bool = False) -> list[E]:
    """Return effects from the highest gain, or the largest `size`, on; the unknown come last."""

    def key(effect: Effect) -> float:
        change = effect.change.estimate
        return -np.inf if np.isnan(change) else abs(change) if size else change

    return sorted(found, key=key, reverse=True)


def parted(found: Iterable[E]) -> tuple[list[E], list[E]]:
    """Return the effects that are clear, and those that may be chance."""
    effects = list(found)
    return (
        [effect for effect in effects if words.differs(effect.change)],
        [effect for effect in effects if not words.differs(effect.change)],
    )


def numbered(sentences: Iterable[str]) -> list[str]:
    """Return sentences with their numbers before them."""
    return [f"{n}. {text}" for n, text in enumerate(sentences, 1)]
