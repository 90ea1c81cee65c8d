"""AI experts."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model import levers, rules
from sim.model.agents.view import Level, View, snapshot, weights_of


class AIExpert(View):
    """An AI expert of an organisation."""

    __slots__ = ()

    domain_knowledge = Level("domain", "D, [0, 1]")

    @property
    def attention(self) -> np.ndarray:
        """v, shape (8,): a read-only copy; the remainder to 1 goes to technology for its own sake."""
        return snapshot(self._row["attention"])

    @attention.setter
    def attention(self, weights: Any) -> None:
        self._row["attention"][:] = weights_of(weights, "attention", 0.0)

    def _told(self) -> str:
        return f"domain knowledge {self.domain_knowledge:.2f}, alignment {self.alignment:.2f}"

    @property
    def interdisciplinary(self) -> bool:
        """Whether the expert knows the clinical world."""
        share = self.model.packed["process_shared_understanding"]
        widened = self.model.state.levers[self.organisation_index, levers.INTERDISCIPLINARY]
        return bool(self._row["draw"] < share + widened)

    @property
    def alignment(self) -> float:
        """Index of alignment with the HCPs, 1: attends as HCPs weigh."""
        distance = 0.0
        total = 0.0
        for weight, attention in zip(
            self.model.packed["population_priority"], self._row["attention"], strict=True
        ):
            distance += abs(weight - attention)
            total += attention
        return float(rules.alignment_index(distance, total))

    def understood(self, priority: np.ndarray) -> None:
        """Note a successful meeting with an HCP of these priorities, shape (8,)."""
        self._row["successes"] += 1
        heard = self._row["heard"]
        for k, weight in enumerate(priority):
            heard[k] += weight
