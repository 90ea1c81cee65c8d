"""The lever table: what policies and shocks may move.

Names are those that policy files use; checks, schedules and documentation derive from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.model import levers
from sim.policies.kinds import POLICY, SHOCK
from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES


@dataclass(frozen=True)
class Lever:
    """One lever.

    Attributes
    ----------
    name : str
    kind : {"policy", "shock"}
    columns : tuple of int
        Columns of the kernel's table that it is written to.
    unit : str
        Of its strength.
    meaning : str
    high : float
        Largest strength; the smallest is 0, which changes nothing.
    by_group : bool
        Whether it can be limited to groups of HCPs.
    source : str
        Where the idea comes from; what a given strength does is an assumption.
    """

    name: str
    kind: str
    columns: tuple[int, ...]
    unit: str
    meaning: str
    high: float = 1.0
    by_group: bool = False
    source: str = "assumption"


def _groups(first: int) -> tuple[int, ...]:
    return tuple(range(first, first + len(GROUP_NAMES)))


def _qualities(first: int) -> tuple[int, ...]:
    return tuple(range(first, first + len(QUALITY_NAMES)))


PAPER = "assumption; direction: doi 10.1177/20552076261437277"
# fmt: off
_ROWS = [
    Lever("co_design", POLICY, _groups(levers.HCP_COOPERATION), "per month", "added to process.hcp_cooperation: HCPs and AI experts meet more often", by_group=True, source=PAPER),
    Lever("interdisciplinary_experts", POLICY, (levers.INTERDISCIPLINARY,), "share", "added to process.shared_understanding: more AI experts know clinical work", source=PAPER),
    Lever("training", POLICY, _groups(levers.TRAINING), "per month", "added to process.training: probability that an HCP is trained", by_group=True, source=PAPER),
    Lever("onboarding", POLICY, _groups(levers.ONBOARDING), "probability", "added to the probability that a newcomer is trained at once", by_group=True),
    *(Lever(f"quality_work.{q}", POLICY, (levers.QUALITY_WORK + k,), "per month", f"effort for {q} alone, beside that of the organisation") for k, q in enumerate(QUALITY_NAMES)),
    *(Lever(f"workshop.{q}", POLICY, (levers.WORKSHOP + k,), "share per month", f"how far the experts' attention to {q} moves towards the priorities of HCPs, for good", source=PAPER) for k, q in enumerate(QUALITY_NAMES)),
    Lever("workshop", POLICY, _qualities(levers.WORKSHOP), "share per month", "the same for all qualities", source=PAPER),
    Lever("network", POLICY, (levers.NETWORK,), "share", "added to process.interorganisational_cooperation for deployment and development", source=PAPER),
    Lever("sustained_funding", POLICY, (levers.FUNDING,), "share", "share of the effort lost at the end of project funding that is kept"),
    Lever("phased_roll_out", POLICY, (levers.ROLL_OUT,), "per month", "added to the probability of deployment"),
    Lever("champions", POLICY, (levers.CHAMPIONS,), "share", "HCPs with the most peers who have not tried the tool become adopters, once, when the organisation runs it", source="assumption; direction: Cochrane CD000125"),
    Lever("adverse_evidence", SHOCK, (levers.ADVERSE_EVIDENCE,), "share", "share of trust that the news costs everybody; every user reconsiders at once, in each month that it is in force"),
    Lever("regulation", SHOCK, (levers.REGULATION,), "level", "mean privacy of the tools in use (of a new one, where none is) below which nobody may begin"),
    Lever("budget_cut", SHOCK, (levers.BUDGET_CUT,), "share", "share of the organisation's effort that is lost"),
    Lever("model_failure", SHOCK, (levers.MODEL_FAILURE,), "share", "share of the tool's reliability that is lost"),
    Lever("staff_exodus", SHOCK, (levers.EXODUS,), "per month", "added to the probability that an HCP leaves"),
]
# fmt: on

LEVERS: dict[str, Lever] = {lever.name: lever for lever in _ROWS}
