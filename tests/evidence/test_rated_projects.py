"""The rated projects: each has its sheet, and a fate of the list."""

from __future__ import annotations

import csv

from sim.evidence.rated_projects import FATES, PROJECTS
from sim.tables.nasss import DOMAINS

LETTERS = {"simple": "S", "complicated": "C", "complex": "X", "": "?"}
CODED = {
    "bonexpert": "SSSCCCS",
    "nhs_ai_diagnostic_fund": "CCCCXX?",
    "nhs_chest_x_ray_triage": "CCCCXCX",
    "watson_md_anderson": "XXXXXCX",
    "epic_sepsis": "XCXXCSX",
    "trews_sepsis": "XCSCCSS",
}


def test_sheets_are_as_they_were_coded():
    found = {}
    for project in PROJECTS:
        with open(project.path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert [row["domain"] for row in rows] == [*DOMAINS]
        found[project.sheet] = "".join(LETTERS[row["rating"]] for row in rows)
        assert project.fate in FATES and project.became and project.source
    assert found == CODED
