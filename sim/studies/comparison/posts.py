"""Who adopts only under a policy, post by post, and how much it does in smaller and larger places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.analysis.intervals import Interval
from sim.analysis.paired import bootstrap, compared
from sim.outcomes.entities import seats_of
from sim.outcomes.table import GOAL, OUTCOMES

if TYPE_CHECKING:
    from sim.studies.comparison.policy_runs import Comparison


class Posts(NamedTuple):
    """The posts of a run at the horizon: which hold an adopter, and how many there are where."""

    adopters: np.ndarray  # padded organisation by organisation
    sizes: list[int]  # posts of each organisation

    @property
    def seats(self) -> int:
        """Number of posts."""
        return sum(self.sizes)


class PostsMoved(NamedTuple):
    """Shares of all posts that an adopter holds at the horizon under one of the two only."""

    gained: Interval  # under the policy
    lost: Interval  # under the baseline


def posts_of(table: Mapping[str, np.ndarray]) -> dict[tuple[int, int], Posts]:
    """Return (point, replicate) -> who is an adopter at the horizon, from the organisations."""
    found: dict[tuple[int, int], tuple[list[np.ndarray], list[int]]] = {}
    for point, replicate, hcps, text in zip(
        table["point"].tolist(), table["replicate"].tolist(), table["hcps"].tolist(),
        table["adopters_at_end"], strict=True,
    ):  # fmt: skip
        bits, sizes = found.setdefault((point, replicate), ([], []))
        bits.append(seats_of(text))
        sizes.append(int(hcps))
    return {
        run: Posts(np.concatenate(bits).astype(bool), sizes) for run, (bits, sizes) in found.items()
    }


def posts_moved(c: Comparison, policy: int) -> PostsMoved | None:
    """Return the posts that only one of the two gives an adopter; None if not known or not alike."""
    if not c.ends:
        return None
    shape = c.worlds, c.result.ensemble.replicates
    gained, lost = np.full(shape, np.nan), np.full(shape, np.nan)
    for world, run in np.ndindex(shape):
        ours = c.ends.get((int(c.points[world, policy]), run))
        theirs = c.ends.get((int(c.points[world, 0]), run))
        if ours is None or theirs is None:
            continue
        if ours.sizes != theirs.sizes:
            return None
        a, b = ours.adopters, theirs.adopters
        gained[world, run] = (a & ~b).sum() / ours.seats
        lost[world, run] = (b & ~a).sum() / ours.seats
    return PostsMoved(*(bootstrap(c.each(x)) for x in (gained, lost)))


def change_by_size(c: Comparison, policy: int) -> dict[str, Interval]:
    """Return the change of the goal in smaller and in larger organisations; empty if all are alike."""
    sizes = c.result.ensemble.organisations["hcps"]
    if not sizes.size or sizes.min() == sizes.max():
        return {}
    middle = float(np.median(sizes))
    found = {}
    for name, chosen in (
        (f"organisations of up to {middle:g} professionals", sizes <= middle),
        (f"organisations of more than {middle:g} professionals", sizes > middle),
    ):
        ours, theirs = (_goal_of(c, chosen, n) for n in (policy, 0))
        found[name] = compared(ours, theirs, OUTCOMES[GOAL].better).change
    return found


def _goal_of(c: Comparison, chosen: np.ndarray, policy: int) -> np.ndarray:
    """Return the goal among the HCPs of chosen organisations, run by run or world by world."""
    table = c.result.ensemble.organisations
    replicates = c.result.ensemble.replicates
    runs = []
    for point in c.points[:, policy]:
        own = chosen & (table["point"] == point)
        weights = table["hcps"][own].astype(float)
        run = table["replicate"][own]
        total = np.bincount(run, weights, replicates)
        sums = np.bincount(run, weights * table[GOAL][own], replicates)
        with np.errstate(invalid="ignore", divide="ignore"):
            runs.append(sums / total)
    return c.each(np.array(runs))
