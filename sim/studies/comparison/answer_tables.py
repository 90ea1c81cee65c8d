"""What a comparison found, as the tables of its answer, and what its runs are; nothing is computed here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.outcomes.table import GOAL, MIDWAY, OUTCOMES, TOLD_MIDWAY
from sim.policies.kinds import POLICY, SHOCK
from sim.reports import words
from sim.studies.comparison.policy_effects import clear_steps
from sim.studies.comparison.policy_runs import Comparison
from sim.studies.comparison.summary import MOST_WORLDS
from sim.studies.comparison.terms import horizon, meaning, money, price, span, under, users
from sim.studies.headline import places_told, time_told
from sim.tables.layout import Table

MOST_COLUMNS = 3  # the best, told in full; all stand in comparison.csv
MOST_OUTCOMES = 8  # told in the terminal; all stand in comparison.csv
OUTCOMES_TOLD = (*TOLD_MIDWAY, "trust", *(f"{name}.month_{MIDWAY}" for name in TOLD_MIDWAY))
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
Columns = list[tuple[str, Callable[[Comparison, int], str]]]  # head, cell of a policy in a world


def heading(c: Comparison) -> str:
    """Say what the runs are."""
    ensemble, drawn = c.result.ensemble, c.parts[0].worlds
    sets = f"{drawn:,} worlds {c.which}, " if drawn > 1 else ""
    if c.several:
        sets = f"{len(c.parts):,} conditions, {sets.replace(', ', ' in each, ')}"
    shock = f" All have the shock {under(c)}." if under(c) else ""
    told = {places_told(ensemble.points[int(p)], ensemble.seed) for p in c.points[0]}
    where = f"{told.pop()}, {horizon(c)}: " if len(told) == 1 and not c.several else ""
    return (
        f"{where}{len(c.names)} {c.plural}, {sets}{words.runs(ensemble.replicates)} of each, seed "
        f"{ensemble.seed}. Runs of the same number have the same luck, so that differences are "
        f"effects. {words.drawn(c.parts[0].pairs, BRACKETS)}{shock}"
    )


def titles(c: Comparison) -> Table | None:
    """Return what the policies and shocks are, each in a sentence; None where there are none."""
    found = c.result.policies
    if not found:
        return None
    first = sorted(found.items(), key=lambda item: item[0][0] == SHOCK)
    rows = [["", "what it is", "to be typed"]]
    rows += [[one.title, one.description or "-", name] for (_, name), one in first]
    what = "policies and shocks"
    if c.axis.name == POLICY and not any(kind == SHOCK for kind, _ in found):
        what = c.plural
    return Table(rows, f"What the {what} are:", left=3, text_last=1)


def _rows(c: Comparison, columns: Columns, baseline: bool = True) -> list[list[str]]:
    """Return a row for each policy, best first, in each given world."""
    rows = [[*["conditions"] * c.several, c.singular, *(head for head, _ in columns)]]
    for part in c.parts[:MOST_WORLDS]:
        for n in part.order:
            if n or baseline:
                cells = [c.titles[n], *(cell(part, n) for _, cell in columns)]
                rows.append([*[part.told] * c.several, *cells])
    return rows


def _more(head: str, outcome: str = GOAL) -> tuple[str, Callable[[Comparison, int], str]]:
    """Return a column with what each policy changes."""
    return head, lambda p, n: words.per_100(p.change(n, outcome), True) if n else "-"


def policy_table(c: Comparison) -> Table:
    """Return sustained adoption under each policy and its change, in each given world."""
    columns: Columns = [("of 100 use it at the end", lambda p, n: words.per_100(p.use(n)))]
    if not c.several:
        columns += [_more(f"more after {time_told(x.month)}", x.outcome) for x in c.choices[:-1]]
    columns.append(_more(f"more after {horizon(c)}"))
    if c.several:
        columns.append(("behind the best", lambda p, n: words.per_100(p.regret(n))))
    else:
        columns.append(
            ("better in", lambda p, n: words.percent(p.paired(GOAL, n).better) if n else "-")
        )
    columns.append(("lasts in", lambda p, n: words.percent(p.reaches(n))))
    if c.costs_known and not c.several:
        columns.append((f"cost, {c.currency}", lambda p, n: money(p.cost(n))))
    rows, lasts = _rows(c, columns), f"at least {100 * c.threshold:g} of 100 use it at the end."
    each = c.parts[0].each_is
    if not c.several:
        cost = f" Cost: {span(c)}." if c.costs_known else ""
        return Table(rows, note=(
            f"Of 100: {meaning(c)}; more than with {c.baseline}. Better in: share of {each} in which more use it than "
            f"with {c.baseline}. Lasts in: share of {each} in which {lasts}{cost}"
        ))  # fmt: skip
    more = len(c.parts) - MOST_WORLDS
    left = f" {more:,} more conditions stand in comparison.csv." if more > 0 else ""
    note = (
        f"In brackets: 95 % intervals over the {each} under each of the conditions; more than with "
        f"{c.baseline}. Lasts in: share of {each} in which {lasts} {BEHIND} under the same conditions.{left}"
    )
    return Table(rows, "Under each of the conditions:", note, left=2)


def outcome_table(c: Comparison) -> Table:
    """Return paired differences: an outcome a row, a policy a column."""
    shown = [n for n in c.order if n][:MOST_COLUMNS]
    known = [name for name in OUTCOMES_TOLD if np.isfinite(c.runs(name, 0)).any()]
    rows = [["outcome", *(c.titles[n] for n in shown), "unit of the change"]]
    for name in known[:MOST_OUTCOMES]:
        unit = OUTCOMES[name].unit
        cells = [words.in_unit(c.change(n, name), unit, sign=True) for n in shown]
        rows.append([OUTCOMES[name].title, *cells, words.unit(unit)])
    best = f"the best {MOST_COLUMNS} {c.plural}, " if len(c.names) > MOST_COLUMNS + 1 else ""
    return Table(rows, f"Change from {c.baseline}, {best}same luck:", text_last=1)


def counts_table(c: Comparison) -> Table:
    """Return how far each policy falls behind at most, and plain counts of given conditions."""
    rows = [[
        c.singular, f"furthest behind the best, {OF_100}", f"{100 * c.threshold:g} of 100 on average in",
        "best on average in", f"clearly better than {c.baseline} in", "furthest behind where",
    ]]  # fmt: skip
    total = len(c.parts)
    for n in c.order:
        regret, where = c.largest_regret(n)
        reached = sum(part.reached(n) for part in c.parts)
        best = sum(part.order[0] == n for part in c.parts)
        rows.append([
            c.titles[n], words.per_100(regret), f"{reached} of {total}", f"{best} of {total}",
            f"{c.times_better(n)} of {total}" if n else "-", where if regret.estimate > 0 else "-",
        ])  # fmt: skip
    note = (
        "Counts are of the conditions: which stand here was chosen, not drawn, so a count is no "
        "probability. Clearly: beyond chance, as many are looked at. What is furthest behind has the interval of the conditions it is of."
    )
    return Table(rows, "Over the conditions:", note, text_last=1)


def robust_table(c: Comparison) -> Table:
    """Return how far behind, how often good enough and in which place over drawn worlds."""

    def place(p: Comparison, n: int) -> str:
        r = p.robust[n]
        if np.isnan(r.rank_mean):
            return words.NO_NUMBER
        return f"{words.number(r.rank_mean, 1)} ({r.rank_low:.0f} to {r.rank_high:.0f})"

    columns: Columns = [
        (f"behind the best on average, {OF_100}", lambda p, n: words.per_100(p.robust[n].regret_mean)),
        ("in 90 % of worlds at most", lambda p, n: words.per_100(p.robust[n].regret_90)),
        ("lasts in", lambda p, n: words.percent(p.robust[n].satisficing)),
        ("best in", lambda p, n: words.percent(p.robust[n].best)),
        ("place on average", place),
    ]  # fmt: skip
    if c.where:
        return Table(_rows(c, columns), f"Over the worlds under {c.there}:")
    return Table(_rows(c, columns), "Over all worlds:", ROBUST_NOTE)


def cost_table(c: Comparison) -> Table:
    """Return what policies cost and bring in each given world, best first."""
    unit = c.currency

    def worse_than(p: Comparison, n: int) -> str:
        return c.titles[p.dominated_by[n]] if p.dominated_by[n] >= 0 else "-"

    columns: Columns = [
        (f"additional cost, {unit}", lambda p, n: money(p.value(n).cost.estimate)),
        ("more users", lambda p, n: users(p.value(n).effect)),
        (f"{unit} for each further user", lambda p, n: price(p.value(n))),
        ("costs no more and does as much", worse_than),
    ]
    shown = columns[0::2] if c.several else columns
    title, note = f"What it costs, against {c.baseline}:", f"Cost: {span(c)}. User: {meaning(c)}."
    rows = _rows(c, shown, baseline=False)
    return Table(rows, title, note, left=1 + c.several, text_last=int(not c.several))


def budget_table(c: Comparison) -> Table | None:
    """Return what each budget buys; None where money is no question."""
    found, unit = clear_steps(c), c.currency
    if len(found) < 2:
        return None
    rows = [
        [
            c.singular,
            f"additional cost, {unit}",
            "further users",
            f"{unit} for each of them",
            "further than",
        ]
    ]
    rows += [
        [c.titles[n], money(c.value(n).cost.estimate), users(further.effect), price(further), c.titles[after]]
        for n, after, further in found
    ]  # fmt: skip
    note = (
        f"Each {c.singular} is compared with the one before. Left out: those that another does as "
        "well for no more money, those whose further users may be chance, and those that bring each "
        "further user for more than a dearer one does."
    )
    return Table(rows, "What each budget buys:", note, text_last=1)
