"""Which parameters agree with the published patterns, and what the worlds that do give of each number.

Each distance of a search is of one run, and owes much to luck. So which sets agree, and which is the nearest, is
decided by all different ones of a sample, measured with luck of their own and more runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.abc import Stage
from sim.evidence.measure import Row, distance, measure
from sim.evidence.patterns import FITTED
from sim.evidence.search import FREE, Search, ends, in_units, of_each
from sim.reports.answer import Answer
from sim.reports.findings import Findings
from sim.studies import calibrate, validate
from sim.studies.calibrate import middle

AGREES = 1.0  # distance: at the ends of what is accepted, on average
FEWEST = 10  # sets, below which all are kept
REPLICATES = 16
LUCK = 1_000_003  # added to the seed of the search: no run is met twice
DIGITS = 3


@dataclass(frozen=True)
class Anew:
    """The different sets of a sample, measured anew; in a fixed order that says nothing."""

    found: Stage
    points: np.ndarray  # (sets, parameters) in units of the parameters
    rows: list[list[Row]]  # of each set: what the model gives of the published numbers
    distances: np.ndarray  # (sets,)

    @property
    def agreeing(self) -> np.ndarray:
        """Numbers of the sets that agree with the patterns, or of all that are worlds, where these are few."""
        near = np.flatnonzero(self.distances <= AGREES)
        return near if near.size >= FEWEST else np.flatnonzero(np.isfinite(self.distances))


def rounded(points: np.ndarray) -> np.ndarray:
    """Return different points, (points, parameters) in units of the parameters, to three significant digits."""
    told = np.array([[float(f"{x:.{DIGITS}g}") for x in point] for point in points.tolist()])
    return np.asarray(np.unique(told, axis=0))


def run_again(found: Stage, search: Search) -> Anew:
    """Measure the different sets of a sample anew; one that can not be simulated has no rows."""
    points = np.random.default_rng(search.seed).permutation(rounded(in_units(found.points)))

    def measured(point: np.ndarray) -> list[Row]:
        own = {**search.values, **dict(zip(FREE, point.tolist(), strict=True))}
        return measure(own, FITTED, search.seed + LUCK, REPLICATES, resamples=0)

    none: list[Row] = []
    rows = list(of_each(measured, points, search.threads, none))
    return Anew(found, points, rows, np.array([distance(x) if x else np.inf for x in rows]))


def findings(anew: Anew, title: str, question: str, seed: int) -> Findings:
    """Say how many sets agree with the published patterns, what these told, and what they could not tell."""
    kept, (low, high) = anew.agreeing, ends()
    near = int(np.argmin(anew.distances))
    points = (anew.points[kept] - low) / (high - low)
    sample = anew.found._replace(points=points, distances=anew.distances[kept])
    predicted = [
        row._replace(simulated=middle(np.array([x.simulated.estimate for x in (row, *others)])))
        for row, *others in zip(*(anew.rows[n] for n in kept), strict=True)
    ]
    agree = int((anew.distances <= AGREES).sum())
    first = (
        f"{agree} sets of parameters agree with the published patterns, of {len(anew.points)} that a search of "
        f"{sample.tried:,} found nearest: measured anew, over {REPLICATES} runs, their distance is at most {AGREES:g} (0: all as "
        f"published; 1: at the ends of what is accepted). The nearest lies at {anew.distances[near]:.2f}."
    )
    met, missed = validate.parted(predicted)
    again = (
        f"The middle of these {len(kept)} meets {len(met)} of {len(met) + len(missed)} patterns."
    )
    again += f" Not met: {'; '.join(missed)}." if missed else ""
    nearest = zip(FREE, anew.points[near].tolist(), strict=True)
    told = f"The nearest: {' '.join(f'{path}={x:g}' for path, x in nearest)}"
    table = validate.table_of(predicted, "the sets (middle 95 %)")
    blocks = [first, again, table, *calibrate.learnt(sample, "the patterns"), told]
    said = f"{len(kept)} sets of parameters, {REPLICATES} runs of each. Dots: median. Bars: the middle 95 %."
    predictive = validate.figure(
        "predictive", "Published patterns and what agrees with them", said, predicted
    )
    order = np.argsort(anew.distances, kind="stable")
    everything = dict(zip(FREE, anew.points[order].T, strict=True))
    tables = {
        **calibrate.tables(sample),
        "predictive": validate.columns_of(predicted),
        "measured_anew": {"distance": anew.distances[order], **everything},
    }
    return Findings(
        Answer(title, question, blocks), tables,
        [predictive, calibrate.figure(sample, "the patterns")], seed,
    )  # fmt: skip
