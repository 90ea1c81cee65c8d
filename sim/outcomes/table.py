"""The outcome table: every number that a run is summarised by, once.

Columns of results, documentation and reports derive from it. Source of the five letters: the
NASSS framework, Greenhalgh et al. 2017, doi 10.2196/jmir.8775.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from sim.tables.factors import GROUPS, QUALITIES

MILESTONES = (12, 36, 60)  # months at which single figures are kept, beside the horizon
MIDWAY = 60  # the month at which studies that compare look as if it were the horizon
TOLD_MIDWAY = (
    "sustained_adoption", "non_adoption", "abandonment", "scale_up", "spread", "sustainability",
    "lapse_rate",
)  # fmt: skip
# Of them, and of what they are pooled over, there are forms as if MIDWAY were the horizon
WINDOWED = (
    *TOLD_MIDWAY, "peak_adoption", "adopter_months", "deploying_organisations", "deploying_hcps",
)  # fmt: skip
# HCPs that some outcomes are told of apart, and how they are called
SCOPES = GROUPS | {"members": "members of the network", "others": "non-members"}


@dataclass(frozen=True)
class Outcome:
    """One number of a run."""

    name: str  # of the column
    unit: str
    meaning: str
    letter: str = "explaining"  # of NASSS, which it measures
    title: str = ""  # what readers see in the place of the name
    better: int = 0  # 1 or -1: more or less of it is better for patients and staff; 0: not clear
    # The column of runs that it is a share, a rate or a mean of, where that depends on what happens
    # in a run. Such an outcome is pooled over runs: the sum of what is counted over the sum of this,
    # so that a run with three adopters does not count like one with three hundred.
    over: str = ""
    short: str = ""  # the title in figures, where it is another one

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest possible value, which intervals are cut to."""
        if self.unit.startswith("["):
            low, high = self.unit.strip("[]").split(",")
            return float(low), float(high)
        return 0.0, 1.0 if self.unit.startswith("share") or self.unit == "ratio" else math.inf


class Place(NamedTuple):
    """Where HCPs are: the organisation's tool counts first, then what they did."""

    name: str  # column of `months`; outcomes are where.NAME.month_60 and where.NAME.horizon
    title: str
    short: str
    meaning: str


# Everybody in post is in one of them; in the order of `sim.model.records`
PLACES = (
    Place("adopters", "Use it", "use it", "HCPs who are adopters"),
    Place("trials", "Are trying it", "trying", "HCPs who try the tool"),
    Place("used_and_stopped", "Used it and stopped", "stopped", "HCPs whose tool runs, who were adopters once and stopped"),
    Place("tried_and_left", "Tried it and left", "tried and left", "HCPs whose tool runs, who tried it and never became adopters"),
    Place("never_tried", "Never tried it", "never tried", "HCPs whose tool runs and who never tried it"),
    Place("withdrawn", "It was withdrawn", "withdrawn", "HCPs whose organisation gave the tool up"),
    Place("never_came", "It never came", "never came", "HCPs whose organisation has not deployed the tool"),
)  # fmt: skip
HEADLINE = "use_after_5_years"
GOAL = "sustained_adoption"  # what most studies ask about
COST = "policy_cost"  # told by the schedule, not by the record
O = Outcome
# fmt: off
FIVE = (
    O("sustained_adoption", "share of HCPs", "mean adopter share of the last outcome.sustained_months months (or of all, if there are fewer)", "sustainability", "Sustained adoption", better=1),
    O("non_adoption", "share of HCPs", "HCPs in post at the horizon who have never been adopters", "non-adoption", "Non-adoption", better=-1),
    O("abandonment", "share of deploying organisations", "organisations that deployed and have decommissioned the tool; not a number if none deployed", "abandonment", "Abandonment", -1, "deploying_organisations"),
    O("scale_up", "share of HCPs", "highest mean adopter share of outcome.peak_months months, over all HCPs of organisations that ever deployed", "scale-up", "Scale-up", 1, "deploying_hcps"),
    O("spread", "share of organisations", "organisations whose adopter share ever reached outcome.spread_share", "spread", "Spread", better=1),
    O("sustainability", "ratio", "sustained adoption over peak adoption; not a number if nobody ever adopted", "sustainability", "Sustainability", 1, "peak_adoption"),
)
_MORE = (
    O(HEADLINE, "share of HCPs", "HCPs who are adopters 60 months after their organisation deployed the tool (none of them where it was decommissioned), of all HCPs of organisations that deployed it at least 60 months before the horizon, and less than 60 months before the start; not a number if none did", "sustainability", "Use five years after the start", 1, f"{HEADLINE}.hcps", short="Use after five years"),
    O("non_adopting_organisations", "share of organisations", "organisations that never deployed", "non-adoption", better=-1, title="Organisations that never introduced it", short="Never introduced"),
    O("lapse_rate", "per year", "12 * lapses / adopter_months", "abandonment", "Lapse rate", -1, "adopter_months"),
    O("spread_month", "month", "month in which half of all organisations had reached outcome.spread_share; not a number if they never had", "spread", title="Month by which it had spread to half of all organisations", short="Month of spread"),
    O("peak_adoption", "share of HCPs", "highest mean adopter share of outcome.peak_months months, over all HCPs; or sustained adoption, where that is higher (outcome.sustained_months may be shorter)", "scale-up", better=1, title="Peak of adoption"),
    O("lapses", "count", "adopters who stopped, without withdrawals", "abandonment", better=-1, title="Users who stopped"),
    O("failed_trials", "count", "trials that ended without adoption", "abandonment", better=-1, title="Trials without adoption"),
    O("withdrawals", "count", "users (adopters and trials) whose tool was decommissioned", "abandonment", better=-1, title="Users whose tool was withdrawn", short="Users, tool withdrawn"),
    O("returns", "count", "new trials within outcome.return_months months of a lapse or failed trial (a withdrawn tool is not there to return to)", "abandonment", title="Those who stopped and tried again", short="Tried again"),
    O("trust", "[0, 1]", "mean trust T of HCPs at the horizon", better=1, title="Trust"),
    O("literacy", "[0, 1]", "mean AI literacy L of HCPs at the horizon", better=1, title="AI literacy"),
    O("engagement", "[0, 1]", "mean engagement E of HCPs at the horizon", better=1, title="Engagement with AI experts", short="Engagement"),
    O("domain_knowledge", "[0, 1]", "mean domain knowledge D of AI experts at the horizon", better=1, title="What AI experts know of clinical work", short="Experts' knowledge"),
    O("alignment_index", "[0, 1]", "mean over AI experts of 1 - (sum of |W - v| + attention to technology for its own sake) / 2, at the horizon", better=1, title="Alignment of AI experts with professionals", short="Alignment"),
    O("trust_gap", "[-1, 1]", "mean of trust less reliability (T - R) of users at the horizon", over="users", title="Trust beyond what the tool deserves", short="Trust less reliability"),
    O("over_trust", "[0, 1]", "mean of the part of T - R above 0, over users at the horizon", over="users", title="Too much trust"),
    O("under_trust", "[-1, 0]", "mean of the part of T - R below 0, over users at the horizon", over="users", title="Too little trust"),
    O("effort_wasted", "effort-months", "effort spent on misunderstood needs, summed over organisations and months", better=-1, title="Work on misunderstood needs", short="Wasted work"),
    O("incidents", "count", "privacy and safety incidents", better=-1, title="Incidents of privacy or safety", short="Incidents"),
    O("meetings", "count", "meetings of HCPs with AI experts", title="Meetings with AI experts"),
    O("failed_meetings", "count", "meetings in which the two did not understand each other", better=-1, title="Meetings without understanding", short="Failed meetings"),
    O(COST, "currency", "what the policies cost until the horizon, discounted (cost.discount_rate), in cost.currency", title="Cost of policies", better=-1),
    O("trainings", "count", "trainings of HCPs, onboarding included", title="Trainings of professionals", short="Trainings"),
)
_QUALITIES = tuple(O(f"quality.{q.name}", "[0, 1]", f"mean {q.name} of the tools that run at the horizon", over="running_organisations", title=f"{q.noun.capitalize()} of the tool", short=q.short, better=1) for q in QUALITIES)
_MILESTONES = tuple(o for m in MILESTONES for o in (
    O(f"adopter_share.month_{m}", "share of HCPs", f"adopter share at the end of month {m}; not a number if the horizon is shorter", title=f"Adopters at month {m}", better=1),
    O(f"trust.month_{m}", "[0, 1]", f"mean trust at the end of month {m}; not a number if the horizon is shorter", title=f"Trust at month {m}", better=1),
)) + (O("adopter_share.horizon", "share of HCPs", "adopter share at the horizon", title="Adopters at the end", better=1),)
_WHERE = tuple(
    O(f"where.{p.name}.{at}", "share of HCPs", f"{p.meaning}, at {when}", title=f"{p.title}, {told}")
    for at, told, when in ((f"month_{MIDWAY}", f"month {MIDWAY}", f"the end of month {MIDWAY}; not a number if the horizon is shorter"), ("horizon", "at the end", "the horizon"))
    for p in PLACES
)
_COUNTED = (
    O(f"{HEADLINE}.organisations", "organisations", "organisations that deployed the tool at least 60 months before the horizon, and less than 60 months before the start", "counted", "Organisations with the tool for five years"),
    O(f"{HEADLINE}.hcps", "HCPs", "their HCPs", "counted", "Professionals of such organisations"),
    O(f"{HEADLINE}.adopters", "HCPs", "of these, adopters 60 months after the deployment", "counted", "Of these, users five years after the start"),
    O("adopter_months", "adopter-months", "months in which an adopter could have stopped: adopters at the start of each month, and champions who become adopters in it", "counted", "Months of use"),
    O("deploying_organisations", "organisations", "organisations that ever deployed the tool", "counted", "Organisations that introduced it"),
    O("deploying_hcps", "HCPs", "HCPs of organisations that ever deployed the tool", "counted", "Professionals of organisations that introduced it"),
    O("running_organisations", "organisations", "organisations that run the tool at the horizon", "counted", "Organisations that have the tool"),
    O("users", "HCPs", "users (adopters and trials) at the horizon", "counted", "Users at the end"),
)
_MIDWAY = tuple(
    O(f"{o.name}.month_{MIDWAY}", o.unit, f"{o.name} as if month {MIDWAY} were the horizon; not a number if the horizon is shorter", o.letter, f"{o.title} by month {MIDWAY}", o.better, o.over and f"{o.over}.month_{MIDWAY}")
    for o in (*FIVE, *_MORE, *_COUNTED) if o.name in WINDOWED
)
_SCOPED = tuple(o for s, who in SCOPES.items() for o in (
    O(f"sustained_adoption.{s}", "share of HCPs", f"sustained adoption among {who}", over=f"hcps.{s}", title=f"Sustained adoption among {who}", short=f"Adoption, {s}", better=1),
    O(f"non_adoption.{s}", "share of HCPs", f"non-adoption among {who}", over=f"hcps.{s}", title=f"Non-adoption among {who}", short=f"Non-adoption, {s}", better=-1),
    O(f"lapse_rate.{s}", "per year", f"lapse rate among {who}", over=f"adopter_months.{s}", title=f"Lapse rate among {who}", short=f"Lapse rate, {s}", better=-1),
    O(f"trust.{s}", "[0, 1]", f"mean trust among {who} at the horizon", over=f"hcps.{s}", title=f"Trust among {who}", short=f"Trust, {s}", better=1),
    O(f"hcps.{s}", "HCPs", f"{who} in post", "counted", f"{who[0].upper()}{who[1:]} in post"),
    O(f"adopter_months.{s}", "adopter-months", f"adopter-months of {who}", "counted", f"Months of use of {who}"),
))
# fmt: on

OUTCOMES: dict[str, Outcome] = {
    o.name: o
    for o in (*FIVE, *_MORE, *_QUALITIES, *_MILESTONES, *_WHERE, *_MIDWAY, *_SCOPED, *_COUNTED)
}
