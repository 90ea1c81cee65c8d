"""Will it still be used, and why or why not? The sentences that every answer begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.analysis.split import Split, split
from sim.model import engine
from sim.model.engine import Point
from sim.outcomes.compute import MONTHS_IN_YEAR, ratio
from sim.outcomes.table import GOAL, HEADLINE, MIDWAY, PLACES
from sim.reports import words
from sim.reports.figure import exact
from sim.studies.result import Result
from sim.tables.messages import counted

NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
WHERE = {
    "adopters": "use it",
    "trials": "are trying it",
    "used_and_stopped": "used it and stopped",
    "tried_and_left": "tried it and left",
    "never_tried": "never tried it",
    "withdrawn": "lost it when it was withdrawn",
    "never_came": "never had it",
}
OF_ONE = {"use it": "uses it", "are trying it": "is trying it"}
PEOPLE = "healthcare professionals"  # called so once, then professionals
LEAST = 0.005  # share of HCPs; of fewer nothing is told
FEW = 20  # histories, of which no share of 100 is told


class Used(NamedTuple):
    """How many use the tool: the mean, and the two outcomes where no history is near it."""

    share: Interval
    split: Split | None = None

    def told(self, who: str = "") -> str:
        """Return how many of 100: one number, or two where histories split."""
        if self.split is None:  # the digits are those of the estimate, not of an interval
            return words.of_100(self.share._replace(low=np.nan, high=np.nan), who)
        return f"either {self._two} of 100 {who}".rstrip()

    @property
    def cell(self) -> str:
        """The same with its interval, for a table."""
        return words.per_100(self.share) if self.split is None else self._two

    @property
    def _two(self) -> str:
        assert self.split is not None
        low, high = self.split.low, self.split.high
        few = words.number(100 * low, 0) if low >= LEAST else "hardly any"
        return f"{few} or {words.number(100 * high, 0)}"


@dataclass(frozen=True)
class Headline:
    """Who uses the tool five years after its start and at the horizon, and where the others are."""

    values: Mapping[str, Any]  # parameters
    after_5_years: Used
    organisations: int  # that were seen five years after their start, in all runs together
    in_the_end: Used  # sustained adoption
    reaches: Interval  # share of runs in which that counts as sustained
    where: dict[str, dict[str, Interval]]  # when -> outcome of where they are -> share of HCPs

    def sentences(self, where: str = "") -> list[str]:
        """Return the answer in words: at most a screen's third. `where` it holds comes first."""
        if not self.reaches.runs:
            return ["No run ended well, so nothing is known of who uses the tool."]
        text = f"{self._after_5_years()}; {self._in_the_end()}; {self._reached()}."
        text = f"{where}: {text}" if where else text[0].upper() + text[1:]
        if self.in_the_end.split is not None:
            mean = words.number(100 * self.in_the_end.share.estimate, 0)
            text += f" Histories split: hardly any of them is near the mean, {mean} of 100."
        return [text, *self._where()]

    def _after_5_years(self) -> str:
        used, horizon = self.after_5_years, self.values["horizon"]
        if np.isnan(used.share.estimate):
            if horizon < MIDWAY:
                return f"after {time_told(horizon)} nobody knows who will use it after five years"
            return "no organisation starts so early that it is seen five years later"
        return (
            f"five years after a tool starts, {used.told(PEOPLE)} there use it"
            f"{_within(used, counted(self.organisations, 'organisation'))}"
        )

    def _in_the_end(self) -> str:
        used, horizon = self.in_the_end, self.values["horizon"]
        return (
            f"{time_told(horizon)} from now, {used.told()} of all{_within(used, last(self.values))}"
        )

    def _reached(self) -> str:
        threshold = self.values["outcome.sustained_threshold"]
        half = "half" if threshold == 0.5 else f"{words.value(100 * threshold)} of 100"
        runs, share = self.reaches.runs, self.reaches.estimate
        if runs == 1:
            return f"in this one history {'at least' if share else 'less than'} {half} do"
        if runs < FEW:
            return f"in {runs * share:.0f} of {runs} histories at least {half} do"
        return f"in {words.of_100(self.reaches, 'histories')} at least {half} do"

    def _where(self) -> Iterable[str]:
        told = [f"{month} from now {listed(places)}" for month, places in self.where.items()]
        if told:
            split = self.after_5_years.split or self.in_the_end.split
            over = ", on average over both outcomes" if split else ""
            yield f"Of 100 professionals in all organisations{over}: {'; '.join(told)}."


def _within(used: Used, more: str = "") -> str:
    """Return in brackets how sure that is, and what it rests on."""
    interval = words.per_100(used.share).partition(" ")[2].strip("()")
    if used.split is not None:
        interval = f"the lower in {words.of_100(used.split.lower, 'histories')}"
        interval = interval.replace(" (", ", ").rstrip(")")
    told = "; ".join(filter(None, (interval, more)))
    return f" ({told})" if told else ""


def listed(places: Mapping[str, Interval]) -> str:
    """Return where people are, the most first; of fewer than 1 in 100 nothing is told."""
    order = sorted(places, key=lambda name: -places[name].estimate)
    people = {WHERE[name.split(".")[1]]: exact(places[name].estimate) for name in order}
    told = [(words.per_100(x), where) for where, x in people.items() if x.estimate >= LEAST]
    does = (f"{n} {OF_ONE.get(where, where) if n == '1' else where}" for n, where in told)
    return ", ".join(does) or "none"


def time_told(months: int) -> str:
    """Return a number of months, as years where they are whole."""
    years, rest = divmod(months, MONTHS_IN_YEAR)
    return counted(months, "month") if rest or not years else in_words(years, "year")


def in_words(number: int, noun: str) -> str:
    """Return how many there are, a small number in words."""
    few = NUMERALS[number] if number < len(NUMERALS) else f"{number}"
    return counted(number, noun).replace(f"{number}", few, 1)


def last(values: Mapping[str, Any]) -> str:
    """Return over which time the end is told; where people are, at once after that, differs a little."""
    months = min(int(values["outcome.sustained_months"]), int(values["horizon"]))
    return f"mean of the last {time_told(months)}"


def places_told(point: Point, seed: int) -> str:
    """Return how many organisations there are, of how many people; from smallest to largest."""
    values, sizes, drawn = point.values, point.world.sizes, ""
    if not sizes.size and values["population.size_spread"] > 0:
        _, state = engine.start(point, seed, 0)
        sizes = state.organisations["last_hcp"] - state.organisations["first_hcp"]
        mean = values["population.organisation_size"]
        drawn = f" (in the first run; drawn anew in each, {mean:g} on average)"
    if not sizes.size:
        sizes = np.full(values["population.organisations"], values["population.organisation_size"])
    low, high = int(sizes.min()), int(sizes.max())
    each = counted(high, "professional")
    each = each if low == high else f"{low:,} to {each}"
    return f"{counted(sizes.size, 'organisation')} of {each}{drawn}"


def made(
    values: Mapping[str, Any],
    found: Callable[[str], Interval],
    runs: Callable[[str], np.ndarray],
    reaches: Interval,
) -> Headline:
    """Return the headline of outcomes: `found` by name, and of single runs."""
    horizon = values["horizon"]
    where = {}
    midway = [(f"month_{MIDWAY}", MIDWAY)] if MIDWAY < horizon else []
    for at, month in [*midway, ("horizon", horizon)]:
        shares = {name: found(name) for name in (f"where.{p.name}.{at}" for p in PLACES)}
        if all(np.isfinite(share.estimate) for share in shares.values()):
            where[time_told(month)] = shares
    return Headline(
        values,
        Used(found(HEADLINE), split(runs(HEADLINE))),
        int(np.nansum(runs(f"{HEADLINE}.organisations"))),
        Used(found(GOAL), split(runs(GOAL))),
        reaches,
        where,
    )


def used(result: Result, outcome: str, point: int) -> Used:
    """Return how many use the tool at a point, by an outcome that says so."""
    return Used(result.mean(outcome, point), split(result.outcome(outcome, point)))


def headline(result: Result, point: int = 0) -> Headline:
    """Return the headline of a point of a result."""
    return made(
        result.ensemble.points[point].values,
        lambda name: result.mean(name, point),
        lambda name: result.outcome(name, point),
        result.probability_sustained(point),
    )


def over_points(result: Result, points: str) -> list[str]:
    """Return the headline of a space of `points`, in words: none of them is the base.

    The interval is that of the middle nine tenths of points, not of a mean.
    """
    outcomes, values = result.ensemble.outcomes, result.values
    adopters, hcps = (
        np.nansum(outcomes[f"{HEADLINE}.{part}"], axis=1) for part in ("adopters", "hcps")
    )
    ended = intervals.means_of(outcomes[GOAL])
    after, end = intervals.middle(ratio(adopters, hcps)), intervals.middle(ended)
    threshold = values["outcome.sustained_threshold"]
    years = time_told(int(values["horizon"]))
    told = [f"{years} from now, {words.of_100(end, 'of all')}, {last(values)}"]
    if np.isfinite(after.estimate):
        told.insert(
            0, f"five years after a tool starts, {words.of_100(after, f'{PEOPLE} there')} use it"
        )
    names = [f"where.{place.name}.horizon" for place in PLACES]
    places = {name: intervals.of_mean(intervals.means_of(outcomes[name])) for name in names}
    return [
        f"In the middle of {len(ended):,} {points} (in brackets: nine of ten of them), "
        f"{'; '.join(told)}. The mean is at least {words.value(100 * threshold)} of 100 in "
        f"{(ended >= threshold).sum():,} of {len(ended):,}.",
        f"Of 100 professionals in all organisations, on average over all {points}, {years} from now: {listed(places)}.",
    ]
