"""Healthcare professionals."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model import hcp_steps, inputs, rules, streams
from sim.model import state as arrays
from sim.model.agents.view import Level, View, month, snapshot, weights_of
from sim.model.organisation_steps import report
from sim.tables.factors import GROUP_NAMES

# What may follow on a state by decision
POSSIBLE = {
    rules.NON_ADOPTER: (rules.NON_ADOPTER, rules.TRIAL),
    rules.TRIAL: (rules.TRIAL, rules.ADOPTER, rules.LAPSED),
    rules.ADOPTER: (rules.ADOPTER, rules.LAPSED),
    rules.LAPSED: (rules.LAPSED, rules.TRIAL),
}


class HCP(View):
    """A healthcare professional: a seat in an organisation and whoever holds it.

    The methods from `influence` to `leave` are the month of one HCP (steps 3 to 10). A subclass
    may override any of them and be run with `AdoptionModel(..., engine="agents",
    hcp_class=...)`.
    """

    __slots__ = ("adopting", "draw_key", "lapsed_peers")

    # the states, for `decide`
    NON_ADOPTER, TRIAL, ADOPTER, LAPSED = (
        rules.NON_ADOPTER, rules.TRIAL, rules.ADOPTER, rules.LAPSED,
    )  # fmt: skip

    trust = Level("trust", "T, [0, 1]")
    literacy = Level("literacy", "AI literacy L, [0, 1]")
    engagement = Level("engagement", "E, [0, 1]")
    hired = month("hired", "month in which the person took the seat")
    adopted = month("adopted", "month of the first adoption, or None")
    lapsed = month("lapsed", "month of the last lapse, or None")

    @property
    def group(self) -> str:
        """Professional group."""
        return GROUP_NAMES[self._row["group"]]

    @property
    def priority(self) -> np.ndarray:
        """w, shape (8,), sums to 1: a read-only copy; all eight can be set at once."""
        return snapshot(self._priority)

    @priority.setter
    def priority(self, weights: Any) -> None:
        self._priority[:] = weights_of(weights, "priority", 1.0)

    @property
    def _priority(self) -> np.ndarray:
        return self.model.state.priorities[self.index]

    @property
    def state(self) -> str:
        """Name of the state: non-adopter, trial, adopter or lapsed."""
        return rules.STATE_NAMES[self._row["state"]]

    @state.setter
    def state(self, name: str) -> None:
        if name not in rules.STATE_NAMES:
            raise ValueError(f"state={name!r}: one of {', '.join(rules.STATE_NAMES)}")
        new = rules.STATE_NAMES.index(name)
        census = self.organisation._row["census"][self._row["group"]]
        census[self._row["state"]] -= 1
        census[new] += 1
        if new == rules.ADOPTER and not self._row["ever"]:
            self._row["ever"] = 1
            self._row["adopted"] = self.model.month
            census[arrays.EVER_ADOPTED] += 1
        if new == rules.LAPSED:
            self._row["lapsed"] = self.model.month
        self._row["state"] = new
        self.changed()

    def _told(self) -> str:
        return f"{self.group}, {self.state}, trust {self.trust:.2f}"

    @property
    def ever_adopted(self) -> bool:
        """Whether the person was ever an adopter."""
        return bool(self._row["ever"])

    @property
    def trained(self) -> bool:
        """Whether the person was ever trained."""
        return bool(self._row["trained"])

    @property
    def meetings(self) -> int:
        """Meetings with AI experts so far."""
        return int(self._row["meetings"])

    @property
    def peers(self) -> list[HCP]:
        """The HCPs whose trust and state this one sees."""
        s = self.model.state
        hcps = self.model.hcps
        if s.first_peer.size == 0:
            return [h for h in hcps if h is not self]
        mine = slice(s.first_peer[self.index], s.first_peer[self.index + 1])
        return [hcps[j] for j in s.peers[mine]]

    def changed(self) -> None:
        """Show peers what is seen of this HCP from the next month on."""
        word = rules.word(self._row["trust"], self._row["state"])
        self.model.state.words[self.model.month & 1, self.index] = word

    # -------------------------------------------------------------- the month
    def step(self) -> None:
        """Live through one month (steps 3 to 10)."""
        now = self.organisation.now
        row = self._row
        seat = self.index - int(self.organisation._row["first_hcp"])
        self.draw_key = np.uint64(streams.child(now["hcp_key"], seat))
        if now["incident"]:
            row["trust"] = rules.loss(row["trust"], self.model.packed["incident_trust_loss"])
        self.influence()
        if now["running"]:
            self.cooperate(now)
        self.train(now)
        self.reconsider(now)
        if now["running"]:
            self.use(now)
            self.move(self.decide())
        self.leave(now)
        if not row["trust"] + row["literacy"] + row["engagement"] >= 0.0:
            failure = self.model.state.failure
            report(failure, arrays.NOT_A_NUMBER_HCP, self.index, 0, self.model.month)

    def uniform(self, decision: np.uint64) -> float:
        """Return this month's draw for a decision (see `sim.model.streams`)."""
        return streams.uniform(self.draw_key, decision)

    def influence(self) -> None:
        """Step 4: see the peers, and move towards their mean trust."""
        s = self.model.state
        before = s.words[(self.model.month - 1) & 1]
        units = adopters = lapsed = 0
        if int(self.model.packed["network_kind"]) == inputs.WELL_MIXED:
            peers = s.hcps.size - 1
            start = self.model.start
            own = int(before[self.index])
            units = start.peer_units - (own >> 2)
            adopters = start.adopters - (own & 3 == rules.ADOPTER)
            lapsed = start.lapsed - (own & 3 == rules.LAPSED)
        else:
            first, last = int(s.first_peer[self.index]), int(s.first_peer[self.index + 1])
            peers = last - first
            for seen in before[s.peers[first:last]].tolist():
                units += seen >> 2
                adopters += seen & 3 == rules.ADOPTER
                lapsed += seen & 3 == rules.LAPSED
        if peers > 0:
            rate = self.model.packed["influence_rate"]
            self._row["trust"] = rules.influenced(self._row["trust"], units, peers, rate)
        self.adopting = adopters / peers if peers > 0 else 0.0
        self.lapsed_peers = lapsed / peers if peers > 0 else 0.0

    def cooperate(self, now: Any) -> None:
        """Step 5: perhaps meet an expert, and understand each other or not."""
        p, row = self.model.packed, self._row
        group = int(row["group"])
        cooperation = now["cooperation"][group]
        probability = rules.meeting_probability(row["engagement"], cooperation)
        if not self.uniform(streams.MEETING) < probability:
            return
        flows = self.organisation._row["flows"][group]
        experts = self.organisation.experts
        chosen = streams.uniform_index(self.draw_key, streams.WHICH_EXPERT, len(experts))
        expert = experts[chosen]
        flows[arrays.MEETINGS] += 1
        row["meetings"] += np.uint16(1)
        probability = rules.understanding(
            expert._row["domain"],
            expert.interdisciplinary,
            row["literacy"],
            p["cooperation_success_base"],
            p["cooperation_literacy_floor"],
            p["cooperation_interdisciplinary_skill"],
        )
        if self.uniform(streams.MEETING_SUCCESS) < probability:
            share = p["cooperation_trust_gain"] * now["learning"]
            row["trust"] = rules.gain(row["trust"], share)
            row["literacy"] = rules.gain(row["literacy"], p["cooperation_literacy_gain"])
            row["engagement"] = rules.gain(row["engagement"], p["cooperation_engagement_gain"])
            expert.understood(self._priority)
        else:
            row["engagement"] = rules.loss(row["engagement"], p["cooperation_engagement_loss"])
            row["trust"] = rules.loss(row["trust"], p["cooperation_trust_loss"])
            flows[arrays.FAILED_MEETINGS] += 1

    def train(self, now: Any) -> None:
        """Step 6: perhaps be trained; always forget a little."""
        p, row = self.model.packed, self._row
        if self.uniform(streams.TRAINING) < now["training"][row["group"]]:
            self.be_trained()
        row["literacy"] = rules.loss(row["literacy"], p["training_forgetting"])

    def be_trained(self) -> None:
        """Take part in a training."""
        hcp_steps.train(self._row, self.organisation._row, self.model.packed["training_gain"])

    def reconsider(self, now: Any) -> None:
        """Shock: adverse evidence costs trust, and every user reconsiders."""
        p, row = self.model.packed, self._row
        evidence = now["evidence"]
        if not evidence > 0.0:
            return
        row["trust"] = rules.loss(row["trust"], evidence)
        if not now["running"] or not rules.is_user(row["state"]):
            return
        x = self.propensity(now)
        probability = rules.giving_up_probability(x, now["roles"], p["decision_roles"])
        if self.uniform(streams.EVIDENCE) < probability:
            adopter = row["state"] == rules.ADOPTER
            self.count_move(rules.LAPSED, arrays.LAPSES if adopter else arrays.FAILED_TRIALS)

    def use(self, now: Any) -> None:
        """Step 7: a user's trust follows the month's experience with the tool."""
        p, row = self.model.packed, self._row
        if not rules.is_user(row["state"]):
            return
        floor = p["trust_skill_floor"]
        probability = rules.experience_probability(now["reliable"], row["literacy"], floor)
        if self.uniform(streams.EXPERIENCE) < probability:
            row["trust"] = rules.gain(row["trust"], p["trust_success_gain"] * now["learning"])
        else:
            row["trust"] = rules.loss(row["trust"], now["failure_share"])

    def appraise(self, now: Any) -> float:
        """Step 8: how useful the tool is to this HCP."""
        p = self.model.packed
        rho, floor = p["appraisal_rho"], p["appraisal_floor"]
        usability = rules.felt_usability(
            now["usability"], self._row["literacy"], p["appraisal_training_compensation"]
        )
        weighted = 0.0
        for k, weight in enumerate(self._priority):
            own = k == inputs.USABILITY
            weighted += weight * (
                rules.power_term(usability, rho, floor) if own else now["terms"][k]
            )
        return rules.appraisal(weighted, rho)

    def propensity(self, now: Any) -> float:
        """Return x, the log odds of wanting to use the tool."""
        p, row = self.model.packed, self._row
        return rules.propensity(
            row["trust"],
            self.appraise(now),
            self.adopting,
            self.lapsed_peers,
            row["literacy"],
            p["decision_intercept"],
            p["decision_trust"],
            p["decision_appraisal"],
            p["decision_peers_adopting"],
            p["decision_peers_lapsed"],
            p["decision_literacy"],
        )

    def decide(self) -> int:
        """Step 9: return the next state: NON_ADOPTER, TRIAL, ADOPTER or LAPSED."""
        p, now = self.model.packed, self.organisation.now
        state = int(self._row["state"])
        draw = self.uniform(streams.DECISION)
        cap = rules.decision_cap(
            state,
            p["decision_trial_rate"],
            p["decision_retrial_rate"],
            p["decision_decide_rate"],
            p["decision_lapse_rate"],
        )
        if draw >= cap:
            return state
        x = self.propensity(now)
        return rules.next_state(state, draw, cap, x, now["roles"], p["decision_roles"])

    def move(self, new: int) -> None:
        """Change to the decided state, and count it."""
        old = int(self._row["state"])
        if new not in POSSIBLE[old]:
            names = ", ".join(rules.STATE_NAMES[n] for n in POSSIBLE[old])
            raise ValueError(f"decide() returned {new!r} for a {self.state}: allowed are {names}")
        if new != old:
            self.count_move(new, hcp_steps.flow_of(old, new))

    def count_move(self, new: int, flow: int) -> None:
        """Change the state and the counts that go with it."""
        months = self.model.packed["outcome_return_months"]
        organisation, month = self.organisation._row, self.model.month
        hcp_steps.move(self._row, organisation, month, int(new), flow, months)

    def leave(self, now: Any) -> None:
        """Step 10: perhaps leave; a newcomer takes the seat."""
        p, row = self.model.packed, self._row
        group = int(row["group"])
        if not self.uniform(streams.LEAVING) < now["leaving"][group]:
            return
        organisation, month = self.organisation._row, self.model.month
        hcp_steps.replace(row, organisation, month, self.draw_key, p, self._priority)
        if self.uniform(streams.ONBOARDING) < now["onboarding"][group]:
            self.be_trained()
