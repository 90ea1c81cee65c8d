"""The factor table: the twelve themes of the paper on which both groups' views meet or part.

Everything that enumerates factors (parameters, sweeps, figures, documentation) reads this table.

Source of the themes: Yousefi Dahka & Koivumäki, "Bridging perspectives", DIGITAL HEALTH 2026,
doi 10.1177/20552076261437277. Only the abstract is public: how many interviewees named a theme
is not known, so the table holds no counts. Every *number* here is an assumption of this model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PAPER = "Yousefi Dahka & Koivumäki 2026, doi 10.1177/20552076261437277"
PRIORITY_SOURCE = "assumption; the ordering leans on the paper and on Hogg 2023, doi 10.2196/39742"


@dataclass(frozen=True)
class Factor:
    """One theme. A quality is something the AI tool of an organisation has; a process is how people
    work together.
    """

    name: str  # used in code, configuration, tables and figures
    kind: Literal["quality", "process"]
    theme: str  # what the paper calls it
    title: str  # what readers see in its place
    short: str  # the same in figures
    noun: str  # the same within a sentence
    in_the_paper: str  # what the paper says of it
    domain: str  # of NASSS
    # The level "as interviewed", and the levels that studies call low (gap open) and high (gap
    # closed), 0 to 1: for a quality the alignment of experts with HCPs, for a process its intensity
    baseline: float
    low: float
    high: float
    # For a quality, 0 to 1: the weight that HCPs, and experts left to themselves, give it, and its
    # level in the tool at the start
    hcp_priority: float = 0.0
    expert_priority: float = 0.0
    start: float = 0.0

    @property
    def path(self) -> str:
        """The parameter that this factor is set by."""
        group = "alignment" if self.kind == "quality" else "process"
        return f"{group}.{self.name}"


def _quality(
    name: str, theme: str, noun: str, in_the_paper: str, domain: str,
    baseline: float, hcp_priority: float, expert_priority: float, start: float,
) -> Factor:  # fmt: skip
    return Factor(
        name, "quality", theme, f"Experts' attention to {noun}", noun.capitalize(), noun,
        in_the_paper, domain, baseline, 0.2, 0.8,
        hcp_priority, expert_priority, start,
    )  # fmt: skip


# fmt: off
FACTORS: tuple[Factor, ...] = (
    # alignment as interviewed, what it weighs for HCPs and for experts, its level at the start
    _quality("transparency", "Transparency leading to trust", "transparency", "alignment, the most emphasised by both groups", "technology", 0.8, 0.25, 0.08, 0.15),
    _quality("usability", "Usability", "usability", "alignment, and a gap: limited attention to it", "technology", 0.3, 0.15, 0.04, 0.15),
    _quality("value", "Demand-side value", "value for users", "alignment", "value proposition", 0.8, 0.18, 0.12, 0.30),
    _quality("scope", "Scope of use", "scope of use", "alignment", "condition / technology", 0.8, 0.08, 0.05, 0.30),
    _quality("responsibility", "Responsibility", "responsibility", "alignment", "adopters / wider system", 0.8, 0.10, 0.03, 0.15),
    _quality("roles", "Redefining the roles", "clear roles", "alignment", "adopters", 0.8, 0.10, 0.03, 0.15),
    _quality("data_quality", "Data quality", "data quality", "gap: concerns", "technology", 0.2, 0.09, 0.05, 0.35),
    _quality("privacy", "Privacy", "privacy", "gap: concerns", "wider system", 0.2, 0.05, 0.02, 0.15),
    # intensity as interviewed, low, high
    Factor("interorganisational_cooperation", "process", "Interorganisational cooperation", "Organisations that cooperate", "Cooperating", "cooperation of organisations", "alignment", "organisation / wider system", 0.5, 0.1, 0.9),
    Factor("hcp_cooperation", "process", "Cooperation with HCPs", "Meetings between professionals and AI experts", "Meetings with experts", "meetings with AI experts", "gap: challenges in cooperation with HCPs", "organisation", 0.2, 0.1, 0.5),
    Factor("shared_understanding", "process", "Shared understanding", "AI experts who know clinical work", "Experts with insight", "shared understanding", "gap: misunderstandings, need for interdisciplinary experts", "adopters / organisation", 0.1, 0.0, 0.5),
    Factor("training", "process", "Training", "Professionals trained each month", "Trained each month", "training", "gap: insufficient training", "adopters", 0.02, 0.0, 0.1),
)
# fmt: on

QUALITIES: tuple[Factor, ...] = tuple(f for f in FACTORS if f.kind == "quality")
PROCESSES: tuple[Factor, ...] = tuple(f for f in FACTORS if f.kind == "process")
QUALITY_NAMES: tuple[str, ...] = tuple(f.name for f in QUALITIES)

# HCP groups of MODEL section 2, in the order in which arrays hold them.
GROUPS = {"physician": "physicians", "nurse": "nurses", "allied": "allied staff"}
GROUP_NAMES: tuple[str, ...] = tuple(GROUPS)
