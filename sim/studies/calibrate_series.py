"""Which parameters agree with a user's own series, and what follows for use five years after the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.abc import Stage
from sim.analysis.intervals import Interval
from sim.design.policy_files import Policies
from sim.evidence.search import AFTER, Search, of_each, values_of
from sim.evidence.series import MEASURED, Series, simulated, use_after_5_years
from sim.evidence.series_files import WIDTH_95
from sim.model.records import AGE
from sim.reports import words
from sim.reports.answer import Answer
from sim.reports.figure import Area, Curve, Dots, Figure, Mark, Panel, Scale, exact
from sim.reports.findings import Findings
from sim.studies import calibrate
from sim.studies.calibrate import Effort, middle
from sim.tables.layout import Table

SERIES_EFFORT = Effort(200, 6000, 1.0)  # near enough: one standard error, on average
SHARES = (0.025, 0.25, 0.5, 0.75, 0.975)


@dataclass(frozen=True)
class Fit:
    """What agrees with a series, run anew."""

    found: Stage
    series: Series
    months: np.ndarray  # (times,) as those of the series are counted, from 0 on
    paths: np.ndarray  # (particles, times) shares, NaN where a run does not get there
    use: np.ndarray  # (particles,) share who use it five years after the start
    before: np.ndarray  # (particles,) the same, of what was plausible before

    @property
    def agrees(self) -> bool:
        """Whether the sample is as near as it should be."""
        return self.found.tolerance <= SERIES_EFFORT.tolerance

    @property
    def which(self) -> str:
        """Which worlds these are, before the name of the series."""
        return "that agree with" if self.agrees else "nearest to"


def run_again(
    stages: Sequence[Stage], series: Series, search: Search, policies: Policies | None = None
) -> Fit:
    """Run each set of parameters of the last stage once more, with luck of its own, and five years or longer."""
    values, seed, threads = search.values, search.seed, search.threads
    months = np.arange(max(AGE, int(series.months[-1])) + 1)

    def use_of(task: tuple[int, np.ndarray]) -> float:
        n, point = task
        return use_after_5_years({**values, **values_of(point)}, seed, AFTER + n, policies)

    def shown(task: tuple[int, np.ndarray]) -> tuple[np.ndarray, float]:
        n, point = task
        own = {**values, **values_of(point)}
        return simulated(own, series, seed, AFTER + n, months, policies), use_of(task)

    none = np.full(months.size, np.nan), np.nan  # this luck asks for more than a month can hold
    paths, use = zip(*of_each(shown, enumerate(stages[-1].points), threads, none), strict=True)
    before = list(of_each(use_of, enumerate(stages[0].points), threads, np.nan))
    return Fit(stages[-1], series, months, np.array(paths), np.array(use), np.array(before))


def findings(fit: Fit, title: str, question: str, seed: int) -> Findings:
    """Say what the worlds that agree with a series have in common, and what the series cannot tell."""
    found, series = fit.found, fit.series
    use, before = middle(fit.use), middle(fit.before)
    many = words.of_100(use, "professionals")
    first = f"In the worlds {fit.which} your series, {many} use it five years after the start."
    near = f"at most {found.tolerance:.2g} standard errors"
    if fit.agrees:
        near = "at most one standard error"
    elif np.isinf(found.tolerance):
        near = "any distance"
    how = (
        f"{len(found.points)} sets of parameters are such worlds, of {found.tried:,} tried ({found.distinct} of them differ): "
        f"{near} from your points, as a root mean square. Of all that was plausible before, it was "
        f"{words.of_100(before)}."
    )
    if not fit.agrees:
        within = int((found.distances <= SERIES_EFFORT.tolerance).sum())
        how += (
            f" {within or 'None'} of them lie within one standard error: more proposals are needed, or the model can "
            "not show such a series."
        )
    rows = [["time", "your series, %", "the worlds, % (95 %)"]]
    for label, month, share in zip(series.labels, series.months, series.shares, strict=True):
        found_then = words.with_interval(middle(100 * fit.paths[:, month]), 0)
        rows.append([label, f"{100 * share:.1f}", found_then])
    seen = MEASURED[series.measured]
    shown = f"{series.name}, percent of {seen.title}; in the model: {seen.seen}."
    blocks = [how, shown, Table(rows), *calibrate.learnt(found, "your points")]
    answer = Answer(title, question, [first, *blocks])
    tables = {**calibrate.tables(found), "series": _columns(fit)}
    return Findings(answer, tables, [figure(fit), calibrate.figure(found, "your points")], seed)


def _columns(fit: Fit) -> dict[str, np.ndarray]:
    """Return what the worlds show month by month, beside the series."""
    seen = np.full(fit.months.size, np.nan)
    seen[fit.series.months] = fit.series.shares
    low, lower, median, upper, high = _fan(fit)
    return {
        "month": fit.months, "series": seen, "median": median,
        "low_50": lower, "high_50": upper, "low_95": low, "high_95": high,
    }  # fmt: skip


def _fan(fit: Fit) -> np.ndarray:
    known = fit.paths[~np.isnan(fit.paths).all(axis=1)]
    if not len(known):
        return np.full((len(SHARES), fit.months.size), np.nan)
    return np.asarray(np.nanquantile(known, SHARES, axis=0))


def figure(fit: Fit) -> Figure:
    """Return the series as points, and the worlds that agree with it as a fan."""
    series, seen = fit.series, MEASURED[fit.series.measured]
    low, lower, median, upper, high = 100 * _fan(fit)
    n = len(fit.paths)
    band = [Interval(x, a, b, n) for x, a, b in zip(median, lower, upper, strict=True)]
    ends = 100 * np.clip(series.shares + np.outer((-0.5, 0.5), WIDTH_95 * series.errors), 0, 1)
    points = [Interval(x, a, b, 1) for x, a, b in zip(100 * series.shares, *ends, strict=True)]
    told = [
        f"{label}: {100 * x:.1f} %" for label, x in zip(series.labels, series.shares, strict=True)
    ]
    marks: list[Mark] = [
        Area(fit.months, low, high),
        Curve(fit.months, band, 0, "the worlds", strong=True),
        Dots([exact(m) for m in series.months], points, [1] * len(points), [("series", told)]),
    ]
    since = f"the first point, {series.labels[0]}" if series.anchored else "the start"
    x = Scale(f"months since {since}", (0, int(fit.months[-1])), each="month")
    panel = Panel("", marks, x, Scale(f"% of {seen.title}", (0, 100)))
    caption = (
        f"Dots: {series.name}, with 95 % intervals. Line and bands: median, middle 50 % and 95 % of {n} worlds "
        f"{fit.which} it, run anew."
    )
    return Figure("series", "Your series and the worlds", caption, [panel], height=4.2)
