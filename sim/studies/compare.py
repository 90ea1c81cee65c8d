"""Policies, or named scenarios, against the first of them, under the same luck."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.outcomes.table import OUTCOMES
from sim.reports.answer import Answer
from sim.studies import Rows
from sim.studies.comparison import answer_tables as told
from sim.studies.comparison.figures import figures as figures
from sim.studies.comparison.given import over_given_worlds
from sim.studies.comparison.policy_effects import clear_steps
from sim.studies.comparison.policy_runs import Comparison
from sim.studies.comparison.summary import MOST_WORLDS, in_one_world
from sim.studies.result import Result
from sim.tables.layout import Table

keeps = ("paths", "organisations")


def answer(result: Result) -> Answer:
    """Return a summary, and tables of paired differences and costs."""
    c = result.compared
    blocks: list[str | Table | None] = [told.heading(c), told.policy_table(c)]
    blocks.append(told.counts_table(c) if c.several else told.outcome_table(c))
    blocks += [told.robust_table(part) for part in c.parts[:MOST_WORLDS] if part.worlds > 1]
    if c.costs_known:
        blocks += [told.cost_table(c), None if c.several else told.budget_table(c)]
    blocks.append(told.titles(c))
    return Answer(result.title, result.question, [b for b in blocks if b], summary(c))


def summary(c: Comparison) -> list[str]:
    """Return what whoever reads nothing else has to know."""
    told = over_given_worlds(c) if c.several else in_one_world(c)
    return [text for text in told if text]


def tables(result: Result) -> Rows:
    """Return every outcome of every policy against the baseline, and where known what policies cost."""
    c = result.compared
    rows = [
        (part.where, c.names[n], c.names[0], name, outcome.unit, *pair, pair.change.runs)
        for part in c.parts
        for n in range(1, len(c.names))
        for name, outcome in OUTCOMES.items()
        for pair in [part.paired(name, n)]
    ]
    return {"comparison": rows} | ({"costs": cost_rows(result)} if c.costs_known else {})


def cost_rows(result: Result) -> list[tuple[Any, ...]]:
    """Return what every policy costs and brings against the baseline, in each given world."""
    c, rows = result.compared, []
    for part in c.parts:
        steps = {step.policy: step for step in clear_steps(part)}
        for n in range(1, len(c.names)):
            value, by, step = part.value(n), part.dominated_by[n], steps.get(n)
            further = (c.names[step.after], *step.further[2:]) if step else ("", *[np.nan] * 3)
            other = c.names[by] if by >= 0 else ""
            rows.append(
                (part.where, c.names[n], c.names[0], other, *value, value.cost.runs, *further)
            )
    return rows
