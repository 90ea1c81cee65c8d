"""The best mixes of policies beside the policies themselves: what they bring for which money, under fresh luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.analysis.paired import bootstrap
from sim.analysis.robustness import worst_tenth
from sim.outcomes.table import HEADLINE, OUTCOMES
from sim.policies.cost import MONTHS_IN_YEAR
from sim.policies.kinds import POLICY
from sim.policies.lever_table import LEVERS
from sim.reports import titles, words
from sim.reports.answer import Answer, Number
from sim.reports.figure import Dots, Faint, Figure, Mark, Panel, Rule, Scale, exact
from sim.reports.meanings import FRONTIER
from sim.reports.policy_plan import when
from sim.reports.result_tables import of_frame
from sim.studies.comparison.policy_runs import WORTH_MENTIONING
from sim.studies.comparison.terms import horizon, money, more_users
from sim.studies.headline import PEOPLE, places_told
from sim.studies.optimise import SEARCH, SIMPLER, TRIED, outcome_of, sample_of
from sim.tables.checks import NONE
from sim.tables.layout import Table
from sim.tables.messages import listed

if TYPE_CHECKING:
    from sim.studies.result import Result

MIX, POLICIES = 1, 0  # looks


class Choice(NamedTuple):
    """A mix or a policy under fresh luck; intervals are over worlds, over runs in one world."""

    number: int
    cost: float  # currency per organisation and year, mean
    use: Interval
    change: Interval  # from the first of all
    worst: Interval  # use in the worst tenth
    searched: (
        tuple[float, float] | None
    )  # change of mean and of worst tenth in the search; of a mix
    mix: int  # number of the best mix that costs no more, and the first of all where there is none
    behind: Interval  # how many more use it with that mix


@dataclass(frozen=True)
class Found:
    """All that is told, cheapest first."""

    result: Result
    choices: list[Choice]
    best: Choice | None  # the mix for the budget

    @property
    def mixes(self) -> list[Choice]:
        """The mixes."""
        return [x for x in self.choices if x.searched]

    @property
    def policies(self) -> list[Choice]:
        """The policies, without the first of all."""
        return [x for x in self.choices if not x.searched and x.number]

    def cost(self, number: int) -> float:
        """Return what a choice costs per organisation and year."""
        return next(x.cost for x in self.choices if x.number == number)

    @property
    def luck(self) -> Interval:
        """How much more mixes brought in the search than under fresh luck, mean over them."""
        return bootstrap(
            np.array([x.searched[0] - x.change.estimate for x in self.mixes if x.searched])
        )


def found(result: Result) -> Found:
    """Return what mixes and policies bring under fresh luck, and what the search had promised."""
    c, values, options = result.compared, result.values, result.options
    outcome, searched = outcome_of(values), options[SEARCH]
    sample = sample_of(result.ensemble, c.names, outcome)
    point = result.ensemble.points[0]
    places = int(point.world.sizes.size or values["population.organisations"])
    years = places * values["horizon"] / MONTHS_IN_YEAR
    costs = intervals.means_of(sample.cost) / years
    none, lowest = options[NONE][1:], worst_tenth(sample.use)
    mixes = [n for n, name in enumerate(c.names) if name in searched]
    made = []
    for n, name in enumerate(c.names):
        cheaper = [m for m in mixes if costs[m] <= costs[n] and m != n]
        mix = max(cheaper, key=lambda m: searched[c.names[m]][1], default=0)
        said = searched.get(name)
        made.append(
            Choice(
                n, float(costs[n]), intervals.of_mean(sample.use[n], (0, 1)),
                c.paired(outcome, n).change, _of_worst(sample.use[n], lowest[n]),
                said and (said[1] - none[0], said[2] - none[1]), mix, c.paired(outcome, mix, n).change,
            )
        )  # fmt: skip
    promised = {n: searched[c.names[n]] for n in mixes}
    within = [n for n in mixes if promised[n][0] <= options["budget"] * years]
    most = max((promised[n][1] for n in within), default=0.0)
    # as in the search: of those that do as much the one with the fewest levers
    near = [n for n in within if promised[n][1] >= most - SIMPLER]
    best = min(near, key=lambda n: (_levers(result, n), promised[n]), default=None)
    return Found(result, sorted(made, key=lambda x: x.cost), None if best is None else made[best])


def _of_worst(use: np.ndarray, estimate: float) -> Interval:
    """Return the mean of the worst tenth with its bootstrap interval."""
    if use.size == 1:
        return exact(estimate)
    drawn = worst_tenth(use[intervals.resamples(use.size)])
    low, high = np.nanquantile(drawn, [0.025, 0.975]).tolist()
    return Interval(float(estimate), *intervals.about(estimate, low, high), use.size)


def _levers(result: Result, number: int) -> int:
    return len(result.policies[POLICY, result.compared.names[number]].levers)


def levers_of(result: Result, number: int) -> str:
    """Return which levers a mix has, how strong, and when."""
    policy, end = result.policies[POLICY, result.compared.names[number]], result.values["horizon"]
    return "; ".join(
        f"{titles.within(LEVERS[x.lever].title)} ({x.strength:g} {LEVERS[x.lever].unit}) {when(x, end)}"
        for x in policy.levers
    )


def _of(f: Found) -> tuple[str, str]:
    """Return when people are counted, and what mixes are compared with."""
    at = "five years after the start" if outcome_of(f.result.values) == HEADLINE else "at the end"
    return at, f.result.compared.baseline


def answer(result: Result) -> Answer:
    """Return the best mix for the budget, how much of it was luck, and how near the policies are."""
    f = found(result)
    told = [_first(f), _worst(f), _luck(f), _policies(f)]
    blocks: list[str | Table] = [_heading(f), _mix_table(f), *_what(f), _policy_table(f)]
    return Answer(
        result.title, result.question, blocks, [text for text in told if text], numbers(f)
    )


def _first(f: Found) -> str:
    (at, than), c, x = _of(f), f.result.compared, f.best
    budget = money(f.result.options["budget"], c.currency)
    if x is None or not x.change.low > 0:
        return (
            f"For {budget} per organisation and year, no mix was found with which clearly more {PEOPLE} use it {at} "
            f"than with {than}."
        )
    return (
        f"For about {money(x.cost, c.currency)} per organisation and year, the best mix found is "
        f"{levers_of(f.result, x.number)}: {more_users(x.change, PEOPLE)} use it {at} than with {than} "
        f"({words.of_100(x.use)} do). That is {c.titles[x.number]}; up to {budget} were allowed."
    )


def _worst(f: Found) -> str:
    x, (first, *_) = f.best, [x for x in f.choices if not x.number]
    if x is None or not x.change.low > 0:
        return ""
    each = f.result.compared.each_is
    return (
        f"In the worst tenth of {each} {words.of_100(x.worst)} use it with that mix, and "
        f"{words.of_100(first.worst)} with {_of(f)[1]}."
    )


def _luck(f: Found) -> str:
    if f.best is None or f.best.searched is None:
        return ""
    said = 100 * f.best.searched[0]
    # where the first sentence names no mix, this one does
    which = "it" if f.best.change.low > 0 else f.result.compared.titles[f.best.number]
    return (
        f"In the search {which} had brought {words.number(said, 1)} more of 100, under the luck that it was chosen for; the "
        f"numbers here are from other luck. Over all {len(f.mixes)} mixes told, the search promised "
        f"{more_users(f.luck)} than came of it."
    )


def _policies(f: Found) -> str:
    c = f.result.compared
    known = [x for x in f.policies if c.names[x.mix] in f.result.options[SEARCH]]
    if not known:
        return ""
    near = [x for x in known if not x.behind.low > WORTH_MENTIONING]
    names = [f"{c.titles[x.number]} ({more_users(x.behind)})" for x in near]
    far = max(known, key=lambda x: x.behind.estimate)
    less = money(far.cost - f.cost(far.mix), c.currency)
    told = f"with the mix, {listed(names)} use it" if near else ""
    return (
        f"Of {len(known)} policies {len(near) or 'none'} are not clearly more than {100 * WORTH_MENTIONING:g} of 100 behind "
        f"the best mix that costs no more{told and f': {told}'}. Furthest behind is {c.titles[far.number]}: with "
        f"{c.titles[far.mix]}, which costs {less} less a year, {more_users(far.behind)} use it."
    )


def _heading(f: Found) -> str:
    result, c = f.result, f.result.compared
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
    c = f.result.compared
    unit = f"{c.currency} a year"
    rows = [
        [
            "mix",
            unit,
            "of 100 use it",
            f"more than with {_of(f)[1]}",
            "as searched",
            "in the worst tenth",
        ]
    ]
    for x in f.mixes:
        assert x.searched is not None
        rows.append(
            [c.titles[x.number], money(x.cost), words.per_100(x.use), words.per_100(x.change, True),
             words.signed(100 * x.searched[0], 1), words.per_100(x.worst)]
        )  # fmt: skip
    note = (
        f"{unit}: per organisation, discounted, mean over {c.each_is}. Each is the best of all mixes tried for some "
        "budget, on average or in the worst tenth."
    )
    return Table(rows, "The best mixes:", note=note)


def _what(f: Found) -> list[str]:
    """Say what the mixes are."""
    c = f.result.compared
    each = [f"{c.titles[x.number]}: {levers_of(f.result, x.number)}." for x in f.mixes]
    where = (
        "Each is a file in mixes/policy of the results: --config-dir RESULTS/mixes policy=mix_01."
    )
    return [*each, where]


def _policy_table(f: Found) -> Table:
    c = f.result.compared
    rows = [
        [
            "policy",
            f"{c.currency} a year",
            "of 100 use it",
            "in the worst tenth",
            "more with the best mix as cheap",
            "which",
        ]
    ]
    for x in f.policies:
        mix = c.titles[x.mix] if x.mix else "no mix is as cheap"
        behind = words.per_100(x.behind, True) if x.mix else "-"
        rows.append(
            [
                c.titles[x.number],
                money(x.cost),
                words.per_100(x.use),
                words.per_100(x.worst),
                behind,
                mix,
            ]
        )
    return Table(rows, "The policies beside them:", text_last=1)


def numbers(f: Found) -> dict[str, Number]:
    """Return what each mix and policy brings and costs, and how much of the search was luck."""
    c, unit = f.result.compared, OUTCOMES[outcome_of(f.result.values)].unit
    made = {"luck of the search": Number(f.luck, unit)} if f.mixes else {}
    for x in f.choices:
        name = c.names[x.number]
        made[f"{name}, use"] = Number(x.use, unit)
        made[f"{name}, worst tenth"] = Number(x.worst, unit)
        made[f"{name}, cost"] = Number(exact(x.cost), f"{c.currency} per organisation and year")
    return made


def tables(result: Result) -> dict[str, dict[str, Any]]:
    """Return a row for each mix and policy, cheapest first."""
    f, c = found(result), result.compared
    rows = [
        (c.names[x.number], "mix" if x.searched else "policy", x.cost, *x.use[:3], *x.change[:3], *x.worst[:3],
         *(x.searched or (np.nan, np.nan)), c.names[x.mix] if x.mix else "", *x.behind[:3])
        for x in f.choices
    ]  # fmt: skip
    return {FRONTIER: of_frame("frontier", rows)}


def figures(result: Result) -> list[Figure]:
    """Return cost against use, on average and in the worst tenth."""
    f, c = found(result), result.compared
    worst = f"In the worst tenth of {c.each_is}"
    panels = [
        _panel(f, "On average", [x.use for x in f.choices], True),
        _panel(f, worst, [x.worst for x in f.choices], False),
    ]
    caption = (
        f"Share of professionals who use the tool {_of(f)[0]}, with 95 % intervals, under luck that the search did not "
        "know. Line: the best mixes found; named dots: the policies. Dashed: the budget."
    )
    return [
        Figure(
            "frontier",
            "What each budget buys",
            caption,
            panels,
            1,
            3.6,
            key=[("mixes", MIX), ("policies", POLICIES)],
        )
    ]


def _panel(f: Found, title: str, y: Sequence[Interval], named: bool) -> Panel:
    c = f.result.compared
    names = [c.titles[x.number] for x in f.choices]
    way: list[tuple[float, float]] = []
    top = -np.inf
    for x, height in zip(f.choices, y, strict=True):
        if (x.searched or not x.number) and height.estimate > top:
            way.append((x.cost, top := height.estimate))
    marks: list[Mark] = [
        Rule(float(f.result.options["budget"]), dash="dashed"),
        Faint([tuple(np.array(way).T)], 1.0),  # type: ignore[list-item]
        Dots(
            [exact(x.cost) for x in f.choices], y,
            [MIX if x.searched else POLICIES for x in f.choices],
            [("what", names), ("of 100", [words.per_100(height) for height in y])],
            names=["" if x.searched else n for x, n in zip(f.choices, names, strict=True)] if named else (),
        ),
    ]  # fmt: skip
    return Panel(
        title, marks, Scale(f"{c.currency} per organisation and year", thousands=True),
        Scale("share of professionals", (0, min(1.0, 1.1 * max(i.high for i in y)))),
    )  # fmt: skip
