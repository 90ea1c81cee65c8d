"""What a report tells below answer and figures: all numbers, what was varied, what was changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sim.outcomes.table import FIVE, GOAL, OUTCOMES, Outcome
from sim.reports import result_tables, titles, words
from sim.reports.answer import Section
from sim.reports.meanings import RUNS, SUMMARY
from sim.reports.policy_plan import lever_rows
from sim.studies import study_of
from sim.studies.result import Result
from sim.tables.layout import Table
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import CROSSED_AXES

MOST_POINTS = 400  # rows of the table of points; all stand in summary.csv
MOST_VALUES = 12
MOST_COLUMNS = 8  # of what varies, in the table of points
MOST_ROWS = 12  # of what varies, before it is folded away
OF_POINTS = (GOAL, "trust", "lapse_rate")


def sections(result: Result) -> list[Section]:
    """Return the sections of a report, in reading order."""
    result = replace(result, ensemble=result.over_worlds)
    one = len(result.ensemble.points) == 1
    numbers = [_outcomes(result)] if one else [_points(result), _meanings(result)]
    return [*numbers, *_policies(result), *_varied(result), _changed(result)]


def _outcomes(result: Result) -> Section:
    """Return all outcomes of a single point."""
    rows = [["outcome", "mean", "95 % interval of the mean", "unit", "meaning"]]
    for name, outcome in OUTCOMES.items():
        if outcome.letter == "counted":
            continue
        found = words.apart_in(result.mean(name), outcome.unit)
        rows.append([outcome.title, *found, *_means(outcome, result)])
    return Section("", [Table(rows, text_last=2)], "All outcomes")


def _points(result: Result) -> Section:
    """Return the main outcomes of all points."""
    ensemble = result.ensemble
    varied = result_tables.varied(ensemble)
    left_out = len(varied) > MOST_COLUMNS
    if left_out:  # as many worlds as were drawn, each with all its assumptions
        varied = [path for path in varied if path in CROSSED_AXES]
    names = (*varied, "probability_sustained", *OF_POINTS)
    rows = [["Point", *(titles.short(name) for name in names)]]
    for number, point in enumerate(ensemble.points[:MOST_POINTS]):
        means = (words.in_unit(result.mean(n, number), OUTCOMES[n].unit) for n in OF_POINTS)
        sustained = words.percent(result.probability_sustained(number))
        values = (titles.value_short(path, point.values[path], result.policies) for path in varied)
        rows.append([str(number), *values, sustained, *means])
    more = len(ensemble.points) - MOST_POINTS
    file = SUMMARY if study_of(result).summarised else RUNS
    note = f"{more:,} more points stand in {file}. " if more > 0 else ""
    note += f"The values of all that varies stand in {file}." if left_out else ""
    return Section("", [Table(rows, note=note)], "All points, with 95 % intervals")


def _meanings(result: Result) -> Section:
    rows = [["outcome", "unit", "meaning"]]
    shown = {o.name: o for o in (*FIVE, *(OUTCOMES[name] for name in OF_POINTS))}
    rows += [[outcome.title, *_means(outcome, result)] for outcome in shown.values()]
    return Section("", [Table(rows, left=3)], "What the outcomes mean")


def _means(outcome: Outcome, result: Result) -> list[str]:
    return [words.unit(outcome.unit), titles.plain(outcome.meaning, result.values)]


def _policies(result: Result) -> Iterator[Section]:
    """Yield what policies and shocks do, from when, for how long, where and at what price."""
    if result.policies:
        unit = str(result.values["cost.currency"])
        rows = lever_rows(result.policies, int(result.values["horizon"]), unit)
        note = "Strengths, times and prices are assumptions of the files that state them."
        yield Section("What the policies and shocks do", [Table(rows, note=note, left=5)])


def _varied(result: Result) -> Iterator[Section]:
    """Yield the axes of the design."""
    if not result.axes:
        return
    rows = [["what", "values", "key", "keys that move together"]]
    for axis in result.axes:
        values = [titles.value_told(axis.name, x, result.policies) for x in axis.values]
        if len(values) > MOST_VALUES:
            values = [*values[: MOST_VALUES - 1], "...", values[-1]]
        together = ", ".join(axis.paths) if axis.paths != (axis.name,) else ""
        rows.append([titles.title(axis.name), "; ".join(values), axis.name, together])
    if not any(row[3] for row in rows[1:]):
        rows = [row[:3] for row in rows]
    folded = f"All {len(result.axes)}" if len(rows) > MOST_ROWS else ""
    yield Section("What was varied", [Table(rows, left=4)], folded)


def _changed(result: Result) -> Section:
    """Return the parameters of the base point that differ from their defaults."""
    rows = [["what", "here", "otherwise", "key", "meaning"]]
    for path, parameter in PARAMETERS.items():
        value = result.values[path]
        if value != parameter.default:
            here = titles.value_told(path, value, result.policies)
            otherwise = titles.value_told(path, parameter.default)
            rows.append(
                [parameter.title, here, otherwise, path, titles.plain(parameter.meaning, {})]
            )
    title = "What differs from the defaults"
    if len(rows) == 1:
        return Section(title, [f"None{', beside what was varied' if result.axes else ''}."])
    return Section(title, [Table(rows, left=3, text_last=2)])
