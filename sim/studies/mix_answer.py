"""The best mixes of policies beside the policies themselves: what they bring for which money, under fresh luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis.intervals import ENDS, Interval, about, bootstrap, means_of, of_mean, resamples
from sim.analysis.robustness import worst_tenth
from sim.ensembles.run import organisations_of
from sim.outcomes.table import COST, HEADLINE
from sim.policies.cost import MONTHS_IN_YEAR
from sim.policies.kinds import POLICY
from sim.policies.lever_table import LEVERS
from sim.reports import titles, words
from sim.reports.answer import Answer
from sim.reports.figure import Dots, Faint, Figure, Mark, Panel, Rule, Scale, exact, professionals
from sim.reports.policy_plan import when
from sim.studies.comparison.policy_runs import WORTH_MENTIONING, Comparison
from sim.studies.comparison.terms import horizon, money, more_users
from sim.studies.headline import PEOPLE, places_told
from sim.studies.mixes import best_within, outcome_of
from sim.studies.optimise import SEARCH, TRIED
from sim.studies.optimise import found_in as held  # noqa: F401
from sim.studies.optimise import searched as search  # noqa: F401
from sim.tables.checks import NONE
from sim.tables.layout import Table
from sim.tables.messages import listed

if TYPE_CHECKING:
    from sim.studies import Rows
    from sim.studies.result import Result

MIX, POLICIES = 1, 0  # looks
MOST_NAMED = 3  # policies, of more a number says enough


class Choice(NamedTuple):
    """A mix or a policy under fresh luck; intervals are over worlds, over runs in one world."""

    number: int
    title: str
    is_mix: bool
    cost: float  # currency per organisation and year, mean
    use: Interval
    change: Interval  # from the first of all
    worst: Interval  # use in the worst tenth
    # change of mean and of worst tenth in the search; NaN of a policy
    searched: tuple[float, float]
    mix: int  # number of the best mix that costs no more, and the first of all where there is none
    behind: Interval  # how many more use it with that mix


@dataclass(frozen=True)
class Found:
    """All that is told, cheapest first."""

    of: Comparison
    choices: list[Choice]
    best: Choice | None  # the mix for the budget

    @property
    def better(self) -> Choice | None:
        """That mix, where it is clearly better than the first of all."""
        return self.best if self.best is not None and self.best.change.low > 0 else None

    @property
    def mixes(self) -> list[Choice]:
        """The mixes."""
        return [x for x in self.choices if x.is_mix]

    @property
    def policies(self) -> list[Choice]:
        """The policies, without the first of all."""
        return [x for x in self.choices if not x.is_mix and x.number]

    @property
    def luck(self) -> Interval:
        """How much more mixes brought in the search than under fresh luck, mean over them."""
        return bootstrap(np.array([x.searched[0] - x.change.estimate for x in self.mixes]))

    @property
    def when(self) -> str:
        """When people are counted."""
        fifth = outcome_of(self.of.result.values) == HEADLINE
        return "five years after the start" if fifth else "at the end"


def found(result: Result) -> Found:
    """Return what mixes and policies bring under fresh luck, and what the search had promised."""
    c, options = result.compared, result.options
    outcome, searched = outcome_of(result.values), options[SEARCH]
    years = organisations_of(result.ensemble.points[0]) * result.values["horizon"] / MONTHS_IN_YEAR
    costs = (means_of(c.samples(COST)) / years).tolist()
    _, mean, worst = options[NONE]
    promised = {n: searched[name] for n, name in enumerate(c.names) if name in searched}
    made = []
    for n, title in enumerate(c.titles):
        use = c.samples(outcome)[n]
        cheaper = [m for m in promised if costs[m] <= costs[n] and m != n]
        mix = max(cheaper, key=lambda m: promised[m][1], default=0)
        said = promised.get(n, (np.nan,) * 3)
        made.append(
            Choice(
                n, title, n in promised, costs[n], of_mean(use, (0, 1)), c.change(n, outcome), _of_worst(use),
                (said[1] - mean, said[2] - worst), mix, c.change(mix, outcome, n),
            )
        )  # fmt: skip
    best = best_within(promised, options["budget"] * years, lambda n: _levers(c, n))
    return Found(c, sorted(made, key=lambda x: x.cost), None if best is None else made[best])


def _of_worst(use: np.ndarray) -> Interval:
    """Return the mean of the worst tenth with its bootstrap interval."""
    estimate = float(worst_tenth(use))
    if use.size == 1 or np.isnan(estimate):
        return exact(estimate)
    low, high = np.nanquantile(worst_tenth(use[resamples(use.size)]), ENDS).tolist()
    return Interval(estimate, *about(estimate, low, high), use.size)


def _levers(c: Comparison, number: int) -> Sequence[Any]:
    return c.result.policies[POLICY, c.names[number]].levers


def levers_told(c: Comparison, number: int) -> str:
    """Return which levers a mix has, how strong, and when."""
    return "; ".join(
        f"{titles.within(LEVERS[x.lever].title)} ({LEVERS[x.lever].told(x.strength)}) "
        f"{when(x, c.result.values['horizon'])}"
        for x in _levers(c, number)
    )


def answer(result: Result) -> Answer:
    """Return the best mix for the budget, how much of it was luck, and how near the policies are."""
    f: Found = result.found
    told = [_first(f), _worst(f), _luck(f), _policies(f)]
    blocks: list[str | Table] = [_heading(f)]
    if f.mixes:
        blocks.append(_mix_table(f))
        blocks += [f"{x.title}: {levers_told(f.of, x.number)}." for x in f.mixes]
        blocks.append(
            "Each is a file in mixes/policy of the results: --config-dir RESULTS/mixes policy=mix_01."
        )
    blocks.append(_policy_table(f))
    return Answer(result.title, result.question, blocks, [text for text in told if text])


def _first(f: Found) -> str:
    c, x = f.of, f.better
    budget = money(c.result.options["budget"], c.currency)
    if x is None:
        return (
            f"For {budget} per organisation and year, no mix was found with which clearly more {PEOPLE} use it {f.when} "
            f"than with {c.baseline}."
        )
    return (
        f"For up to {budget} per organisation and year, {more_users(x.change, PEOPLE)} use it {f.when} with the best mix "
        f"found than with {c.baseline}: {words.of_100(x.use)}. That is {x.title}, for about "
        f"{money(x.cost, c.currency)}: {levers_told(c, x.number)}."
    )


def _worst(f: Found) -> str:
    x, first = f.better, next(x for x in f.choices if not x.number)
    if x is None:
        return ""
    return (
        f"In the worst tenth of {f.of.each_is} {words.of_100(x.worst)} use it with that mix, and "
        f"{words.of_100(first.worst)} with {f.of.baseline}."
    )


def _luck(f: Found) -> str:
    if f.best is None:
        return ""
    # where the first sentence names no mix, this one does
    which = "it" if f.better else f.best.title
    over_all = f" Over all {len(f.mixes)} mixes told, the search promised {more_users(f.luck)} than came of it."
    return (
        f"In the search {which} had brought {words.number(100 * f.best.searched[0], 1)} more of 100, under the luck that it was chosen for; the "
        f"numbers here are from other luck.{over_all if len(f.mixes) > 1 else ''}"
    )


def _policies(f: Found) -> str:
    c, mixes = f.of, {x.number: x for x in f.mixes}
    known = [x for x in f.policies if x.mix in mixes]
    if not known:
        return ""
    near = [x for x in known if not x.behind.low > WORTH_MENTIONING]
    names = [f"{x.title} ({_behind(x.behind)})" for x in near]
    far = max(known, key=lambda x: x.behind.estimate)
    mix = mixes[far.mix]
    furthest = (
        f" Furthest behind is {far.title}: with {mix.title}, which costs "
        f"{money(far.cost - mix.cost, c.currency)} less a year, {more_users(far.behind)} use it."
    )
    told = f": {listed(names)}" if 0 < len(near) <= MOST_NAMED else ""
    return (
        f"Of {len(known)} policies {len(near) or 'none'} {'is' if len(near) < 2 else 'are'} not clearly more than {100 * WORTH_MENTIONING:g} of 100 behind "
        f"the best mix that costs no more{told}.{furthest if far.behind.low > 0 else ''}"
    )


def _behind(change: Interval) -> str:
    """Say how many more use it with the mix; of a policy that is that mix they are the same people."""
    return f"{more_users(change)} with the mix" if any(change[:3]) else "as many use it"


def _heading(f: Found) -> str:
    c, result = f.of, f.of.result
    worlds = f"{c.worlds:,} worlds {c.which}, " if c.worlds > 1 else ""
    ensemble = result.ensemble
    return (
        f"{places_told(ensemble.points[0], ensemble.seed)}, {horizon(c)}: {result.options[TRIED]:,} mixes tried, "
        f"{len(f.mixes)} of them and {len(f.policies)} policies run again; {worlds}"
        f"{words.runs(ensemble.replicates)} of each, seed {ensemble.seed}. All have the same luck, another one than "
        "in the search. In brackets: 95 % intervals. Strengths and prices are assumptions: a mix has no lever stronger "
        "than the strongest of the policies, and pays for each what the dearest of them does."
    )


def _mix_table(f: Found) -> Table:
    unit = f"{f.of.currency} a year"
    more = f"more than with {f.of.baseline}"
    rows = [["mix", unit, "of 100 use it", more, "as searched", "in the worst tenth"]]
    rows += [
        [x.title, money(x.cost), words.per_100(x.use), words.per_100(x.change, True),
         words.number(100 * x.searched[0], 1, True), words.per_100(x.worst)]
        for x in f.mixes
    ]  # fmt: skip
    note = (
        f"{unit}: per organisation, discounted, mean over {f.of.each_is}. Each is the best of all mixes tried for some "
        "budget, on average or in the worst tenth."
    )
    return Table(rows, "The best mixes:", note=note)


def _policy_table(f: Found) -> Table:
    unit, more = f"{f.of.currency} a year", "more with the best mix as cheap"
    rows = [["policy", unit, "of 100 use it", "in the worst tenth", more, "which"]]
    for x in f.policies:
        told = [x.title, money(x.cost), words.per_100(x.use), words.per_100(x.worst)]
        beside = [words.per_100(x.behind, True), f.of.titles[x.mix]]
        rows.append([*told, *(beside if x.mix else ["-", "no mix is as cheap"])])
    return Table(rows, "The policies beside them:", text_last=1)


def tables(result: Result) -> Rows:
    """Return a row for each mix and policy, cheapest first."""
    f: Found = result.found
    names = f.of.names
    rows = [
        (names[x.number], "mix" if x.is_mix else "policy", x.cost, x.use, x.change, x.worst,
         *x.searched, x is f.best, names[x.mix] if x.mix else "", x.behind)
        for x in f.choices
    ]  # fmt: skip
    return {"frontier": rows}


def figures(result: Result) -> list[Figure]:
    """Return cost against use, on average and in the worst tenth."""
    f: Found = result.found
    panels = [
        _panel(f, "On average", [x.use for x in f.choices], True),
        _panel(f, f"In the worst tenth of {f.of.each_is}", [x.worst for x in f.choices], False),
    ]
    caption = (
        f"Of 100 professionals, how many use the tool {f.when}, with 95 % intervals, under luck that the search did not "
        "know. Line: the best mixes found; named dots: the policies. Dashed: the budget."
    )
    key = [("mixes", MIX), ("policies", POLICIES)]
    return [Figure("frontier", "What each budget buys", caption, panels, 1, 3.6, key=key)]


def _panel(f: Found, title: str, y: Sequence[Interval], named: bool) -> Panel:
    way: list[tuple[float, float]] = []
    top = -np.inf
    for x, height in zip(f.choices, y, strict=True):
        if (x.is_mix or not x.number) and height.estimate > top:
            way.append((x.cost, top := height.estimate))
    marks: list[Mark] = [
        Rule(float(f.of.result.options["budget"]), dash="dashed"),
        Faint([tuple(np.array(way).T)] if way else [], 1.0),  # type: ignore[list-item]
        Dots(
            [exact(x.cost) for x in f.choices], y,
            [MIX if x.is_mix else POLICIES for x in f.choices],
            [("what", [x.title for x in f.choices]), ("of 100", [words.per_100(height) for height in y])],
            names=["" if x.is_mix else x.title for x in f.choices] if named else (),
        ),
    ]  # fmt: skip
    return Panel(
        title, marks, Scale(f"{f.of.currency} per organisation and year", thousands=True),
        professionals(min(1.0, 1.1 * max(i.high for i in y))),
    )  # fmt: skip
