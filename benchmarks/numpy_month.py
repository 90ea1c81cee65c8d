"""The same month in vectorised NumPy, for the default kinds of network and without levers.

Its draws come from NumPy's generator, so its runs are other runs than the kernel's; the
benchmark checks that means over the HCPs agree. Counts of events are left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model import inputs
from sim.model.inputs import (
    DATA_QUALITY,
    PRIVACY,
    RESPONSIBILITY,
    ROLES,
    SCOPE,
    TRANSPARENCY,
    USABILITY,
    VALUE,
)
from sim.model.rules import (
    ADOPTER,
    DECOMMISSIONED,
    INSTITUTIONALISED,
    LAPSED,
    NON_ADOPTER,
    NOT_DEPLOYED,
    PROJECT,
    TRIAL,
)
from sim.model.state import State


def sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


class NumpyRun:
    """Arrays of one run, taken from a starting state of the model."""

    def __init__(self, p: Any, s: State, seed: int) -> None:
        self.p = p
        self.rng = np.random.default_rng(seed)
        self.orgs = {n: s.organisations[n].copy() for n in s.organisations.dtype.names or ()}
        self.hcps = {n: s.hcps[n].copy() for n in ("trust", "literacy", "engagement", "state")}
        self.group = s.hcps["group"].copy()
        self.w = s.priorities.copy()
        self.domain, self.attention = s.experts["domain"].copy(), s.experts["attention"].copy()
        self.interdisciplinary = s.experts["draw"] < p["process_shared_understanding"]
        sizes = s.organisations["last_hcp"] - s.organisations["first_hcp"]
        experts = s.organisations["last_expert"] - s.organisations["first_expert"]
        self.sizes, self.n_experts = sizes, experts
        self.org_of = np.repeat(np.arange(sizes.size), sizes)
        self.org_of_expert = np.repeat(np.arange(sizes.size), experts)
        self.first_peer, self.peers = s.first_peer, s.peers
        self.n_peers = np.maximum(1, np.diff(s.first_peer))

    def of_peers(self, values: np.ndarray) -> np.ndarray:
        """Mean over each HCP's peers."""
        total = np.concatenate([[0.0], np.cumsum(values[self.peers])])
        return np.diff(total[self.first_peer]) / self.n_peers

    def adopter_share(self) -> np.ndarray:
        return np.bincount(self.org_of, self.hcps["state"] == ADOPTER, self.sizes.size) / self.sizes

    def steps(self, months: int) -> None:
        for month in range(1, months + 1):
            self.step(month)

    def step(self, month: int) -> None:
        """One month."""
        p, rng, orgs = self.p, self.rng, self.orgs
        q, status, member = orgs["quality"], orgs["status"], orgs["member"] == 1
        n_orgs, n = self.sizes.size, self.group.size
        trust, literacy = self.hcps["trust"], self.hcps["literacy"]
        engagement, state = self.hcps["engagement"], self.hcps["state"]
        running = (status == PROJECT) | (status == INSTITUTIONALISED)
        both = running & member
        f = both.sum() / max(1, member.sum())
        member_q = q[both].mean(axis=0) if both.any() else np.full(8, -1.0)
        reference = p["deployment_privacy_reference"]
        excess = q[running, PRIVACY].mean() - reference if running.any() else 0.0
        share = self.adopter_share()
        peers_trust = self.of_peers(trust)
        adopting, lapsed = self.of_peers(state == ADOPTER), self.of_peers(state == LAPSED)
        # 1. deployment
        x = p["deployment_intercept"] + p["deployment_readiness_weight"] * orgs["readiness"]
        x += p["deployment_imitation"] * running.mean()
        x += p["deployment_member_weight"] * member * f + p["deployment_privacy_gate"] * excess
        new = (status == NOT_DEPLOYED) & (rng.random(n_orgs) < p["deployment_rate"] * sigmoid(x))
        status[new] = PROJECT
        orgs["deployed"][new] = month
        running |= new
        # 2. development
        age = month - orgs["deployed"]
        fit = np.bincount(self.org_of_expert, self.domain) / self.n_experts
        fit = p["development_fit_base"] + (1 - p["development_fit_base"]) * fit
        effort = p["development_rate"] * orgs["resources"] * fit
        late = (status == PROJECT) & (age > p["development_funding_months"])
        effort = np.where(late, effort * (1 - p["development_funding_dependence"]), effort)
        starts = np.concatenate([[0], np.cumsum(self.n_experts)[:-1]])
        attention = np.add.reduceat(self.attention, starts, axis=0) / self.n_experts[:, None]
        missing = np.maximum(0.0, p["development_ceiling"] - q)
        built = q + effort[:, None] * attention * missing - p["development_erosion"] * q
        catching_up = p["development_member_exchange"] * np.maximum(0.0, member_q - built)
        built = np.clip(built + member[:, None] * catching_up, 0.0, 1.0)
        q[running] = built[running]
        # 3. incident
        hit = running & (rng.random(n_orgs) < p["incident_rate"] * (1 - q[:, PRIVACY]))
        trust *= 1 - p["incident_trust_loss"] * hit[self.org_of]
        # 4. influence
        connected = np.diff(self.first_peer) > 0
        trust += connected * p["influence_rate"] * (peers_trust - trust)
        # 5. cooperation
        t = p["trust_transparency_reference"]
        t = t + p["trust_transparency_strength"] * (q[:, TRANSPARENCY] - t)
        speed = p["trust_learning_floor"] + (1 - p["trust_learning_floor"]) * t
        in_use = running[self.org_of]
        meets = in_use & (rng.random(n) < p["process_hcp_cooperation"] * engagement)
        who = np.flatnonzero(meets)
        org = self.org_of[who]
        expert = starts[org] + (rng.random(who.size) * self.n_experts[org]).astype(int)
        floor = p["cooperation_literacy_floor"]
        skill = self.domain[expert] * (floor + (1 - floor) * literacy[who])
        least = p["cooperation_interdisciplinary_skill"]
        skill = np.where(self.interdisciplinary[expert], np.maximum(skill, least), skill)
        base = p["cooperation_success_base"]
        success = rng.random(who.size) < base + (1 - base) * skill
        good, bad = who[success], who[~success]
        gained = p["cooperation_trust_gain"] * speed[self.org_of[good]]
        trust[good] += gained * (1 - trust[good])
        literacy[good] += p["cooperation_literacy_gain"] * (1 - literacy[good])
        engagement[good] += p["cooperation_engagement_gain"] * (1 - engagement[good])
        engagement[bad] *= 1 - p["cooperation_engagement_loss"]
        trust[bad] *= 1 - p["cooperation_trust_loss"]
        # 6. training
        trained = rng.random(n) < p["process_training"]
        literacy += trained * p["training_gain"] * (1 - literacy)
        literacy *= 1 - p["training_forgetting"]
        # 7. use
        scope = p["trust_scope_floor"] + (1 - p["trust_scope_floor"]) * q[:, SCOPE]
        r = p["trust_reliability_base"] + p["trust_reliability_gain"] * q[:, DATA_QUALITY] * scope
        cost = p["trust_failure_loss"] * (1 - p["trust_transparency_softening"] * t)
        cost *= 1 + p["trust_responsibility_weight"] * (1 - q[:, RESPONSIBILITY])
        cost = np.minimum(cost, p["trust_loss_cap"])
        uses = np.flatnonzero(in_use & ((state == TRIAL) | (state == ADOPTER)))
        org = self.org_of[uses]
        skilled = p["trust_skill_floor"] + (1 - p["trust_skill_floor"]) * literacy[uses]
        works = rng.random(uses.size) < r[org] * skilled
        gained = p["trust_success_gain"] * speed[org] * (1 - trust[uses])
        trust[uses] += np.where(works, gained, -cost[org] * trust[uses])
        # 8. and 9. appraisal and decision
        caps = np.array([p[f"decision_{n}_rate"] for n in ("trial", "decide", "lapse", "retrial")])
        draw = rng.random(n)
        cap = caps[state]
        who = np.flatnonzero(in_use & (draw < cap))
        org, own = self.org_of[who], literacy[who]
        felt = q[org]
        mass = share ** p["appraisal_critical_exponent"]
        few = p["appraisal_critical_mass"] ** p["appraisal_critical_exponent"]
        systemic = p["appraisal_systemic"]
        felt[:, VALUE] *= 1 - systemic
        felt[:, VALUE] += systemic * (mass / (mass + few))[org]
        helped = p["appraisal_training_compensation"] * own
        felt[:, USABILITY] += (1 - felt[:, USABILITY]) * helped
        np.maximum(felt, p["appraisal_floor"], out=felt)
        u = 1.0 / (self.w[who] / felt).sum(axis=1)  # appraisal.rho = -1
        x = p["decision_intercept"] + p["decision_trust"] * trust[who]
        x += p["decision_appraisal"] * u + p["decision_literacy"] * own
        x += p["decision_peers_adopting"] * adopting[who] - p["decision_peers_lapsed"] * lapsed[who]
        old = state[who]
        x = np.where(old == ADOPTER, -(x + p["decision_roles"] * q[org, ROLES]), x)
        yes = draw[who] < cap[who] * sigmoid(x)
        stays = np.where(old == TRIAL, LAPSED, old)
        state[who] = np.where(yes, np.array([TRIAL, ADOPTER, LAPSED, TRIAL])[old], stays)
        # 10. turnover
        leaves = np.flatnonzero(rng.random(n) < p["hazard"][self.group])
        self.replace(leaves)
        # end of 5: experts learn
        successes = np.bincount(expert[success], minlength=self.domain.size)
        met = successes > 0
        heard = np.zeros_like(self.attention)
        np.add.at(heard, expert[success], self.w[good])
        mean = heard[met] / successes[met, None]
        lesson = 1 - (1 - p["cooperation_attention_learning"]) ** successes[met]
        self.attention[met] += lesson[:, None] * (mean - self.attention[met])
        lesson = 1 - (1 - p["cooperation_domain_learning"]) ** successes[met]
        self.domain[met] += lesson * (1 - self.domain[met])
        # 11. review
        share = self.adopter_share()
        fine = (status == PROJECT) & (age >= p["development_funding_months"])
        status[fine & (share >= p["review_institutionalise_share"])] = INSTITUTIONALISED
        rate = p["review_rate"] * sigmoid((p["review_threshold"] - share) / p["review_width"])
        ends = running & (age > p["review_grace_months"]) & (rng.random(n_orgs) < rate)
        status[ends] = DECOMMISSIONED
        ended = ends[self.org_of]
        trust[ended] *= 1 - p["review_trust_loss"]
        state[ended & ((state == TRIAL) | (state == ADOPTER))] = LAPSED
        np.clip(trust, 0.0, 1.0, out=trust)

    def replace(self, seats: np.ndarray) -> None:
        """Newcomers take these seats."""
        p, rng, g = self.p, self.rng, self.group[seats]
        self.hcps["state"][seats] = NON_ADOPTER
        for name in ("trust", "literacy", "engagement"):
            spread = p[f"population_{name}_spread"] * rng.uniform(-1, 1, seats.size)
            self.hcps[name][seats] = np.clip(p[f"population_{name}"][g] + spread, 0.0, 1.0)
        shape = (seats.size, inputs.N_QUALITIES)
        gamma = rng.standard_gamma(p["population_priority_shape"], shape)
        w = p["population_priority"] * p["population_emphasis"][g] * gamma
        self.w[seats] = w / w.sum(axis=1, keepdims=True)
        trained = seats[rng.random(seats.size) < p["turnover_onboarding"]]
        literacy = self.hcps["literacy"]
        literacy[trained] += p["training_gain"] * (1 - literacy[trained])
