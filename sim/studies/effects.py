"""What single factors change, most first: for one factor at a time and for all combinations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sim.analysis.intervals import Interval
from sim.design.axes import Axis
from sim.reports import titles, words
from sim.reports.figure import Figure, Row, of_100, rows_panel
from sim.studies.result import Result

KEY = (("alignments", 0), ("processes", 1), ("several together", 2))
ROW = 0.38  # inches
VALUE_ROOM = 0.12  # of the width, for the value right of a bar


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
        return titles.in_sentence(self.axis.name)

    @property
    def step(self) -> str:
        """What moves, from where to where."""
        return titles.placed(f"{self.name} from {self.start} to {self.end}")

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
    parts: tuple[list[E], list[E]] = [], []
    for effect in found:
        parts[not words.differs(effect.change)].append(effect)
    return parts


def numbered(sentences: Iterable[str]) -> list[str]:
    """Return sentences with their numbers before them."""
    return [f"{n}. {text}" for n, text in enumerate(sentences, 1)]


def effects_figure(
    result: Result,
    title: str,
    what: str,
    over: str,
    found: Sequence[Effect],
    use: str = "sustained adoption",
) -> Figure:
    """Return `what` was found of each axis, the first on top; `over` is what intervals are of."""
    runs = result.ensemble.replicates
    bars = words.drawn(runs, f"Bars: 95 % intervals of the mean change, {over}.")
    caption = f"{what}. {words.runs(runs)} each. {bars}"
    rows = []
    for e in found:
        look = 2 if e.together else int(e.axis.name.startswith("process."))
        name, value = f"{titles.short(e.axis.name)}: {e.start} to {e.end}", e.told.partition(" ")[0]
        rows.append(Row(name, of_100(e.change), e.told, look, value))
    across = f"change of {use}, of 100 professionals"
    panel = rows_panel(rows, across, right=VALUE_ROOM)
    return Figure("effects", title, caption, [panel], height=1.0 + ROW * len(rows), key=KEY)
