"""The parameter table: every number of the model, once.

Each row states path, default, unit, range, meaning and source (or the word "assumption").
The configuration schema, its checks, `docs/parameters.md`, the axes of sweeps and the record that
the compiled kernel reads all derive from this table. Nothing else holds a default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sim.tables.factors import GROUP_NAMES, GROUPS, PAPER, PRIORITY_SOURCE, PROCESSES, QUALITIES

Kind = Literal["float", "integer", "choice", "file", "optional", "names", "list", "boolean"]
ASSUMPTION = "assumption"
NETWORK_KINDS = ("modular", "small_world", "random", "scale_free", "well_mixed", "file")
SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Parameter:
    """One number (or name) of the model."""

    path: str  # dotted name, the same in YAML, on the command line, in Python and in result columns
    default: float | int | str | tuple[float, ...] | None
    unit: str
    low: float  # smallest allowed value
    high: float  # largest allowed value
    meaning: str
    source: str = ASSUMPTION  # a reference, or this
    # "optional" is a float or null: derived, see the meaning; "names" are joined by +, or none; "list"
    # is one number or more
    kind: Kind = "float"
    choices: tuple[str, ...] = ()  # allowed names, for kind "choice"
    title: str = ""  # what readers see in its place
    short: str = ""  # the title for figures; the title itself unless given
    of: str = ""  # what a share is a share of, where its title does not say it

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
        if self.kind == "boolean":
            return "true or false"
        if self.kind == "integer":
            return f"a whole number from {self.low} to {self.high}"
        text = f"a number from {self.low:.12g} to {self.high:.12g}"
        return text + ", or null" if self.kind == "optional" else text


P = Parameter
FITTED = "assumption; fitted to published patterns, see the page on validation"
TRAP = "assumption; mechanism: partial-adoption trap, Ercole 2026, arXiv 2605.17388"

# fmt: off
_POPULATION = [
    P("horizon", 120, "months", 0, 1200, "months simulated after the start", kind="integer", title="Months simulated"),
    P("population.file", None, "", 0, 0, "CSV of organisations that replaces the generated ones", "the user's data", "file", title="File of organisations"),
    P("population.organisations", 20, "organisations", 1, 1_000_000, "number of healthcare organisations", kind="integer", title="Number of organisations", short="Organisations"),
    P("population.organisation_size", 50, "HCPs", 1, 1_000_000, "mean number of HCPs in an organisation", kind="integer", title="Professionals in an organisation", short="Size of organisations"),
    P("population.size_spread", 0.0, "log units", 0, 2, "standard deviation of the logarithm of the size (0: all equal)", title="How far sizes of organisations differ", short="Spread of sizes"),
    P("population.initial_adopters", 0.0, "share", 0, 1, "HCPs who are adopters at the start, in organisations that then run the tool", title="Users at the start", of="professionals"),
    P("population.readiness_low", 0.0, "", 0, 1, "lowest readiness of an organisation (drawn uniformly)", title="Lowest readiness of an organisation", short="Lowest readiness"),
    P("population.readiness_high", 1.0, "", 0, 1, "highest readiness of an organisation (drawn uniformly)", title="Highest readiness of an organisation", short="Highest readiness"),
    P("population.resources_spread", 0.35, "log units", 0, 1.5, "standard deviation of the logarithm of an organisation's resources (median 1)", title="How far resources of organisations differ", short="Spread of resources"),
    P("population.experts_per_hcp", 0.04, "experts per HCP", 0, 1, "AI experts of an organisation per HCP (rounded, at least 1)", title="AI experts for each professional", short="Experts per professional"),
    P("population.expert_domain_knowledge", 0.2, "", 0, 1, "domain knowledge D of an AI expert at the start", title="What AI experts know of clinical work at the start", short="Experts' knowledge"),
    P("population.priority_shape", 4, "", 1, 50, "shape of the gamma distribution (mean 1) that varies priorities between HCPs", kind="integer", title="How alike the priorities of professionals are", short="Likeness of priorities"),
    P("population.trust_spread", 0.15, "", 0, 0.5, "half the width of the uniform distribution of trust at the start", title="How far trust differs at the start", short="Spread of trust"),
    P("population.literacy_spread", 0.15, "", 0, 0.5, "half the width of the uniform distribution of AI literacy at the start", title="How far AI literacy differs at the start", short="Spread of AI literacy"),
    P("population.engagement_spread", 0.25, "", 0, 0.5, "half the width of the uniform distribution of engagement at the start", title="How far engagement differs at the start", short="Spread of engagement"),
]

_SHARES = {"physician": 0.25, "nurse": 0.50, "allied": 0.25}
_TURNOVER = {"physician": 0.076, "nurse": 0.18, "allied": 0.14}
for g in GROUP_NAMES:
    _POPULATION += [
        P(f"population.{g}.share", _SHARES[g], "share", 0, 1, f"share of HCPs in the group '{g}' (shares sum to 1)", title=f"Share of {GROUPS[g]}", of="professionals"),
        P(f"population.{g}.trust", 0.5, "", 0, 1, f"mean trust at the start, group '{g}'", title=f"Trust of {GROUPS[g]} at the start", short=f"Trust, {GROUPS[g]}"),
        P(f"population.{g}.literacy", 0.25, "", 0, 1, f"mean AI literacy at the start, group '{g}'", title=f"AI literacy of {GROUPS[g]} at the start", short=f"Literacy, {GROUPS[g]}"),
        P(f"population.{g}.engagement", 0.5, "", 0, 1, f"mean engagement at the start, group '{g}'", title=f"Engagement of {GROUPS[g]} at the start", short=f"Engagement, {GROUPS[g]}"),
    ]
    _POPULATION += [
        P(f"population.{g}.emphasis.{q.name}", 1.0, "", 0, 10, f"factor on the priority of {q.name} in the group '{g}'", title=f"What {q.noun} counts for {GROUPS[g]}", short=f"{g.capitalize()}: {q.noun}")
        for q in QUALITIES
    ]
_POPULATION += [P(f"population.priority.{q.name}", q.hcp_priority, "weight", 0, 1, f"W: how HCPs weigh {q.name} (weights sum to 1)", PRIORITY_SOURCE, title=f"Weight of {q.noun} for professionals", short=f"Weight: {q.noun}") for q in QUALITIES]
_POPULATION += [P(f"population.expert_priority.{q.name}", q.expert_priority, "weight", 0, 1, f"V: attention of unaligned AI experts to {q.name} (at most W)", title=f"Weight of {q.noun} for AI experts left alone", short=f"Experts: {q.noun}") for q in QUALITIES]

_FACTORS = [P(q.path, q.baseline, "", 0, 1, f"how far the experts attend to {q.name} as HCPs weigh it; in the paper: {q.in_the_paper}", f"assumption; direction: {PAPER}", title=q.title, short=q.short) for q in QUALITIES]
_PROCESS_MEANING = {
    "interorganisational_cooperation": ("share", "C: share of organisations that are members of the cooperation network", "organisations"),
    "hcp_cooperation": ("per month", "monthly probability that a fully engaged HCP meets an AI expert", "engaged professionals"),
    "shared_understanding": ("share", "share of AI experts who are interdisciplinary", "AI experts"),
    "training": ("per month", "monthly probability that an HCP is trained", "professionals"),
}
_FACTORS += [P(f.path, f.baseline, _PROCESS_MEANING[f.name][0], 0, 1, f"{_PROCESS_MEANING[f.name][1]}; in the paper: {f.in_the_paper}", f"assumption; direction: {PAPER}", title=f.title, short=f.short, of=_PROCESS_MEANING[f.name][2]) for f in PROCESSES]

_NETWORK = [
    P("network.kind", "modular", "", 0, 0, "kind of the peer network among HCPs", kind="choice", choices=NETWORK_KINDS, title="Kind of network among professionals", short="Kind of network"),
    P("network.file", None, "", 0, 0, "CSV edge list of HCPs, for network.kind=file", "the user's data", "file", title="File of ties"),
    P("network.ties", 4, "ties", 0, 1000, "ties that each HCP starts (the mean number of peers is twice that)", kind="integer", title="Ties that each professional starts", short="Ties started by each"),
    P("network.outside", 0.02, "probability", 0, 1, "probability that a tie leaves the organisation (modular)", title="Ties that leave the organisation", short="Ties beyond home", of="ties"),
    P("network.outside_member", 0.1, "probability", 0, 1, "added to it in member organisations (modular)", title="More such ties among cooperating organisations", short="Ties among members", of="ties"),
    P("network.rewiring", 0.1, "probability", 0, 1, "probability that a tie of the ring is rewired (small_world)", title="Ties rewired at random", short="Rewired ties", of="ties"),
]

_MONTH = [
    P("deployment.at_start", 0.0, "share", 0, 1, "share of organisations that run the tool from the start", title="Organisations that have the tool from the start", short="With the tool at start", of="organisations"),
    P("deployment.rate", 0.334, "per month", 0, 1, "highest monthly probability of deployment", title="Organisations that can introduce the tool in a month", short="Fastest introduction", of="organisations", source=FITTED),
    P("deployment.intercept", -6.04, "log odds", -20, 20, "propensity of an organisation without readiness or examples", title="Inclination to introduce the tool", short="Inclination to introduce", source=FITTED),
    P("deployment.readiness_weight", 2.0, "log odds", 0, 20, "weight of readiness", title="What readiness does for introducing the tool", short="Readiness, introduction"),
    P("deployment.imitation", 4.93, "log odds", 0, 20, "weight of the share of all organisations that run the tool", title="What the example of others does", short="Example of others", source=FITTED),
    P("deployment.member_weight", 4.16, "log odds", 0, 20, "weight, in members, of the share of members that run the tool", title="What the example of partner organisations does", short="Example of partners", source=FITTED),
    P("deployment.privacy_gate", 0.0, "log odds", 0, 50, "weight of the mean privacy of running organisations", title="What privacy does for introducing the tool", short="Privacy, introduction"),
    P("deployment.privacy_reference", 0.15, "", 0, 1, "level of privacy at which the gate neither helps nor hinders", title="Level of privacy that neither helps nor hinders", short="Neutral level of privacy"),

    P("development.rate", 0.5, "per month", 0, 1, "effort on qualities of an organisation with resources 1 and full fit", title="Speed of work on the tool", short="Speed of development"),
    P("development.fit_base", 0.3, "share", 0, 1, "share of effort that fits the needs where experts lack domain knowledge", title="Work that fits the needs without clinical knowledge", short="Fit without knowledge", of="the work on the tool"),
    P("development.funding_months", 30, "months", 0, 1200, "months after which project funding ends, and institutionalisation can begin", kind="integer", title="Months of project funding", short="Funding, months"),
    P("development.funding_dependence", 0.7, "share", 0, 1, "share of effort lost when project funding ends", title="Work that ends with project funding", short="Work lost with funding", of="the work on the tool"),
    P("development.member_exchange", 0.05, "per month", 0, 1, "speed at which members catch up with the mean quality of members", title="Speed at which cooperating organisations learn from each other", short="Exchange among members", of="the difference"),
]
_MONTH += [P(f"development.start.{q.name}", q.start, "", 0, 1, f"{q.name} of the tool at the start", title=f"{q.noun.capitalize()} of a new tool", short=f"New: {q.noun}") for q in QUALITIES]
_MONTH += [P(f"development.ceiling.{q.name}", 1.0, "", 0, 1, f"highest {q.name} that the technology can give", title=f"Highest {q.noun} that the technology allows", short=f"Highest {q.noun}") for q in QUALITIES]
_MONTH += [P(f"development.erosion.{q.name}", 0.03, "per month", 0, 1, f"monthly loss of {q.name} without work on it", title=f"Loss of {q.noun} without work on it", short=f"Loss: {q.noun}", of="the level") for q in QUALITIES]
_MONTH += [
    P("incident.rate", 0.03, "per month", 0, 1, "monthly probability of a privacy or safety incident at privacy 0", title="Incidents of privacy or safety in a month", short="Incidents in a month", of="tools"),
    P("incident.trust_loss", 0.15, "share", 0, 1, "share of trust that an incident costs", title="Trust lost by an incident", short="Trust lost: incident", of="trust"),

    P("influence.rate", 0.05, "per month", 0, 1, "pull of the mean trust of peers", title="Pull of colleagues' trust", short="Pull of colleagues", of="the difference"),

    P("cooperation.success_base", 0.3, "probability", 0, 1, "probability that a meeting succeeds without any understanding", title="Meetings that succeed without any understanding", short="Success without insight", of="meetings"),
    P("cooperation.literacy_floor", 0.5, "share", 0, 1, "share of the expert's domain knowledge that reaches an HCP without AI literacy", title="What a professional without AI literacy takes from a meeting", short="Gain without literacy"),
    P("cooperation.interdisciplinary_skill", 0.85, "", 0, 1, "understanding brought by an interdisciplinary expert", title="Understanding of interdisciplinary experts", short="Interdisciplinary skill"),
    P("cooperation.trust_gain", 0.06, "share", 0, 1, "gain of trust in a successful meeting", title="Trust gained in a good meeting", short="Trust: good meeting", of="missing trust"),
    P("cooperation.literacy_gain", 0.05, "share", 0, 1, "gain of AI literacy in a successful meeting", title="AI literacy gained in a good meeting", short="Literacy: good meeting", of="missing literacy"),
    P("cooperation.engagement_gain", 0.1, "share", 0, 1, "gain of engagement in a successful meeting", title="Engagement gained in a good meeting", short="Engagement: good meeting", of="missing engagement"),
    P("cooperation.engagement_loss", 0.15, "share", 0, 1, "loss of engagement in a failed meeting", title="Engagement lost in a failed meeting", short="Engagement: bad meeting", of="engagement"),
    P("cooperation.trust_loss", 0.02, "share", 0, 1, "loss of trust in a failed meeting", title="Trust lost in a failed meeting", short="Trust: failed meeting", of="trust"),
    P("cooperation.attention_learning", 0.01, "per meeting", 0, 1, "how far one successful meeting moves an expert's attention towards the HCP's priorities", title="How much experts learn of priorities in a meeting", short="Experts learn priorities"),
    P("cooperation.domain_learning", 0.01, "per meeting", 0, 1, "how far one successful meeting moves an expert's domain knowledge towards 1", title="How much experts learn of clinical work in a meeting", short="Experts learn the work"),

    P("training.gain", 0.25, "share", 0, 1, "gain of AI literacy by training", title="AI literacy gained by training", short="Gain by training", of="missing literacy"),
    P("training.forgetting", 0.01, "per month", 0, 1, "monthly loss of AI literacy", title="AI literacy forgotten in a month", short="Forgetting", of="literacy"),

    P("trust.reliability_base", 0.65, "probability", 0, 1, "reliability of the tool with no data quality", title="Reliability of the tool without good data", short="Reliability, poor data", of="uses"),
    P("trust.reliability_gain", 0.35, "probability", 0, 1, "reliability added by full data quality and scope (base + gain at most 1)", title="Reliability added by good data", short="Reliability by good data", of="uses"),
    P("trust.scope_floor", 0.5, "share", 0, 1, "share of that gain that remains with scope 0", title="What good data do without a fitting scope", short="Gain without scope"),
    P("trust.skill_floor", 0.9, "share", 0, 1, "share of the reliability that a user without AI literacy obtains", title="Reliability for a user without AI literacy", short="Reliability, no literacy"),
    P("trust.transparency_strength", 1.0, "", 0, 1, "how far trust formation hangs on transparency", f"assumption; direction: {PAPER}", title="How far trust hangs on transparency", short="Trust by transparency"),
    P("trust.transparency_reference", 0.5, "", 0, 1, "transparency at which that strength does not matter", title="Transparency at which that does not matter", short="Neutral transparency"),
    P("trust.learning_floor", 0.25, "share", 0, 1, "share of learning from success that an opaque tool allows", title="What one learns from an opaque tool", short="Learning, opaque tool"),
    P("trust.success_gain", 0.097, "share", 0, 1, "gain of trust by a success with a fully transparent tool", title="Trust gained by a success", short="Trust: success", of="missing trust", source=FITTED),
    P("trust.failure_loss", 0.245, "share", 0, 1, "loss of trust by a failure with an opaque tool and clear responsibility", title="Trust lost by a failure", short="Trust: failure", of="trust", source=FITTED),
    P("trust.transparency_softening", 0.6, "share", 0, 1, "share of the loss that full transparency takes away", title="Loss of trust that transparency takes away", short="Softened by transparency"),
    P("trust.responsibility_weight", 0.8, "share", 0, 5, "share added to the loss where responsibility is unclear", title="Loss of trust added by unclear responsibility", short="Unclear responsibility"),
    P("trust.loss_cap", 0.9, "share", 0, 1, "largest share of trust that one failure can cost", title="Largest loss of trust by one failure", short="Largest loss of trust", of="trust"),

    P("appraisal.rho", -1.0, "", -10, 1, "substitution between qualities (1: fully compensatory, 0: geometric mean, below: weak links count)", title="How far one quality makes up for another", short="Substitution"),
    P("appraisal.floor", 0.02, "", 0.0001, 1, "smallest level that a quality is counted with", title="Smallest level a quality counts with", short="Smallest level counted"),
    P("appraisal.training_compensation", 0.5, "share", 0, 1, "share of missing usability that full AI literacy makes up for", title="Poor usability that AI literacy makes up for", short="Literacy for usability", of="missing usability"),
    P("appraisal.systemic", 0.3, "share", 0, 1, "share of the value that appears only once many use the tool", TRAP, title="Value that only many users bring", short="Value by many users", of="the value"),
    P("appraisal.critical_mass", 0.5, "share", 0.01, 1, "adopter share at which half of the systemic value appears", TRAP, title="Users needed for half of that value", short="Critical mass", of="professionals"),
    P("appraisal.critical_exponent", 4.0, "", 0.1, 20, "steepness of that threshold", TRAP, title="Steepness of that threshold", short="Steepness of threshold"),

    P("decision.intercept", -2.87, "log odds", -30, 30, "propensity to use without any reason for it", title="Inclination to use the tool without any reason", short="Inclination to use", source=FITTED),
    P("decision.trust", 4.17, "log odds", 0, 50, "weight of trust", title="What trust does for use", short="Trust for use", source=FITTED),
    P("decision.appraisal", 2.58, "log odds", 0, 50, "weight of the appraisal of the tool", title="What a good opinion of the tool does for use", short="Opinion for use", source=FITTED),
    P("decision.peers_adopting", 3.15, "log odds", 0, 50, "weight of the share of peers who are adopters", title="What colleagues who use it do for use", short="Colleagues who use it", source=FITTED),
    P("decision.peers_lapsed", 1.46, "log odds", 0, 50, "weight (against use) of the share of peers who are lapsed", title="What colleagues who stopped do against use", short="Colleagues who stopped", source=FITTED),
    P("decision.literacy", 0.894, "log odds", 0, 50, "weight of AI literacy", title="What AI literacy does for use", short="AI literacy for use", source=FITTED),
    P("decision.roles", 2.46, "log odds", 0, 50, "weight of clear roles in staying an adopter", title="What clear roles do for staying", short="Clear roles for staying", source=FITTED),
    P("decision.trial_rate", 0.0989, "per month", 0, 1, "highest monthly probability that a non-adopter tries the tool", title="Professionals who can begin to try in a month", short="Fastest trials", of="professionals", source=FITTED),
    P("decision.retrial_rate", 0.112, "per month", 0, 1, "highest monthly probability that a lapsed HCP tries again", title="Those who stopped who can try again in a month", short="Fastest new trials", of="those who stopped", source=FITTED),
    P("decision.decide_rate", 0.242, "per month", 0, 1, "monthly probability that a trial is decided", title="Trials that are decided in a month", short="Decisions in a month", of="trials", source=FITTED),
    P("decision.lapse_rate", 0.25, "per month", 0, 1, "highest monthly probability that an adopter lapses", title="Users who can stop in a month", short="Fastest stopping", of="users", source=FITTED),
]
_MONTH += [P(f"turnover.{g}", _TURNOVER[g], "per year", 0, 0.999, f"share of the group '{g}' that leaves within a year", title=f"{GROUPS[g].capitalize()} who leave in a year", short=f"Leaving: {GROUPS[g]}", of=GROUPS[g]) for g in GROUP_NAMES]
_MONTH += [
    P("turnover.onboarding", None, "probability", 0, 1, "probability that a newcomer is trained at once (null: onboarding_factor * process.training, at most 1)", kind="optional", title="Newcomers trained at once", short="Newcomers trained", of="newcomers"),
    P("turnover.onboarding_factor", 10.0, "months", 0, 1000, "months of training that onboarding is worth, where onboarding is null", title="Months of training that onboarding is worth", short="Worth of onboarding"),

    P("review.institutionalise_share", 0.4, "share", 0, 1, "adopter share at which a project is made permanent", title="Use at which a project is made permanent", short="Use to become permanent", of="professionals"),
    P("review.grace_months", 24, "months", 0, 1200, "age up to which a tool is not decommissioned", kind="integer", title="Months before a tool can be withdrawn", short="Months of grace"),
    P("review.rate", 0.0763, "per month", 0, 1, "highest monthly probability of decommissioning", title="Tools that can be withdrawn in a month", short="Fastest withdrawal", of="tools", source=FITTED),
    P("review.threshold", 0.33, "share", 0, 1, "adopter share at which that probability is half its highest", title="Use below which a tool is likely withdrawn", short="Use to be kept", of="professionals", source=FITTED),
    P("review.width", 0.0344, "share", 0.0001, 1, "width of that threshold", title="Width of that threshold", source=FITTED),
    P("review.trust_loss", 0.30, "share", 0, 1, "share of trust that a withdrawn tool costs", title="Trust lost by a withdrawn tool", short="Trust lost: withdrawal", of="trust"),
]
_POLICY = [
    P("policy", "none", "", 0, 0, "policies in force: names of files in conf/policy, joined by +", "the user's choice", "names", title="Policy"),
    P("shock", "none", "", 0, 0, "shocks that happen: names of files in conf/shock, joined by +", "the user's choice", "names", title="Shock"),
    P("cost.currency", "EUR", "", 0, 0, "name of the currency of costs, for words and figures", "the user's choice", "names", title="Currency"),
    P("cost.discount_rate", 0.03, "per year", 0, 1, "yearly rate that later costs are discounted with", "assumption", title="Discount rate of costs", short="Discount rate"),
]
_OUTCOME = [
    P("outcome.sustained_months", 24, "months", 1, 1200, "months at the end over which sustained adoption is averaged", kind="integer", title="Months at the end that count as sustained", short="Months that count"),
    P("outcome.sustained_threshold", 0.5, "share", 0, 1, "sustained adoption from which a run counts as sustained", title="Use from which adoption counts as sustained", short="Use that counts", of="professionals"),
    P("outcome.peak_months", 12, "months", 1, 1200, "months of the highest mean adopter share (scale-up)", kind="integer", title="Months of the peak of use", short="Months of the peak"),
    P("outcome.spread_share", 0.2, "share", 0.001, 1, "adopter share that an organisation must reach to count for spread", title="Use at which a tool has spread to an organisation", short="Use that counts: spread", of="professionals"),
    P("outcome.return_months", 12, "months", 1, 1200, "months within which a new trial after a lapse counts as a return", kind="integer", title="Months within which a new trial is a return", short="Months of a return"),
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
