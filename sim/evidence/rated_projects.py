"""Six real projects: their rating sheets, and what became of them.

The sheets (conf/examples/rating) are an ordinal coding of our own, made from abstracts and reports by somebody who
knew what had become of the projects. So they can not show that the model foresees anything. What
became of each was put in order before any sheet was run.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sim.design.folders import shipped_folder

# What can have become of a project, worst first: the ranks that outlooks are compared with
FATES = ("given up", "there, but ignored or switched off", "in use in a part", "in use")


class Project(NamedTuple):
    """A project that was rated."""

    sheet: str  # name of the file, without its ending
    title: str
    fate: str  # one of FATES
    became: str
    source: str

    @property
    def path(self) -> Path:
        """The file of its sheet."""
        return shipped_folder() / "examples" / "rating" / f"{self.sheet}.csv"


# fmt: off
PROJECTS = (
    Project("bonexpert", "BoneXpert in seven Dutch hospitals", "in use", "routine use", "doi 10.1007/s00330-020-06946-y"),
    Project("trews_sepsis", "TREWS, sepsis", "in use", "two years of high use", "doi 10.1038/s41591-022-01895-z"),
    Project("nhs_ai_diagnostic_fund", "NHS AI Diagnostic Fund, chest", "in use in a part", "live in 43 of 66 trusts 18 months after the target", "Procurement and early deployment of artificial intelligence tools for chest diagnostics in NHS services in England, 2025"),
    Project("epic_sepsis", "Epic Sepsis Model, first version", "there, but ignored or switched off", "ignored or disabled", "doi 10.1001/jamainternmed.2021.2626 (how well it works)"),
    Project("nhs_chest_x_ray_triage", "NHS chest X-ray triage", "given up", "decommissioned", "NHS staff survey on X-ray AI"),
    Project("watson_md_anderson", "Watson at MD Anderson", "given up", "abandoned", "University of Texas System, audit of the Oncology Expert Advisor project, 2016"),
)
# fmt: on
