"""Organisations: their month is compiled, but for that of their HCPs."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model import kernel, organisation_steps, rules
from sim.model.agents.ai_expert import AIExpert
from sim.model.agents.hcp import HCP
from sim.model.agents.view import Month, View
from sim.tables.factors import QUALITY_NAMES


class Organisation(View):
    """A healthcare organisation and its AI tool."""

    __slots__ = ("experts", "hcps", "now")

    deployed = Month("deployed", "month of deployment, or None")
    ended = Month("ended", "month of decommissioning, or None")
    reached = Month("reached", "month in which adoption first reached the spread share, or None")

    def __init__(self, model: Any, unique_id: int, rows: Any, index: int) -> None:
        super().__init__(model, unique_id, rows, index, index)
        self.hcps: list[HCP] = []
        self.experts: list[AIExpert] = []
        # what its HCPs have in common this month
        self.now: Any = np.zeros(1, organisation_steps.NOW)[0]

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
    def step(self) -> None:
        """Live through one month (all eleven steps) with its HCPs and experts."""
        self.begin()
        for hcp in self.hcps:
            hcp.step()
        m = self.model
        kernel.end(self.row, m.month, m.packed, m.state, self.now)

    def begin(self) -> None:
        """Steps 1 to 3, and what is the same for all HCPs of the organisation."""
        m = self.model
        kernel.begin(self.index, self.row, m.month, m.run_key, m.packed, m.start, m.state, self.now)
        if not self.now["running"]:  # so that HCPs can be asked what they would think of the tool
            organisation_steps.appraise_tool(self.row, m.packed, self.now)
