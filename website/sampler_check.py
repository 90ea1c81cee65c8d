"""`python -m website.sampler_check`: are posteriors right, where the truth is known? Part of docs/validation.md.

Simulation-based calibration (Talts et al. 2018, arXiv 1804.06788) from one table. Worlds are drawn from the priors and
simulated once. Each is left out in turn and plays the published numbers; the worlds nearest to it, in the distance of
the search, are its posterior. If posteriors are right, the rank of the true parameter among them is as often each
number: too high or low a rank tells of a bias, ranks at the ends of posteriors that are too narrow.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from sim.ensembles.machine import available_cores
from sim.ensembles.warm import warm_up
from sim.evidence.patterns import FITTED
from sim.evidence.search import AFTER, FREE, of_each, pattern_rows, world_at
from sim.reports import titles
from sim.reports.figure import Area, Curve, Figure, Panel, Scale, exact
from sim.tables.checks import resolve
from website.document import FOLDER
from website.document_blocks import publish, table

PAGE = FOLDER / "validation.md"
FIGURE = FOLDER / "images" / "sampler_ranks"
DRAWS, NEAREST, BINS, SEED = 2_000, 39, 10, 1
RARE = 0.05 / len(FREE)  # so that all parameters together raise a false alarm once in twenty
QUANTITIES = [(pattern, quantity) for pattern in FITTED for quantity in pattern.quantities]


@dataclass(frozen=True)
class Checked:
    """Ranks of the true parameters in their posteriors, (worlds, parameters), and how narrow these are."""

    ranks: np.ndarray
    narrowed: np.ndarray  # (parameters,) 1 - mean variance of posteriors / variance of the prior
    drawn: int

    @property
    def counts(self) -> np.ndarray:
        """Ranks by bins, (parameters, bins); there are NEAREST + 1 possible ranks."""
        place = self.ranks * BINS // (NEAREST + 1)
        return np.array([np.bincount(column, minlength=BINS) for column in place.T])

    @property
    def chance(self) -> np.ndarray:
        """How likely chance alone departs as far from equal counts (chi-square), (parameters,)."""
        return np.asarray(stats.chisquare(self.counts, axis=1).pvalue)

    def within(self, share: float) -> np.ndarray:
        """How often the middle share of a posterior holds the truth, in percent, (parameters,)."""
        out = round((1 - share) / 2 * (NEAREST + 1))
        return 100 * np.mean((self.ranks >= out) & (self.ranks <= NEAREST - out), axis=0)


def summaries(values: Mapping[str, Any], points: np.ndarray, seed: int, threads: int) -> np.ndarray:
    """Return (points, quantities) at points of the unit cube of free parameters, the same for any threads.

    NaN where a run has no number, or where there is no such world.
    """

    def one(number: int) -> list[float]:
        rows = pattern_rows(world_at(values, points[number]), seed, AFTER + number)
        return [row.simulated.estimate for row in rows]

    none = [np.nan] * len(QUANTITIES)
    return np.array(list(of_each(one, range(len(points)), threads, none)))


def apart(summaries: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Return how far each row is from one: as the distance of the search, with that one in the place of targets."""
    room = np.array([(q.high - q.low) / 2 for _, q in QUANTITIES])
    off = np.abs(summaries - one) / room
    names = np.array([pattern.name for pattern, _ in QUANTITIES])
    by_pattern = [off[:, names == pattern.name].mean(axis=1) for pattern in FITTED]
    return np.asarray(np.sqrt(np.mean(np.square(by_pattern), axis=0)))


def nearest_rows(apart: Callable[[int], np.ndarray], rows: int, nearest: int) -> np.ndarray:
    """Return the other rows that lie nearest to each, (rows, nearest); `apart(n)` are distances from row n."""
    found = np.empty((rows, nearest), np.int64)
    for n in range(rows):
        away = np.array(apart(n), float)
        away[n] = np.inf
        found[n] = np.argpartition(away, nearest)[:nearest]
    return found


def ranks(points: np.ndarray, posterior: np.ndarray) -> np.ndarray:
    """Return how many of each row's posterior lie below it, (rows, parameters), from 0 to their number."""
    return np.asarray((points[posterior] < points[:, None]).sum(axis=1))


def checked(points: np.ndarray, found: np.ndarray) -> Checked:
    """Return the ranks of worlds whose numbers are all known; the others are no data of this kind."""
    known = np.isfinite(found).all(axis=1)
    own, seen = points[known], found[known]
    posterior = nearest_rows(lambda n: apart(seen, seen[n]), len(own), NEAREST)
    narrowed = 1 - own[posterior].var(axis=1, ddof=1).mean(axis=0) / own.var(axis=0)
    return Checked(ranks(own, posterior), narrowed, len(points))


def measure(draws: int = DRAWS) -> Checked:
    """Draw worlds, and simulate them."""
    warm_up()
    points = np.random.default_rng(SEED).random((draws, len(FREE)))
    return checked(points, summaries(resolve({}), points, SEED, available_cores()))


def lines(found: Checked) -> list[str]:
    """Return what the page says of it."""
    p, half = found.chance, found.within(0.5)
    odd = [f"{titles.title(FREE[n])}: {half[n]:.0f} %" for n in np.flatnonzero(p < RARE)]
    verdict = f"The ranks of no parameter depart from equal ones by more than chance (chi-square, p below {RARE:.2g})."
    if odd:
        verdict = (
            f"The ranks of {len(odd)} of {len(FREE)} parameters depart from equal ones by more than chance (chi-square, "
            f"p below {RARE:.2g}); how often the middle half of their posteriors holds the true value (above 50: "
            f"posteriors are too wide; about 50: ranks lean to one side): {'; '.join(odd)}."
        )
    said = (
        f"The middle half of a posterior holds the true value in {half.mean():.1f} % of cases (50 would be right), the "
        f"middle 95 % in {found.within(0.95).mean():.1f} %. {verdict} {len(found.ranks):,} of {found.drawn:,} worlds "
        f"drawn from the priors had all numbers; the {NEAREST} nearest to each are its posterior."
    )
    rows = (
        [titles.title(path), f"{p[n]:.2g}", f"{100 * max(0.0, found.narrowed[n]):.0f} %"]
        for n, path in enumerate(FREE)
    )
    return [said, "", *table(("Parameter", "Chi-square p", "Narrowed by"), rows)]


def figure(found: Checked) -> Figure:
    """Return the histograms of ranks, with where 95 % of bars lie if all ranks are as likely."""
    worlds = len(found.ranks)
    low, high = stats.binom.ppf((0.025, 0.975), worlds, 1 / BINS)
    x = (np.arange(BINS) + 0.5) / BINS
    panels = [
        Panel(
            titles.short(path),
            [Area(x, np.full(BINS, low), np.full(BINS, high)), Curve(x, list(map(exact, row)))],
            Scale("rank of the truth", (0, 1)),
            Scale("worlds", (0, 2 * worlds / BINS)),
        )
        for path, row in zip(FREE, found.counts, strict=True)
    ]
    caption = "Worlds by the rank of the true value in its posterior. Band: where 95 % of the dots lie if posteriors are right."
    return Figure(
        FIGURE.name, "Ranks of the truth", caption, panels, columns=4, height=0.9, shared="xy"
    )


def main() -> int:
    """Write page and figure, if the numbers have changed."""
    found = measure()
    return publish(PAGE, "sampler", lines(found), {FIGURE: figure(found)}, SEED)


if __name__ == "__main__":
    sys.exit(main())
