"""Named scenarios against the first of them, under the same luck."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.outcomes.table import FIVE
from sim.reports import words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.studies.result import Result

KEEP_PATHS = True
COMPARED = (*(outcome.name for outcome in FIVE), "lapse_rate", "trust")


def points_of(result: Result) -> dict[str, int]:
    """Return the point of each scenario."""
    axis = result.axes[0]
    return {
        str(name): result.where(setting)
        for name, setting in zip(axis.values, axis.settings, strict=True)
    }


def answer(result: Result) -> list[str]:
    """Return a table of outcomes, paired differences, and a sentence for each scenario."""
    scenarios = points_of(result)
    first, *others = scenarios
    lines = [
        f"{result.title}: {result.question}",
        f"{result.ensemble.replicates} runs of each, seed {result.ensemble.seed}, under the same "
        "luck. In brackets: 95 % intervals.",
        "",
    ]
    rows = [["", first, *(f"{name} less {first}" for name in others)]]
    for outcome in COMPARED:
        row = [outcome.replace("_", " "), words.with_interval(result.mean(outcome, 0))]
        for name in others:
            change = result.difference(outcome, scenarios[name], scenarios[first])
            row.append(words.with_interval(change, sign=True))
        rows.append(row)
    lines += [*words.grid_lines(rows), ""]
    for name in others:
        lines += words.paragraph(_sentence(result, name, scenarios[name], scenarios[first], first))
    return lines


def _sentence(result: Result, name: str, point: int, base: int, first: str) -> str:
    change = result.difference("sustained_adoption", point, base)
    runs = result.outcome("sustained_adoption", point) - result.outcome("sustained_adoption", base)
    better = int((runs[~np.isnan(runs)] > 0).sum())
    return (
        f"{name} changes sustained adoption {words.size_of(change)} against {first}: "
        f"{words.with_interval(change, sign=True)}, higher in {better} of {change.runs} runs; "
        f"P(sustained) is {words.percent(result.probability_sustained(point))} against "
        f"{words.percent(result.probability_sustained(base))}."
    )


def figures(result: Result) -> dict[str, Figure]:
    """Return the paths of all scenarios."""
    from sim.reports.figures.paths import scenarios_figure

    return {"scenarios": scenarios_figure(result, points_of(result))}
