"""What a handout tells of a scenario: its words, its answer, and what it assumes."""

from __future__ import annotations

from sim.design.request import Request
from sim.design.scenarios import Scenario
from sim.ensembles.model_version import model_version
from sim.reports import words
from sim.studies.result import Result
from sim.tables.factors import PAPER
from sim.tables.layout import Table
from sim.tables.parameters import PARAMETERS


def handout(scenario: Scenario, request: Request, result: Result, command: str) -> str:
    """Return two pages about a scenario as one HTML file; `command` makes its numbers again."""
    from sim.reports.handout.figure import adopters_figure, picture
    from sim.reports.html.page import render

    title, ensemble = scenario.words.title, result.ensemble
    return render(
        "handout",
        title,
        scenario=scenario,
        runs=f"{words.runs(ensemble.replicates)}, seed {ensemble.seed}",
        picture=picture(adopters_figure(result), title),
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
        [path, words.value(request.values[path]), words.value(PARAMETERS[path].default)]
        for path in scenario.parameters
    ]
    half = (len(rows) + 1) // 2
    head = ["parameter", "here", "otherwise"]
    return [Table([head, *part]) for part in (rows[:half], rows[half:]) if part]
