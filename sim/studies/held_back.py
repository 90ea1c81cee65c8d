"""What each mechanism holds back, month by month, as numbers: it is switched off, luck stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.outcomes.table import MIDWAY, PLACES
from sim.reports import titles
from sim.reports.month_figures import LONG
from sim.studies.steps import SHARES
from sim.tables.messages import within

if TYPE_CHECKING:
    from sim.studies.result import Result

USE = "adopters"


class Mechanism(NamedTuple):
    """What is switched off, and by how much shares of professionals differ without it."""

    name: str  # of the axis, with the value where it has several
    title: str
    paths: tuple[str, ...]
    point: int
    changes: dict[str, np.ndarray]  # place -> (4, months): estimate, ends of the interval, runs

    def change(self, month: int, place: str = USE) -> Interval:
        """Return how many more are at a place in a month without it."""
        estimate, low, high, runs = self.changes[place][:, month].tolist()
        return Interval(estimate, low, high, int(runs))

    def felt_from(self, last: int) -> int | None:
        """Return the first month from which it clearly costs use, for LONG months at least."""
        clear = self.changes[USE][1, : last + 1] > 0
        if clear.size < LONG:
            return None
        spans = np.lib.stride_tricks.sliding_window_view(clear, LONG).all(axis=1)
        return int(spans.argmax()) if spans.any() else None

    @property
    def told(self) -> str:
        """What is switched off, as it stands within a sentence."""
        return within(self.title)


@dataclass(frozen=True)
class Found:
    """What holds use back; times are months that are told, the last one the horizon."""

    times: list[int]
    mechanisms: list[Mechanism]  # at work; what costs most at the first time comes first
    together: Mechanism | None  # several of them switched off
    parts: list[Mechanism]  # which ones
    beyond: dict[int, Interval]  # how much more that changes than the sum of each, at these times
    idle: list[str]  # titles of what is off already

    @property
    def shown(self) -> list[Mechanism]:
        """Each mechanism, and those that are switched off together."""
        return [*self.mechanisms, *([self.together] if self.together else [])]

    def most(self, month: int) -> Mechanism | None:
        """Return what clearly costs most use in a month; None where nothing does."""
        costs = [m for m in self.mechanisms if m.change(month).low > 0]
        return max(costs, key=lambda m: m.change(month).estimate, default=None)

    @property
    def spans(self) -> list[tuple[Mechanism, int, int]]:
        """What costs most from which month to which, without what is shorter than LONG."""
        made = []
        for mechanism, months in groupby(range(1, self.times[-1] + 1), self.most):
            span = list(months)
            if mechanism is not None and len(span) >= LONG:
                made.append((mechanism, span[0], span[-1]))
        return made


def found(result: Result) -> Found:
    """Return what each mechanism holds back, in every month."""
    ensemble, horizon = result.over_worlds, int(result.values["horizon"])
    times = [*([MIDWAY] if horizon > MIDWAY else []), horizon]
    places = {place.name: ensemble.paths[place.name] for place in PLACES}
    alike = replace(result, ensemble=ensemble, of_worlds=None)
    made, idle = [], []
    for axis in result.axes:
        for label, point in zip(axis.values, alike.points(axis.settings), strict=True):
            name, title = axis.name, titles.title(axis.name)
            if len(axis) > 1:
                name += f"={label}"
                title += f" {titles.placed(titles.value_short(axis.name, label, result.policies))}"
            if point == 0:
                idle.append(title)
                continue
            changes = {
                place: np.array(intervals.of_columns(x[point] - x[0], SHARES))
                for place, x in places.items()
            }
            made.append(Mechanism(name, title, axis.paths, point, changes))
    most = max(made, key=lambda m: len(_parts(m, made)), default=None)
    parts = _parts(most, made) if most else []
    together = most if len(parts) > 1 else None
    alone = [m for m in made if m is not together]
    beyond = {}
    if together is not None:
        use = places[USE]
        whole = [m for m in parts if not any(set(m.paths) < set(other.paths) for other in parts)]
        more = use[together.point] - use[0] - sum(use[m.point] - use[0] for m in whole)
        beyond = {month: intervals.of_mean(more[:, month]) for month in times}
    alone.sort(key=lambda m: -np.nan_to_num(m.change(times[0]).estimate, nan=-np.inf))
    return Found(times, alone, together, parts, beyond, idle)


def _parts(mechanism: Mechanism, others: list[Mechanism]) -> list[Mechanism]:
    """Return the mechanisms that it switches off at once; none where two of them are one at other values."""
    parts = [m for m in others if set(m.paths) < set(mechanism.paths)]
    return parts if len({m.paths for m in parts}) == len(parts) else []
