"""PRIM: in which worlds something happens, as a box of a few parameters.

The patient rule induction method (Friedman & Fisher 1999, doi 10.1023/A:1008894516817), as used
for scenario discovery (Bryant & Lempert 2010, doi 10.1016/j.techfore.2009.08.002): peel a small
share of the worlds off one side, again and again, always where the rest becomes densest.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

PEEL = 0.05  # share of the worlds in the box that one step peels off (Friedman & Fisher: 0.05)
SIGNIFICANCE = 0.05
SMALLEST = 0.05  # share of all worlds that a box may shrink to
FEWEST = 10  # cases, and worlds without; of fewer a box tells where chance put them (assumption)


class Box(NamedTuple):
    """A box, and how well it describes what happens."""

    limits: np.ndarray  # (parameters, 2); infinite where the box has no limit
    coverage: float  # share of the cases that lie in the box
    density: float  # share of the box that are cases
    mass: float  # share of all worlds that lie in the box

    @property
    def restricted(self) -> list[int]:
        """Numbers of the parameters that the box limits."""
        return [int(k) for k in np.flatnonzero(np.isfinite(self.limits).any(axis=1))]


def screened(x: np.ndarray, outcome: np.ndarray) -> list[int]:
    """Return the parameters of (worlds, parameters) that go with an outcome beyond chance.

    Among many parameters and few worlds, peeling follows chance: it finds dense boxes of
    parameters that do nothing. So only those are peeled whose rank correlation with the outcome
    is significant (Spearman, 5 % over all parameters together: Bonferroni). A parameter that does
    most harm in the middle of its range is missed.
    """
    from scipy.stats import spearmanr

    varying = [k for k in range(x.shape[1]) if np.ptp(x[:, k]) > 0]
    if np.ptp(outcome) == 0:
        return []
    level = SIGNIFICANCE / max(1, len(varying))
    return [k for k in varying if spearmanr(x[:, k], outcome).pvalue < level]


def inside(x: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Return which rows of (worlds, parameters) lie within (parameters, 2) limits."""
    return np.asarray(((x >= limits[:, 0]) & (x <= limits[:, 1])).all(axis=1))


def _box(limits: np.ndarray, within: np.ndarray, cases: np.ndarray) -> Box:
    hits = int((within & cases).sum())
    return Box(
        limits, hits / max(1, int(cases.sum())), hits / max(1, int(within.sum())), within.mean()
    )


def _peels(x: np.ndarray, within: np.ndarray) -> list[tuple[int, int, float]]:
    """Return (parameter, side, new limit) of every possible step."""
    steps = []
    for k in range(x.shape[1]):
        own = np.sort(x[within, k])
        cut = max(1, int(PEEL * own.size))
        if own[0] == own[-1]:
            continue
        above = own[cut:][own[cut:] > own[cut - 1]]
        if above.size:
            steps.append((k, 0, float(above[0])))
        below = own[:-cut][own[:-cut] < own[-cut]]
        if below.size:
            steps.append((k, 1, float(below[-1])))
    return steps


def peel(x: np.ndarray, cases: np.ndarray) -> list[Box]:
    """Return the boxes of a peeling of (worlds, parameters), from everything to the smallest."""
    limits = np.tile([-np.inf, np.inf], (x.shape[1], 1))
    within = np.ones(x.shape[0], bool)
    boxes = [_box(limits, within, cases)]
    while True:
        rests = []
        for k, side, limit in _peels(x, within):
            narrower = limits.copy()
            narrower[k, side] = limit
            kept = within & (x[:, k] >= limit if side == 0 else x[:, k] <= limit)
            rests.append(_box(narrower, kept, cases))
        rests = [box for box in rests if box.mass >= SMALLEST]
        if not rests:
            return boxes
        boxes.append(max(rests, key=lambda box: (box.density, box.mass)))
        limits = boxes[-1].limits
        within = inside(x, limits)
        if boxes[-1].density == 1.0:
            return boxes


def describe(
    x: np.ndarray, cases: np.ndarray, dense: float = 0.8, most_parameters: int = 3
) -> Box | None:
    """Return the box that tells best, in few parameters, when something happens; None without one.

    That is the box with the highest coverage among those at least as dense (the densest where none
    is), less the limits whose removal costs least; only if it is denser than all worlds together,
    and of enough cases.
    """
    if min(cases.sum(), (~cases).sum()) < FEWEST:
        return None
    boxes = peel(x, cases)
    good = [b for b in boxes if b.density >= dense]
    box = max(good, key=lambda b: b.coverage) if good else max(boxes, key=lambda b: b.density)
    box = _fewer(x, cases, box, most_parameters)
    return box if box.restricted and box.density > cases.mean() else None


def _fewer(x: np.ndarray, cases: np.ndarray, box: Box, most: int) -> Box:
    """Drop limits, one parameter after another, that cost the least density."""
    while box.restricted:
        options = []
        for k in box.restricted:
            limits = box.limits.copy()
            limits[k] = -np.inf, np.inf
            options.append(_box(limits, inside(x, limits), cases))
        freest = max(options, key=lambda b: (b.density, b.coverage))
        if len(box.restricted) <= most and freest.density < box.density:
            return box
        box = freest
    return box
