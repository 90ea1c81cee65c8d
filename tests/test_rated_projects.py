"""The rated projects: each has its sheet, and a fate of the list."""

from __future__ import annotations

import csv
import re
from types import SimpleNamespace

import numpy as np
import pytest

from sim.analysis.intervals import Interval, rank_correlation
from sim.design.rating import ratings_of
from sim.reports import words
from sim.studies.rate import rate
from sim.studies.rate_answer import use_told
from sim.tables.nasss import DOMAINS
from website import rating
from website.first_screen import rows_of
from website.rating import FATES, PROJECTS

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


# ------------------------------------------------------------------------------------- published
def column(name):
    return np.array([float(row[name]) for row in rows_of("rating", "outlooks")])


def test_the_published_order_is_that_of_the_data():
    rows = rows_of("rating", "outlooks")
    assert {row["sheet"] for row in rows} == {project.sheet for project in PROJECTS}
    assert [int(row["fate_rank"]) for row in rows] == [FATES.index(row["fate"]) for row in rows]
    assert (np.diff(column("use")) <= 0).all()
    page = (rating.EXPERIMENT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"written by make studies: rating -->(.*)<!-- end of rating", page, re.S)
    told = " ".join(block.split())
    for x in (column("use"), -column("mean_rating")):
        assert words.with_interval(rank_correlation(x, column("fate_rank"))) in told
    for row, line in zip(rows, re.findall(r"^\| (.*) \|$", block, re.M)[2:], strict=True):
        use = Interval(*(float(row[f"use{end}"]) for end in ("", "_low_90", "_high_90")), 64)
        assert line.split(" | ")[:2] == [row["project"], use_told(use)]
        assert line.split(" | ")[2].startswith(f"{row['fate']}: ")


def test_the_order_is_compared_with_ratings_added_up():
    def made(use, letters):
        names = dict(zip(LETTERS.values(), LETTERS, strict=True))
        ratings = ratings_of({d: names[x] for d, x in zip(DOMAINS, letters, strict=True)})
        return SimpleNamespace(use=Interval(use, 0, 1, 64), ratings=ratings)

    simple, middle, hard = (made(use, 7 * x) for use, x in ((0.1, "S"), (0.2, "C"), (0.3, "X")))
    assert [rating.burden(x) for x in (simple, middle, hard)] == [0, 1, 2]
    fates = {project.fate: project for project in PROJECTS}
    order = rating.Order(
        list(zip((fates[f] for f in FATES[1:]), (simple, middle, hard), strict=True)), {}
    )
    assert order.simulated.estimate == 1 and order.added.estimate == -1


@pytest.mark.slow
def test_todays_model_gives_the_published_outlooks():
    for row in rows_of("rating", "outlooks"):
        project = next(p for p in PROJECTS if p.sheet == row["sheet"])
        found = rate(project.path, progress="never")
        assert found.use.estimate == pytest.approx(float(row["use"]), rel=1e-8), (
            "run `python -m website.rating`"
        )
