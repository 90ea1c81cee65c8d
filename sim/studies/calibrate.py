"""Which parameters agree with what was seen: a posterior sample, and what the data could not tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sim.analysis import abc
from sim.analysis.abc import Stage
from sim.analysis.intervals import Interval
from sim.evidence.search import FREE, Search, in_units
from sim.reports import titles, words
from sim.reports.figure import Figure, Row, Rule, exact, rows_panel
from sim.reports.result_tables import of_rows
from sim.tables.layout import Table
from sim.tables.plausible import plausible


class Effort(NamedTuple):
    """How much is tried, where the user does not say, and how near is near enough."""

    particles: int
    proposals: int
    tolerance: float


# half way from the targets to the ends of what is accepted, on average
PATTERNS_EFFORT = Effort(400, 20_000, 0.5)
LEARNT = 0.25  # from so much less variance on, the data told something (assumption)
ROW = 0.36  # inches


def fitted(
    search: Search, effort: Effort, tell: Callable[[Stage], None] | None = None
) -> list[Stage]:
    """Search until all agree as well as they should, or all proposals are used; no stage: too few could be simulated."""
    stages = []
    particles, proposals, tolerance = effort
    for stage in abc.sequential(search, len(FREE), particles, search.seed, tolerance, proposals):
        stages.append(stage)
        if tell is not None:
            tell(stage)
    return stages


def tables(sample: Stage) -> dict[str, dict[str, np.ndarray]]:
    """Return what every search leaves: the sample, and what is known of each parameter."""
    columns = dict(zip(FREE, in_units(sample.points).T, strict=True))
    known, narrowed = known_of(sample), abc.shrinkage(sample.points)
    rows = [
        (path, *plausible(path), *known[path][:3], x)
        for path, x in zip(FREE, narrowed, strict=True)
    ]
    names = "parameter prior_low prior_high posterior_median posterior_low_95 posterior_high_95 shrinkage"
    return {
        "sample": {"distance": sample.distances, **columns},
        "posterior": of_rows(names, rows),
    }


def middle(sample: np.ndarray) -> Interval:
    """Return the median of a sample with its middle 95 %; those without a number are left out."""
    known = sample[~np.isnan(sample)]
    if not known.size:
        return exact(np.nan)
    low, median, high = np.quantile(known, (0.025, 0.5, 0.975), method="nearest").tolist()
    return Interval(median, low, high, known.size)


def intervals_of(points: np.ndarray) -> list[Interval]:
    """Return the median of each column of a sample, with its middle 95 %."""
    low, middle, high = np.quantile(points, (0.025, 0.5, 0.975), axis=0).tolist()
    return [Interval(*ends, len(points)) for ends in zip(middle, low, high, strict=True)]


def known_of(sample: Stage) -> dict[str, Interval]:
    """Return the median of each parameter with its middle 95 %."""
    return dict(zip(FREE, intervals_of(in_units(sample.points)), strict=True))


def learnt(sample: Stage, who: str) -> list[str | Table]:
    """Say what the data, called `who`, tell of which parameters, and what they do not."""
    narrowed, known = abc.shrinkage(sample.points), known_of(sample)
    told = [path for path, x in zip(FREE, narrowed, strict=True) if x >= LEARNT]
    untold = [path for path in FREE if path not in told]
    said = f"{who.capitalize()} say nothing clear of any parameter."
    if told:
        said = f"{who.capitalize()} say something of: " + _listed(told)
    said += f" They say little or nothing of: {_listed(untold)}" if untold else ""
    rows = [["", "plausible", f"agrees with {who} (95 %)", "narrowed by", "key"]]
    for n in np.argsort(-narrowed, kind="stable"):
        path, percent = FREE[n], f"{100 * max(0.0, narrowed[n]):.0f} %"
        prior = words.between(*plausible(path), 3)
        agrees = words.with_interval(known[path], 3)
        rows.append([titles.title(path), prior, agrees, percent, path])
    return [said, Table(rows, text_last=1)]


def _listed(paths: Sequence[str]) -> str:
    return "; ".join(titles.title(path) for path in paths) + "."


def figure(sample: Stage, who: str) -> Figure:
    """Return what agrees with the data, called `who`, within what was plausible."""
    scaled, known = intervals_of(sample.points), known_of(sample)
    lines = []
    for n in np.argsort(abc.shrinkage(sample.points), kind="stable").tolist()[::-1]:
        told = words.with_interval(known[FREE[n]], 3)
        lines.append(Row(titles.title(FREE[n]), scaled[n], told, value=told))
    panel = rows_panel(
        lines, "0 to 1: from the lowest to the highest plausible value", tips=("what", "agrees"),
        limits=(-0.05, 1.6), rules=[Rule(0, until=1)],
    )  # fmt: skip
    caption = (
        f"{len(sample.points)} sets of parameters. Dots: median. Bars: the middle 95 %. Grey: what was plausible "
        f"before. The shorter a bar, the more {who} tell."
    )
    tall = 1.2 + ROW * len(lines)
    return Figure("posterior", f"What agrees with {who}", caption, [panel], height=tall)
