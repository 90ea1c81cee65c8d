"""The parameter table: every number of the model, once.

Each row states path, default, unit, range, meaning and source (or the word "assumption").
The configuration schema, its checks, `docs/parameters.md`, the axes of sweeps and the record that
the compiled kernel reads all derive from this table. Nothing else holds a default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sim.tables.factors import GROUP_NAMES, PAPER, PRIORITY_SOURCE, PROCESSES, QUALITIES

Kind = Literal["float", "integer", "choice", "file", "optional", "names"]
ASSUMPTION = "assumption"
NETWORK_KINDS = ("modular", "small_world", "random", "scale_free", "well_mixed", "file")
SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Parameter:
    """One number (or name) of the model.

    Attributes
    ----------
    path : str
        Dotted name, the same in YAML, on the command line, in Python and in result columns.
    default : float, int, str or None
    unit : str
    low, high : float
        Smallest and largest allowed value (both allowed).
    meaning : str
    source : str
        A reference, or "assumption".
    kind : {"float", "integer", "choice", "file", "optional", "names"}
        "optional" is a float or null, null meaning "derived, see the meaning"; "names" is one
        or more names joined by +, or none.
    choices : tuple of str
        Allowed names, for kind "choice".
    """

    path: str
    default: float | int | str | None
    unit: str
    low: float
    high: float
    meaning: str
    source: str = ASSUMPTION
    kind: Kind = "float"
    choices: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """Name of the field of the kernel's record."""
        return self.path.replace(".", "_")

    @property
    def numeric(self) -> bool:
        """Whether the parameter can be an axis of a numeric range."""
        return self.kind in ("float", "integer", "optional")

    @property
    def assumed(self) -> bool:
        """Whether its value is an assumption (to be varied in studies of uncertainty)."""
        return self.source.startswith(ASSUMPTION)

    def allowed(self) -> str:
        """Say in words which values are allowed."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "names":
            if self.path == "cost.currency":
                return "a name, such as EUR"
            return f"a {self.path}, several joined by +, or none"
        if self.kind == "file":
            return "the path of a CSV file, or null"
        noun = "a whole number" if self.kind == "integer" else "a number"
        text = f"{noun} from {self.low:.12g} to {self.high:.12g}"
        return text + ", or null" if self.kind == "optional" else text


P = Parameter
TRAP = "assumption; mechanism: partial-adoption trap, Ercole 2026, arXiv 2605.17388"

# fmt: off
_POPULATION = [
    P("horizon", 120, "months", 0, 1200, "months simulated after the start", kind="integer"),
    P("population.file", None, "", 0, 0, "CSV of organisations that replaces the generated ones", "the user's data", "file"),
    P("population.organisations", 20, "organisations", 1, 1_000_000, "number of healthcare organisations", kind="integer"),
    P("population.organisation_size", 50, "HCPs", 1, 1_000_000, "mean number of HCPs in an organisation", kind="integer"),
    P("population.size_spread", 0.0, "log units", 0, 2, "standard deviation of the logarithm of the size (0: all equal)"),
    P("population.initial_adopters", 0.0, "share", 0, 1, "HCPs who are adopters at the start, in organisations that then run the tool"),
    P("population.readiness_low", 0.0, "", 0, 1, "lowest readiness of an organisation (drawn uniformly)"),
    P("population.readiness_high", 1.0, "", 0, 1, "highest readiness of an organisation (drawn uniformly)"),
    P("population.resources_spread", 0.35, "log units", 0, 1.5, "standard deviation of the logarithm of an organisation's resources (median 1)"),
    P("population.experts_per_hcp", 0.04, "experts per HCP", 0, 1, "AI experts of an organisation per HCP (rounded, at least 1)"),
    P("population.expert_domain_knowledge", 0.2, "", 0, 1, "domain knowledge D of an AI expert at the start"),
    P("population.priority_shape", 4, "", 1, 50, "shape of the gamma distribution (mean 1) that varies priorities between HCPs", kind="integer"),
    P("population.trust_spread", 0.15, "", 0, 0.5, "half the width of the uniform distribution of trust at the start"),
    P("population.literacy_spread", 0.15, "", 0, 0.5, "half the width of the uniform distribution of AI literacy at the start"),
    P("population.engagement_spread", 0.25, "", 0, 0.5, "half the width of the uniform distribution of engagement at the start"),
]

_SHARES = {"physician": 0.25, "nurse": 0.50, "allied": 0.25}
_TURNOVER = {"physician": 0.076, "nurse": 0.18, "allied": 0.14}
for g in GROUP_NAMES:
    _POPULATION += [
        P(f"population.{g}.share", _SHARES[g], "share", 0, 1, f"share of HCPs in the group '{g}' (shares sum to 1)"),
        P(f"population.{g}.trust", 0.5, "", 0, 1, f"mean trust at the start, group '{g}'"),
        P(f"population.{g}.literacy", 0.25, "", 0, 1, f"mean AI literacy at the start, group '{g}'"),
        P(f"population.{g}.engagement", 0.5, "", 0, 1, f"mean engagement at the start, group '{g}'"),
    ]
    _POPULATION += [
        P(f"population.{g}.emphasis.{q.name}", 1.0, "", 0, 10, f"factor on the priority of {q.name} in the group '{g}'")
        for q in QUALITIES
    ]
_POPULATION += [P(f"population.priority.{q.name}", q.hcp_priority, "weight", 0, 1, f"W: how HCPs weigh {q.name} (weights sum to 1)", PRIORITY_SOURCE) for q in QUALITIES]
_POPULATION += [P(f"population.expert_priority.{q.name}", q.expert_priority, "weight", 0, 1, f"V: attention of unaligned AI experts to {q.name} (at most W)") for q in QUALITIES]

_FACTORS = [P(q.path, q.baseline, "", 0, 1, f"how far the experts attend to {q.name} as HCPs weigh it; in the paper: {q.in_the_paper}", f"assumption; direction: {PAPER}") for q in QUALITIES]
_PROCESS_MEANING = {
    "interorganisational_cooperation": ("share", "C: share of organisations that are members of the cooperation network"),
    "hcp_cooperation": ("per month", "monthly probability that a fully engaged HCP meets an AI expert"),
    "shared_understanding": ("share", "share of AI experts who are interdisciplinary"),
    "training": ("per month", "monthly probability that an HCP is trained"),
}
_FACTORS += [P(f.path, f.baseline, _PROCESS_MEANING[f.name][0], 0, 1, f"{_PROCESS_MEANING[f.name][1]}; in the paper: {f.in_the_paper}", f"assumption; direction: {PAPER}") for f in PROCESSES]

_NETWORK = [
    P("network.kind", "modular", "", 0, 0, "kind of the peer network among HCPs", kind="choice", choices=NETWORK_KINDS),
    P("network.file", None, "", 0, 0, "CSV edge list of HCPs, for network.kind=file", "the user's data", "file"),
    P("network.ties", 4, "ties", 0, 1000, "ties that each HCP starts (the mean number of peers is twice that)", kind="integer"),
    P("network.outside", 0.02, "probability", 0, 1, "probability that a tie leaves the organisation (modular)"),
    P("network.outside_member", 0.1, "probability", 0, 1, "added to it in member organisations (modular)"),
    P("network.rewiring", 0.1, "probability", 0, 1, "probability that a tie of the ring is rewired (small_world)"),
]

_MONTH = [
    P("deployment.at_start", 0.0, "share", 0, 1, "share of organisations that run the tool from the start"),
    P("deployment.rate", 0.2, "per month", 0, 1, "highest monthly probability of deployment"),
    P("deployment.intercept", -2.0, "log odds", -20, 20, "propensity of an organisation without readiness or examples"),
    P("deployment.readiness_weight", 2.0, "log odds", 0, 20, "weight of readiness"),
    P("deployment.imitation", 0.0, "log odds", 0, 20, "weight of the share of all organisations that run the tool"),
    P("deployment.member_weight", 3.0, "log odds", 0, 20, "weight, in members, of the share of members that run the tool"),
    P("deployment.privacy_gate", 0.0, "log odds", 0, 50, "weight of the mean privacy of running organisations"),
    P("deployment.privacy_reference", 0.15, "", 0, 1, "level of privacy at which the gate neither helps nor hinders"),

    P("development.rate", 0.5, "per month", 0, 1, "effort on qualities of an organisation with resources 1 and full fit"),
    P("development.fit_base", 0.3, "share", 0, 1, "share of effort that fits the needs where experts lack domain knowledge"),
    P("development.funding_months", 30, "months", 0, 1200, "months after which project funding ends, and institutionalisation can begin", kind="integer"),
    P("development.funding_dependence", 0.7, "share", 0, 1, "share of effort lost when project funding ends"),
    P("development.member_exchange", 0.05, "per month", 0, 1, "speed at which members catch up with the mean quality of members"),
]
_MONTH += [P(f"development.start.{q.name}", q.start, "", 0, 1, f"{q.name} of the tool at the start") for q in QUALITIES]
_MONTH += [P(f"development.ceiling.{q.name}", 1.0, "", 0, 1, f"highest {q.name} that the technology can give") for q in QUALITIES]
_MONTH += [P(f"development.erosion.{q.name}", 0.03, "per month", 0, 1, f"monthly loss of {q.name} without work on it") for q in QUALITIES]
_MONTH += [
    P("incident.rate", 0.03, "per month", 0, 1, "monthly probability of a privacy or safety incident at privacy 0"),
    P("incident.trust_loss", 0.15, "share", 0, 1, "share of trust that an incident costs"),

    P("influence.rate", 0.05, "per month", 0, 1, "pull of the mean trust of peers"),

    P("cooperation.success_base", 0.3, "probability", 0, 1, "probability that a meeting succeeds without any understanding"),
    P("cooperation.literacy_floor", 0.5, "share", 0, 1, "share of the expert's domain knowledge that reaches an HCP without AI literacy"),
    P("cooperation.interdisciplinary_skill", 0.85, "", 0, 1, "understanding brought by an interdisciplinary expert"),
    P("cooperation.trust_gain", 0.06, "share", 0, 1, "gain of trust in a successful meeting"),
    P("cooperation.literacy_gain", 0.05, "share", 0, 1, "gain of AI literacy in a successful meeting"),
    P("cooperation.engagement_gain", 0.1, "share", 0, 1, "gain of engagement in a successful meeting"),
    P("cooperation.engagement_loss", 0.15, "share", 0, 1, "loss of engagement in a failed meeting"),
    P("cooperation.trust_loss", 0.02, "share", 0, 1, "loss of trust in a failed meeting"),
    P("cooperation.attention_learning", 0.01, "per meeting", 0, 1, "how far one successful meeting moves an expert's attention towards the HCP's priorities"),
    P("cooperation.domain_learning", 0.01, "per meeting", 0, 1, "how far one successful meeting moves an expert's domain knowledge towards 1"),

    P("training.gain", 0.25, "share", 0, 1, "gain of AI literacy by training"),
    P("training.forgetting", 0.01, "per month", 0, 1, "monthly loss of AI literacy"),

    P("trust.reliability_base", 0.65, "probability", 0, 1, "reliability of the tool with no data quality"),
    P("trust.reliability_gain", 0.35, "probability", 0, 1, "reliability added by full data quality and scope (base + gain at most 1)"),
    P("trust.scope_floor", 0.5, "share", 0, 1, "share of that gain that remains with scope 0"),
    P("trust.skill_floor", 0.9, "share", 0, 1, "share of the reliability that a user without AI literacy obtains"),
    P("trust.transparency_strength", 1.0, "", 0, 1, "how far trust formation hangs on transparency", f"assumption; direction: {PAPER}"),
    P("trust.transparency_reference", 0.5, "", 0, 1, "transparency at which that strength does not matter"),
    P("trust.learning_floor", 0.25, "share", 0, 1, "share of learning from success that an opaque tool allows"),
    P("trust.success_gain", 0.08, "share", 0, 1, "gain of trust by a success with a fully transparent tool"),
    P("trust.failure_loss", 0.17, "share", 0, 1, "loss of trust by a failure with an opaque tool and clear responsibility"),
    P("trust.transparency_softening", 0.6, "share", 0, 1, "share of the loss that full transparency takes away"),
    P("trust.responsibility_weight", 0.8, "share", 0, 5, "share added to the loss where responsibility is unclear"),
    P("trust.loss_cap", 0.9, "share", 0, 1, "largest share of trust that one failure can cost"),

    P("appraisal.rho", -1.0, "", -10, 1, "substitution between qualities (1: fully compensatory, 0: geometric mean, below: weak links count)"),
    P("appraisal.floor", 0.02, "", 0.0001, 1, "smallest level that a quality is counted with"),
    P("appraisal.training_compensation", 0.5, "share", 0, 1, "share of missing usability that full AI literacy makes up for"),
    P("appraisal.systemic", 0.3, "share", 0, 1, "share of the value that appears only once many use the tool", TRAP),
    P("appraisal.critical_mass", 0.5, "share", 0.01, 1, "adopter share at which half of the systemic value appears", TRAP),
    P("appraisal.critical_exponent", 4.0, "", 0.1, 20, "steepness of that threshold", TRAP),

    P("decision.intercept", -3.85, "log odds", -30, 30, "propensity to use without any reason for it"),
    P("decision.trust", 4.0, "log odds", 0, 50, "weight of trust"),
    P("decision.appraisal", 5.0, "log odds", 0, 50, "weight of the appraisal of the tool"),
    P("decision.peers_adopting", 2.5, "log odds", 0, 50, "weight of the share of peers who are adopters"),
    P("decision.peers_lapsed", 2.0, "log odds", 0, 50, "weight (against use) of the share of peers who are lapsed"),
    P("decision.literacy", 1.0, "log odds", 0, 50, "weight of AI literacy"),
    P("decision.roles", 2.0, "log odds", 0, 50, "weight of clear roles in staying an adopter"),
    P("decision.trial_rate", 0.12, "per month", 0, 1, "highest monthly probability that a non-adopter tries the tool"),
    P("decision.retrial_rate", 0.06, "per month", 0, 1, "highest monthly probability that a lapsed HCP tries again"),
    P("decision.decide_rate", 0.25, "per month", 0, 1, "monthly probability that a trial is decided"),
    P("decision.lapse_rate", 0.06, "per month", 0, 1, "highest monthly probability that an adopter lapses"),
]
_MONTH += [P(f"turnover.{g}", _TURNOVER[g], "per year", 0, 0.999, f"share of the group '{g}' that leaves within a year") for g in GROUP_NAMES]
_MONTH += [
    P("turnover.onboarding", None, "probability", 0, 1, "probability that a newcomer is trained at once (null: onboarding_factor * process.training, at most 1)", kind="optional"),
    P("turnover.onboarding_factor", 10.0, "months", 0, 1000, "months of training that onboarding is worth, where onboarding is null"),

    P("review.institutionalise_share", 0.4, "share", 0, 1, "adopter share at which a project is made permanent"),
    P("review.grace_months", 24, "months", 0, 1200, "age up to which a tool is not decommissioned", kind="integer"),
    P("review.rate", 0.08, "per month", 0, 1, "highest monthly probability of decommissioning"),
    P("review.threshold", 0.10, "share", 0, 1, "adopter share at which that probability is half its highest"),
    P("review.width", 0.04, "share", 0.0001, 1, "width of that threshold"),
    P("review.trust_loss", 0.30, "share", 0, 1, "share of trust that a withdrawn tool costs"),
]
_POLICY = [
    P("policy", "none", "", 0, 0, "policies in force: names of files in conf/policy, joined by +", "the user's choice", "names"),
    P("shock", "none", "", 0, 0, "shocks that happen: names of files in conf/shock, joined by +", "the user's choice", "names"),
    P("cost.currency", "EUR", "", 0, 0, "name of the currency of costs, for words and figures", "the user's choice", "names"),
    P("cost.discount_rate", 0.03, "per year", 0, 1, "yearly rate that later costs are discounted with", "assumption"),
]
_OUTCOME = [
    P("outcome.sustained_months", 24, "months", 1, 1200, "months at the end over which sustained adoption is averaged", kind="integer"),
    P("outcome.sustained_threshold", 0.5, "share", 0, 1, "sustained adoption from which a run counts as sustained"),
    P("outcome.peak_months", 12, "months", 1, 1200, "months of the highest mean adopter share (scale-up)", kind="integer"),
    P("outcome.spread_share", 0.2, "share", 0.001, 1, "adopter share that an organisation must reach to count for spread"),
    P("outcome.return_months", 12, "months", 1, 1200, "months within which a new trial after a lapse counts as a return", kind="integer"),
]
# fmt: on

PARAMETERS: dict[str, Parameter] = {
    p.path: p for p in (*_POPULATION, *_NETWORK, *_FACTORS, *_MONTH, *_POLICY, *_OUTCOME)
}


def defaults() -> dict[str, Any]:
    """Return a new dict path -> default of all parameters."""
    return {p.path: p.default for p in PARAMETERS.values()}


def nested(values: dict[str, Any]) -> dict[str, Any]:
    """Turn {"a.b": 1} into {"a": {"b": 1}}."""
    tree: dict[str, Any] = {}
    for path, value in values.items():
        *parents, leaf = path.split(".")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = value
    return tree
