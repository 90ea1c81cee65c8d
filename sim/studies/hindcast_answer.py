"""What a hindcast says: how far off each method was, how sure, and what the model is then good for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.analysis import scores
from sim.analysis.intervals import Interval
from sim.reports import words
from sim.reports.answer import Answer
from sim.reports.figure import Area, Curve, Dots, Figure, Panel, Rule, Scale, exact
from sim.reports.findings import Findings
from sim.reports.result_tables import Columns, of_rows
from sim.studies.hindcast import INNER, METHODS, MODEL, OF_100, OUTER, Case, Hindcast, Score
from sim.tables.layout import Table
from sim.tables.messages import counted, listed

TITLE = "Hindcast"
QUESTION = "Shown the first years of a published adoption, does the model tell the rest?"
BEST = "*"
NONE = "no forecast"


def findings(found: Hindcast) -> Findings:
    """Return the answer, scores and forecasts as tables, and the figure."""
    return Findings(answer(found), tables_of(found), [figure(found)], found.seed)


def answer(found: Hindcast) -> Answer:
    """Say how far off the model was beside simple methods, how sure, and what it is then good for."""
    total = {method: found.total(method) for method in METHODS}
    off = {method: found.further_off(method) for method in METHODS if method != MODEL}
    said = [_first(found, total), _sure(total[MODEL]), verdict(off)]
    differences = [[METHODS[m], words.with_interval(x, 1, sign=True)] for m, x in off.items()]
    head = ["", "the model is further off by (CRPS, 95 % interval)"]
    note = (
        "CRPS is the error of a forecast that says how sure it is, RMSE that of its mean, of 100. Each series counts "
        "the same; 95 % intervals are over series, as if they were independent, which they are not: all are of "
        f"electronic records in the US in the same years. Seed {found.seed}."
    )
    blocks: list[str | Table] = [*said, _table(found), Table([head, *differences]), note]
    return Answer(TITLE, QUESTION, blocks)


def _first(found: Hindcast, total: Mapping[str, Score]) -> str:
    nearest = min((m for m in METHODS if m != MODEL), key=lambda method: total[method].rmse)
    ahead = [case.years[case.shown :] - case.years[case.shown - 1] for case in found.cases]
    until = max(years.max() for years in ahead)
    ours = total[MODEL]
    return (
        f"Shown the first part of {len(found.cases)} series of electronic records in the US, the model tells "
        f"the 1 to {until:g} years that follow with an error of {_told(ours.rmse)} of 100 professionals or hospitals; "
        f"the {METHODS[nearest]}, the nearest of four simple methods, with {_told(total[nearest].rmse)}."
    )


def _told(error: float) -> str:
    return NONE if np.isnan(error) else words.number(error, 1)


def _sure(score: Score) -> str:
    """Say how often what came lay in the intervals."""
    n = score.points
    return (
        f"Of the {n} points that it was not shown, {score.outer} lie in its {100 * OUTER:.0f} % intervals, where "
        f"{OUTER * n:.0f} should, and {score.inner} in its {100 * INNER:.0f} % intervals, where {INNER * n:.0f} should."
    )


def verdict(off: Mapping[str, Interval]) -> str:
    """Say what the model is good for, by how much further off it is than each method."""
    nearer = [f"the {METHODS[m]}" for m, x in off.items() if x.low > 0]
    farther = [f"the {METHODS[m]}" for m, x in off.items() if x.high < 0]
    others = [f"the {METHODS[m]}" for m, x in off.items() if not x.high < 0]
    what_for = (
        "the model is for asking what would change an adoption, and why, which no curve answers"
    )
    if nearer:
        return f"Clearly nearer than the model: {listed(nearer)}. For a forecast take that; {what_for}."
    if len(farther) == len(off):
        return f"The model is nearer than each of the simple methods; and {what_for}."
    beaten = f"It is clearly nearer than {listed(farther)}; " if farther else ""
    return (
        f"{beaten}{'whether' if beaten else 'Whether'} it is nearer than {listed(others, 'or')}, so few series can "
        f"not tell. For a forecast a simple curve is enough; {what_for}."
    )


def _table(found: Hindcast) -> Table:
    """Return the scores of all methods, series by series; the best of a row is marked."""
    rows = [["", *METHODS.values()]]
    each = {method: found.of(method) for method in METHODS}
    for n, case in enumerate(found.cases):
        shown, held = counted(case.shown, "point"), case.seen.size - case.shown
        title = f"{case.title}: {shown} shown, {held} told"
        rows += [[title, *[""] * len(METHODS)], *_rows([each[m][n] for m in METHODS])]
    rows += [["All series", *[""] * len(METHODS)], *_rows([found.total(m) for m in METHODS])]
    return Table(rows, note=f"The best of a row has a {BEST}.")


def _rows(of: Sequence[Score]) -> list[list[str]]:
    rows = []
    for name, key in (("CRPS", "crps"), ("RMSE", "rmse")):
        errors = [getattr(score, key) for score in of]
        best = np.nanmin(errors)
        rows.append([f"- {name}", *(_told(x) + BEST * bool(x == best) for x in errors)])
    for share, key in ((INNER, "inner"), (OUTER, "outer")):
        rows.append(
            [f"- within {100 * share:.0f} %", *(f"{getattr(x, key)} of {x.points}" for x in of)]
        )
    return rows


def tables_of(found: Hindcast) -> dict[str, Columns]:
    """Return as columns the scores, the forecasts in percent, and how near the model came to what was shown.

    A row stands for each method and series, and for all series; for each method and point that was not shown; for
    each series, in errors of a reading.
    """
    titles = [*(case.title for case in found.cases), "all"]
    each = {method: [*found.of(method), found.total(method)] for method in METHODS}
    told = [
        (METHODS[method], title, *score)
        for method, of in each.items()
        for title, score in zip(titles, of, strict=True)
    ]
    forecasts = []
    for case in found.cases:
        for method, draws in case.draws.items():
            if not len(draws):
                continue
            ends = [*scores.middle(draws, OUTER), *scores.middle(draws, INNER)]
            for n in range(case.shown, case.seen.size):
                percent = (float(OF_100 * x[n]) for x in (case.seen, draws.mean(axis=0), *ends))
                forecasts.append((METHODS[method], case.title, case.years[n], *percent))
    fits = [(x.title, x.far.size, int((x.far <= 1).sum()), x.far.min()) for x in found.cases]
    return {
        "scores": of_rows("method series crps rmse within_50 within_90 points", told),
        "forecasts": of_rows(
            "method series year published forecast low_90 high_90 low_50 high_50", forecasts
        ),
        "fits": of_rows("series worlds as_near_as_a_reading nearest", fits),
    }


def figure(found: Hindcast) -> Figure:
    """Return the series, the part that was shown, and what the methods made of it."""
    caption = (
        "Blue: the model, with the middle 50 and 90 % of its forecasts. Crosses: published, and shown to all methods. "
        "Dots: published, and not shown."
    )
    panels = [_panel(case) for case in found.cases]
    title = "Published adoption and forecasts of it"
    return Figure("hindcast", title, caption, panels, columns=2, height=3.4, shared="y")


def _panel(case: Case) -> Panel:
    marks: list[Any] = [Rule(float(case.years[case.shown - 1]), dash="dotted")]
    for look, (method, draws) in enumerate(case.draws.items()):
        if not len(draws):
            continue
        name, means = METHODS[method], OF_100 * draws.mean(axis=0)
        band = [exact(x) for x in means]
        if method == MODEL:
            low, high = (OF_100 * end for end in scores.middle(draws, OUTER))
            marks.append(Area(case.years, low, high))
            low, high = (OF_100 * end for end in scores.middle(draws, INNER))
            band = [Interval(*x, len(draws)) for x in zip(means, low, high, strict=True)]
        marks.append(Curve(case.years, band, look, name, name, strong=method == MODEL))
    looks = np.where(np.arange(case.seen.size) < case.shown, 6, 7)
    x, y = ([exact(v) for v in part] for part in (case.years, OF_100 * case.seen))
    marks.append(Dots(x, y, looks.tolist(), [("published", [f"{v.estimate:g} %" for v in y])]))
    return Panel(case.title, marks, Scale("year"), Scale("of 100", (0, 100)))
