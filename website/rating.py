"""The six rated projects run anew: experiments/rating, and how well the order of what became of them is reproduced.

python -m website.rating

The sheets (conf/examples/rating) are an ordinal coding of our own, made from abstracts and reports by somebody who
knew what had become of the projects. So they can not show that the model foresees anything. What
became of each was put in order before any sheet was run.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

import numpy as np

import sim
from sim.analysis.intervals import Interval, rank_correlation
from sim.design.folders import shipped_folder
from sim.design.rating import read_sheet
from sim.design.rating import told as rating_of
from sim.reports import words
from sim.reports.figure import Figure, Row, of_100, rows_panel
from sim.reports.files import write_csv
from sim.studies.comparison.policy_runs import WORTH_MENTIONING
from sim.studies.headline import NUMERALS
from sim.studies.rate import Outlook
from sim.studies.rate_answer import use_told
from sim.tables.messages import listed, within
from sim.tables.nasss import DOMAINS, MAPPED, PLAYED_OUT, RATINGS
from website.document import FOLDER
from website.document_blocks import draw_picture, rewritten, table
from website.studies import BY

EXPERIMENT = FOLDER.parent / "experiments" / "rating"
TITLE = "Six rated projects"
CSV, PICTURE = "outlooks.csv", "outlooks"
WIDTH = 100
RATED = [domain for domain in DOMAINS if domain != PLAYED_OUT]
LETTERS = {"simple": "S", "complicated": "C", "complex": "X", "not rated": "?"}

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


@dataclass(frozen=True)
class Order:
    """The outlooks of the projects, beside what became of them."""

    rows: Sequence[tuple[Project, Outlook]]  # most users first
    throughout: Mapping[str, Outlook]  # of sheets that rate all domains alike, by rating

    @property
    def fates(self) -> np.ndarray:
        """The rank of what became of each project, worst 0."""
        return np.array([FATES.index(project.fate) for project, _ in self.rows], float)

    @property
    def simulated(self) -> Interval:
        """Rank correlation of the outlooks with what became of the projects."""
        return rank_correlation(np.array([x.use.estimate for _, x in self.rows]), self.fates)

    @property
    def added(self) -> Interval:
        """The same of the ratings simply added up, the simplest first: what needs no simulation."""
        return rank_correlation(-np.array([burden(x) for _, x in self.rows]), self.fates)


def burden(found: Outlook) -> float:
    """Return the mean rating of a project: 0 where all is simple, 2 where all is complex."""
    return float(np.mean([RATINGS.index(found.ratings[name]) for name in MAPPED]))


def run() -> Order:
    """Return the outlooks of all projects, and of sheets that rate all domains alike."""
    rows = [(project, sim.rate(project.path, progress="never")) for project in PROJECTS]
    alike = {r: sim.rate(dict.fromkeys(RATED, r), progress="never") for r in RATINGS}
    return Order(sorted(rows, key=lambda row: -row[1].use.estimate), alike)


def rated() -> list[str]:
    """Return how the projects were rated, and what became of them, in Markdown."""
    rows = []
    for project in PROJECTS:
        ratings = read_sheet(str(project.path))
        letters = [LETTERS[rating_of(ratings, domain)] for domain in DOMAINS]
        rows.append([project.title, *letters, f"{project.fate}: {project.became}", project.source])
    domains = [name.replace("_", " ") for name in DOMAINS]
    return table(["Project", *domains, "What became of it", "Source"], rows)


def _best(found: Outlook, kind: str) -> str:
    return ", ".join(within(x.title) for x in found.best(kind)) or "none"


def told(found: Order) -> list[str]:
    """Return what was found, in Markdown."""
    most, least = found.rows[0], found.rows[-1]
    few = [(p, x) for p, x in found.rows if x.use.high < WORTH_MENTIONING]
    wrong = [f"{p.title} ({p.fate})" for p, _ in few if p.fate in FATES[2:]]
    missed = (
        f"The outlook is wrong where a tool is in use nevertheless: {listed(wrong)}. "
        if wrong
        else ""
    )
    throughout = ", ".join(f"{rating} {use_told(x.use)}" for rating, x in found.throughout.items())
    text = (
        f"Of the six, {most[0].title} has the best outlook ({use_told(most[1].use)} of 100 would use it "
        f"after five years) and {least[0].title} the worst ({use_told(least[1].use)}). {NUMERALS[len(few)].capitalize()} of "
        "the six have fewer than 1 of 100, so that their order among themselves is chance. "
        f"{missed}The order of the outlooks and that of what became of the projects have a rank correlation of "
        f"{words.with_interval(found.simulated)}; the ratings simply added up, without any simulation, one of "
        f"{words.with_interval(found.added)}. With six projects, rated by somebody who knew their fate, "
        f"neither shows that anything was foreseen. For comparison, sheets that rate all domains alike: "
        f"{throughout}. In brackets: nine of ten of {most[1].of.worlds} worlds that agree with the evidence; of "
        "correlations, 95 % intervals of six pairs."
    )
    head = [
        "Project", "Of 100, users after five years", "What became of it", "One step simpler, most helpful", "Most helpful policies",
    ]  # fmt: skip
    rows = [
        [
            p.title,
            use_told(x.use),
            f"{p.fate}: {p.became}",
            _best(x, "domain"),
            _best(x, "policy"),
        ]
        for p, x in found.rows
    ]
    return [*wrap(text, WIDTH), "", *table(head, rows)]


def columns_of(found: Order) -> dict[str, np.ndarray]:
    """Return one row for each project."""
    columns = {
        "sheet": [p.sheet for p, _ in found.rows],
        "project": [p.title for p, _ in found.rows],
        "fate": [p.fate for p, _ in found.rows],
        "fate_rank": found.fates.astype(int).tolist(),
        "mean_rating": [burden(x) for _, x in found.rows],
        "use": [x.use.estimate for _, x in found.rows],
        "use_low_90": [x.use.low for _, x in found.rows],
        "use_high_90": [x.use.high for _, x in found.rows],
    }
    return {name: np.array(column) for name, column in columns.items()}


def figure(found: Order) -> Figure:
    """Return the outlooks, coloured by what became of the projects."""
    rows = [
        Row(
            project.title,
            of_100(x.use),
            use_told(x.use),
            FATES.index(project.fate),
            use_told(x.use),
        )
        for project, x in found.rows
    ]
    panel = rows_panel(
        rows, "users five years after the start, of 100 professionals",
        tips=("project", "of 100"), limits=(-3, 120), rules=(),
    )  # fmt: skip
    caption = (
        f"Dots: mean of {found.rows[0][1].of.worlds} worlds that agree with the evidence. Bars: nine of ten of "
        "them. Colours: what became of the projects. Whoever rated them knew that."
    )
    return Figure(
        PICTURE, "Outlooks of six rated projects", caption, [panel],
        height=3.4, key=tuple((fate, n) for n, fate in enumerate(FATES)),
    )  # fmt: skip


def main() -> int:
    """Run all sheets, write data and figure, fill in the page."""
    found = run()
    write_csv(EXPERIMENT / CSV, columns_of(found))
    seed = found.rows[0][1].of.result.ensemble.seed
    draw_picture(figure(found), EXPERIMENT / PICTURE, seed, TITLE)
    rewritten(EXPERIMENT / "README.md", {"projects": rated, "rating": lambda: told(found)}, BY)
    return 0


if __name__ == "__main__":
    sys.exit(main())
