"""What a comparison found, as the tables of its answer; nothing is computed here."""

from __future__ import annotations

from collections.abc import Callable

from sim.outcomes.table import OUTCOMES, label
from sim.policies.kinds import POLICY, SHOCK
from sim.reports import words
from sim.reports.answer import Answer
from sim.studies.comparison.findings import MOST_COLUMNS, Findings, InWorld, World
from sim.studies.comparison.summary import MOST_WORLDS, summary
from sim.studies.comparison.terms import UNIT, meaning, money, price, span, under
from sim.tables.layout import Table

REGRET = f"Regret, {UNIT}: how much"
ROBUST_NOTE = (
    f"{REGRET} higher the sustained adoption of the best of each world is; 0 where this is the "
    "best. In brackets: 95 % intervals (bootstrap over worlds; of shares Wilson's), and of ranks the "
    "middle 90 % of worlds. Rank 1 is best. The best of a world is the best of a few means, so "
    "regret is a little too large; more replicates make it smaller."
)
Columns = list[tuple[str, Callable[[InWorld], str]]]


def answer(f: Findings) -> Answer:
    """Return tables of a comparison, and a summary."""
    c = f.of
    blocks: list[str | Table | None] = [heading(f), titles(f), policy_table(f)]
    blocks.append(counts_table(f) if f.several else outcome_table(f))
    blocks += [robust_table(f, world) for world in f.worlds[:MOST_WORLDS] if world.drawn > 1]
    if c.costs_known:
        blocks += [cost_table(f), None if f.several else budget_table(f)]
    return Answer(c.result.title, c.result.question, [b for b in blocks if b], summary(f))


def heading(f: Findings) -> str:
    """Say what the runs are."""
    c, ensemble = f.of, f.of.result.ensemble
    drawn = f.worlds[0].drawn
    worlds = f"{drawn:,} uncertain worlds, " if drawn > 1 else ""
    if f.several:
        within = worlds.replace("worlds, ", "worlds in each, ")
        worlds = f"{len(f.worlds):,} given worlds, {within}"
    shock = f" All runs have the shock {under(c)}." if under(c) else ""
    return (
        f"{len(c.names)} {c.plural}, {worlds}{words.runs(ensemble.replicates)} of each, seed "
        f"{ensemble.seed}, under the same luck. In brackets: 95 % intervals of the mean "
        f"(or of a share; of a mean difference by bootstrap).{shock}"
    )


def titles(f: Findings) -> Table | None:
    """Return what the policies and shocks are, each in a sentence; None where there are none."""
    c, found = f.of, f.of.result.policies
    if not found:
        return None
    first = sorted(found.items(), key=lambda item: item[0][0] == SHOCK)
    rows = [["name", "title", "what it is"]]
    rows += [[name, one.title, one.description or "-"] for (_, name), one in first]
    what = "policies and shocks"
    if c.axis.name == POLICY and not any(kind == SHOCK for kind, _ in found):
        what = c.plural
    return Table(rows, f"What the {what} are:", left=2, text_last=1)


def _rows(f: Findings, columns: Columns, worlds: list[World], baseline: bool) -> list[list[str]]:
    """Return a row for each policy, best first, in each of some worlds."""
    several = len(worlds) > 1
    rows = [[*["given world"] * several, f.of.singular, *(head for head, _ in columns)]]
    for world in worlds[:MOST_WORLDS]:
        for policy in world.policies.values():
            if policy.number or baseline:
                cells = [f.of.names[policy.number], *(cell(policy) for _, cell in columns)]
                rows.append([*[world.where] * several, *cells])
    return rows


def policy_table(f: Findings) -> Table:
    """Return sustained adoption under each policy and its change, in each given world."""
    c = f.of

    def against(told: Callable[[InWorld], str]) -> Callable[[InWorld], str]:
        return lambda p: told(p) if p.number else "-"

    unit = f", {UNIT}" if f.several else ""
    columns: Columns = [
        (f"sustained adoption{unit}", lambda p: words.with_interval(p.sustained)),
        (
            f"change from {c.baseline}",
            against(lambda p: words.with_interval(p.against.change, sign=True)),
        ),
        ("better in", against(lambda p: words.percent(p.against.better))),
        ("P(sustained)", lambda p: words.percent(p.reaches)),
    ]
    if f.several:
        columns[2:3] = []
        columns.append(("regret", lambda p: words.with_interval(p.regret)))
    elif c.costs_known:
        columns.append((f"cost, {c.currency}", lambda p: money(p.cost)))
    rows = _rows(f, columns, f.worlds, baseline=True)
    if f.several:
        return Table(rows, "In each given world:", _world_note(f), left=2)
    return Table(rows, note=_ranking_note(f))


def _ranking_note(f: Findings) -> str:
    c, (world,) = f.of, f.worlds
    runs = "worlds" if world.drawn > 1 else "runs"
    cost = f" Cost: {span(c)}." if c.costs_known else ""
    return (
        f"Sustained adoption and its change: {meaning(c)}. Better in: share of {runs} in which it "
        f"is better than {c.baseline}. P(sustained): share of {runs} with sustained adoption of at "
        f"least {world.threshold:g}.{cost}"
    )


def _world_note(f: Findings) -> str:
    runs = "drawn worlds" if f.worlds[0].drawn > 1 else "runs"
    more = len(f.worlds) - MOST_WORLDS
    left = f" {more:,} more given worlds stand in comparison.csv." if more > 0 else ""
    return (
        f"In brackets: 95 % intervals over the {runs} of each given world. P(sustained): share of "
        f"{runs} with at least {f.worlds[0].threshold:g}. {REGRET} the best of the same given "
        f"world is better.{left}"
    )


def outcome_table(f: Findings) -> Table:
    """Return paired differences: an outcome a row, a policy a column."""
    c = f.of
    shown = [n for n in f.order if n][:MOST_COLUMNS]
    rows = [["outcome", *(c.names[n] for n in shown), "unit of the change"]]
    for outcome, changes in f.changes.items():
        cells = [words.with_interval(changes[n], sign=True) for n in shown]
        rows.append([label(outcome), *cells, words.unit(OUTCOMES[outcome].unit)])
    best = f"the best {MOST_COLUMNS} {c.plural}, " if len(c.names) > MOST_COLUMNS + 1 else ""
    return Table(rows, f"Change from {c.baseline}, {best}paired {c.by}:", text_last=1)


def counts_table(f: Findings) -> Table:
    """Return the largest regret of each policy, and plain counts of given worlds."""
    c = f.of

    def count(found: list[bool]) -> str:
        return f"{sum(found)} of {len(found)}"

    rows = [
        [c.singular, f"largest regret, {UNIT}", f"mean reaches {f.worlds[0].threshold:g} in",
         "highest mean in", f"clearly better than {c.baseline} in", "largest regret where"]
    ]  # fmt: skip
    for n in f.order:
        regret, where = f.largest_regret[n]
        better = count([world.policies[n].clearly_better for world in f.worlds])
        rows.append(
            [
                c.names[n],
                words.with_interval(regret),
                count([world.reached(n) for world in f.worlds]),
                count([world.best.number == n for world in f.worlds]),
                better if n else "-",
                where if regret.estimate > 0 else "-",
            ]
        )
    note = (
        "Counts are of the given worlds: which stand here was chosen, not drawn, so a count is no "
        "probability. The largest regret has the interval of the world it is of."
    )
    return Table(rows, "Over the given worlds:", note, text_last=1)


def robust_table(f: Findings, world: World) -> Table:
    """Return regret, satisficing share and ranks over the drawn worlds of a given one."""
    rows = [
        [f.of.singular, f"mean regret, {UNIT}", "regret in 90 % of worlds at most",
         f"reaches {world.threshold:g} in", "best in", "mean rank"]
    ]  # fmt: skip
    for n, policy in world.policies.items():
        if (r := policy.robust) is not None:
            rows.append(
                [
                    f.of.names[n],
                    words.with_interval(r.regret_mean),
                    words.with_interval(r.regret_90),
                    words.percent(r.satisficing),
                    words.percent(r.best),
                    f"{words.number(r.rank_mean, 1)} ({r.rank_low:.0f} to {r.rank_high:.0f})",
                ]
            )
    if f.several:
        return Table(rows, f"Over the drawn worlds where {world.where}:")
    return Table(rows, "Over all worlds:", ROBUST_NOTE)


def cost_table(f: Findings) -> Table:
    """Return what policies cost and bring in each given world, best first."""
    c, unit = f.of, f.of.currency
    columns: Columns = [
        (f"additional cost, {unit}", lambda p: money(p.value.cost.estimate)),
        (
            "additional sustained adopters, HCPs",
            lambda p: words.with_interval(p.value.effect, 0, sign=True),
        ),
        (f"{unit} per additional sustained adopter", lambda p: price(p.value)),
        ("dominated by", lambda p: c.names[p.dominated_by] if p.dominated_by >= 0 else "-"),
    ]
    title, note = f"What it costs, against {c.baseline}:", f"Cost: {span(c)}."
    if f.several:
        return Table(_rows(f, columns[0::2], f.worlds, baseline=False), title, note, left=2)
    note += (
        " Dominated by: one that costs no more and sustains at least as many adopters; the best of "
        "them."
    )
    return Table(_rows(f, columns, f.worlds, baseline=False), title, note, text_last=1)


def budget_table(f: Findings) -> Table | None:
    """Return what each budget buys; None where money is no question."""
    c, (world,) = f.of, f.worlds
    if len(world.steps) < 2:
        return None
    unit = c.currency
    rows = [
        [c.singular, f"additional cost, {unit}", "further sustained adopters, HCPs",
         f"{unit} per further adopter", "further than"]
    ]  # fmt: skip
    for step in world.steps:
        rows.append(
            [
                c.names[step.policy],
                money(world.policies[step.policy].value.cost.estimate),
                words.with_interval(step.further.effect, 0, sign=True),
                price(step.further),
                c.names[step.after],
            ]
        )
    note = (
        f"Each {c.singular} is compared with the next cheaper one of this table. Left out: those "
        "that are dominated, and those that bring each further adopter for more than a dearer one "
        "does."
    )
    return Table(rows, "What each budget buys:", note, text_last=1)
