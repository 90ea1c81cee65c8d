"""What readers see in the place of keys: titles of names, and values with their units.

Titles stand beside the names in their tables, and in the files of policies, shocks and scenarios.
A user's own name that is in none of them is shown as it is, underscores as spaces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from sim.design.folders import available, shipped_folder
from sim.design.yaml_file import read_yaml
from sim.outcomes.table import OUTCOMES
from sim.policies.kinds import KINDS, names_in
from sim.reports import words
from sim.reports.figure import Scale
from sim.reports.meanings import FRAMES
from sim.tables.factors import FACTORS
from sim.tables.messages import as_words, counted, within
from sim.tables.parameters import PARAMETERS, Parameter

if TYPE_CHECKING:
    from sim.policies.policy import Policy

    Known = Mapping[tuple[str, str], Policy]

NOTHING = {"policy": "No policy", "shock": "No shock"}
_KEY = re.compile(r"\b[a-z]+(?:[._][a-z_]+)+")
_SET = re.compile(r"\b([a-z]+(?:[._][a-z_]+)+)=")
_FACTORS = {factor.name: factor for factor in FACTORS}
_COLUMNS = {c.name: c for columns in FRAMES.values() for c in columns.values() if c.title}
_EACH = {"per month": " a month", "per year": " a year", "per meeting": " a meeting"}
SINGULAR = {
    "organisations": "organisation",
    "HCPs": "professional",
    "months": "month",
    "ties": "tie",
}


def _row(name: str) -> Any:
    """Return the row of the first table that has the name; None if none has."""
    for table in (PARAMETERS, OUTCOMES, _COLUMNS, _FACTORS):
        if name in table:
            return table[name]  # type: ignore[index]
    from sim.policies.lever_table import LEVERS  # not before it is asked for: it imports the model

    return LEVERS.get(name)


def title(name: str) -> str:
    """Return what readers see in the place of a parameter, factor, outcome, column or lever."""
    row = _row(name)
    return row.title if row else as_words(name)


def short(name: str) -> str:
    """Return the title in as few characters as a figure has room for."""
    row = _row(name)
    return getattr(row, "short", "") or title(name)


def in_sentence(name: str) -> str:
    """Return the title as it stands within a sentence."""
    return within(title(name))


def short_in_sentence(name: str) -> str:
    """Return the short title as it stands within a sentence."""
    return within(short(name))


def plain(text: str, values: Mapping[str, Any]) -> str:
    """Return a text of a table with values, or titles, in the place of keys."""

    def told(found: re.Match[str]) -> str:
        name = found[0]
        if name in values:
            return words.value(values[name])
        return within(title(name)) if _row(name) else name

    for ours, theirs in (("an HCP", "a professional"), ("HCP", "professional")):
        text = text.replace(ours, theirs)
    return _KEY.sub(told, text)


def of_scale(name: str, **more: Any) -> Scale:
    """Return an axis of a parameter, in the unit in which its values are told."""
    row = PARAMETERS.get(name)
    if row is None or not row.unit:
        return Scale(title(name), **more)
    percent = _in_percent(row)
    of = f" of {row.of}" if row.of else ""
    unit = f"%{of}{_EACH.get(row.unit, '')}" if percent else words.unit(row.unit)
    return Scale(f"{row.title}, {unit}", hundred=percent, **more)


def _in_percent(row: Parameter) -> bool:
    return row.unit in ("share", "probability", "per year") or bool(row.unit in _EACH and row.of)


def value_told(name: str, value: Any, policies: Known | None = None) -> str:
    """Return a value of a parameter or an axis with its unit, such as "2 % of professionals a month".

    `policies` are those of the result: a user's own have their titles there.
    """
    row = PARAMETERS.get(name)
    of = f" of {row.of}" if row and row.of else ""
    return value_short(name, value, policies, of)


def value_short(name: str, value: Any, policies: Known | None = None, of: str = "") -> str:
    """Return a value with its unit, without what it is a share of."""
    if name in (*KINDS, "scenario"):
        return named(name, value, policies)
    row = PARAMETERS.get(name)
    if value is None:
        return "not set"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        if row is None:  # what linked parameters are set to, each after its key
            return _SET.sub(lambda found: f"{short(found[1])} ", str(value))
        return str(value).replace("_", " ") if row.kind == "choice" else str(value)
    if row is None:
        return f"{value:g}"
    unit = row.unit
    # not "trained each month: 2 % a month"
    said = not of and unit.removeprefix("per ") in row.title
    each = "" if said else _EACH.get(unit, "")
    if _in_percent(row):
        return f"{100 * value:.6g} %{of}{each}"
    if unit in SINGULAR:
        return counted(int(value), SINGULAR[unit]) if value == int(value) else f"{value:g} {unit}"
    return f"{value:g}{each}"


def named(kind: str, value: Any, policies: Known | None = None) -> str:
    """Return the titles of policies, shocks or scenarios that are joined by +."""
    known = policies or {}
    found = [
        known[kind, name].title if (kind, name) in known else _shipped(kind, name)
        for name in names_in(value)
    ]
    return " and ".join(found) or NOTHING.get(kind, str(value))


@cache
def _shipped(kind: str, name: str) -> str:
    """Return the title in a shipped file; the name itself if there is none."""
    path = available(kind, [shipped_folder()]).get(name)
    said = read_yaml(path, kind).content.get("title") if path else name
    return str(said or as_words(name))


def placed(told: str) -> str:
    """Return values in words as they stand within a sentence: a title keeps its capital, none has none."""
    for nothing in NOTHING.values():
        told = told.replace(nothing, within(nothing))
    return told


def settings_told(settings: Mapping[str, Any], policies: Known | None = None) -> str:
    """Return what a point sets, in words; empty for the base point."""
    return ", ".join(
        value_told(path, value, policies)
        if path in (*KINDS, "scenario")
        else f"{short(path)} {value_short(path, value)}"
        for path, value in settings.items()
    )
