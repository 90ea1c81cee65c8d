"""Which parameters agree with what was seen: a posterior sample, and what the data could not tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.analysis import abc
from sim.analysis.abc import Stage
from sim.analysis.intervals import Interval
from sim.evidence.search import FREE, Search, ends
from sim.reports import titles, words
from sim.reports.answer import Number
from sim.reports.figure import Figure, Rule, exact, rows_panel
from sim.reports.figure import Row as Line
from sim.tables.layout import Table
from sim.tables.parameters import PARAMETERS


class Effort(NamedTuple):
    """How much is tried, where the user does not say, and how near is near enough."""

    particles: int
    proposals: int
    tolerance: float


# half way from the targets to the ends of what is accepted, on average
PATTERNS_EFFORT = Effort(400, 20_000, 0.5)
LEARNT = 0.25  # from so much less variance on, the data told something (assumption)
ROW = 0.36  # inches


@dataclass(frozen=True)
class Calibration:
    """What a search found."""

    stages: Sequence[Stage]
    new: int  # proposals simulated now; the others were there

    @property
    def last(self) -> Stage:
        """The sample with the smallest tolerance."""
        return self.stages[-1]

    @property
    def points(self) -> np.ndarray:
        """The sample in units of the parameters, (particles, parameters)."""
        low, high = ends()
        return np.asarray(low + self.last.points * (high - low))


def fitted(
    search: Search, effort: Effort, seed: int, tell: Callable[[Stage], None] | None = None
) -> Calibration | None:
    """Search until all agree as well as they should, or all proposals are used; None: too few could be simulated."""
    stages = []
    particles, proposals, tolerance = effort
    for stage in abc.sequential(search, len(FREE), particles, seed, tolerance, proposals):
        stages.append(stage)
        if tell is not None:
            tell(stage)
    return Calibration(stages, search.new) if stages else None


def sample(found: Calibration) -> dict[str, np.ndarray]:
    """Return the posterior sample as columns."""
    return {"distance": found.last.distances} | dict(zip(FREE, found.points.T, strict=True))


def posterior(found: Calibration) -> dict[str, np.ndarray]:
    """Return prior, posterior and shrinkage of each parameter as columns."""
    low, high = ends()
    middle, lower, upper, _ = zip(*intervals_of(found.points), strict=True)
    return {
        "parameter": np.array(FREE, object),
        "prior_low": low,
        "prior_high": high,
        "posterior_median": np.array(middle),
        "posterior_low_95": np.array(lower),
        "posterior_high_95": np.array(upper),
        "shrinkage": abc.shrinkage(found.last.points),
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


def tables(found: Calibration) -> dict[str, dict[str, np.ndarray]]:
    """Return what every search leaves: the sample, and what is known of each parameter."""
    return {"sample": sample(found), "posterior": posterior(found)}


def numbers(found: Calibration) -> dict[str, Number]:
    """Return the median of each parameter with its middle 95 %."""
    known = zip(FREE, intervals_of(found.points), strict=True)
    return {path: Number(x, PARAMETERS[path].unit) for path, x in known}


def learnt(found: Calibration, who: str) -> list[str | Table]:
    """Say what the data, called `who`, tell of which parameters, and what they do not."""
    made, known = posterior(found), intervals_of(found.points)
    told = [path for path, x in zip(FREE, made["shrinkage"], strict=True) if x >= LEARNT]
    untold = [path for path in FREE if path not in told]
    said = f"{who.capitalize()} say nothing clear of any parameter."
    if told:
        said = f"{who.capitalize()} say something of: " + _listed(told)
    said += f" They say little or nothing of: {_listed(untold)}" if untold else ""
    rows = [["", "plausible", f"agrees with {who} (95 %)", "narrowed by", "key"]]
    for n in np.argsort(-made["shrinkage"], kind="stable"):
        prior = words.between(made["prior_low"][n], made["prior_high"][n], 3)
        narrowed = f"{100 * max(0.0, made['shrinkage'][n]):.0f} %"
        agrees = words.with_interval(known[n], 3)
        rows.append([titles.title(FREE[n]), prior, agrees, narrowed, FREE[n]])
    return [said, Table(rows, text_last=1)]


def _listed(paths: Sequence[str]) -> str:
    return "; ".join(titles.title(path) for path in paths) + "."


def figure(found: Calibration, who: str) -> Figure:
    """Return what agrees with the data, called `who`, within what was plausible."""
    scaled, known = intervals_of(found.last.points), intervals_of(found.points)
    lines = []
    for n in np.argsort(posterior(found)["shrinkage"], kind="stable").tolist()[::-1]:
        told = words.with_interval(known[n], 3)
        lines.append(Line(titles.title(FREE[n]), scaled[n], told, value=told))
    panel = rows_panel(
        lines, "0 to 1: from the lowest to the highest plausible value", tips=("what", "agrees"),
        limits=(-0.05, 1.6), rules=[Rule(0, until=1)],
    )  # fmt: skip
    caption = (
        f"{len(found.last.points)} sets of parameters. Dots: median. Bars: the middle 95 %. Grey: what was plausible "
        f"before. The shorter a bar, the more {who} tell."
    )
    tall = 1.2 + ROW * len(lines)
    return Figure("posterior", f"What agrees with {who}", caption, [panel], height=tall)
