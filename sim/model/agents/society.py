"""The people and organisations of a run, as views on its arrays, and what they all look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.model import engine as runs
from sim.model import kernel, levers, rules
from sim.model.agents.ai_expert import AIExpert
from sim.model.agents.hcp import HCP
from sim.model.agents.organisation import Organisation
from sim.model.agents.view import View

Views = tuple[tuple[HCP, ...], tuple[AIExpert, ...], tuple[Organisation, ...]]


class Society:
    """HCPs, AI experts and organisations of one replicate.

    It knows nothing of Mesa: `sim.model.model.AdoptionModel` is both a Mesa model and a society.
    """

    start: kernel.Start  # what everybody sees at the start of the month

    def __init__(
        self,
        point: runs.Point,
        seed: int,
        replicate: int,
        hcp_class: type[HCP] = HCP,
        expert_class: type[AIExpert] = AIExpert,
        organisation_class: type[Organisation] = Organisation,
    ) -> None:
        self.point = point
        self.packed = point.packed
        self.horizon = int(point.packed["horizon"])
        self.month = 0
        self.run_key, self.state = runs.start(point, seed, replicate)
        self.hcp_class = hcp_class
        self.expert_class = expert_class
        self.organisation_class = organisation_class
        self._views: Views | None = None

    def _make_views(self) -> Views:
        if self._views is None:
            s = self.state
            n, m = s.hcps.size, s.experts.size
            organisations = [
                self.organisation_class(self, n + m + o + 1, s.organisations, o)
                for o in range(s.organisations.size)
            ]
            hcps: list[HCP] = []
            experts: list[AIExpert] = []
            for organisation in organisations:
                o, row = organisation.index, organisation._row
                for i in range(row["first_hcp"], row["last_hcp"]):
                    hcps.append(self.hcp_class(self, i + 1, s.hcps, i, o))
                for j in range(row["first_expert"], row["last_expert"]):
                    experts.append(self.expert_class(self, n + j + 1, s.experts, j, o))
                organisation.hcps = tuple(hcps[row["first_hcp"] : row["last_hcp"]])
                organisation.experts = tuple(experts[row["first_expert"] : row["last_expert"]])
            self._views = tuple(hcps), tuple(experts), tuple(organisations)
        return self._views

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Be a copy: its people point into its own arrays."""
        self.__dict__.update(state)
        if self._views is not None:
            hcps, experts, organisations = self._views
            _reconnect(hcps, self.state.hcps)
            _reconnect(experts, self.state.experts)
            _reconnect(organisations, self.state.organisations)

    @property
    def hcps(self) -> tuple[HCP, ...]:
        """Views of all HCPs, in the order of the arrays."""
        return self._make_views()[0]

    @property
    def experts(self) -> tuple[AIExpert, ...]:
        """Views of all AI experts."""
        return self._make_views()[1]

    @property
    def organisations(self) -> tuple[Organisation, ...]:
        """Views of all organisations."""
        return self._make_views()[2]

    # -------------------------------------------------------------- the month
    def live(self) -> None:
        """Let everybody live through the month (the agents engine's own loop)."""
        levers.fill(
            self.state.levers,
            self.month,
            self.point.schedule,
            self.state.organisations,
            self.run_key,
        )
        self.start = kernel.look_around(self.month, self.packed, self.state)
        for organisation in self.organisations:
            organisation.step()

    @property
    def adopter_share(self) -> float:
        """Share of all HCPs who are adopters."""
        return int(self.state.organisations["census"][:, :, rules.ADOPTER].sum()) / len(
            self.state.hcps
        )

    @property
    def mean_trust(self) -> float:
        """Mean trust of all HCPs."""
        return float(self.state.hcps["trust"].mean())

    @property
    def organisations_running(self) -> int:
        """Organisations that run the tool."""
        status = self.state.organisations["status"]
        return int(((status == rules.PROJECT) | (status == rules.INSTITUTIONALISED)).sum())


def _reconnect(views: Sequence[View], rows: np.ndarray) -> None:
    """Let views point into an array, in its order: a copied view may not know its index yet."""
    for index, view in enumerate(views):
        view._row = rows[index : index + 1][0]
