"""Runs of one world: the five letters of NASSS, and the path that leads there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis import intervals
from sim.outcomes.table import FIVE
from sim.reports import words
from sim.reports.answer import Answer
from sim.reports.figure import Figure, single_runs
from sim.reports.month_figures import QUANTITIES, month_figure, unlike_told, where_figure
from sim.studies.headline import headline, places_told
from sim.tables.layout import Table
from sim.tables.messages import counted

if TYPE_CHECKING:
    from sim.studies.result import Result

keeps = ("paths",)


def answer(result: Result) -> Answer:
    """Return who uses it and where the others are, then the outcomes with intervals."""
    head = headline(result)
    rows = [["", "mean", "95 % interval", "single runs", ""]]
    for outcome in FIVE:
        mean, unit = result.mean(outcome.name), outcome.unit
        single = words.range_in(*intervals.single_runs(result.outcome(outcome.name)), unit)
        rows.append([outcome.title, *words.apart_in(mean, unit), single, words.unit(unit)])
    lapse = result.mean("lapse_rate")
    note = f"Lapses in 100 adopter-years: {words.per_100(lapse)}."
    if not lapse.runs:
        note = "Nobody ever adopted, so there is no lapse rate."
    table = Table(rows, text_last=1, note=note)
    blocks: list[str | Table] = [*head.sentences(), _world(result), table]
    return Answer(result.title, result.question, blocks)


def _world(result: Result) -> str:
    ensemble = result.ensemble
    point = ensemble.points[0]
    return (
        f"{places_told(point, ensemble.seed)}, {counted(point.values['horizon'], 'month')}; "
        f"{words.runs(ensemble.replicates)}, seed {ensemble.seed}. Intervals are of the mean; single "
        "runs: lowest to highest."
    )


def figures(result: Result) -> list[Figure]:
    """Return where everybody is, then the months: mean, interval, most runs, some single ones."""
    paths = {name: path[0] for name, path in result.ensemble.paths.items()}
    runs = result.ensemble.replicates
    several = (
        "Line: mean. Dark band: 95 % interval of the mean. Light band: 80 % of single runs. Grey: "
        "single runs."
    )
    told = "".join(unlike_told(paths[name], title) for name, title, _ in QUANTITIES)
    caption = f"{words.runs(runs)}. {words.drawn(runs, several)}{told}"
    months = range(paths["adopters"].shape[1])
    return [
        where_figure(paths, f"Mean of {words.runs(runs)}."),
        month_figure(
            "adoption",
            caption,
            lambda name, title: single_runs(months, paths[name], title),
            months[-1],
        ),
    ]
