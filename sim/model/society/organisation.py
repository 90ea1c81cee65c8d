"""Organisations, and what is the same for all their HCPs in a month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.model import inputs, levers, rules, streams
from sim.model import state as arrays
from sim.model.society.view import Month, View
from sim.tables.factors import QUALITY_NAMES

if TYPE_CHECKING:
    from sim.model.society.ai_expert import AIExpert
    from sim.model.society.hcp import HCP
    from sim.model.society.society import Society


class Now(NamedTuple):
    """What all HCPs of an organisation have in common in a month."""

    running: bool
    incident: bool
    hcp_key: Any
    lever: np.ndarray  # (N_LEVERS,)
    quality: np.ndarray  # (8,)
    terms: list[float]  # of the power mean, per quality; that of usability is each HCP's own
    reliable: float
    learning: float
    failure_share: float


class Organisation(View):
    """A healthcare organisation and its AI tool."""

    __slots__ = ("experts", "hcps", "now", "own_key")

    deployed = Month("deployed", "month of deployment, or None")
    ended = Month("ended", "month of decommissioning, or None")
    reached = Month("reached", "month in which adoption first reached the spread share, or None")

    def __init__(self, model: Society, unique_id: int, rows: Any, index: int) -> None:
        super().__init__(model, unique_id, rows, index, index)
        self.hcps: list[HCP] = []
        self.experts: list[AIExpert] = []

    @property
    def status(self) -> str:
        """Status of the tool: not deployed, project, institutionalised or decommissioned."""
        return rules.STATUS_NAMES[self.row["status"]]

    @property
    def running(self) -> bool:
        """Whether the organisation runs the tool."""
        return bool(rules.is_running(self.row["status"]))

    @property
    def member(self) -> bool:
        """Whether it belongs to the cooperation network."""
        return bool(self.row["member"])

    @property
    def readiness(self) -> float:
        """[0, 1]."""
        return float(self.row["readiness"])

    @property
    def resources(self) -> float:
        """Relative to the median organisation."""
        return float(self.row["resources"])

    @property
    def quality(self) -> dict[str, float]:
        """Q: quality -> level in [0, 1]."""
        return dict(zip(QUALITY_NAMES, self.row["quality"].tolist(), strict=True))

    @property
    def size(self) -> int:
        """Number of HCPs."""
        return int(self.row["last_hcp"] - self.row["first_hcp"])

    @property
    def adopter_share(self) -> float:
        """Share of the organisation's HCPs who are adopters."""
        return int(self.row["census"][:, rules.ADOPTER].sum()) / self.size

    # -------------------------------------------------------------- the month
    def begin(self) -> None:
        """Steps 1 to 3: deploy, develop, and perhaps suffer an incident."""
        model, row = self.model, self.row
        row["flows"][:] = 0
        row["wasted"] = 0.0
        row["incident"] = 0
        run = model.run_key
        month, o = model.month, self.index
        self.own_key = np.uint64(streams.month_key(run, streams.ORGANISATION, o, month))
        lever = model.state.levers[o]
        for k in range(inputs.N_QUALITIES):
            step = lever[levers.WORKSHOP + k]
            if step > 0.0:
                aim = model.packed["population_priority"][k]
                for expert in self.experts:
                    attention = expert.row["attention"]
                    attention[k] = rules.attention_after(attention[k], aim, step)
        member = model.is_member(self)
        self.deploy(member, lever)
        if self.running:
            self.develop(member, lever)
            self.suffer_incident()
        self.now = self.look(lever)
        if self.running and lever[levers.CHAMPIONS] > 0.0 and not row["seeded"]:
            self.seed_champions(lever[levers.CHAMPIONS])

    def seed_champions(self, share: float) -> None:
        """Lever: the best connected who have not tried the tool become adopters, once."""
        self.row["seeded"] = 1
        first = self.model.state.first_peer
        free = [h for h in self.hcps if h.row["state"] == rules.NON_ADOPTER]
        if first.size:
            free.sort(key=lambda h: int(first[h.index]) - int(first[h.index + 1]))
        for hcp in free[: rules.champions(share, self.size)]:
            hcp.count_move(rules.ADOPTER, arrays.SEEDED)

    def deploy(self, member: bool, lever: np.ndarray) -> None:
        """Step 1."""
        p, row, start = self.model.packed, self.row, self.model.start
        if row["status"] != rules.NOT_DEPLOYED or start.privacy < lever[levers.REGULATION]:
            return
        probability = rules.deployment_probability(
            row["readiness"],
            member,
            start.members_running,
            start.privacy_excess,
            p["deployment_rate"],
            p["deployment_intercept"],
            p["deployment_readiness_weight"],
            p["deployment_member_weight"],
            p["deployment_privacy_gate"],
        )
        draw = streams.uniform(self.own_key, streams.DEPLOYMENT)
        if draw < probability + lever[levers.ROLL_OUT]:
            row["status"] = rules.PROJECT
            row["deployed"] = self.model.month

    def develop(self, member: bool, lever: np.ndarray) -> None:
        """Step 2."""
        p, row = self.model.packed, self.row
        knowledge = 0.0
        for expert in self.experts:
            knowledge += expert.row["domain"]
        fit = rules.fit(knowledge / len(self.experts), p["development_fit_base"])
        row["wasted"] = rules.effort(row["resources"], 1.0 - fit, p["development_rate"])
        effort = rules.effort_after_funding(
            rules.effort(row["resources"], fit, p["development_rate"]),
            row["status"],
            self.model.month - int(row["deployed"]),
            p["development_funding_months"],
            p["development_funding_dependence"] * (1.0 - lever[levers.FUNDING]),
        )
        effort = effort * (1.0 - lever[levers.BUDGET_CUT])
        quality = row["quality"]
        for k in range(inputs.N_QUALITIES):
            attention = 0.0
            for expert in self.experts:
                attention += expert.row["attention"][k]
            attention = attention / len(self.experts)
            work = effort + lever[levers.QUALITY_WORK + k]
            erosion = p["development_erosion"][k]
            if work * attention + erosion > 1.0:
                self.model.report(arrays.TOO_MUCH_EFFORT, self.index, k)
            level = rules.develop(quality[k], work, attention, p["development_ceiling"][k], erosion)
            mean = self.model.start.member_quality[k]
            if member and mean >= 0.0:
                level = rules.learn_from_members(level, mean, p["development_member_exchange"])
            quality[k] = level
            if not level >= 0.0:
                self.model.report(arrays.NOT_A_NUMBER_QUALITY, self.index, k)

    def suffer_incident(self) -> None:
        """Step 3, as far as the organisation is concerned."""
        privacy = self.row["quality"][inputs.PRIVACY]
        probability = rules.incident_probability(privacy, self.model.packed["incident_rate"])
        self.row["incident"] = streams.uniform(self.own_key, streams.INCIDENT) < probability

    def look(self, lever: np.ndarray) -> Now:
        """Return what is the same for all HCPs this month."""
        p, quality = self.model.packed, self.row["quality"]
        reliable = rules.reliability(
            quality[inputs.DATA_QUALITY],
            quality[inputs.SCOPE],
            p["trust_reliability_base"],
            p["trust_reliability_gain"],
            p["trust_scope_floor"],
        ) * (1.0 - lever[levers.MODEL_FAILURE])
        felt = rules.felt_transparency(
            quality[inputs.TRANSPARENCY],
            p["trust_transparency_strength"],
            p["trust_transparency_reference"],
        )
        value = rules.systemic_value(
            quality[inputs.VALUE],
            self.adopter_share,
            p["appraisal_systemic"],
            p["appraisal_critical_mass"],
            p["appraisal_critical_exponent"],
        )
        levels = [value if k == inputs.VALUE else q for k, q in enumerate(quality)]
        rho, floor = p["appraisal_rho"], p["appraisal_floor"]
        return Now(
            running=self.running,
            incident=bool(self.row["incident"]),
            hcp_key=np.uint64(
                streams.month_key(self.model.run_key, streams.HCP, self.index, self.model.month)
            ),
            lever=lever,
            quality=quality,
            terms=[rules.power_term(level, rho, floor) for level in levels],
            reliable=reliable,
            learning=rules.learning(felt, p["trust_learning_floor"]),
            failure_share=rules.failure_share(
                felt,
                quality[inputs.RESPONSIBILITY],
                p["trust_failure_loss"],
                p["trust_transparency_softening"],
                p["trust_responsibility_weight"],
                p["trust_loss_cap"],
            ),
        )

    def step(self) -> None:
        """Live through one month (all eleven steps) with its HCPs and experts."""
        self.begin()
        for hcp in self.hcps:
            hcp.step()
        if self.now.running:
            for expert in self.experts:
                expert.learn()
                if not expert.row["domain"] + expert.row["attention"][0] >= 0.0:
                    self.model.report(arrays.NOT_A_NUMBER_EXPERT, expert.index)
            self.review()
        for hcp in self.hcps:
            hcp.changed()

    def review(self) -> None:
        """Step 11."""
        p, row, month = self.model.packed, self.row, self.model.month
        share = self.adopter_share
        age = month - int(row["deployed"])
        if rules.becomes_institutionalised(
            row["status"],
            age,
            share,
            p["development_funding_months"],
            p["review_institutionalise_share"],
        ):
            row["status"] = rules.INSTITUTIONALISED
        if row["reached"] == inputs.NEVER and share >= p["outcome_spread_share"]:
            row["reached"] = month
        probability = rules.decommission_probability(
            share,
            age,
            p["review_rate"],
            p["review_threshold"],
            p["review_width"],
            p["review_grace_months"],
        )
        if streams.uniform(self.own_key, streams.DECOMMISSIONING) < probability:
            self.withdraw()

    def withdraw(self) -> None:
        """Decommission the tool: users lapse, and everybody loses trust."""
        self.row["status"] = rules.DECOMMISSIONED
        self.row["ended"] = self.model.month
        for hcp in self.hcps:
            row = hcp.row
            row["trust"] = rules.loss(row["trust"], self.model.packed["review_trust_loss"])
            if row["state"] == rules.TRIAL:
                hcp.count_move(rules.LAPSED, arrays.WITHDRAWN_TRIALS)
            elif row["state"] == rules.ADOPTER:
                hcp.count_move(rules.LAPSED, arrays.WITHDRAWN_ADOPTERS)
