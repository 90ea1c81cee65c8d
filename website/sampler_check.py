"""`python -m website.sampler_check`: are posteriors right, where the truth is known? Part of docs/validation.md.

Worlds are drawn from the priors and simulated once. Each is left out in turn and plays the published
numbers; the worlds nearest to it, in the distance of the search, are its posterior.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from sim.analysis.ranks import histograms, nearest_rows, ranks, uniform
from sim.ensembles.machine import available_cores
from sim.ensembles.warm import warm_up
from sim.evidence.search import FREE
from sim.evidence.summaries import apart, summaries
from sim.reports import titles
from sim.reports.figure import Area, Curve, Figure, Panel, Scale, exact
from sim.tables.checks import resolve
from website.document import FOLDER
from website.document_blocks import publish, table

PAGE = FOLDER / "validation.md"
FIGURE = FOLDER / "images" / "sampler_ranks"
DRAWS, NEAREST, BINS, SEED = 2_000, 39, 10, 1
RARE = 0.05 / len(FREE)  # so that all parameters together raise a false alarm once in twenty


@dataclass(frozen=True)
class Checked:
    """Ranks of the true parameters in their posteriors, (worlds, parameters), and how narrow these are."""

    ranks: np.ndarray
    narrowed: np.ndarray  # (parameters,) 1 - mean variance of posteriors / variance of the prior
    drawn: int

    @property
    def counts(self) -> np.ndarray:
        """Ranks by bins, (parameters, bins)."""
        return histograms(self.ranks, NEAREST, BINS)

    def within(self, share: float) -> np.ndarray:
        """How often the middle share of a posterior holds the truth, in percent, (parameters,)."""
        out = round((1 - share) / 2 * (NEAREST + 1))
        return 100 * np.mean((self.ranks >= out) & (self.ranks <= NEAREST - out), axis=0)


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
    p = uniform(found.counts)
    half = found.within(0.5)
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
    from scipy import stats

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
