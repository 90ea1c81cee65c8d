"""Shown the first years of a published adoption, does the model tell the rest? Beside simple curves.

Series, the part that is shown, errors of readings, methods and effort were committed before the
first forecast. Nothing of the held-out part enters a fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim import evidence
from sim.analysis import scores
from sim.analysis.abc import Stage
from sim.analysis.curves import CURVES, extended, last_value
from sim.analysis.intervals import Interval, of_difference
from sim.evidence.mirrors import YEAR
from sim.evidence.search import BATCH, Search, from_series, values_of
from sim.evidence.series import Series, distance, simulated
from sim.evidence.series_files import read
from sim.studies.calibrate import Effort, fitted
from sim.studies.calibrate_series import SERIES_EFFORT

DATA = Path(evidence.__path__[0]) / "adoption_series.csv"
# All published series that were found with five points or more: what was measured, and of whom
SERIES = {
    "ehr_basic_us_hospitals": ("organisations_running", "Hospitals with a basic record"),
    "ehr_any_us_physicians": ("hcps_using", "Physicians with any record"),
    "ehr_basic_us_physicians": ("hcps_using", "Physicians with a basic record"),
    "ehr_certified_us_physicians": ("hcps_using", "Physicians with a certified record"),
}
SHOWN, FEWEST = 0.6, 4  # share of the points, and no fewer than so many
ERROR = 0.02  # of a reading, for all methods: of samples of 1,000 to 4,500 and changing questions (assumption)
MODEL = "model"
METHODS = {
    MODEL: "this model", "bass": "Bass curve", "logistic": "logistic curve", "gompertz": "Gompertz curve",
    "last": "last value",
}  # fmt: skip
INNER, OUTER = 0.5, 0.9  # intervals that are told
OF_100 = 100.0


class Score(NamedTuple):
    """How good the forecast of some points was; errors of 100 people or organisations."""

    crps: float
    rmse: float
    inner: int  # points within the inner interval
    outer: int
    points: int


@dataclass(frozen=True)
class Case:
    """A series, and what each method made of its first part."""

    title: str
    years: np.ndarray  # (points,) calendar years
    seen: np.ndarray  # (points,) in [0, 1]
    shown: int  # points of the first part
    # method -> forecasts (draws, points) in [0, 1]; no draws where it has none, NaN where it tells nothing of a point
    draws: Mapping[str, np.ndarray]
    far: np.ndarray  # (worlds tried,) from the first part, in errors of a reading

    def score(self, method: str) -> Score:
        """Return how good the forecast of the held-out part was."""
        draws, seen = self.draws[method][:, self.shown :], self.seen[self.shown :]
        if not len(draws):
            return Score(np.nan, np.nan, 0, 0, seen.size)
        off = draws.mean(axis=0) - seen
        inner, outer = (int(scores.inside(draws, seen, s).sum()) for s in (INNER, OUTER))
        crps = float(scores.crps(draws, seen).mean())
        return Score(
            OF_100 * crps, OF_100 * float(np.sqrt((off**2).mean())), inner, outer, seen.size
        )


@dataclass(frozen=True)
class Hindcast:
    """What the methods forecast; printed, it is the answer."""

    cases: Sequence[Case]
    seed: int

    def of(self, method: str) -> list[Score]:
        """Return the scores of a method, one for each series."""
        return [case.score(method) for case in self.cases]

    def total(self, method: str) -> Score:
        """Return the scores over all series, each counting the same; points inside are added up."""
        each = np.array(self.of(method))
        rmse = float(np.sqrt((each[:, 1] ** 2).mean()))
        return Score(float(each[:, 0].mean()), rmse, *each[:, 2:].sum(axis=0).astype(int).tolist())

    def further_off(self, method: str) -> Interval:
        """Return by how much the model is further off than a method (CRPS), over the series."""
        ours, theirs = (np.array([score.crps for score in self.of(m)]) for m in (MODEL, method))
        return of_difference(ours, theirs)


def hindcast(
    values: Mapping[str, Any],
    seed: int,
    threads: int,
    folder: Path,
    effort: Effort = SERIES_EFFORT,
    tell: Callable[[str, Stage], None] | None = None,
    data: Path = DATA,
) -> Hindcast:
    """Fit all methods to the first part of each series, and forecast the rest; `folder` keeps what was tried."""
    cases = []
    for number, (name, (measured, title)) in enumerate(SERIES.items()):
        series = read(str(data), measured, name)
        shown = shown_of(series)
        part = series.first(shown)._replace(errors=np.full(shown, ERROR))
        search = Search(values, seed, threads, from_series(part, seed), [part.identity, *effort])
        search.open(folder / name)
        stages = fitted(search, effort, None if tell is None else partial(tell, title))
        model = of_the_model(search, stages, part, series.months)
        far = np.array([each for (each,) in search.known.values()])
        draws = {MODEL: model, **simple(series, shown, seed + number)}
        years = np.array(series.labels, float)
        cases.append(Case(title, years, series.shares, shown, draws, far))
    return Hindcast(cases, seed)


def shown_of(series: Series) -> int:
    """Return how many points of a series the methods are shown."""
    return max(FEWEST, round(SHOWN * series.months.size))


def simple(series: Series, shown: int, seed: int) -> dict[str, np.ndarray]:
    """Return the draws of the simple methods, each (draws, points)."""
    years = series.months / YEAR
    known = years[:shown], series.shares[:shown]
    made = {name: extended(curve, *known, years, ERROR, seed) for name, curve in CURVES.items()}
    stays = last_value(*known, years[shown:], seed)
    return made | {"last": np.hstack([np.full((len(stays), shown), np.nan), stays])}


def of_the_model(
    search: Search, stages: Sequence[Stage], part: Series, months: np.ndarray
) -> np.ndarray:
    """Return what worlds that agree with the first part of a series show at other months, (draws, months).

    The runs are those that agreed, gone on with. As in simple curves, what is read of them has an error as large
    as their distance from the first part, in errors of a reading, and never smaller than that of one.
    """
    if not stages:
        return np.empty((0, months.size))
    runs: dict[float, list[int]] = {}  # worlds of whole organisations may be equally far off
    for (batch, number), (each,) in search.known.items():
        runs.setdefault(each, []).append(batch * BATCH + number)
    agreed = np.isfinite(stages[-1].distances)
    far, points = stages[-1].distances[agreed], stages[-1].points[agreed]

    def path(n: int) -> np.ndarray:
        world = {**search.values, **values_of(points[n])}
        found = (simulated(world, part, search.seed, run, months) for run in runs[float(far[n])])
        return next(x for x in found if distance(part, x[: part.shares.size]) == far[n])

    with ThreadPoolExecutor(search.threads) as pool:
        paths = np.array(list(pool.map(path, range(far.size)))).reshape(-1, months.size)
    spread = ERROR * np.maximum(1, far)[:, None]
    luck = np.random.default_rng(search.seed)
    return np.clip(paths + spread * luck.standard_normal(paths.shape), 0, 1)
