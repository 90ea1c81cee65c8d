"""The lever table: what policies and shocks may move.

Names are those that policy files use; checks, schedules and documentation derive from it.
"""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass

from sim.model import levers
from sim.policies.kinds import POLICY, SHOCK
from sim.tables.factors import GROUP_NAMES, QUALITIES


@dataclass(frozen=True)
class Lever:
    """One lever."""

    name: str
    kind: str  # policy or shock
    columns: tuple[int, ...]  # of the kernel's table that it is written to
    unit: str  # of its strength
    meaning: str
    high: float = 1.0  # largest strength; the smallest is 0, which changes nothing
    by_group: bool = False  # whether it can be limited to groups of HCPs
    title: str = ""  # what readers see in the place of the name
    source: str = "assumption"  # of the idea; what a given strength does is always one
    early: bool = False  # whether it acts, and is paid, before the tool's start as well

    def told(self, strength: float) -> str:
        """Return a strength in words: what is a share, in percent."""
        if self.unit == "level":
            return f"{strength:g}"
        return f"{100 * strength:.6g} %{' a month' if 'per month' in self.unit else ''}"


def _each(first: int, of: Sized) -> tuple[int, ...]:
    """Return the columns of a lever that has one for each group, or for each quality."""
    return tuple(range(first, first + len(of)))


PAPER = "assumption; direction: doi 10.1177/20552076261437277"
# fmt: off
_ROWS = [
    Lever("co_design", POLICY, _each(levers.HCP_COOPERATION, GROUP_NAMES), "per month", "added to the monthly probability that an HCP meets an AI expert", by_group=True, title="Meetings of professionals with AI experts", source=PAPER),
    Lever("interdisciplinary_experts", POLICY, (levers.INTERDISCIPLINARY,), "share", "added to the share of AI experts who know clinical work", title="AI experts who know clinical work", source=PAPER),
    Lever("training", POLICY, _each(levers.TRAINING, GROUP_NAMES), "per month", "added to the monthly probability that an HCP is trained", by_group=True, title="Training", source=PAPER, early=True),
    Lever("onboarding", POLICY, _each(levers.ONBOARDING, GROUP_NAMES), "probability", "added to the probability that a newcomer is trained at once", by_group=True, title="Training of newcomers", early=True),
    *(Lever(f"quality_work.{q.name}", POLICY, (levers.QUALITY_WORK + k,), "per month", f"effort for {q.name} alone, beside that of the organisation; times fit, as all effort", title=f"Work on {q.noun}") for k, q in enumerate(QUALITIES)),
    *(Lever(f"workshop.{q.name}", POLICY, (levers.WORKSHOP + k,), "share per month", f"how far the experts' attention to {q.name} moves towards the priorities of HCPs, for good", title=f"Workshops on {q.noun}", source=PAPER, early=True) for k, q in enumerate(QUALITIES)),
    Lever("workshop", POLICY, _each(levers.WORKSHOP, QUALITIES), "share per month", "the same for all qualities", title="Workshops on all priorities", source=PAPER, early=True),
    Lever("network", POLICY, (levers.NETWORK,), "share", "added to the share of organisations that cooperate, for deployment and development", title="Cooperation of organisations", source=PAPER, early=True),
    Lever("sustained_funding", POLICY, (levers.FUNDING,), "share", "share of the effort lost at the end of project funding that is kept", title="Money beyond the project"),
    Lever("phased_roll_out", POLICY, (levers.ROLL_OUT,), "per month", "added to the probability of deployment", title="Introduction in more organisations", early=True),
    Lever("champions", POLICY, (levers.CHAMPIONS,), "share", "HCPs with the most peers who have not tried the tool become adopters, once, when the organisation runs it", title="Champions", source="assumption; direction: Cochrane CD000125"),
    Lever("adverse_evidence", SHOCK, (levers.ADVERSE_EVIDENCE,), "share", "share of trust that the news costs everybody; every user reconsiders at once, in each month that it is in force", title="Bad news about the tool"),
    Lever("regulation", SHOCK, (levers.REGULATION,), "level", "mean privacy of the tools in use (of a new one, where none is) below which nobody may begin", title="Regulation of privacy"),
    Lever("budget_cut", SHOCK, (levers.BUDGET_CUT,), "share", "share of the organisation's effort that is lost", title="Budget cut"),
    Lever("model_failure", SHOCK, (levers.MODEL_FAILURE,), "share", "share of the tool's reliability that is lost", title="Tool made less reliable"),
    Lever("staff_exodus", SHOCK, (levers.EXODUS,), "per month", "added to the probability that an HCP leaves", title="More professionals leave"),
]
# fmt: on

LEVERS: dict[str, Lever] = {lever.name: lever for lever in _ROWS}
