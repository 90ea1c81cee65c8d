"""Organisations: their month is compiled, but for that of their HCPs."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model import kernel, organisation_steps, rules
from sim.model.agents.ai_expert import AIExpert
from sim.model.agents.hcp import HCP
from sim.model.agents.view import View, month, snapshot
from sim.tables.factors import QUALITY_NAMES


class Organisation(View):
    """A healthcare organisation and its AI tool."""

    __slots__ = ("_now", "experts", "hcps")

    deployed = month("deployed", "month of deployment, or None")
    ended = month("ended", "month of decommissioning, or None")
    reached = month("reached", "month in which adoption first reached the spread share, or None")

    def __init__(self, model: Any, unique_id: int, rows: Any, index: int) -> None:
        super().__init__(model, unique_id, rows, index, index)
        self.hcps: tuple[HCP, ...] = ()
        self.experts: tuple[AIExpert, ...] = ()
        self._now: Any = np.zeros(1, organisation_steps.NOW)[0]

    @property
    def now(self) -> np.void:
        """What its HCPs have in common this month: a read-only copy."""
        return snapshot(self._now)

    @property
    def status(self) -> str:
        """Status of the tool: not deployed, project, institutionalised or decommissioned."""
        return rules.STATUS_NAMES[self._row["status"]]

    @property
    def running(self) -> bool:
        """Whether the organisation runs the tool."""
        return bool(rules.is_running(self._row["status"]))

    @property
    def member(self) -> bool:
        """Whether it belongs to the cooperation network."""
        return bool(self._row["member"])

    @property
    def readiness(self) -> float:
        """[0, 1]."""
        return float(self._row["readiness"])

    @property
    def resources(self) -> float:
        """Relative to the median organisation."""
        return float(self._row["resources"])

    @property
    def quality(self) -> dict[str, float]:
        """Q: quality -> level in [0, 1]."""
        return dict(zip(QUALITY_NAMES, self._row["quality"].tolist(), strict=True))

    @property
    def size(self) -> int:
        """Number of HCPs."""
        return int(self._row["last_hcp"] - self._row["first_hcp"])

    @property
    def adopter_share(self) -> float:
        """Share of the organisation's HCPs who are adopters."""
        return int(self._row["census"][:, rules.ADOPTER].sum()) / self.size

    def __repr__(self) -> str:
        told = f"{self.size:,} professionals, {100 * self.adopter_share:.0f} % of them adopters"
        return f"{type(self).__name__} {self.index + 1}: {self.status}, {told}"

    # -------------------------------------------------------------- the month
    def step(self) -> None:
        """Live through one month (all eleven steps) with its HCPs and experts."""
        self.begin()
        for hcp in self.hcps:
            hcp.step()
        m = self.model
        kernel.end(self._row, m.month, m.packed, m.state, self._now)

    def begin(self) -> None:
        """Steps 1 to 3, and what is the same for all HCPs of the organisation."""
        m = self.model
        kernel.begin(
            self.index, self._row, m.month, m.run_key, m.packed, m.start, m.state, self._now
        )
        if not self._now["running"]:  # so that HCPs can be asked what they would think of the tool
            organisation_steps.appraise_tool(self._row, m.packed, self._now)
