"""What an outlook says: sentences, table, figure."""

from __future__ import annotations

import numpy as np

from sim.analysis.intervals import Interval, of_mean
from sim.design.rating import told
from sim.outcomes.table import MIDWAY, PLACES
from sim.reports import words
from sim.reports.answer import Answer
from sim.reports.figure import Figure, Row, exact, of_100, rows_panel
from sim.reports.result_tables import of_rows
from sim.studies.comparison.policy_runs import WORTH_MENTIONING
from sim.studies.comparison.terms import money, span
from sim.studies.headline import PEOPLE
from sim.studies.headline import listed as places_listed
from sim.studies.rate import POLICIES, QUESTION, TITLE, Choice, Outlook
from sim.tables.layout import Table
from sim.tables.messages import counted, listed, within
from sim.tables.nasss import DOMAINS

KINDS = {"rated": "", "domain": "One step simpler", "policy": "Policies"}
LEAST = f"{100 * WORTH_MENTIONING:g} more of 100 beyond chance"
FEW = "fewer than 1"
ROW = 0.38  # inches
VALUE_ROOM = 0.4  # of the width, for the value right of a bar


def answer(found: Outlook) -> Answer:
    """Say how many would use it, where the others are, and what would help most."""
    c = found.of
    ensemble, names = c.result.ensemble, [f"where.{x.name}.month_{MIDWAY}" for x in PLACES]
    places = places_listed({name: of_mean(c.samples(name)[0]) for name in names})
    rated = "; ".join(f"{within(t)} {told(found.ratings, d)}" for d, t in DOMAINS.items())
    blocks: list[str | Table] = [
        _first(found),
        f"Of 100 then, on average over these worlds: {places}.",
        _domains(found),
        _policies(found),
        Table(
            _rows(found),
            note="In brackets: as rated, nine of ten worlds; changes, 95 % intervals. Cost: "
            f"{span(c)}.",
        ),
        f"Rated: {rated}. What a rating means in numbers is an assumption, line by line. Patients and "
        "carers are not in the model; embedding over time is what the simulation plays out.",
        f"{counted(c.worlds, 'world')}, {words.runs(ensemble.replicates)} of each choice in each, seed "
        f"{ensemble.seed}.",
    ]
    if ensemble.failed:
        blocks.append(f"{words.runs(ensemble.failed)} failed and are left out.")
    return Answer(TITLE, QUESTION, blocks)


def _first(found: Outlook) -> str:
    if np.isnan(found.use.estimate):
        return "No run ended well, so nothing is known of who would use it."
    when, where = "Five years after it starts,", "nine of ten worlds that agree with the evidence"
    if found.use.high < WORTH_MENTIONING:
        return f"{when} {FEW} of 100 {PEOPLE} would use it, on average and in {where}."
    at, low, high = (words.number(100 * x, 0) for x in found.use[:3])
    return f"{when} about {at} of 100 {PEOPLE} would use it (between {low} and {high} in {where})."


def use_told(use: Interval) -> str:
    """Return how many of 100 use it, with nine of ten worlds; of hardly any, no digits are told."""
    return FEW if use.high < WORTH_MENTIONING else words.per_100(use)


def _domains(found: Outlook) -> str:
    if not any(choice.kind == "domain" for choice in found.choices):
        return "Every domain is rated simple: none can be made simpler."
    best = [f"{within(x.title)} ({words.more_of_100(x.change)})" for x in found.best("domain")]
    if not best:
        return f"No domain, one step simpler, would bring {LEAST}."
    return (
        f"One step simpler, most would be gained in {', then '.join(best)}.{_also(found, 'domain')}"
    )


def _policies(found: Outlook) -> str:
    best = [
        f"{x.title} ({words.more_of_100(x.change)}, {money(x.cost, found.of.currency)})"
        for x in found.best("policy")
    ]
    if not best:
        return f"None of {len(POLICIES)} shipped policies would bring {LEAST}."
    helped = f"Of {len(POLICIES)} shipped policies help most: {listed(best)}."
    return helped + _also(found, "policy")


def _also(found: Outlook, kind: str) -> str:
    """Name what chance does not tell from the last that was named."""
    names = [within(name) if kind == "domain" else name for name in found.also[kind]]
    return f" About as much as the last of them: {listed(names)}." if names else ""


def _rows(found: Outlook) -> list[list[str]]:
    rows = [["", "of 100 use it", "more of 100", f"cost, {found.of.currency}"]]
    for kind, head in KINDS.items():
        of_kind = [choice for choice in found.choices if choice.kind == kind]
        rows += [[head, "", "", ""]] if head and of_kind else []
        rows += [_row(choice) for choice in of_kind]
    return rows


def _row(choice: Choice) -> list[str]:
    if choice.kind == "rated":
        return [choice.title, use_told(choice.use), "", ""]
    use = words.per_100(exact(choice.use.estimate))
    cost = money(choice.cost) if choice.kind == "policy" else ""
    change = words.per_100(choice.change, sign=True)
    return [f"- {choice.title}", use, change, cost]


def columns_of(found: Outlook) -> dict[str, np.ndarray]:
    """Return the table as columns: one row for each choice."""
    names = "kind choice use use_low_90 use_high_90 change change_low_95 change_high_95 cost"
    return of_rows(
        names, [(x.kind, x.title, *x.use[:3], *x.change[:3], x.cost) for x in found.choices]
    )


def figure(found: Outlook) -> Figure:
    """Return what each choice changes, the most helpful on top."""
    rows = []
    for x in found.choices[1:]:
        told = words.per_100(x.change, sign=True)
        rows.append(Row(x.title, of_100(x.change), told, int(x.kind == "policy"), told))
    across = "more users after five years, of 100 professionals"
    panel = rows_panel(rows, across, tips=("what", "more of 100"), right=VALUE_ROOM)
    caption = (
        f"As rated: {use_told(found.use)} of 100, nine of ten of {counted(found.of.worlds, 'world')} that agree "
        "with the evidence. Bars: 95 % intervals of the mean change over worlds."
    )
    return Figure(
        "outlook", "What would help this project", caption, [panel],
        height=1.2 + ROW * len(rows), key=(("domain one step simpler", 0), ("policy", 1)),
    )  # fmt: skip
