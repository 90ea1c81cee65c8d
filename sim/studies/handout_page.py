"""What a handout tells of a scenario: its words, its answer, and what it assumes."""

from __future__ import annotations

import re

import numpy as np

from sim.analysis.intervals import single_runs as single_range
from sim.design.request import Request
from sim.design.scenarios import FOUND, Scenario
from sim.ensembles.model_version import model_version
from sim.outcomes.compute import MONTHS_IN_YEAR
from sim.outcomes.table import GOAL, HEADLINE, OUTCOMES
from sim.reports import titles, words
from sim.reports.figure import Figure, Panel, Scale, professionals, single_runs
from sim.reports.month_figures import unlike_told
from sim.studies.result import Result
from sim.tables.factors import PAPER
from sim.tables.layout import Table
from sim.tables.parameters import PARAMETERS

HEIGHT = 2.5  # inches of its figure


def handout(
    scenario: Scenario, request: Request, result: Result, command: str, what_if: Result
) -> str:
    """Return two pages about a scenario and one for whoever teaches it, as one HTML file.

    `command` makes the numbers of the first pages again; the last rests on `what_if`, too.
    """
    from sim.reports.draw_figures import picture
    from sim.reports.html.render import render

    title, ensemble = scenario.words.title, result.ensemble
    told = scenario.words.handout.answers if scenario.words.handout else ()
    return render(
        "handout",
        title,
        scenario=scenario,
        runs=f"{words.runs(ensemble.replicates)}, seed {ensemble.seed}",
        picture=picture(adopters_figure(ensemble.paths["adopters"][0]), title),
        answer=result.told,
        command=command,
        unlike=unlike_told(ensemble.paths["adopters"][0], "Users"),
        answers=[filled(text, result) for text in told],
        compared=compared(what_if),
        policies=request.policies.values(),
        assumed=_assumed(scenario, request),
        paper=PAPER,
        model=model_version(),
    )


def filled(text: str, result: Result) -> str:
    """Return an answer with the numbers of the runs in it."""

    def number(found: re.Match[str]) -> str:
        what, name = found.groups()
        unit = OUTCOMES[name].unit
        mean, interval = words.apart_in(result.mean(name), unit)
        single = words.range_in(*single_range(result.outcome(name)), unit)
        told = {"mean": mean, "interval": interval, "range": single}[what]
        return f"{told} of 100" if unit.startswith(words.SHARE) else told

    return FOUND.sub(number, text)


def compared(result: Result) -> Table:
    """Return who uses the tool under each variant of a what-if question, and how many more."""
    head = ["", "use it five years after its start", "sustained adoption", "change from the first"]
    rows = [
        [
            titles.settings_told(setting, result.policies),
            *(words.of_100(result.mean(name, n)) for name in (HEADLINE, GOAL)),
            words.more_of_100(result.difference(GOAL, n)) if n else "",
        ]
        for n, setting in enumerate(result.ensemble.settings)
    ]
    note = f"{words.runs(result.ensemble.replicates)} each, seed {result.ensemble.seed}; {result.luck}."
    return Table([head, *rows], note=f"{note} In brackets: 95 % intervals.")


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
    panel = Panel("", marks, x, professionals())
    return Figure("adopters", "", "", [panel], height=HEIGHT)
