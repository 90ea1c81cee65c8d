"""Mesa agents: live views on the arrays of a run, and the month written for single agents."""

from sim.model.agents.ai_expert import AIExpert
from sim.model.agents.hcp import HCP
from sim.model.agents.organisation import Organisation

__all__ = ["HCP", "AIExpert", "Organisation"]
