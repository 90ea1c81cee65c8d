"""HCPs, AI experts and organisations as Mesa agents."""

from __future__ import annotations

from collections import Counter
from typing import NoReturn

from sim.model.agents import ai_expert, hcp, organisation
from sim.model.collecting import mesa


class _Agent(mesa.Agent):
    """What Mesa offers of an agent, of a population that stays.

    Agents are made when somebody first looks at `model.agents`; a run that nobody looks at makes
    none. They are not registered one by one, which is why `mesa.Agent.__init__` is not called.
    """

    def remove(self) -> NoReturn:
        """Refuse: seats, experts and organisations stay for the whole run."""
        raise TypeError("agents of this model cannot be removed: a leaver's seat is filled")


class HCP(hcp.HCP, _Agent):
    """A healthcare professional as a Mesa agent; see `sim.model.agents.hcp.HCP`."""


class AIExpert(ai_expert.AIExpert, _Agent):
    """An AI expert as a Mesa agent; see `sim.model.agents.ai_expert.AIExpert`."""


class Organisation(organisation.Organisation, _Agent):
    """A healthcare organisation as a Mesa agent."""


class Agents(mesa.agent.AgentSet):
    """A set of agents that says of whom."""

    def __repr__(self) -> str:
        kinds = Counter(type(agent).__name__ for agent in self)
        return f"AgentSet of {', '.join(f'{n:,} {kind}' for kind, n in kinds.items()) or 'nobody'}"
