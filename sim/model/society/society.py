"""The people and organisations of a run, as views on its arrays, and what they all look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.model import engine as runs
from sim.model import inputs, kernel, levers, rules
from sim.model.society.ai_expert import AIExpert
from sim.model.society.hcp import HCP
from sim.model.society.organisation import Organisation
from sim.model.society.view import View
from sim.model.state import FINE


class Society:
    """HCPs, AI experts and organisations of one replicate.

    It knows nothing of Mesa: `sim.model.model.AdoptionModel` is both a Mesa model and a society.

    Parameters
    ----------
    point : engine.Point
    seed, replicate : int
    hcp_class, expert_class, organisation_class : type
        What the views are made of.
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
        self._views: tuple[list[HCP], list[AIExpert], list[Organisation]] | None = None

    def _make_views(self) -> tuple[list[HCP], list[AIExpert], list[Organisation]]:
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
                o, row = organisation.index, organisation.row
                for i in range(row["first_hcp"], row["last_hcp"]):
                    hcps.append(self.hcp_class(self, i + 1, s.hcps, i, o))
                for j in range(row["first_expert"], row["last_expert"]):
                    experts.append(self.expert_class(self, n + j + 1, s.experts, j, o))
                organisation.hcps = hcps[row["first_hcp"] : row["last_hcp"]]
                organisation.experts = experts[row["first_expert"] : row["last_expert"]]
            self._views = hcps, experts, organisations
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
    def hcps(self) -> list[HCP]:
        """Views of all HCPs, in the order of the arrays."""
        return self._make_views()[0]

    @property
    def experts(self) -> list[AIExpert]:
        """Views of all AI experts."""
        return self._make_views()[1]

    @property
    def organisations(self) -> list[Organisation]:
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
        self.start = self.look_around()
        for organisation in self.organisations:
            organisation.step()

    def look_around(self) -> kernel.Start:
        """Take the means that the month's rules read."""
        p, s = self.packed, self.state
        members = members_running = running = 0
        privacy = 0.0
        quality = [0.0] * inputs.N_QUALITIES
        for organisation in self.organisations:
            member = self.is_member(organisation)
            members += member
            if not organisation.running:
                continue
            running += 1
            levels = organisation.row["quality"]
            privacy += levels[inputs.PRIVACY]
            if member:
                members_running += 1
                for k in range(inputs.N_QUALITIES):
                    quality[k] += levels[k]
        words = s.words[(self.month - 1) & 1].tolist() if s.first_peer.size == 0 else []
        return kernel.Start(
            members_running=members_running / members if members else 0.0,
            privacy=privacy / running if running else float(p["development_start"][inputs.PRIVACY]),
            privacy_excess=privacy / running - p["deployment_privacy_reference"]
            if running
            else 0.0,
            member_quality=np.array(
                [q / members_running if members_running else -1.0 for q in quality]
            ),
            peer_units=sum(seen >> 2 for seen in words),
            adopters=sum(seen & 3 == rules.ADOPTER for seen in words),
            lapsed=sum(seen & 3 == rules.LAPSED for seen in words),
        )

    def is_member(self, organisation: Organisation) -> bool:
        """Membership for steps 1 and 2, with the lever that widens the network."""
        row = organisation.row
        widened = self.state.levers[organisation.index, levers.NETWORK]
        share = self.packed["process_interorganisational_cooperation"] + widened
        return bool(row["member"]) or (widened > 0.0 and row["membership_draw"] < share)

    def report(self, code: int, entity: int, quality: int = 0) -> None:
        """Keep the first thing that went wrong this month."""
        if self.state.failure[0] == FINE:
            self.state.failure[:] = code, entity, quality, self.month

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
        view.row = rows[index : index + 1][0]
