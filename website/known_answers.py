"""Worlds in which one mechanism is at work; `website.known_answers_page` holds the answers that are known for them.

The numbers are those of the first description: what a search for parameters moves since then moves no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.model import engine, kernel, records, rules, state
from sim.tables import parameters
from sim.tables.factors import QUALITY_NAMES

GROUPS = ("physician", "nurse", "allied")
NUMBERS: dict[str, float] = {
    "deployment.rate": 0.2,
    "deployment.intercept": -2.0,
    "deployment.imitation": 0.0,
    "deployment.member_weight": 3.0,
    "trust.success_gain": 0.08,
    "trust.failure_loss": 0.17,
    "decision.intercept": -3.85,
    "decision.trust": 4.0,
    "decision.appraisal": 5.0,
    "decision.peers_adopting": 2.5,
    "decision.peers_lapsed": 2.0,
    "decision.literacy": 1.0,
    "decision.roles": 2.0,
    "decision.trial_rate": 0.12,
    "decision.retrial_rate": 0.06,
    "decision.decide_rate": 0.25,
    "decision.lapse_rate": 0.06,
    "review.threshold": 0.10,
    "review.width": 0.04,
    "review.rate": 0.08,
}
# Everything that changes a state is off; each world switches on the one mechanism it looks at.
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
    **{f"turnover.{group}": 0.0 for group in GROUPS},
    "review.rate": 0.0,
    # a tie costs time to draw and does nothing without influence and decisions
    "network.ties": 0,
}
# Weights of the qualities: to HCPs, and to experts who are not aligned
W = np.array([0.25, 0.15, 0.18, 0.08, 0.10, 0.10, 0.09, 0.05])
V = np.array([0.08, 0.04, 0.12, 0.05, 0.03, 0.03, 0.05, 0.02])


# ------------------------------------------------------------------ worlds
def turnover(annual: float) -> dict[str, float]:
    """Return the same annual turnover for all groups."""
    return {f"turnover.{group}": annual for group in GROUPS}


def qualities(prefix: str, levels: float | np.ndarray) -> dict[str, float]:
    """Return `development.<prefix>.<quality>` for all qualities."""
    levels = np.broadcast_to(levels, len(QUALITY_NAMES)).tolist()
    names = (f"development.{prefix}.{name}" for name in QUALITY_NAMES)
    return dict(zip(names, levels, strict=True))


MANY = {"population.organisations": 4000, "population.organisation_size": 1}
CROWD = {"population.organisations": 1, "population.organisation_size": 40_000, "horizon": 500}
USERS = {
    **STILL,
    **CROWD,
    "trust.success_gain": 0.08,
    "trust.failure_loss": 0.17,
    "population.initial_adopters": 1.0,
    "population.literacy_spread": 0.0,
}
DEVELOPED = {
    **STILL,
    **qualities("erosion", 0.03),
    "development.rate": 0.5,
    "population.organisation_size": 1,
    "development.funding_months": 1200,
    "horizon": 1200,
}
MEETINGS = {
    **STILL,
    "process.hcp_cooperation": 0.6,
    "population.literacy_spread": 0.0,
    "population.engagement_spread": 0.0,
    "cooperation.literacy_gain": 0.0,
    "cooperation.engagement_gain": 0.0,
    "cooperation.engagement_loss": 0.0,
    "cooperation.domain_learning": 0.0,
    "cooperation.attention_learning": 0.0,
    "population.organisations": 50,
    "population.organisation_size": 500,
    "horizon": 12,
}
DECISIONS = {
    **STILL,
    **{f"decision.{name}_rate": NUMBERS[f"decision.{name}_rate"]
       for name in ("trial", "retrial", "decide", "lapse")},
    "network.kind": "well_mixed",
    "population.trust_spread": 0.0,
    "population.literacy_spread": 0.0,
    "population.organisations": 1,
    "population.organisation_size": 8000,
    "horizon": 72,
}  # fmt: skip
TRAP = {
    "deployment.at_start": 1.0,
    "development.rate": 0.0,
    "development.member_exchange": 0.0,
    **qualities("erosion", 0.0),
    **qualities("start", 0.40),
    "review.rate": 0.0,
    "horizon": 240,
}


def point_of(changes: Mapping[str, Any], **more: Any) -> engine.Point:
    """Return the point of `NUMBERS`, and of defaults for what it does not hold, with some changes."""
    unknown = set(changes) - set(parameters.PARAMETERS)
    assert not unknown, unknown
    return engine.prepare({**parameters.defaults(), **NUMBERS, **changes}, **more)


class Walk:
    """A run that is taken month by month."""

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

    @property
    def flows(self) -> np.ndarray:
        """What happened so far, by the columns of `state.FLOW_NAMES`."""
        return np.asarray(self.record.people.sum(axis=(0, 1, 2))[state.N_CENSUS :])

    def give(self, states: np.ndarray) -> Walk:
        """Set everybody's state, who was ever an adopter, and what peers and counts say of it."""
        hcps = self.s.hcps
        hcps["state"] = states
        hcps["ever"] = hcps["state"] == rules.ADOPTER
        self.recount()
        self.tell_peers()
        return self

    def tell_peers(self) -> None:
        """After trust or states were set: refresh what peers read in the next month."""
        hcps = self.s.hcps
        self.s.words[self.month & 1] = [
            rules.word(t, int(c)) for t, c in zip(hcps["trust"], hcps["state"], strict=True)
        ]

    def recount(self) -> None:
        """After states were set: count them anew."""
        hcps, org = self.s.hcps, self.s.organisations
        where = np.repeat(np.arange(org.size), org["last_hcp"] - org["first_hcp"])
        census = np.zeros_like(org["census"])
        np.add.at(census, (where, hcps["group"], hcps["state"]), 1)
        np.add.at(census, (where, hcps["group"], 4), hcps["ever"])
        org["census"] = census
