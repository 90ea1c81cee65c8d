"""A user's own series from a CSV file: what was understood, or the line and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from sim.design.csv_files import CsvRows, Row
from sim.evidence.mirrors import YEAR
from sim.evidence.pattern_worlds import SPREAD
from sim.evidence.series import LEAD, MEASURED, Series
from sim.tables.errors import UserError
from sim.tables.messages import counted, listed, show, unknown
from sim.tables.parameters import PARAMETERS, Parameter
from sim.tables.settings import Setting

# Percentage points (assumptions); the second is about what the luck of one run makes
DEFAULT_ERROR, LEAST_ERROR = 5.0, 2.0
WIDTH_95 = 2 * float(norm.ppf(0.975))  # standard errors
UNITS = {"percent": 100.0, "share": 1.0}
LONGEST = int(PARAMETERS["horizon"].high) - LEAD  # months


def _percent(name: str, default: float | None = None) -> Parameter:
    return Setting(name, default, "", 0, 100, "", words="a percentage from 0 to 100")


# Where the default is None, a cell may be empty; what is None may hold any text
COLUMNS: dict[str, Parameter | None] = {
    "time": None,
    "percent": _percent("percent", 0.0),
    "n": Setting("n", None, "", 1, 1e12, "", kind="integer", words="a whole number from 1, how many were asked"),
    "low": _percent("low"),
    "high": _percent("high"),
    "measured": None,
    **dict.fromkeys(("series", "technology", "population", "phase", "reading", "source")),
}  # fmt: skip


class Form(NamedTuple):
    """A way to write the time."""

    title: str
    hint: str  # what stands for such a time; empty where it is no date
    pattern: re.Pattern[str]
    months: Callable[[re.Match[str]], float]


FORMS = (
    Form("year", "YEAR", re.compile(r"([12]\d{3})(\.\d+)?"), lambda m: YEAR * float(m[0])),
    Form(
        "year and month", "YEAR-MONTH", re.compile(r"([12]\d{3})-(0?[1-9]|1[0-2])(-\d{1,2})?"),
        lambda m: YEAR * int(m[1]) + int(m[2]) - 1,
    ),
    Form("month number", "", re.compile(r"\d{1,3}"), lambda m: int(m[0])),
)  # fmt: skip
TIMES = "a year (2019), a year and month (2019-03, or a date 2019-03-15), or the number of months since the start (0, 12)"


def read(
    path: str,
    measured: str | None = None,
    name: str | None = None,
    unit: str | None = None,
    start: str | None = None,
) -> Series:
    """Read a series from a CSV file; its `notes` say in words what was understood.

    The file has columns `time` and `percent`, and perhaps `n`, or `low` and `high`; `measured`, `series`. `measured`
    is a key of `MEASURED`, where no column says it; `name`, which series, where the file has several; `unit`, percent
    or share, needed where all numbers lie between 0 and 1; `start`, when it started, in the form of the times: without
    it nobody knows. A UserError has one line per mistake, with the line of the file.
    """
    if unit is not None and unit not in UNITS:
        raise UserError(f"unit={unknown(show(unit), UNITS, 'unit')}")
    rows = CsvRows("data", path, COLUMNS, "column", lenient=True)
    table = list(rows.read(needed=("time", "percent")))
    rows.end(
        table, "is empty; needed are a line of headings (time,percent) and a line for each point"
    )
    chosen, table = _chosen(rows, table, name)
    what = _measured(table, measured)
    form, times = _times(rows, table)
    whole = _unit(table, unit)
    for line, row in table:
        if wrong := _misplaced(row, whole):
            rows.wrong(line, wrong)
    rows.end(True, "")
    values, of_file = [row["percent"] for _, row in table], f"data={show(path)}"
    if len(values) < 2:
        raise UserError(f"{of_file}: one point says nothing of change; needed are two or more")
    if len(set(values)) == 1:
        alike = f"all {len(values)} points are {values[0]:g}"
        raise UserError(f"{of_file}: {alike}; needed is a series that changes")
    shares = np.array(values) / whole
    begun = _begun(form, times, shares, what, start)
    months = np.rint(np.array(times) - begun).astype(np.int64)
    anchored = bool(form.hint) and start is None and MEASURED[what].world is SPREAD
    labels = tuple(row["time"] for _, row in table)
    if months[-1] > LONGEST:
        late = f"time={labels[-1]} is {months[-1]:,} months after the start"
        raise UserError(f"{of_file}: {late}; allowed are {LONGEST:,}")
    errors, weighed = _errors([row for _, row in table], shares, whole)
    made = Series(chosen or Path(path).stem, what, labels, months, shares, errors, anchored)
    return made._replace(notes=(*_notes(made, form, start), *rows.told(), weighed))


def _chosen(
    rows: CsvRows, table: Sequence[tuple[int, Row]], name: str | None
) -> tuple[str, list[tuple[int, Row]]]:
    """Return the name of the series that is asked for, and its rows."""
    names = list(dict.fromkeys(row.get("series", "") for _, row in table))
    if name is None and len(names) > 1:
        raise UserError(
            f"series: the file holds {len(names)}; say which: series=NAME, one of {', '.join(names)}"
        )
    if name is not None and name not in names:
        if names == [""]:
            raise UserError(f"series={show(name)}: the file has no column series; leave it out")
        raise UserError(f"series={unknown(show(name), names, 'series')}")
    chosen = names[0] if name is None else name
    return chosen, [(line, row) for line, row in table if row.get("series", "") == chosen]


def _measured(table: Sequence[tuple[int, Row]], given: str | None) -> str:
    """Return what was measured, as a column or the user says it."""
    said = {row.get("measured", ""): line for line, row in table} | ({given: 0} if given else {})
    said.pop("", None)
    for name, line in said.items():
        if name not in MEASURED:
            where = f"line {line}: " if line else ""
            raise UserError(f"{where}measured={unknown(show(name), MEASURED, 'kind of series')}")
    if len(said) != 1:
        what = f"is given as {listed(list(said))}" if said else "what was measured is not said"
        allowed = "; ".join(f"measured={name} ({kind.title})" for name, kind in MEASURED.items())
        raise UserError(f"measured: {what}; allowed is one of {allowed}")
    return next(iter(said))


def _times(rows: CsvRows, table: Sequence[tuple[int, Row]]) -> tuple[Form, list[float]]:
    """Return how the times are written, and their months; mistakes are taken down."""
    form, months, before = None, [], -np.inf
    for line, row in table:
        text = row["time"]
        found = next(((f, m) for f in FORMS if (m := f.pattern.fullmatch(text))), None)
        if found is None:
            rows.wrong(line, f"time={show(text)}: is not understood; allowed is {TIMES}")
            continue
        form = form or found[0]
        if found[0] is not form:
            other = f"is a {found[0].title}, where the lines before have a {form.title}"
            rows.wrong(line, f"time={text}: {other}")
            continue
        month = form.months(found[1])
        if month <= before:
            fault = "stands there twice" if month == before else "comes after a later time"
            needed = "needed is one line for each time, in their order"
            rows.wrong(line, f"time={text}: {fault}; {needed}")
        months.append(month)
        before = month
    rows.end(True, "")
    assert form is not None
    return form, months


def _unit(table: Sequence[tuple[int, Row]], given: str | None) -> float:
    """Return what is all: 100 percent, or the share 1; where it is not clear, the user is asked."""
    highest = max(row["percent"] for _, row in table)
    if given is None and 0 < highest <= 1:
        raise UserError(
            f"percent: no number is above 1 (the highest is {highest:g}): shares of 1, or less than "
            "1 percent? say unit=share or unit=percent"
        )
    return UNITS[given or "percent"]


def _misplaced(row: Row, whole: float) -> str:
    """Say what is wrong with the numbers of a line, beside each other."""
    percent, low, high = row["percent"], row.get("low"), row.get("high")
    if (above := max(x for x in (percent, low, high) if x is not None)) > whole:
        return f"percent={above:g}: is above 1; allowed with unit=share is a share from 0 to 1"
    if (low is None) != (high is None):
        return "low and high: one of them is empty; needed are both, or none"
    if low is not None and low >= high:
        return f"low={low:g} is not below high={high:g}"
    if low is not None and not low <= percent <= high:
        return f"percent={percent:g} does not lie between low={low:g} and high={high:g}"
    return ""


def _begun(
    form: Form, times: Sequence[float], shares: np.ndarray, what: str, start: str | None
) -> float:
    """Return the month of the start, on the scale of the times."""
    begun, wrong = times[0] if form.hint else 0.0, ""
    if start is not None:
        found = form.pattern.fullmatch(start)
        begun = form.months(found) if found else begun
        if not form.hint:
            wrong = "the times are months since the start already; leave it out"
        elif found is None:
            wrong = f"allowed is a {form.title}, as in the column time"
        elif begun > times[0]:
            wrong = "comes after the first point; allowed is a time up to that"
    if wrong:
        raise UserError(f"start={show(start)}: {wrong}")
    if what == "cohort_retained" and times[0] == begun and shares[0] < 1:
        more = ", or say when the cohort began: start=TIME" if form.hint and start is None else ""
        raise UserError(
            f"percent={100 * shares[0]:g}: at its start a cohort is whole; add a line with 100 for it{more}"
        )
    return begun


def _errors(rows: Sequence[Row], shares: np.ndarray, whole: float) -> tuple[np.ndarray, str]:
    """Return the standard error of each point as a share, and how they were found."""
    low, high, n = (np.array([row.get(k) for row in rows], float) for k in ("low", "high", "n"))
    middle = (shares * n + 2) / (n + 4)  # Agresti & Coull 1998: 0 and 100 % have an error as well
    ways = {
        "low and high, taken as ends of a 95 % interval": (high - low) / whole / WIDTH_95,
        "n": np.sqrt(middle * (1 - middle) / (n + 4)),
    }
    errors, told, free = np.full(shares.size, DEFAULT_ERROR / 100), [], np.full(shares.size, True)
    for name, found in ways.items():
        taken = free & ~np.isnan(found)
        errors, free = np.where(taken, np.maximum(found, LEAST_ERROR / 100), errors), free & ~taken
        told += [f"of {counted(int(taken.sum()), 'point')} from {name}"] if taken.any() else []
    if free.any():
        told.append(
            f"of {counted(int(free.sum()), 'point')} {DEFAULT_ERROR:g} percentage points, which is assumed"
        )
    return errors, f"Standard errors: {listed(told)}; none below {LEAST_ERROR:g} points."


def _notes(made: Series, form: Form, start: str | None) -> list[str]:
    """Say what was understood of the series, and of its times."""
    first, last = made.labels[0], made.labels[-1]
    notes = [
        f"{made.name} holds {len(made.labels)} points from {first} to {last}: percent of "
        f"{MEASURED[made.measured].title} ({made.measured}).",
    ]
    if not form.hint:
        return [*notes, "Times are months since the start."]
    since = f"the start, {start}" if start else f"the first point, {first}"
    notes.append(f"Times are read as {form.title}, and counted in months from {since}.")
    if made.anchored:
        notes.append(
            f"When it started is not said: a world counts from the month in which it reaches the first "
            f"point ({100 * made.shares[0]:g} %), which then tells nothing more; start={form.hint} would say it."
        )
    return notes
