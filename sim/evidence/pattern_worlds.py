"""The worlds in which patterns are measured, and what a study of each would see of one replicate.

What happens once a tool is there is asked where it starts everywhere; how it gets there, among many
small organisations over twenty years.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from sim.design.folders import shipped_folder
from sim.design.policy_files import Policies, named_policies
from sim.design.runs import make_design
from sim.evidence import mirrors
from sim.evidence.mirrors import MIRRORS, MOST_YEARS, PEERS_FROM, PEERS_TO, YEAR
from sim.model.engine import Point
from sim.model.panel import panel_of

EVERYWHERE = {"deployment.at_start": 1.0}
SPREAD = {
    "deployment.at_start": 0.0,
    "population.organisations": 200,
    "population.organisation_size": 10,
}
NEWS = mirrors.EVIDENCE_MONTH + mirrors.MONTHS_AFTER
# Values and months, from the setting that takes the least time on
SETTINGS: dict[str, tuple[dict[str, Any], int]] = {
    "use": (EVERYWHERE, 10 * YEAR),
    "peers": (EVERYWHERE, PEERS_TO),
    "champions": (EVERYWHERE | {"policy": "champions"}, YEAR + 1),
    "news": (EVERYWHERE | {"shock": "adverse_evidence"}, NEWS),
    "spread": (SPREAD, MOST_YEARS * YEAR),
    "withdrawal": (SPREAD, MOST_YEARS * YEAR),
}
TOOLS_ONLY = ("spread",)  # where nobody looks at people


def world_of(values: Mapping[str, Any], policies: Policies | None = None) -> Point:
    """Return the point of all values; `policies` is what `policy` and `shock` name, where these are not shipped."""
    named = named_policies([values], [shipped_folder()]) if policies is None else policies
    return make_design(values, [{}], policies=named).points[0]


def points(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Point]:
    """Return the points of the settings that some mirrors need, made of base values."""
    wanted = {MIRRORS[name].setting for name in names} | {"use"}
    base = {**values, "policy": "none", "shock": "none"}
    return {setting: world_of({**base, **SETTINGS[setting][0]}) for setting in sorted(wanted)}


def sums_of_replicate(
    made: Mapping[str, Point], names: Iterable[str], seed: int, replicate: int
) -> Iterator[tuple[str, np.ndarray]]:
    """Run one replicate of each setting, when it is needed, and yield each mirror with its sums."""
    order = list(SETTINGS)
    use, after = panel_of(made["use"], seed, replicate, SETTINGS["use"][1])
    seen: dict[str, tuple[Any, ...]] = {"use": (use,)}
    for name in sorted(names, key=lambda name: order.index(MIRRORS[name].setting)):
        setting = MIRRORS[name].setting
        if setting not in seen:
            point, months = made[setting], SETTINGS[setting][1]
            if setting == "peers":
                luck = np.random.default_rng([seed, replicate])
                watched, helped = mirrors.chosen_peers(use, after.first_peer, after.peers, luck)
                held = np.sort(helped), PEERS_FROM + 1, PEERS_TO
                seen[setting] = (use, panel_of(point, seed, replicate, months, *held)[0], watched)
            else:
                people = setting not in TOOLS_ONLY
                panel = panel_of(point, seed, replicate, months, people=people)[0]
                seen[setting] = (use, panel) if setting == "champions" else (panel,)
        yield name, MIRRORS[name].sums(*seen[setting])
