"""The outcome table: every number that a run is summarised by, once.

Columns of results, documentation and reports derive from it. Source of the five letters: the
NASSS framework, Greenhalgh et al. 2017, doi 10.2196/jmir.8775.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.tables.factors import GROUP_NAMES, QUALITIES

MILESTONES = (12, 36, 60)  # months at which single figures are kept, beside the horizon
MIDWAY = 60  # the month at which studies that compare look as if it were the horizon
TOLD_MIDWAY = (
    "sustained_adoption",
    "non_adoption",
    "abandonment",
    "scale_up",
    "spread",
    "sustainability",
    "lapse_rate",
)
_GROUPS = dict(zip(GROUP_NAMES, ("physicians", "nurses", "allied HCPs"), strict=True))
# HCPs that some outcomes are told of apart, and how they are called
SCOPES = _GROUPS | {"members": "members of the network", "others": "non-members"}


@dataclass(frozen=True)
class Outcome:
    """One number of a run.

    Attributes
    ----------
    name : str
        Column name.
    unit : str
    meaning : str
    letter : str
        The letter of NASSS it measures, or "explaining".
    label : str
        Words for figures and the terminal.
    better : {1, -1, 0}
        Whether more or less of it is better for patients and staff; 0 where that is not clear.
    """

    name: str
    unit: str
    meaning: str
    letter: str = "explaining"
    label: str = ""
    better: int = 0

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest possible value, which intervals are cut to."""
        if self.unit.startswith("["):
            low, high = self.unit.strip("[]").split(",")
            return float(low), float(high)
        return 0.0, 1.0 if self.unit.startswith("share") or self.unit == "ratio" else math.inf


GOAL = "sustained_adoption"  # what most studies ask about
COST = "policy_cost"  # told by the schedule, not by the record
O = Outcome
# fmt: off
FIVE = (
    O("sustained_adoption", "share of HCPs", "mean adopter share of the last outcome.sustained_months months (or of all, if there are fewer)", "sustainability", "Sustained adoption", better=1),
    O("non_adoption", "share of HCPs", "HCPs in post at the horizon who have never been adopters", "non-adoption", "Non-adoption", better=-1),
    O("abandonment", "share of deploying organisations", "organisations that deployed and have decommissioned the tool; not a number if none deployed", "abandonment", "Abandonment", better=-1),
    O("scale_up", "share of HCPs", "highest mean adopter share of outcome.peak_months months, over all HCPs of organisations that ever deployed", "scale-up", "Scale-up", better=1),
    O("spread", "share of organisations", "organisations whose adopter share ever reached outcome.spread_share", "spread", "Spread", better=1),
    O("sustainability", "ratio", "sustained adoption over the highest mean adopter share of outcome.peak_months months; not a number if nobody ever adopted", "sustainability", "Sustainability", better=1),
)
_MORE = (
    O("non_adopting_organisations", "share of organisations", "organisations that never deployed", "non-adoption", better=-1),
    O("lapse_rate", "per year", "12 * lapses / adopter-months (adopters at the start of each month)", "abandonment", "Lapse rate", better=-1),
    O("spread_month", "month", "month in which half of all organisations had reached outcome.spread_share; not a number if they never had", "spread"),
    O("peak_adoption", "share of HCPs", "highest mean adopter share of outcome.peak_months months, over all HCPs", "scale-up", better=1),
    O("lapses", "count", "adopters who stopped, without withdrawals", "abandonment", better=-1),
    O("failed_trials", "count", "trials that ended without adoption", "abandonment", better=-1),
    O("withdrawals", "count", "users (adopters and trials) whose tool was decommissioned", "abandonment", better=-1),
    O("returns", "count", "new trials within outcome.return_months months of a lapse or failed trial (a withdrawn tool is not there to return to)", "abandonment"),
    O("trust", "[0, 1]", "mean trust T of HCPs at the horizon", label="Trust", better=1),
    O("literacy", "[0, 1]", "mean AI literacy L of HCPs at the horizon", better=1),
    O("engagement", "[0, 1]", "mean engagement E of HCPs at the horizon", better=1),
    O("domain_knowledge", "[0, 1]", "mean domain knowledge D of AI experts at the horizon", better=1),
    O("alignment_index", "[0, 1]", "mean over AI experts of 1 - (sum of |W - v| + attention to technology for its own sake) / 2, at the horizon", better=1),
    O("trust_gap", "[-1, 1]", "mean of trust less reliability (T - R) of users at the horizon"),
    O("over_trust", "[0, 1]", "mean of the part of T - R above 0, over users at the horizon"),
    O("under_trust", "[-1, 0]", "mean of the part of T - R below 0, over users at the horizon"),
    O("effort_wasted", "effort-months", "effort spent on misunderstood needs, summed over organisations and months", better=-1),
    O("incidents", "count", "privacy and safety incidents", better=-1),
    O("meetings", "count", "meetings of HCPs with AI experts"),
    O("failed_meetings", "count", "meetings in which the two did not understand each other", better=-1),
    O(COST, "currency", "what the policies cost until the horizon, discounted (cost.discount_rate), in cost.currency", label="Cost of policies", better=-1),
    O("trainings", "count", "trainings of HCPs, onboarding included"),
)
_QUALITIES = tuple(O(f"quality.{q.name}", "[0, 1]", f"mean {q.name} of the tools that run at the horizon", better=1) for q in QUALITIES)
_MILESTONES = tuple(o for m in MILESTONES for o in (
    O(f"adopter_share.month_{m}", "share of HCPs", f"adopter share at the end of month {m}; not a number if the horizon is shorter", better=1),
    O(f"trust.month_{m}", "[0, 1]", f"mean trust at the end of month {m}; not a number if the horizon is shorter", better=1),
)) + (O("adopter_share.horizon", "share of HCPs", "adopter share at the horizon", better=1),)
_MIDWAY = tuple(
    O(f"{o.name}.month_{MIDWAY}", o.unit, f"{o.name} as if month {MIDWAY} were the horizon; not a number if the horizon is shorter", o.letter, f"{o.label} by month {MIDWAY}", o.better)
    for o in (*FIVE, *_MORE) if o.name in TOLD_MIDWAY
)
_SCOPED = tuple(o for s, who in SCOPES.items() for o in (
    O(f"sustained_adoption.{s}", "share of HCPs", f"sustained adoption among {who}", better=1),
    O(f"non_adoption.{s}", "share of HCPs", f"non-adoption among {who}", better=-1),
    O(f"lapse_rate.{s}", "per year", f"lapse rate among {who}", better=-1),
    O(f"trust.{s}", "[0, 1]", f"mean trust among {who} at the horizon", better=1),
))
# fmt: on

OUTCOMES: dict[str, Outcome] = {
    o.name: o for o in (*FIVE, *_MORE, *_QUALITIES, *_MILESTONES, *_MIDWAY, *_SCOPED)
}


def label(name: str) -> str:
    """Return words for an outcome's column."""
    return OUTCOMES[name].label or name.replace("_", " ").capitalize()
