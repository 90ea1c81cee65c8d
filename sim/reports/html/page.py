"""`report.html`: the answer, the figures, what was varied, and what made it, in one file."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.design.request import Request
from sim.outcomes.table import OUTCOMES, label
from sim.reports import tables, words
from sim.reports.answer import Answer
from sim.reports.folder import write_atomic
from sim.reports.html import embed, parts
from sim.reports.html.plots import Group
from sim.tables.layout import Table
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import CROSSED_AXES

if TYPE_CHECKING:
    from sim.studies.result import Result

MOST_POINTS = 400  # rows of the table of points; all stand in summary.csv
MOST_VALUES = 12
MOST_COLUMNS = 8  # of what varies, in the table of points
MOST_ROWS = 12  # of what varies, before it is folded away
OF_POINTS = ("sustained_adoption", "trust", "lapse_rate")


def write_report(
    path: Path, result: Result, request: Request, provenance: Any, groups: list[Group]
) -> None:
    """Write the report of a study.

    Parameters
    ----------
    path : Path
        Its folder must exist.
    result : Result
    request : Request
    provenance : dict
        As in `provenance.json`.
    groups : list of Group
        The figures of the study.

    Raises
    ------
    OSError
        If it can not be written; an earlier report is then still there, whole.
    """
    write_atomic(path, page(result, request, provenance, groups))


def page(result: Result, request: Request, provenance: Any, groups: list[Group]) -> str:
    """Return the page. The same runs give the same page but for its date."""
    answer = result.told
    data, places = embed.data_of(groups)
    scripts = [embed.library(), embed.script_text(_own("page.js"))]
    figures = "\n".join(parts.group(g, p) for g, p in zip(groups, places, strict=True))
    # The browser runs these two scripts and no other, and opens no address.
    policy = (
        f"default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; "
        f"script-src {' '.join(map(_hash, scripts))}"
    )
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta name="generator" content="nasss-sim {escape(provenance["nasss_sim"])}">',
            parts.tag("title", answer.title),
            f"<style>\n{_own('page.css')}</style>\n</head>\n<body>\n<main>",
            parts.tag("h1", answer.title),
            parts.tag("p", answer.question, "question"),
            *_summary(answer),
            parts.tag("h2", "Results" if answer.summary else "Answer"),
            parts.paragraphs(answer),
            parts.tag("h2", "Figures"),
            parts.tag("p", "Point at a mark to read its value and interval.", "caption"),
            figures,
            *_numbers(result),
            *_outcomes(result),
            *_policies(request),
            *_varied(request),
            *_changed(request),
            parts.tag("h2", "What the model leaves out"),
            parts.tag("p", words.LEFT_OUT),
            parts.tag("h2", "What made this"),
            parts.pairs(_made(provenance), ("Command",)),
            f"</main>\n<noscript>{parts.tag('p', 'The figures need JavaScript.')}</noscript>",
            f'<script type="application/json" id="data">{embed.json_text(data)}</script>',
            *(f"<script>{script}</script>" for script in scripts),
            "</body>\n</html>\n",
        ]
    )


def _own(name: str) -> str:
    return files("sim.reports.html").joinpath(name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _summary(answer: Answer) -> list[str]:
    """Return what whoever reads nothing else has to know."""
    if not answer.summary:
        return []
    told = "\n".join(parts.tag("p", text) for text in answer.summary)
    return [parts.tag("h2", "In short"), f'<section class="summary">{told}</section>']


def _numbers(result: Result) -> list[str]:
    """Return all outcomes of a single point, or the main outcomes of all points, folded away."""
    ensemble = result.ensemble
    if len(ensemble.points) == 1:
        rows = [["outcome", "mean", "95 % interval of the mean", "unit", "meaning"]]
        for name, outcome in OUTCOMES.items():
            mean = result.mean(name)
            interval = words.between(mean.low, mean.high)
            rows.append(
                [label(name), words.number(mean.estimate), interval, outcome.unit, outcome.meaning]
            )
        return [_folded("All outcomes", parts.table(Table(rows), (3, 4)))]
    varied = tables.varied(ensemble)
    left_out = len(varied) > MOST_COLUMNS
    if left_out:  # as many worlds as were drawn, each with all its assumptions
        varied = [path for path in varied if path in CROSSED_AXES]
    rows = [["point", *varied, "P(sustained)", *(label(name) for name in OF_POINTS)]]
    for number, point in enumerate(ensemble.points[:MOST_POINTS]):
        rows.append(
            [
                str(number),
                *(words.value(point.values[path]) for path in varied),
                words.percent(result.probability_sustained(number)),
                *(words.with_interval(result.mean(name, number)) for name in OF_POINTS),
            ]
        )
    more = len(ensemble.points) - MOST_POINTS
    note = f"{more:,} more points stand in summary.csv. " if more > 0 else ""
    note += "The values of all that varies stand in summary.csv." if left_out else ""
    return [_folded("All points, with 95 % intervals", parts.table(Table(rows, note=note)))]


def _folded(title: str, content: str) -> str:
    return f"<details>{parts.tag('summary', title)}\n{content}</details>"


def _outcomes(result: Result) -> list[str]:
    """Return what the outcomes of many points mean; for one point their table says so."""
    if len(result.ensemble.points) == 1:
        return []
    rows = [["outcome", "unit", "meaning"]]
    rows += [[label(n), words.unit(o.unit), o.meaning] for n, o in OUTCOMES.items() if o.label]
    return [_folded("What the outcomes mean", parts.table(Table(rows), (1, 2)))]


def _policies(request: Request) -> list[str]:
    """Return what the policies and shocks do, from when, for how long, where and at what price."""
    if not request.policies:
        return []
    from sim.studies.comparison import plan

    unit = str(request.values["cost.currency"])
    rows = plan.rows(request.policies, int(request.values["horizon"]), unit)
    note = "Strengths, times and prices are assumptions of the files that state them."
    return [
        parts.tag("h2", "What the policies and shocks do"),
        parts.table(Table(rows, note=note), (1, 2, 3, 4)),
    ]


def _varied(request: Request) -> list[str]:
    """Return the axes of the design."""
    if not request.axes:
        return []
    rows = [["axis", "values", "parameters that move together"]]
    for axis in request.axes:
        values = [words.value(v) for v in axis.values]
        if len(values) > MOST_VALUES:
            values = [*values[: MOST_VALUES - 1], "...", values[-1]]
        together = ", ".join(axis.paths) if axis.paths != (axis.name,) else ""
        rows.append([axis.name, ", ".join(values), together])
    if not any(row[2] for row in rows[1:]):
        rows = [row[:2] for row in rows]
    shown = parts.table(Table(rows), (1, 2))
    if len(rows) > MOST_ROWS:
        shown = _folded(f"All {len(request.axes)} axes", shown)
    return [parts.tag("h2", "What was varied"), shown]


def _changed(request: Request) -> list[str]:
    """Return the parameters of the base point that differ from their defaults."""
    rows = [["parameter", "value", "default", "unit", "meaning"]]
    for path, parameter in PARAMETERS.items():
        value = request.values[path]
        if value != parameter.default:
            shown = [words.value(value), words.value(parameter.default)]
            rows.append([path, *shown, parameter.unit, parameter.meaning])
    head = parts.tag("h2", "Parameters that differ from their defaults")
    if len(rows) == 1:
        beside = ", beside what was varied" if request.axes else ""
        return [head, parts.tag("p", f"None{beside}.")]
    return [head, parts.table(Table(rows), (3, 4))]


def _made(provenance: Any) -> dict[str, str]:
    versions = provenance["versions"]
    used = ", ".join(f"{n} {versions[n]}" for n in ("numba", "numpy", "mesa") if versions.get(n))
    return {
        "Command": provenance["command"],
        "Version": f"nasss-sim {provenance['nasss_sim']}, model {provenance['model']}",
        "Seed": str(provenance["seed"]),
        "Replicates": str(provenance["replicates"]),
        "Runs": f"{provenance['runs']:,}, of which {provenance['failed_runs']:,} failed",
        "Configuration hash": provenance["identity"],
        "Libraries": f"Python {provenance['python']}, {used}",
        "Date": provenance["written"],
        "Files beside this one": "config.yaml repeats these runs; provenance.json says more",
    }
