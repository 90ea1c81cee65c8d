"""Professionals who live by other rules than those of the model, for `website.robustness`."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import HCP
from sim.model import rules, streams


class RandomOrder(HCP):
    """Professionals of an organisation act in random order, and each sees what others just did."""

    order: np.ndarray  # of the month; held by the first of them

    def step(self) -> None:
        """Let the professional live whose turn it is, and show at once how she now stands."""
        model, people = self.model, self.organisation.hcps
        if self is people[0]:
            luck = (model.run_seed, model.replicate, model.month, self.organisation_index)
            self.order = np.random.default_rng(luck).permutation(len(people))
        chosen = people[people[0].order[self.index - people[0].index]]
        HCP.step(chosen)
        word = rules.word(chosen.trust, int(chosen.row["state"]))
        model.state.words[(model.month - 1) & 1, chosen.index] = word


class BetaTrust(HCP):
    """Trust is the mean of a Beta distribution: the more one has seen, the less one more use weighs.

    The first success and the first failure weigh about as much as they do in the model.
    """

    seen, hired_in = 0.0, -1

    def use(self, now: Any) -> None:
        """Step 7: count the month's experience."""
        row, p = self.row, self.model.packed
        if not rules.is_user(row["state"]):
            return
        if self.hired_in != row["hired"]:
            self.hired_in, self.seen = int(row["hired"]), 1 / p["trust_success_gain"]
        success = self.uniform(streams.EXPERIENCE) < rules.experience_probability(
            now["reliable"], row["literacy"], p["trust_skill_floor"]
        )
        weight = now["learning"] if success else now["failure_share"] / p["trust_success_gain"]
        self.seen += weight
        self.trust += weight / self.seen * (float(success) - self.trust)
