"""HCPs, AI experts and organisations of a run as Mesa agents: views on its arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.model.agents.mesa_agents import HCP, AIExpert, Organisation

__all__ = ["HCP", "AIExpert", "Organisation"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Mesa takes a second to import; a story uses the same people without it
    from sim.model.agents import mesa_agents

    return getattr(mesa_agents, name)
