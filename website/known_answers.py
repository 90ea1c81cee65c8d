"""Worlds in which one mechanism is at work, and the answers that are known for them.

Closed forms are written from the description of the model, not from its code. Tests hold the kernel to
them; `website.known_answers_page` draws both. The numbers are those of the first description: what a
search for parameters moves since then moves no answer here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.model import engine, kernel, records, rules, state
from sim.model.inputs import NEVER
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
# Weights of the qualities: to HCPs, and to experts who are not aligned; and how they start
W = np.array([0.25, 0.15, 0.18, 0.08, 0.10, 0.10, 0.09, 0.05])
V = np.array([0.08, 0.04, 0.12, 0.05, 0.03, 0.03, 0.05, 0.02])
ALIGNED = np.array([0.8, 0.3, 0.8, 0.8, 0.8, 0.8, 0.2, 0.2])
ATTENTION = (1 - ALIGNED) * V + ALIGNED * W
START = np.array([0.15, 0.15, 0.3, 0.3, 0.15, 0.15, 0.35, 0.15])
USABILITY, VALUE, ROLES = 1, 2, 5


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


def first_deployments(walk: Walk, examples: np.ndarray, months: int) -> np.ndarray:
    """Return the month in which each organisation first deploys, NEVER if later.

    Only the examples run the tool, always: whoever else deploys is set back, so that what is seen stays.
    """
    org = walk.s.organisations
    first = np.full(org.size, NEVER)
    for month in range(1, months + 1):
        org["status"] = np.where(examples, rules.PROJECT, rules.NOT_DEPLOYED)
        org["deployed"] = np.where(examples, 0, NEVER)
        walk.on(1)
        new = ~examples & (org["deployed"] == month)
        first[new & (first == NEVER)] = month
    return first


# ------------------------------------------------------------------ answers
def logistic(x: Any) -> Any:
    """1 / (1 + e^-x), by numpy."""
    return 1.0 / (1.0 + np.exp(-np.asarray(x, float)))


def reached(p: Any, months: Any) -> Any:
    """Return the share for whom something of monthly probability `p` has happened: 1 - (1 - p)^t."""
    return 1 - (1 - np.asarray(p)) ** months


def monthly(annual: float) -> float:
    """Return the monthly hazard of a yearly share."""
    return float(1 - (1 - annual) ** (1 / 12))


def deployment(readiness: float, members_seen: float) -> float:
    """Return the monthly probability of step 1, of the share of members that run the tool."""
    return float(0.2 * logistic(-2 + 2 * readiness + 3 * members_seen))


def decommissioning(adopters: float) -> float:
    """Return the monthly probability that a tool past its grace is withdrawn."""
    return float(0.08 * logistic((0.10 - adopters) / 0.04))


def influence(walk: Walk, rate: float) -> np.ndarray:
    """Return the matrix of one month of DeGroot averaging, (HCPs, HCPs)."""
    s = walk.s
    n = s.hcps.size
    peers = np.zeros((n, n))
    for i in range(n):
        own = s.peers[s.first_peer[i] : s.first_peer[i + 1]]
        peers[i, own] = 1.0 / own.size
    return (1.0 - rate) * np.eye(n) + rate * peers


def user_rates(q: Mapping[str, float], literacy: float) -> tuple[float, float, float]:
    """Return p, gain of a success and loss of a failure."""
    reliability = 0.65 + 0.35 * q["data_quality"] * (0.5 + 0.5 * q["scope"])
    p = reliability * (0.9 + 0.1 * literacy)
    learning = 0.25 + 0.75 * q["transparency"]
    loss = 0.17 * (1 - 0.6 * q["transparency"]) * (1 + 0.8 * (1 - q["responsibility"]))
    return p, 0.08 * learning, loss


def effort(resources: Any, domain: float = 0.2) -> Any:
    """Return the monthly effort of organisations."""
    return 0.5 * resources * (0.3 + 0.7 * domain)


def settled(e: Any, ceiling: float, erosion: float) -> Any:
    """Return where qualities settle, (organisations, qualities)."""
    build = np.asarray(e)[:, None] * ATTENTION
    return build * ceiling / (build + erosion)


def closed_form(start: Any, e: Any, ceiling: float, erosion: float, months: int) -> Any:
    """Return Q after some months of Q += e s (ceiling - Q) - erosion Q, from below the ceiling."""
    build = np.asarray(e)[:, None] * ATTENTION
    fixed = settled(e, ceiling, erosion)
    return fixed + (start - fixed) * (1 - build - erosion) ** months


def understanding(domain: Any, literacy: float, interdisciplinary: bool) -> Any:
    """Return the share of meetings that succeed."""
    skill = np.maximum(domain * (0.5 + 0.5 * literacy), 0.85 if interdisciplinary else 0.0)
    return 0.3 + 0.7 * skill


def learnt(successes: Any, domain: float = 0.2) -> Any:
    """Return an expert's domain knowledge after some successful meetings."""
    return 1 - (1 - domain) * 0.99 ** np.asarray(successes)


def mean_of(q: np.ndarray, w: np.ndarray, rho: float) -> float:
    """Return the weighted power mean."""
    q = np.maximum(q, 0.02)
    if rho == 0:
        return float(np.exp(np.sum(w * np.log(q))))
    return float(np.sum(w * q**rho) ** (1 / rho))


def step_9(
    shares: np.ndarray, q: np.ndarray, w: np.ndarray, trust: float, literacy: float, rho: float,
    systemic: float,
) -> np.ndarray:  # fmt: skip
    """Return the shares of non-adopters, trials, adopters, lapsed after one more month."""
    n, t, a, lapsed = shares
    felt = q.copy()
    felt[USABILITY] = q[USABILITY] + (1 - q[USABILITY]) * 0.5 * literacy
    felt[VALUE] = (1 - systemic) * q[VALUE] + systemic * a**4 / (a**4 + 0.5**4)
    u = mean_of(felt, w, rho)
    x = -3.85 + 4 * trust + 5 * u + 2.5 * a - 2 * lapsed + literacy
    tries = 0.12 * logistic(x) * n
    returns = 0.06 * logistic(x) * lapsed
    accepted, decided = 0.25 * logistic(x) * t, 0.25 * t
    leaves = 0.06 * logistic(-(x + 2 * q[ROLES])) * a
    return np.array(
        [
            n - tries,
            t + tries + returns - decided,
            a + accepted - leaves,
            lapsed + decided - accepted + leaves - returns,
        ]
    )
