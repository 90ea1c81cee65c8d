"""Runs of one world: the five letters of NASSS, and the path that leads there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.analysis import intervals
from sim.outcomes.table import FIVE
from sim.reports import words
from sim.reports.answer import Answer, Table
from sim.tables.messages import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.reports.html.plots import Group
    from sim.studies.result import Result

KEEP_PATHS = True
KEEP_ORGANISATIONS = False


def answer(result: Result) -> Answer:
    """Return the outcomes with intervals, and a sentence."""
    rows = [["", "mean", "95 % interval", "single runs", ""]]
    for outcome in FIVE:
        runs = result.outcome(outcome.name)
        mean = result.mean(outcome.name)
        rows.append(
            [
                outcome.label,
                words.number(mean.estimate),
                words.between(mean.low, mean.high),
                words.between(*intervals.single_runs(runs)),
                outcome.unit,
            ]
        )
    blocks: list[str | Table] = [_world(result), Table(rows, text_last=True), _sentence(result)]
    return Answer(result.title, result.question, blocks)


def _world(result: Result) -> str:
    ensemble = result.ensemble
    point = ensemble.points[0]
    sizes = point.world.sizes
    if sizes.size:
        world = f"{counted(sizes.size, 'organisation')} with {counted(sizes.sum(), 'HCP')}"
    else:
        organisations = point.values["population.organisations"]
        size = point.values["population.organisation_size"]
        world = f"{counted(organisations, 'organisation')} of {counted(size, 'HCP')}"
    return (
        f"{world}, {counted(point.values['horizon'], 'month')}; {words.runs(ensemble.replicates)}, "
        f"seed {ensemble.seed}. Intervals are of the mean; single runs: lowest to highest."
    )


def _sentence(result: Result) -> str:
    sustained = result.probability_sustained()
    values = result.ensemble.points[0].values
    threshold = values["outcome.sustained_threshold"]
    months = min(values["outcome.sustained_months"], max(1, values["horizon"]))
    lapse = result.mean("lapse_rate")
    text = (
        f"At least {words.value(100 * threshold)} % of HCPs were adopters over the last {months} "
        f"months in {words.percent(sustained)} of runs. "
    )
    if lapse.runs:
        lapsing = words.number(100 * lapse.estimate, 0)
        text += f"In 100 adopter-years there {'is' if lapsing == '1' else 'are'} {lapsing} "
        text += f"{'lapse' if lapsing == '1' else 'lapses'} "
        text += f"({words.between(100 * lapse.low, 100 * lapse.high, 1)})."
    else:
        text += "Nobody ever adopted, so there is no lapse rate."
    return text


def figures(result: Result) -> dict[str, Figure]:
    """Return the month-by-month figure."""
    from sim.reports.figures.paths import paths_figure

    return {"adoption": paths_figure(result)}


def tables(result: Result) -> dict[str, dict[str, Any]]:
    """Return no table beside the summary."""
    return {}


def plots(result: Result) -> list[Group]:
    """Return the figures of the report."""
    from sim.reports.html.figures import paths

    return paths(result)
