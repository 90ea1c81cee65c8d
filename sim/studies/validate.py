"""Does the model behave like the world? Published patterns beside what the model gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from typing import Any

import numpy as np

from sim.analysis.intervals import Interval
from sim.evidence.measure import Row, distance, measure
from sim.evidence.patterns import PATTERNS, Pattern
from sim.reports import words
from sim.reports.answer import Answer
from sim.reports.figure import Figure, Rule, rows_panel
from sim.reports.figure import Row as Line
from sim.reports.findings import Findings, Found
from sim.reports.result_tables import of_rows
from sim.tables.checks import check_settings, resolve
from sim.tables.errors import UserError
from sim.tables.layout import Table
from sim.tables.messages import unknown

TITLE = "Validation"
QUESTION = "Does the model behave like the world?"
ALLOWED = ("replicates", "seed", "threads")
ROW = 0.62  # inches
NAME = 38  # characters of a line
FARTHEST = 4.0  # in units of the accepted range; what lies beyond stands at the edge


@dataclass(frozen=True, repr=False)
class Validation(Found):
    """What `validate` found; printed, it is the answer."""

    rows: Sequence[Row]
    replicates: int
    seed: int

    @property
    def distance(self) -> float:
        """Of fitted patterns: 0 where all targets are hit, 1 at the ends of what is accepted."""
        return distance([row for row in self.rows if not row.pattern.held_out])

    @property
    def findings(self) -> Findings:
        """The sentence and the table, and the figure: what the model gives, in units of what is accepted."""
        tables = {"validation": columns_of(self.rows)}
        said = f"{words.runs(self.replicates)} of each world. Bars: 95 % intervals."
        drawn = figure("validation", "Published patterns and the model", said, self.rows)
        return Findings(answer(self), tables, [drawn], self.seed)


def validate(parameters: Mapping[str, Any] | None = None, **settings: Any) -> Validation:
    """Measure published patterns in the model, as they were published.

    Parameters
    ----------
    parameters : mapping, optional
        What differs from the defaults, by dotted path or nested.
    **settings
        `replicates` (64), `seed` (0), `threads` (all).

    Returns
    -------
    Validation
        Printed: which patterns are met, and the table; `.table` is a data frame, `.plot()` the figure.

    Raises
    ------
    UserError
        One line per mistake.

    Examples
    --------
    >>> validate({"decision.lapse_rate": 0.1}, replicates=8)
    """
    from sim.ensembles.machine import available_cores
    from sim.ensembles.warm import warm_up

    if strangers := [name for name in settings if name not in ALLOWED]:
        raise UserError([unknown(name, ALLOWED, "setting") for name in strangers])
    values, known = resolve(parameters or {}), check_settings(settings)
    threads = known["threads"] or available_cores()
    warm_up()
    rows = measure(values, PATTERNS, known["seed"], known["replicates"], threads)
    return Validation(rows, known["replicates"], known["seed"])


def columns_of(rows: Sequence[Row]) -> dict[str, np.ndarray]:
    """Return the table as columns: one row for each published number."""
    names = (
        "pattern quantity unit held_out published accepted_low accepted_high "
        "simulated simulated_low_95 simulated_high_95 met measured source"
    )
    return of_rows(names, [
        (p.title, q.title, q.unit, p.held_out, q.published, q.low, q.high,
         *row.simulated[:3], "yes" if row.met else "no", p.measured, p.source)
        for row in rows for p, q in [row[:2]]
    ])  # fmt: skip


def parted(rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Return the titles of patterns that are met in all their numbers, and of the others."""
    met: dict[str, bool] = {}
    for row in rows:
        met[row.pattern.title] = met.get(row.pattern.title, True) and row.met
    return [title for title in met if met[title]], [title for title in met if not met[title]]


def named(pattern: Pattern) -> str:
    """Return the title of a pattern, and whether it was held out."""
    return f"{pattern.title} (held out)" if pattern.held_out else pattern.title


def cells(row: Row) -> list[str]:
    """Return a row of the table in words."""
    accepted = words.between(row.quantity.low, row.quantity.high)
    found = words.with_interval(row.simulated) if np.isfinite(row.simulated.estimate) else "none"
    found = found.replace("inf", "never")  # the year when half of all organisations have it
    verdict = "met" if row.met else "not met"
    return [row.quantity.title, row.quantity.published, accepted, found, verdict, row.quantity.unit]


def answer(found: Validation) -> Answer:
    """Say first how many patterns the model meets, and which it misses."""
    counts, names = [], []
    for held_out, title, of in (
        (False, "Fitted", "that parameters were fitted to"),
        (True, "Held out", "that were held out"),
    ):
        met, missed = parted([row for row in found.rows if row.pattern.held_out == held_out])
        counts.append(f"{len(met)} of the {len(met) + len(missed)} {of}")
        both = (("met", met), ("not met", missed))
        names.append(
            ". ".join(f"{title}, {what}: {'; '.join(of_it)}" for what, of_it in both if of_it) + "."
        )
    blocks: list[str | Table] = [
        f"Of published patterns, the model meets {', and '.join(counts)}.",
        *names,
    ]
    blocks.append(table_of(found.rows, "the model (95 % interval)"))
    blocks.append(
        f"{words.runs(found.replicates)} of each world, seed {found.seed}. Intervals: 95 %, runs drawn anew. Distance "
        f"from those fitted: {found.distance:.2f} (1: at the ends of what is accepted). Those held out were measured "
        "once, after the search, and nothing was moved for them."
    )
    return Answer(TITLE, QUESTION, blocks)


def table_of(rows: Sequence[Row], simulated: str) -> Table:
    """Return rows by pattern; `simulated` is the heading of what the model gives."""
    table = [["", "published", "accepted", simulated, "", ""]]
    for title, of_pattern in groupby(rows, lambda row: named(row.pattern)):
        table.append([title, *[""] * 5])
        table += [["- " + first_cell, *rest] for first_cell, *rest in map(cells, of_pattern)]
    return Table(table, text_last=1)


def scaled(row: Row) -> Interval:
    """Return what is simulated in units of what is accepted, not farther than the edge."""
    ends = [row.quantity.scaled(x) for x in row.simulated[:3]]
    estimate, low, high = np.clip(ends, -FARTHEST, FARTHEST).tolist()
    return Interval(estimate, low, high, row.simulated.runs)


def figure(name: str, title: str, said: str, found: Sequence[Row]) -> Figure:
    """Return what is simulated of each number, in units of what is accepted."""
    lines = []
    for row in found:
        what = "\n".join(wrap(f"{named(row.pattern)}: {row.quantity.title}", NAME))
        told = words.with_interval(row.simulated)
        lines.append(Line(what, scaled(row), told, 0 if row.met else 1, told))
    panel = rows_panel(
        lines, "0: as published; -1 to 1: accepted", tips=("what", "simulated"),
        limits=(-FARTHEST - 0.3, FARTHEST + 3.0), rules=(Rule(-1, until=1), Rule(0, dash="dotted")),
    )  # fmt: skip
    caption = f"{said} Grey: what is accepted as met. What lies farther away than {FARTHEST:g} stands at the edge."
    key = (("met", 0), ("not met", 1))
    return Figure(name, title, caption, [panel], height=1.2 + ROW * len(lines), key=key)


def markdown(found: Validation) -> list[str]:
    """Return the table for a page."""
    lines = [
        "| Published pattern | Published | Accepted | The model (95 % interval) | |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in found.rows:
        title, published, accepted, simulated, verdict, unit = cells(row)
        what = f"{named(row.pattern)}: {title}" + (f", {unit}" if unit else "")
        lines.append(f"| {what} | {published} | {accepted} | {simulated} | {verdict} |")
    sources = [f"- *{p.title}*: {p.measured}. Source: {p.source}." for p in PATTERNS]
    runs = f"{words.runs(found.replicates)} of each world, seed {found.seed}."
    return [*lines, "", f"{runs} How each is measured:", "", *sources]
