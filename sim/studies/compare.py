"""Policies, or named scenarios, against the first of them, under the same luck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.outcomes.table import OUTCOMES
from sim.studies.comparison import sentences

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.reports.answer import Answer
    from sim.reports.html.plots import Group
    from sim.studies.result import Result

KEEP_PATHS = True
KEEP_ORGANISATIONS = True
TABLE = "comparison.csv"


def answer(result: Result) -> Answer:
    """Return tables of paired differences, costs, and a recommendation."""
    return sentences.answer(result.compared)


def tables(result: Result) -> dict[str, dict[str, Any]]:
    """Return every outcome of every policy against the baseline."""
    c = result.compared
    rows: list[tuple[Any, ...]] = []
    for n, name in enumerate(c.names):
        if n == 0:
            continue
        for outcome in OUTCOMES:
            pair = c.paired(outcome, n)
            rows.append(
                (name, c.baseline, outcome, OUTCOMES[outcome].unit, *pair.change[:3],
                 *pair.better[:3], pair.saved, pair.change.runs)
            )  # fmt: skip
    heads = (
        "policy", "baseline", "outcome", "unit", "change", "change_low_95", "change_high_95",
        "probability_better", "probability_better_low_95", "probability_better_high_95",
        "variance_saved", "pairs",
    )  # fmt: skip
    columns = list(zip(*rows, strict=True)) or [()] * len(heads)
    return {
        TABLE: {
            head: np.array(column, object if head in heads[:4] else float)
            for head, column in zip(heads, columns, strict=True)
        }
    }


def figures(result: Result) -> dict[str, Figure]:
    """Return changes, paths, and where known costs and robustness."""
    from sim.reports.figures import comparison as draw
    from sim.reports.figures.paths import scenarios_figure

    c = result.compared
    made = {"changes": draw.changes_figure(c)}
    if c.worlds == 1:
        made["scenarios"] = scenarios_figure(result, c.lines, c.left_out)
    else:
        made["robustness"] = draw.robustness_figure(c)
    if c.costs_known:
        made["costs"] = draw.costs_figure(c)
    return made


def plots(result: Result) -> list[Group]:
    """Return the figures of the report."""
    from sim.reports.html.figures import comparison

    return comparison(result.compared)
