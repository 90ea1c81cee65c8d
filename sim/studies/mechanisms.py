"""What holds use back month by month: each mechanism switched off, under the same luck."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.outcomes.compute import MONTHS_IN_YEAR
from sim.outcomes.table import MIDWAY, PLACES
from sim.reports import titles, words
from sim.reports.answer import Answer, Number
from sim.reports.figure import Curve, Figure, Mark, Panel, Rule, Scale, mean_of_runs, of_100
from sim.reports.meanings import HELD_BACK
from sim.reports.month_figures import LONG, months_axis, where_figure
from sim.reports.result_tables import of_frame
from sim.studies.from_here import SHARES, over_what, runs_told
from sim.studies.headline import WHERE, listed, places_told, time_told
from sim.tables.layout import Table
from sim.tables.messages import within

if TYPE_CHECKING:
    from sim.studies.result import Result

USE = "adopters"
PEOPLE = "professionals"
UNIT = "share of HCPs"
YEARS = (1, 2, 3, 5, 7, 10, 20)  # columns of the table, as far as the runs go
MOST_TOLD = 3  # of mechanisms, and of where people are instead


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
    together: Mechanism | None  # all of them switched off
    beyond: dict[int, Interval]  # how much more that changes than the sum of each, at these times
    idle: list[str]  # titles of what is off already

    @property
    def shown(self) -> list[Mechanism]:
        """Each mechanism, and all of them together."""
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
    numbers = {tuple(point.values.items()): n for n, point in enumerate(ensemble.points)}
    base = ensemble.paths
    made, idle = [], []
    for axis in result.axes:
        for label, setting in zip(axis.values, axis.settings, strict=True):
            title = titles.title(axis.name)
            if len(axis) > 1:
                title += f" {titles.value_short(axis.name, label, result.policies)}"
            point = numbers[tuple({**result.values, **setting}.items())]
            if point == 0:
                idle.append(title)
                continue
            changes = {
                place.name: np.array(
                    intervals.of_columns(base[place.name][point] - base[place.name][0], SHARES)
                )
                for place in PLACES
            }
            name = axis.name if len(axis) == 1 else f"{axis.name}={label}"
            made.append(Mechanism(name, title, axis.paths, point, changes))
    together = next((m for m in made if _holds_all(m, made)), None)
    alone = [m for m in made if m is not together]
    beyond = {}
    if together is not None:
        use = base[USE]
        whole = [m for m in alone if not any(set(m.paths) < set(other.paths) for other in alone)]
        more = use[together.point] - use[0] - sum(use[m.point] - use[0] for m in whole)
        beyond = {month: intervals.of_mean(more[:, month]) for month in times}
    alone.sort(key=lambda m: -np.nan_to_num(m.change(times[0]).estimate, nan=-np.inf))
    return Found(times, alone, together, beyond, idle)


def _holds_all(mechanism: Mechanism, others: list[Mechanism]) -> bool:
    """Whether it sets all that the others set, which are two or more."""
    rest = [set(m.paths) for m in others if m is not mechanism]
    return len(rest) > 1 and set(mechanism.paths) >= set().union(*rest)


def answer(result: Result) -> Answer:
    """Return what costs most use after five years and at the end, when, and where people are instead."""
    f = found(result)
    numbers = {
        f"{m.name}, month {month}": Number(m.change(month), UNIT)
        for m in f.shown
        for month in f.times
    }
    numbers |= {f"beyond the sum, month {n}": Number(x, UNIT) for n, x in f.beyond.items()}
    runs = (
        f"{places_told(result.ensemble.points[0], result.ensemble.seed)}; {runs_told(result)}, seed "
        f"{result.ensemble.seed}; {result.luck}, so that what differs without a mechanism is its "
        f"effect. In brackets: 95 % intervals of the mean over {over_what(result)}, of each month by "
        "itself."
    )
    blocks: list[str | Table] = [*sentences(result, f), table(f), runs]
    return Answer(result.title, result.question, blocks, numbers=numbers)


def sentences(result: Result, f: Found) -> list[str]:
    """Return what costs most use by when, in which months, and where people are because of it."""
    paths = result.over_worlds.paths
    said = [_first(f), *_then(f)]
    for month in f.times:
        places = {
            f"where.{place.name}": intervals.of_mean(paths[place.name][0][:, month], (0, 1))
            for place in PLACES
        }
        said.append(f"As it is, of 100 professionals after {time_told(month)}: {listed(places)}.")
    if f.spans:
        spans = "; ".join(f"{m.told} from month {first} to {last}" for m, first, last in f.spans)
        said.append(f"Month by month, most use is held back by {spans}.")
    for month in f.times:
        if (most := f.most(month)) is not None:
            said.append(_instead(most, month))
    if f.together is not None:
        said += [_together(f.together, f.beyond[month], month) for month in f.times]
    helps = [m for m in f.mechanisms if m.change(f.times[-1]).high < 0]
    said += [
        f"Without {m.told} fewer would use it after {time_told(f.times[-1])}: "
        f"{words.more_of_100(m.change(f.times[-1]), PEOPLE)}."
        for m in helps
    ]
    unclear = [m.told for m in f.mechanisms if not words.differs(m.change(f.times[-1]))]
    if unclear:
        said.append(
            f"What these cost after {time_told(f.times[-1])} may be chance: {', '.join(unclear)}."
        )
    if f.idle:
        said.append(
            f"Not at work here, so nothing changes without: {', '.join(map(within, f.idle))}."
        )
    return said


def _first(f: Found) -> str:
    costs = [(month, f.most(month)) for month in f.times]
    if not any(most for _, most in costs):
        return f"Nothing that was switched off clearly costs use by {time_told(f.times[-1])}."
    told: list[str] = []
    before = None
    for month, most in costs:
        more = words.more_of_100(most.change(month), "" if told else PEOPLE) if most else ""
        if most is None:
            told.append(f"by {time_told(month)} nothing clearly costs use")
        elif most is before:
            told.append(f"and so it does by {time_told(month)}, {more}")
        else:
            told.append(
                f"by {time_told(month)} {most.told} costs most use: without it {more} would use the tool"
            )
        before = most
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def _then(f: Found) -> list[str]:
    """Return what costs use as well, at the end."""
    month, most = f.times[-1], f.most(f.times[-1])
    others = [m for m in f.mechanisms if m is not most and m.change(month).low > 0]
    others.sort(key=lambda m: -m.change(month).estimate)
    told = "; ".join(f"{m.told}, {words.more_of_100(m.change(month))}" for m in others[:MOST_TOLD])
    return [f"Then follow, after {time_told(month)}, {told}."] if told else []


def _instead(most: Mechanism, month: int) -> str:
    """Say where those are whom a mechanism holds back."""
    changes = {place.name: most.change(month, place.name) for place in PLACES if place.name != USE}
    fewer = sorted((n for n in changes if changes[n].high < 0), key=lambda n: changes[n].estimate)
    if not fewer:
        return (
            f"Where those are whom {most.told} holds back after {time_told(month)}, is not clear."
        )
    told = "; ".join(
        f"{words.more_of_100(_turned(changes[name]))} {WHERE[name]}" for name in fewer[:MOST_TOLD]
    )
    return f"After {time_told(month)}, because of {most.told}: {told}."


def _turned(x: Interval) -> Interval:
    return Interval(-x.estimate, -x.high, -x.low, x.runs)


def _together(together: Mechanism, beyond: Interval, month: int) -> str:
    more = words.more_of_100(together.change(month), PEOPLE)
    size = "as many as they cost one by one, within chance"
    if words.differs(beyond):
        what = "more" if beyond.estimate > 0 else "fewer"
        size = f"{words.of_100(beyond if what == 'more' else _turned(beyond))} {what} than they cost one by one"
    return (
        f"Without {together.told} together, {more} would use it after {time_told(month)}: {size}."
    )


def table(f: Found) -> Table:
    """Return how many more would use it without each mechanism, in some years."""
    years = (MONTHS_IN_YEAR * year for year in YEARS)
    months = sorted({*(month for month in years if month < f.times[-1]), *f.times})
    rows = [["without", "felt from", *(f"after {time_told(month)}" for month in months)]]
    for m in f.shown:
        felt = m.felt_from(f.times[-1])
        from_month = "-" if felt is None else f"month {felt}"
        rows.append(
            [m.title, from_month, *(words.per_100(m.change(month), True) for month in months)]
        )
    note = f"Felt from: the first of {LONG} months in a row in which its cost is beyond chance."
    title = "How many more (+) or fewer (-) of 100 professionals would use it:"
    return Table(rows, title, note, left=2)


def tables(result: Result) -> dict[str, dict[str, Any]]:
    """Return how many more would be where: users in every month, other places once a year."""
    f = found(result)
    rows = [
        (m.name, month, place.name, *m.change(month, place.name)[:3])
        for m in f.shown
        for place in PLACES
        for month in range(0, f.times[-1] + 1, 1 if place.name == USE else MONTHS_IN_YEAR)
    ]
    return {HELD_BACK: of_frame("held_back", rows)}


def figures(result: Result) -> list[Figure]:
    """Return use with and without, what each mechanism holds back, and where everybody is."""
    f, paths = found(result), result.over_worlds.paths
    months = range(f.times[-1] + 1)
    use: list[Mark] = [
        Curve(
            months,
            list(map(of_100, mean_of_runs(paths[USE][0][:, : len(months)]))),
            6,
            "as it is",
            "as it is",
        )
    ]
    held: list[Mark] = [Rule(0, "y")]
    for look, m in enumerate(f.shown):
        without = list(map(of_100, mean_of_runs(paths[USE][m.point][:, : len(months)])))
        use.append(Curve(months, without, look, f"without {m.told}", f"without {m.told}"))
        if m is not f.together:
            changes = [of_100(m.change(month)) for month in months]
            held.append(Curve(months, changes, look, m.title, m.title))
    when = [Rule(month, dash="dotted") for month in _events(result) if month < f.times[-1]]
    axis = months_axis(f.times[-1])
    panels = [
        Panel("Use, with and without", [*when, *use], axis, Scale("of 100 professionals use it")),
        Panel("What each holds back", [*when, *held], axis, Scale("of 100 professionals")),
    ]
    bands = words.drawn(
        result.over_worlds.replicates,
        f"Bands: 95 % intervals of the mean over {over_what(result)}.",
    )
    caption = (
        f"Above: how many use it. Below: how many more would without each, month by month, same luck. "
        f"{runs_told(result)}. {bands}{_events_told(result)}"
    )
    where = where_figure({p.name: paths[p.name][0] for p in PLACES}, f"{runs_told(result)}.")
    return [Figure("held_back", "What holds use back", caption, panels, 1, 3.4, "x"), where]


def _events(result: Result) -> dict[int, str]:
    """Return months in which something begins, with what that is."""
    funding = int(result.values["development.funding_months"])
    begins = {funding: "project funding ends"}
    for policy in result.policies.values():
        begins[min(lever.first for lever in policy.levers)] = within(policy.title)
    return dict(sorted(begins.items()))


def _events_told(result: Result) -> str:
    told = "; ".join(f"month {month}, {what}" for month, what in _events(result).items())
    return f" Dotted: {told}."
