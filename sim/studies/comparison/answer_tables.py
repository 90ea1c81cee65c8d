"""What a comparison found, as the tables of its answer; nothing is computed here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sim.analysis.robustness import Robustness
from sim.outcomes.table import GOAL, OUTCOMES
from sim.policies.kinds import POLICY, SHOCK
from sim.reports import words
from sim.reports.answer import Answer, Number
from sim.studies.comparison.findings import MOST_COLUMNS, Findings, InWorld, World
from sim.studies.comparison.given import over_given_worlds
from sim.studies.comparison.summary import MOST_WORLDS, in_one_world
from sim.studies.comparison.terms import horizon, meaning, money, price, span, under, users
from sim.studies.headline import places_told, time_told
from sim.tables.layout import Table

OF_100 = "of 100 professionals"
BEHIND = "Behind the best: how many more of 100 professionals use the tool with the best"
ROBUST_NOTE = (
    f"{BEHIND} in the same world; 0 where this is the best. In brackets: 95 % intervals "
    "(bootstrap over worlds; of shares Wilson's), and of places the middle 90 %. Place "
    "1 is best. The best of a world is the best of a few means, so what is behind it is a little too "
    "much; more replicates make it less."
)
BRACKETS = (
    "In brackets: 95 % intervals of the mean (or of a share; of a mean difference by bootstrap)."
)
Columns = list[tuple[str, Callable[[InWorld], str]]]
T = TypeVar("T")


def answer(f: Findings) -> Answer:
    """Return tables of a comparison, and a summary."""
    c = f.of
    blocks: list[str | Table | None] = [heading(f), policy_table(f)]
    blocks.append(counts_table(f) if f.several else outcome_table(f))
    blocks += [robust_table(f, world) for world in f.worlds[:MOST_WORLDS] if world.drawn > 1]
    if c.costs_known:
        blocks += [cost_table(f), None if f.several else budget_table(f)]
    blocks.append(titles(f))
    return Answer(
        c.result.title, c.result.question, [b for b in blocks if b], summary(f), numbers(f)
    )


def summary(f: Findings) -> list[str]:
    """Return what whoever reads nothing else has to know."""
    told = over_given_worlds(f) if f.several else in_one_world(f)
    return [text for text in told if text]


def numbers(f: Findings) -> dict[str, Number]:
    """Return what each policy changes in each of the given worlds, and what it costs beyond."""
    found = {}
    if f.best and f.over_worlds:
        found[f"{f.of.names[f.best]} holds"] = Number(f.over_worlds.holds, "share of worlds")
    for world in f.worlds:
        place = f", {world.where}" if world.where else ""
        for n, policy in world.policies.items():
            for choice in world.choices if n else ():
                at = f"{f.of.names[n]}, month {choice.month}{place}"
                found[at] = Number(choice.changes[n], OUTCOMES[GOAL].unit)
            if n and f.of.costs_known:
                at = f"{f.of.names[n]}, additional cost{place}"
                found[at] = Number(policy.value.cost, f.of.currency)
    return found


def heading(f: Findings) -> str:
    """Say what the runs are."""
    c, ensemble = f.of, f.of.result.ensemble
    drawn = f.worlds[0].drawn
    sets = f"{drawn:,} worlds {c.which}, " if drawn > 1 else ""
    if f.several:
        sets = f"{len(f.worlds):,} conditions, {sets.replace(', ', ' in each, ')}"
    shock = f" All have the shock {under(c)}." if under(c) else ""
    told = {places_told(ensemble.points[int(p)], ensemble.seed) for p in c.points[0]}
    where = f"{told.pop()}, {horizon(c)}: " if len(told) == 1 and not f.several else ""
    return (
        f"{where}{len(c.names)} {c.plural}, {sets}{words.runs(ensemble.replicates)} of each, seed "
        f"{ensemble.seed}. Runs of the same number have the same luck, so that differences are "
        f"effects. {words.drawn(f.pairs, BRACKETS)}{shock}"
    )


def titles(f: Findings) -> Table | None:
    """Return what the policies and shocks are, each in a sentence; None where there are none."""
    c, found = f.of, f.of.result.policies
    if not found:
        return None
    first = sorted(found.items(), key=lambda item: item[0][0] == SHOCK)
    rows = [["", "what it is", "to be typed"]]
    rows += [[one.title, one.description or "-", name] for (_, name), one in first]
    what = "policies and shocks"
    if c.axis.name == POLICY and not any(kind == SHOCK for kind, _ in found):
        what = c.plural
    return Table(rows, f"What the {what} are:", left=3, text_last=1)


def _table(of: Iterable[T], columns: Sequence[tuple[str, Callable[[T], str]]]) -> list[list[str]]:
    """Return the heads, then a row for each."""
    return [[head for head, _ in columns], *([cell(x) for _, cell in columns] for x in of)]


def _rows(f: Findings, columns: Columns, worlds: list[World], baseline: bool) -> list[list[str]]:
    """Return a row for each policy, best first, in each of some worlds."""
    several = len(worlds) > 1
    rows = [[*["conditions"] * several, f.of.singular, *(head for head, _ in columns)]]
    for world in worlds[:MOST_WORLDS]:
        for policy in world.policies.values():
            if policy.number or baseline:
                cells = [f.of.titles[policy.number], *(cell(policy) for _, cell in columns)]
                rows.append([*[world.told] * several, *cells])
    return rows


def policy_table(f: Findings) -> Table:
    """Return sustained adoption under each policy and its change, in each given world."""
    c = f.of

    def against(told: Callable[[InWorld], str]) -> Callable[[InWorld], str]:
        return lambda p: told(p) if p.number else "-"

    columns: Columns = [
        ("of 100 use it at the end", lambda p: words.per_100(p.sustained)),
        (f"more after {horizon(c)}", against(lambda p: words.per_100(p.against.change, True))),
    ]
    if f.several:
        columns.append(("behind the best", lambda p: words.per_100(p.regret)))
    else:
        columns[1:1] = [_midway(f, choice.month) for choice in f.worlds[0].choices[:-1]]
        columns.append(("better in", against(lambda p: words.percent(p.against.better))))
    columns.append(("lasts in", lambda p: words.percent(p.reaches)))
    if c.costs_known and not f.several:
        columns.append((f"cost, {c.currency}", lambda p: money(p.cost)))
    rows = _rows(f, columns, f.worlds, baseline=True)
    if f.several:
        return Table(rows, "Under each of the conditions:", _world_note(f), left=2)
    return Table(rows, note=_ranking_note(f))


def _midway(f: Findings, month: int) -> tuple[str, Callable[[InWorld], str]]:
    """Return a column with what each policy changes by a month before the end."""
    changes = f.worlds[0].choices[0].changes

    def cell(p: InWorld) -> str:
        return words.per_100(changes[p.number], True) if p.number else "-"

    return f"more after {time_told(month)}", cell


def _ranking_note(f: Findings) -> str:
    c, (world,) = f.of, f.worlds
    cost = f" Cost: {span(c)}." if c.costs_known else ""
    return (
        f"Of 100: {meaning(c)}; more than with {c.baseline}. Better in: share of {c.each_is} in which more use it than "
        f"with {c.baseline}. Lasts in: share of {c.each_is} in which at least "
        f"{100 * world.threshold:g} of 100 use it at the end.{cost}"
    )


def _world_note(f: Findings) -> str:
    each = f.of.given[0].each_is
    more = len(f.worlds) - MOST_WORLDS
    left = f" {more:,} more conditions stand in comparison.csv." if more > 0 else ""
    return (
        f"In brackets: 95 % intervals over the {each} under each of the conditions; more than with "
        f"{f.of.baseline}. Lasts in: share "
        f"of {each} in which at least {100 * f.worlds[0].threshold:g} of 100 use it at the end. "
        f"{BEHIND} under the same conditions.{left}"
    )


def outcome_table(f: Findings) -> Table:
    """Return paired differences: an outcome a row, a policy a column."""
    c = f.of
    shown = [n for n in f.order if n][:MOST_COLUMNS]
    rows = [["outcome", *(c.titles[n] for n in shown), "unit of the change"]]
    for outcome, changes in f.changes.items():
        cells = [words.with_interval(changes[n], sign=True) for n in shown]
        rows.append([OUTCOMES[outcome].title, *cells, words.unit(OUTCOMES[outcome].unit)])
    best = f"the best {MOST_COLUMNS} {c.plural}, " if len(c.names) > MOST_COLUMNS + 1 else ""
    return Table(rows, f"Change from {c.baseline}, {best}same luck:", text_last=1)


def counts_table(f: Findings) -> Table:
    """Return how far each policy falls behind at most, and plain counts of given conditions."""
    c, threshold = f.of, 100 * f.worlds[0].threshold

    def count(holds: Callable[[World], bool]) -> str:
        return f"{sum(map(holds, f.worlds))} of {len(f.worlds)}"

    def better(n: int) -> str:
        return count(lambda world: world.policies[n].clearly_better) if n else "-"

    def furthest(n: int) -> str:
        regret, where = f.largest_regret[n]
        return where if regret.estimate > 0 else "-"

    rows = _table(f.order, [
        (c.singular, lambda n: c.titles[n]),
        (f"furthest behind the best, {OF_100}", lambda n: words.per_100(f.largest_regret[n].regret)),
        (f"{threshold:g} of 100 on average in", lambda n: count(lambda world: world.reached(n))),
        ("best on average in", lambda n: count(lambda world: world.best.number == n)),
        (f"clearly better than {c.baseline} in", better),
        ("furthest behind where", furthest),
    ])  # fmt: skip
    note = (
        "Counts are of the conditions: which stand here was chosen, not drawn, so a count is no "
        "probability. What is furthest behind has the interval of the conditions it is of."
    )
    return Table(rows, "Over the conditions:", note, text_last=1)


def robust_table(f: Findings, world: World) -> Table:
    """Return how far behind, how often good enough and in which place over drawn worlds."""

    def of(tell: Callable[[Robustness], str]) -> Callable[[InWorld], str]:
        return lambda p: tell(p.robust) if p.robust else words.NO_NUMBER

    columns: Columns = [
        (f"behind the best on average, {OF_100}", of(lambda r: words.per_100(r.regret_mean))),
        ("in 90 % of worlds at most", of(lambda r: words.per_100(r.regret_90))),
        ("lasts in", of(lambda r: words.percent(r.satisficing))),
        ("best in", of(lambda r: words.percent(r.best))),
        (
            "place on average",
            of(lambda r: f"{words.number(r.rank_mean, 1)} ({r.rank_low:.0f} to {r.rank_high:.0f})"),
        ),
    ]
    rows = _rows(f, columns, [world], baseline=True)
    if f.several:
        return Table(rows, f"Over the worlds where {world.told}:")
    return Table(rows, "Over all worlds:", ROBUST_NOTE)


def cost_table(f: Findings) -> Table:
    """Return what policies cost and bring in each given world, best first."""
    c, unit = f.of, f.of.currency
    columns: Columns = [
        (f"additional cost, {unit}", lambda p: money(p.value.cost.estimate)),
        ("more users", lambda p: users(p.value.effect)),
        (f"{unit} for each further user", lambda p: price(p.value)),
        (
            "costs no more and does as much",
            lambda p: c.titles[p.dominated_by] if p.dominated_by >= 0 else "-",
        ),
    ]
    title, note = f"What it costs, against {c.baseline}:", f"Cost: {span(c)}. User: {meaning(c)}."
    if f.several:
        return Table(_rows(f, columns[0::2], f.worlds, baseline=False), title, note, left=2)
    return Table(_rows(f, columns, f.worlds, baseline=False), title, note, text_last=1)


def budget_table(f: Findings) -> Table | None:
    """Return what each budget buys; None where money is no question."""
    c, (world,) = f.of, f.worlds
    if len(world.steps) < 2:
        return None
    unit = c.currency
    rows = _table(world.steps, [
        (c.singular, lambda step: c.titles[step.policy]),
        (f"additional cost, {unit}", lambda step: money(world.policies[step.policy].value.cost.estimate)),
        ("further users", lambda step: users(step.further.effect)),
        (f"{unit} for each of them", lambda step: price(step.further)),
        ("further than", lambda step: c.titles[step.after]),
    ])  # fmt: skip
    note = (
        f"Each {c.singular} is compared with the one before. Left out: those that another does as "
        "well for no more money, those whose further users may be chance, and those that bring each "
        "further user for more than a dearer one does."
    )
    return Table(rows, "What each budget buys:", note, text_last=1)
