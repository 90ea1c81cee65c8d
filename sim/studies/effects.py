"""What single factors change, largest first: for one factor at a time and for all combinations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sim.analysis.intervals import Interval
from sim.design.axes import Axis
from sim.outcomes.table import GOAL, OUTCOMES
from sim.reports import words
from sim.reports.answer import Number
from sim.studies.grid import ends


@dataclass(frozen=True)
class Effect:
    """What one axis changes from its lowest to its highest value."""

    axis: Axis
    change: Interval  # of sustained adoption, share of HCPs

    @property
    def together(self) -> bool:
        """Whether the axis moves several parameters at once."""
        return len(self.axis.paths) > 1

    @property
    def told(self) -> str:
        """The change with its interval."""
        return words.with_interval(self.change, sign=True)


E = TypeVar("E", bound=Effect)


def largest_first(found: Iterable[E]) -> list[E]:
    """Return effects in the order of their size; what is not known comes last."""
    return sorted(found, key=lambda effect: -abs(np.nan_to_num(effect.change.estimate)))


def parted(found: Iterable[E]) -> tuple[list[E], list[E]]:
    """Return the effects that are clear, and those that may be chance."""
    effects = list(found)
    return (
        [effect for effect in effects if words.differs(effect.change)],
        [effect for effect in effects if not words.differs(effect.change)],
    )


def start_of_row(axis: Axis) -> list[str]:
    """Return the name of an axis, and its lowest and highest value."""
    return [axis.name, *(words.value(axis.values[n]) for n in ends(axis))]


def numbered(sentences: Iterable[str]) -> list[str]:
    """Return sentences with their numbers before them."""
    return [f"{n}. {text}" for n, text in enumerate(sentences, 1)]


def numbers_of(found: Iterable[Effect]) -> dict[str, Number]:
    """Return the change by each axis."""
    return {effect.axis.name: Number(effect.change, OUTCOMES[GOAL].unit) for effect in found}
