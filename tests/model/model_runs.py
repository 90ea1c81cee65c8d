"""Short ways to set up a world and to walk through its months, shared by the tests here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.model import engine, inputs, kernel, records, rules, state
from sim.tables import parameters
from sim.tables.factors import QUALITY_NAMES

# Everything that changes a state is off; each test switches on the one mechanism it looks at.
# All organisations run the tool from the start, so that steps 2 to 11 take place.
STILL: dict[str, Any] = {
    "deployment.at_start": 1.0,
    "deployment.rate": 0.0,
    "development.rate": 0.0,
    "development.member_exchange": 0.0,
    **{f"development.erosion.{name}": 0.0 for name in QUALITY_NAMES},
    "incident.rate": 0.0,
    "influence.rate": 0.0,
    "process.hcp_cooperation": 0.0,
    "process.training": 0.0,
    "training.forgetting": 0.0,
    "trust.success_gain": 0.0,
    "trust.failure_loss": 0.0,
    "decision.trial_rate": 0.0,
    "decision.retrial_rate": 0.0,
    "decision.decide_rate": 0.0,
    "decision.lapse_rate": 0.0,
    **{f"turnover.{group}": 0.0 for group in ("physician", "nurse", "allied")},
    "review.rate": 0.0,
    # a tie costs time to draw and does nothing without influence and decisions
    "network.ties": 0,
}
STANDARD_ERRORS = 4.0  # a right model fails such a test once in 16 000 times


# Weights of the qualities: to HCPs, and to experts who are not aligned (see the specification)
W = np.array([0.25, 0.15, 0.18, 0.08, 0.10, 0.10, 0.09, 0.05])
V = np.array([0.08, 0.04, 0.12, 0.05, 0.03, 0.03, 0.05, 0.02])


def of_groups(path: str, value: float) -> dict[str, float]:
    """Return the same value for all groups; `path` holds {} in the place of the group."""
    return {path.format(group): value for group in ("physician", "nurse", "allied")}


def turnover(annual: float) -> dict[str, float]:
    """Return the same annual turnover for all groups."""
    return of_groups("turnover.{}", annual)


def flows_of(walk: Walk) -> np.ndarray:
    """Return what happened so far, by the columns of `state.FLOW_NAMES`."""
    return walk.record.people.sum(axis=(0, 1, 2))[state.N_CENSUS :]


def qualities(prefix: str, levels: float | np.ndarray) -> dict[str, float]:
    """Return `development.<prefix>.<quality>` for all qualities."""
    levels = np.broadcast_to(levels, len(QUALITY_NAMES)).tolist()
    names = (f"development.{prefix}.{name}" for name in QUALITY_NAMES)
    return dict(zip(names, levels, strict=True))


def point_of(changes: Mapping[str, Any], **more: Any) -> engine.Point:
    """Return the point of the defaults with some changes."""
    unknown = set(changes) - set(parameters.PARAMETERS)
    assert not unknown, unknown
    return engine.prepare({**parameters.defaults(), **changes}, **more)


class Walk:
    """A run that a test takes month by month."""

    def __init__(self, point: engine.Point, seed: int = 1, replicate: int = 0) -> None:
        self.point = point
        self.run, self.s = engine.start(point, seed, replicate)
        self.month = 0
        horizon = int(point.packed["horizon"])
        every = records.empty_record(1, horizon, every=1, single=self.s.organisations.size)
        self.record = records.of_run(every, 0)
        records.write(0, point.packed, self.s, self.record)

    def on(self, months: int = 1) -> Walk:
        """Compute the next months; raise what goes wrong."""
        stop, done = np.zeros(1, np.int64), np.zeros(1, np.int64)
        first, last = self.month + 1, self.month + months
        shared = self.point.packed, self.point.schedule, self.s, self.record, stop, done
        kernel.advance(first, last, self.run, *shared)
        engine.raise_failure(self.s)
        self.month = last
        return self

    def tell_peers(self) -> None:
        """After a test has set trust or states: refresh what peers read in the next month."""
        hcps = self.s.hcps
        self.s.words[self.month & 1] = [
            rules.word(t, int(c)) for t, c in zip(hcps["trust"], hcps["state"], strict=True)
        ]

    def recount(self) -> None:
        """After a test has set states: count them anew."""
        for org in self.s.organisations:
            own = self.s.hcps[org["first_hcp"] : org["last_hcp"]]
            for g in range(3):
                for c in range(4):
                    org["census"][g, c] = np.sum((own["group"] == g) & (own["state"] == c))
                org["census"][g, 4] = np.sum((own["group"] == g) & (own["ever"] == 1))


def run(
    point: engine.Point,
    seed: int = 1,
    replicate: int = 0,
    single: int = 0,
    every: int = 1,
    **how: Any,
) -> tuple[records.Record, Any]:
    """Return the record and the last state of a run."""
    horizon = int(point.packed["horizon"])
    kept = records.empty_record(1, horizon, every=every, single=single)
    record = records.of_run(kept, 0)
    return record, engine.simulate(point, seed, replicate, record, **how)


def world_of(sizes: list[int], **given: Any) -> inputs.World:
    """Return a user's world of organisations of given sizes; what is not given is drawn."""
    n = len(sizes)
    world = inputs.World(
        sizes=np.array(sizes, np.int64),
        readiness=np.full(n, np.nan),
        resources=np.full(n, np.nan),
        member=np.full(n, -1, np.int8),
        deployed=np.full(n, inputs.NEVER, np.int64),
        shares=np.full((n, 3), np.nan),
        first_peer=np.zeros(sum(sizes) + 1, np.int64),
        peers=np.zeros(0, np.uint32),
    )
    return world._replace(**given)


def same_bits(a: Any, b: Any) -> bool:
    """Whether two arrays, or tuples of arrays, are equal to the bit."""
    if isinstance(a, tuple):
        return len(a) == len(b) and all(same_bits(x, y) for x, y in zip(a, b, strict=True))
    if a.dtype.names:
        return all(same_bits(a[name], b[name]) for name in a.dtype.names)
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def logistic(x: Any) -> Any:
    """1 / (1 + e^-x), by numpy."""
    return 1.0 / (1.0 + np.exp(-np.asarray(x, float)))
