"""Mesa agents: live views on the arrays of a run, and the month written for single agents."""

# Imported, Mesa looks through all modules that are there: the fewer, the faster
import mesa  # noqa: F401

from sim.model.agents.ai_expert import AIExpert
from sim.model.agents.hcp import HCP
from sim.model.agents.organisation import Organisation

__all__ = ["HCP", "AIExpert", "Organisation"]
