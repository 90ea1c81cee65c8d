"""Two pages about a scenario: what it tells, and what is asked about it."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from sim.design.request import Request
from sim.design.scenarios import Scenario
from sim.reports import words
from sim.reports.handout.figure import adopters_figure, picture
from sim.reports.html.text import tag
from sim.tables.factors import PAPER
from sim.tables.layout import Table
from sim.tables.parameters import PARAMETERS
from sim.tables.version import __version__

if TYPE_CHECKING:
    from sim.studies.result import Result

GENERATOR = f'<meta name="generator" content="nasss-sim {escape(__version__)}">'
OURS = GENERATOR.partition(escape(__version__))[0]  # a handout of any version begins with it
# The browser opens no address: the picture is data, and there is no script.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
ASSUMED = (
    "All these numbers are assumptions. What is not listed is as the parameter table has it "
    "(docs/parameters.md, or python -m sim list parameters)."
)
CAPTION = (
    "HCPs: healthcare professionals. Line: mean of the runs. Dark band: 95 % interval of the mean. "
    "Light band: 80 % of single runs. Thin grey lines: some single runs."
)


class Handout(NamedTuple):
    """What a handout is made of.

    Attributes
    ----------
    scenario : Scenario
    request : Request
    result : Result
    model : str
        Version of the model.
    command : str
        What makes these numbers again.
    """

    scenario: Scenario
    request: Request
    result: Result
    model: str
    command: str


def page(handout: Handout) -> str:
    """Return the two pages as one HTML file. The same runs give the same file."""
    title = handout.scenario.words.title
    css = files("sim.reports.handout").joinpath("handout.css").read_text(encoding="utf-8")
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
            GENERATOR,
            tag("title", title),
            f"<style>\n{css}</style>\n</head>\n<body>",
            "<section>",
            *_first(handout),
            "</section>\n<section>",
            *_second(handout),
            "</section>\n</body>\n</html>\n",
        ]
    )


def _table(content: Table) -> str:
    head, *rows = content.rows
    last = len(head) - 1 if content.text_last else -1
    cells = [
        "".join(tag(name, cell, "text" if n == last else "") for n, cell in enumerate(row))
        for name, row in [("th", head), *(("td", row) for row in rows)]
    ]
    body = "\n".join(f"<tr>{row}</tr>" for row in cells[1:])
    return f"<table><thead><tr>{cells[0]}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _first(handout: Handout) -> list[str]:
    scenario_words, result = handout.scenario.words, handout.result
    source = picture(adopters_figure(result), scenario_words.title)
    seen = "Share of adopters over the years, with its bands; the table below gives the outcomes."
    runs = f"{words.runs(result.ensemble.replicates)}, seed {result.ensemble.seed}"
    answer = [
        _table(block) if isinstance(block, Table) else tag("p", block)
        for block in result.told.blocks
    ]
    return [
        tag("h1", scenario_words.title),
        tag("p", scenario_words.question, "question"),
        tag("p", scenario_words.story),
        tag("h2", f"How many use the tool ({runs})"),
        f'<figure><img src="{source}" alt="{escape(seen)}"></figure>',
        tag("p", CAPTION, "note"),
        tag("h2", "The outcomes of NASSS"),
        *answer,
    ]


def _second(handout: Handout) -> list[str]:
    scenario = handout.scenario
    what_if = scenario.words.what_if
    asked = [f"<li>{escape(question)}</li>" for question in scenario.words.reading]
    if what_if:
        command = tag("code", scenario.what_if_command)
        asked.append(f"<li>{escape(what_if.question)}<br>{command}</li>")
    return [
        tag("h2", "Questions"),
        "<ol>\n" + "\n".join(asked) + "\n</ol>",
        tag("h2", "The same numbers again"),
        f"<p>{tag('code', handout.command)}</p>",
        tag("h2", "What this scenario assumes"),
        *_policies(handout.request),
        _assumed(handout),
        tag("p", ASSUMED, "note"),
        tag("h2", "What the model leaves out"),
        tag("p", words.LEFT_OUT),
        tag("h2", "Source and version"),
        tag("p", f"The twelve factors of the model: {PAPER} (known by its abstract). The scenario "
             "is invented for teaching; it describes no real organisation. Computed with nasss-sim "
             f"{__version__}, model {handout.model}."),
    ]  # fmt: skip


def _policies(request: Request) -> list[str]:
    """Return a line about each policy and shock in force."""
    return [
        tag("p", f"{policy.title} ({policy.kind} {policy.name}): {policy.description}")
        for policy in request.policies.values()
    ]


def _assumed(handout: Handout) -> str:
    """Return what the scenario sets, beside what it would be otherwise, as two tables."""
    rows = [
        [path, words.value(handout.request.values[path]), words.value(PARAMETERS[path].default)]
        for path in handout.scenario.parameters
    ]
    half = (len(rows) + 1) // 2
    head = ["parameter", "here", "otherwise"]
    parts = [_table(Table([head, *part])) for part in (rows[:half], rows[half:]) if part]
    return '<div class="beside">' + "".join(parts) + "</div>"
