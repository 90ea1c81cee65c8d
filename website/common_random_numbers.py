"""`python -m website.common_random_numbers`: the figure and the numbers of that page, from runs.

The same policy is compared with no policy twice: under common luck, and with a seed of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

import sim
from sim.analysis.intervals import Interval, of_mean
from sim.reports.figure_style import describe, new_figure
from sim.reports.looks import COLOURS, INK
from website.document import FOLDER
from website.document_blocks import rewritten

PAGE = FOLDER / "common_random_numbers.md"
FIGURE = FOLDER / "images" / "common_random_numbers.png"
POLICY, OUTCOME, PAIRS = "training", "sustained_adoption", 64
SEED, OTHER_SEED = 0, 1
COMMON, INDEPENDENT = "common luck", "independent luck"


class Measured(NamedTuple):
    """Differences of policy less no policy, pair by pair."""

    common: np.ndarray
    independent: np.ndarray

    def mean(self, differences: np.ndarray) -> Interval:
        """Return the mean with its 95 % interval."""
        return of_mean(differences, (-1.0, 1.0))

    @property
    def saved(self) -> float:
        """Share of the variance of the difference that common luck takes away."""
        return 1 - float(self.common.var(ddof=1) / self.independent.var(ddof=1))


def measure(pairs: int = PAIRS) -> Measured:
    """Make the runs."""
    few = {"replicates": pairs, "progress": "never"}
    without = sim.run({}, seed=SEED, **few).outcome(OUTCOME)
    with_it = sim.run({"policy": POLICY}, seed=SEED, **few).outcome(OUTCOME)
    other = sim.run({"policy": POLICY}, seed=OTHER_SEED, **few).outcome(OUTCOME)
    return Measured(with_it - without, other - without)


def _told(interval: Interval) -> str:
    return f"{interval.estimate:+.3f} ({interval.low:+.3f} to {interval.high:+.3f})"


def lines(measured: Measured) -> list[str]:
    """Return what the page says of the numbers."""
    common, independent = (measured.mean(x) for x in measured)
    width = (independent.high - independent.low) / (common.high - common.low)
    return [
        f"Policy `{POLICY}` in the default world, {common.runs} pairs, change of sustained adoption "
        "(share of HCPs), with the 95 % interval of the mean:",
        "",
        "| | Change | Standard deviation of a pair |",
        "| --- | --- | --- |",
        f"| {COMMON} | {_told(common)} | {measured.common.std(ddof=1):.3f} |",
        f"| {INDEPENDENT} | {_told(independent)} | {measured.independent.std(ddof=1):.3f} |",
        "",
        f"Common luck takes away {100 * measured.saved:.0f} % of the variance of the difference. "
        f"With independent luck, the interval is {width:.1f} times as wide; about {width**2:.0f} times "
        "as many runs would be needed to be as sure.",
    ]


def draw(measured: Measured, path: Path) -> None:
    """Draw the differences, one row of dots for each kind of luck."""
    figure, axes = new_figure(2, 1, (6.6, 3.4), sharex=True, sharey=True)
    everything = np.concatenate(measured)
    bins = np.linspace(everything.min(), everything.max(), 45)
    rows = zip(axes[:, 0], measured, (COMMON, INDEPENDENT), COLOURS, strict=False)
    for number, (axis, differences, name, colour) in enumerate(rows):
        place = np.digitize(differences, bins)
        order = np.argsort(place, kind="stable")
        first = np.r_[True, np.diff(place[order]) > 0]
        height = np.arange(order.size) - np.maximum.accumulate(
            np.where(first, np.arange(order.size), 0)
        )
        axis.plot(differences[order], height + 0.5, "os"[number], color=colour, markersize=4)
        mean = measured.mean(differences)
        axis.axvspan(mean.low, mean.high, color=colour, alpha=0.25, linewidth=0)
        axis.axvline(mean.estimate, color=colour)
        axis.axvline(0, color=INK, linewidth=0.8)
        axis.set_title(f"{name}: {_told(mean)}")
        axis.set_ylabel("pairs")
    axes[1, 0].set_xlabel("change of sustained adoption by the policy, share of HCPs")
    describe(figure, f"{PAIRS} pairs each. Line and band: mean and its 95 % interval.")
    figure.savefig(path, dpi=130)


def main() -> int:
    """Write page and figure, if the numbers have changed."""
    measured = measure()
    if rewritten(PAGE, {"saved": lambda: lines(measured)}) or not FIGURE.is_file():
        draw(measured, FIGURE)
        print(f"{PAGE.parent.name}/{PAGE.name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
