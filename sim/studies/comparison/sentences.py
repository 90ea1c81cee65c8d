"""What a comparison says: tables of outcomes and of costs, and a summary."""

from __future__ import annotations

import numpy as np

from sim.analysis.intervals import Interval, means_of
from sim.analysis.value import dominated
from sim.outcomes.table import COST, MIDWAY, OUTCOMES, TOLD_MIDWAY, label
from sim.reports import words
from sim.reports.answer import Answer
from sim.studies.comparison import given
from sim.studies.comparison.budget import budget_table, means, money, price
from sim.studies.comparison.plan import titles, under
from sim.studies.comparison.policies import GOAL, Comparison
from sim.studies.comparison.recommend import (
    mean,
    meaning,
    probability,
    span,
    summary,
)
from sim.studies.comparison.uncertain import ROBUST_NOTE, robust, threshold
from sim.tables.layout import Table
from sim.tables.settings import SAMPLED_KINDS

OUTCOMES_TOLD = (*TOLD_MIDWAY, "trust")
MOST_COLUMNS = 3  # the best, told in full; all stand in comparison.csv
MOST_OUTCOMES = 8  # told in the terminal; all stand in comparison.csv


def heading(c: Comparison) -> str:
    """Say what the runs are."""
    ensemble = c.result.ensemble
    drawn = "uncertain " if c.result.design_kind in SAMPLED_KINDS else ""
    worlds = f"{c.worlds:,} {drawn}worlds, " if c.worlds > 1 else ""
    if c.given:
        each = c.given[0].worlds
        within = f"{each:,} uncertain worlds in each, " if each > 1 else ""
        worlds = f"{len(c.given):,} given worlds, {within}"
    shock = f" All runs have the shock {under(c)}." if under(c) else ""
    return (
        f"{len(c.names)} {c.plural}, {worlds}{words.runs(ensemble.replicates)} of each, seed "
        f"{ensemble.seed}, under the same luck. In brackets: 95 % intervals of the mean "
        f"(or of a share; of a mean difference by bootstrap).{shock}"
    )


def ranking_rows(c: Comparison) -> list[list[str]]:
    """Return a table of the policies, best first."""
    rows = [
        [c.singular, "sustained adoption", f"change from {c.baseline}", "better in", "P(sustained)"]
    ]
    if c.costs_known:
        rows[0].append(f"cost, {c.currency}")
    for n in c.order:
        sustained = probability(c, n)
        if n == 0:
            change, better = "-", "-"
        else:
            pair = c.paired(GOAL, n)
            change = words.with_interval(pair.change, sign=True)
            better = words.percent(pair.better)
        row = [
            c.names[n],
            words.with_interval(mean(c, n)),
            change,
            better,
            words.percent(sustained),
        ]
        if c.costs_known:
            row.append(money(float(means_of(c.runs(COST, n)))))
        rows.append(row)
    return rows


def ranking_note(c: Comparison) -> str:
    """Say what the columns of the ranking are, with their units."""
    runs = "worlds" if c.worlds > 1 else "runs"
    cost = f" Cost: {span(c)}." if c.costs_known else ""
    return (
        f"Sustained adoption and its change: {meaning(c)}. Better in: share of {runs} in which it "
        f"is better than {c.baseline}. P(sustained): share of {runs} with sustained adoption of at "
        f"least {threshold(c):g}.{cost}"
    )


def outcome_rows(c: Comparison, outcomes: tuple[str, ...]) -> list[list[str]]:
    """Return a table of paired differences: an outcome a row, a policy a column."""
    shown = [n for n in c.order if n][:MOST_COLUMNS]
    rows = [["outcome", *(c.names[n] for n in shown), "unit of the change"]]
    for outcome in outcomes:
        cells = [words.with_interval(c.paired(outcome, n).change, sign=True) for n in shown]
        rows.append([label(outcome), *cells, words.unit(OUTCOMES[outcome].unit)])
    return rows


def cost_rows(c: Comparison) -> list[list[str]]:
    """Return a table of what policies cost and bring, best first."""
    unit = c.currency
    rows = [
        [c.singular, f"additional cost, {unit}", "additional sustained adopters, HCPs",
         f"{unit} per additional sustained adopter", "dominated by"]
    ]  # fmt: skip
    by = dominated(*means(c))
    for n in c.order:
        if n:
            value = c.value(n)
            rows.append(
                [c.names[n], money(value.cost.estimate), _whole(value.effect), price(value),
                 c.names[by[n]] if by[n] >= 0 else "-"]
            )  # fmt: skip
    return rows


def _whole(x: Interval) -> str:
    return words.with_interval(x, 0, sign=True)


def cost_table(c: Comparison) -> Table:
    """Return what policies cost and bring as a table that explains itself."""
    return Table(
        cost_rows(c),
        f"What it costs, against {c.baseline}:",
        f"Cost: {span(c)}. Dominated by: one that costs no more and sustains at least as many "
        "adopters; the best of them.",
        text_last=True,
    )


def answer(c: Comparison) -> Answer:
    """Return tables of a comparison, and a summary."""
    if c.given:
        return given.answer(c, heading(c))
    told = (*OUTCOMES_TOLD, *(f"{name}.month_{MIDWAY}" for name in TOLD_MIDWAY))
    known = tuple(o for o in told if np.isfinite(c.runs(o, 0)).any())
    best = f"the best {MOST_COLUMNS} {c.plural}, " if len(c.names) > MOST_COLUMNS + 1 else ""
    title = f"Change from {c.baseline}, {best}paired {c.by}:"
    blocks: list[str | Table] = [
        heading(c),
        *filter(None, [titles(c)]),
        Table(ranking_rows(c), note=ranking_note(c)),
        Table(outcome_rows(c, known[:MOST_OUTCOMES]), title, text_last=True),
    ]
    if c.worlds > 1:
        blocks.append(Table(robust(c), "Over all worlds:", ROBUST_NOTE))
    if c.costs_known:
        blocks += [cost_table(c), *filter(None, [budget_table(c)])]
    return Answer(c.result.title, c.result.question, blocks, summary(c))
