"""What a handout tells of a scenario: its words, its answer, and what it assumes."""

from __future__ import annotations

import numpy as np

from sim.design.request import Request
from sim.design.scenarios import Scenario
from sim.ensembles.model_version import model_version
from sim.outcomes.compute import MONTHS_IN_YEAR
from sim.reports import titles, words
from sim.reports.figure import Figure, Panel, Scale, single_runs
from sim.studies.result import Result
from sim.tables.factors import PAPER
from sim.tables.layout import Table
from sim.tables.parameters import PARAMETERS

HEIGHT = 3.2  # inches of its figure


def handout(scenario: Scenario, request: Request, result: Result, command: str) -> str:
    """Return two pages about a scenario as one HTML file; `command` makes its numbers again."""
    from sim.reports.draw_files import picture
    from sim.reports.html.page import render

    title, ensemble = scenario.words.title, result.ensemble
    return render(
        "handout",
        title,
        scenario=scenario,
        runs=f"{words.runs(ensemble.replicates)}, seed {ensemble.seed}",
        picture=picture(adopters_figure(ensemble.paths["adopters"][0]), title),
        answer=result.told,
        command=command,
        policies=request.policies.values(),
        assumed=_assumed(scenario, request),
        paper=PAPER,
        model=model_version(),
    )


def _assumed(scenario: Scenario, request: Request) -> list[Table]:
    """Return what the scenario sets, and what it would be otherwise, as two tables."""
    rows = [
        [
            titles.short(path),
            titles.value_short(path, request.values[path], request.policies),
            titles.value_short(path, PARAMETERS[path].default),
        ]
        for path in scenario.parameters
    ]
    half = (len(rows) + 1) // 2
    head = ["", "here", "otherwise"]
    return [Table([head, *part]) for part in (rows[:half], rows[half:]) if part]


def adopters_figure(runs: np.ndarray) -> Figure:
    """Return (runs, months) shares of adopters over the years, with their bands named beside them."""
    years = np.arange(runs.shape[1]) / MONTHS_IN_YEAR
    last = float(years[-1])
    x = Scale("years since the start", (0, max(last, 1 / MONTHS_IN_YEAR)))
    labels = "80 % of single runs", "mean, and its 95 % interval (dark)"
    marks = single_runs(years, runs, "adopters", labels)
    panel = Panel("", marks, x, Scale("adopters, share of professionals", (0, 1)))
    return Figure("adopters", "", "", [panel], height=HEIGHT)
