"""Checks of values one by one: of parameters, of settings, of the cells of a user's file.

No files and no Hydra here: the model layer and the Python interface use it as it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import Any

from sim.tables.errors import UserError, all_at_once
from sim.tables.limits import SETTING_LIMITS, check_together
from sim.tables.messages import DECIMAL_COMMA, problem, show, unknown
from sim.tables.parameters import PARAMETERS, Parameter
from sim.tables.plain import by_index, plain
from sim.tables.settings import SETTINGS

Value = float | int | str | bool | tuple[float, ...] | None
NAMES = re.compile(r"[A-Za-z0-9_]+(\+[A-Za-z0-9_]+)*")
NONE = "none"  # no policy, no shock
LIST_PARAMETERS = "`python -m sim list parameters`"
# Every dotted prefix of a parameter, such as `population.physician`
GROUPS = frozenset(
    path[:end] for path in PARAMETERS for end, letter in enumerate(path) if letter == "."
)

_TEXT = "is text, where a number belongs"
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+")
_PERCENT = re.compile(r"([-+]?\d+(?:\.\d+)?) ?%")
_NUMBER_TEXT = re.compile(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?")


class NotAllowed(ValueError):
    """Why a value is not allowed, in words, without its key."""


def check_value(parameter: Parameter, value: Any) -> Value:
    """Return the value in the type of its row of a table; raise `NotAllowed` with the reason."""
    if value is None:
        if parameter.default is None:
            return None
        raise NotAllowed("is empty")
    if parameter.kind == "boolean":
        if not isinstance(value, bool):
            raise NotAllowed("is neither true nor false")
        return value
    if isinstance(value, Mapping):
        named = " (name it in policies or shocks, and write its name here)"
        raise NotAllowed(f"is a mapping{named if parameter.kind == 'names' else ''}")
    if parameter.kind == "list":
        numbers = value if isinstance(value, (list, tuple)) else [value]
        if not numbers:
            raise NotAllowed("is empty")
        return tuple(sorted({_check_number(parameter, number) for number in numbers}))
    if isinstance(value, (list, tuple, set)):
        axes = (
            " (a list makes an axis: in a file under design.axes, in Python with sweep or compare)"
        )
        known = parameter.path in PARAMETERS
        raise NotAllowed(f"is a list, where one value belongs{axes if known else ''}")
    if parameter.kind in ("choice", "file", "names"):
        return _check_text(parameter, value)
    return _check_number(parameter, value)


def _check_text(parameter: Parameter, value: Any) -> str:
    if not isinstance(value, str):
        raise NotAllowed("is not a text")
    if parameter.kind == "choice" and value not in parameter.choices:
        raise NotAllowed("is not a valid name")
    if parameter.kind == "names":
        _check_names(parameter, value)
    if parameter.kind == "file" and (not value.strip() or "\0" in value or "\n" in value):
        raise NotAllowed("is not a path")
    return value


def _check_names(parameter: Parameter, value: str) -> None:
    """Check one name, or several that are joined by +: of policies, or of shocks."""
    if value == NONE:
        return
    if value.lower() in (NONE, "null", ""):
        raise NotAllowed("is no name (nothing is written none)")
    if not NAMES.fullmatch(value):
        raise NotAllowed(_why_no_names(value, "a-z" if parameter.default == NONE else "A-Z, a-z"))
    names = value.split("+")
    if len(names) > 1 and NONE in names:
        others = "+".join(dict.fromkeys(name for name in names if name != NONE)) or NONE
        instead = f" (write {parameter.path}={others})"
        raise NotAllowed(f"{NONE} can not be combined with others{instead}")
    twice = next((name for n, name in enumerate(names) if name in names[:n]), None)
    if twice is not None:
        raise NotAllowed(f"names {twice} twice, where each counts once")


def _why_no_names(value: str, letters: str) -> str:
    if "," in value:
        return (
            "is more than one (to compare several: in a file a list under design.axes, in Python "
            "compare; + joins what acts together)"
        )
    if "/" in value or "\\" in value or value.endswith((".yaml", ".yml")):
        return (
            "is a path (a file in a folder of yours is found by its name alone, with "
            "--config-dir FOLDER)"
        )
    return f"is not made of {letters}, 0-9 and _"


def _check_number(parameter: Parameter, value: Any) -> float | int:
    if isinstance(value, bool):
        raise NotAllowed("is true or false, where a number belongs")
    if isinstance(value, str):
        raise NotAllowed(_why_no_number(value, parameter))
    if not isinstance(value, Real):
        raise NotAllowed(f"is a {type(value).__name__}, where a number belongs")
    if not isinstance(value, Integral) and not math.isfinite(value):
        raise NotAllowed("is not a finite number")
    # Compare before converting: an int can be too large for a float.
    number: float | int = int(value) if isinstance(value, Integral) else float(value)
    if number < parameter.low:
        raise NotAllowed("is below the smallest allowed value")
    if number > parameter.high:
        raise NotAllowed("is above the largest allowed value")
    if parameter.kind == "integer":
        if number != int(number):
            raise NotAllowed("is not whole")
        return int(number)
    return float(number)


def _why_no_number(value: str, parameter: Parameter) -> str:
    """Say why a text is no number, and how the number is written that was meant."""
    if re.fullmatch(r"[-+]?0\d+", value):
        return f"{_TEXT} (leave out the leading zero)"
    if _NUMBER_TEXT.fullmatch(value):
        # 1e6 is for YAML a text even without quotes
        if "e" in value.lower() and math.isfinite(float(value)):
            return f"{_TEXT} (leave out the quotes, and write {float(value):.15g})"
        return f"{_TEXT} (leave out the quotes)"
    if parameter.default is None and value.lower() in ("none", "~"):
        return f"{_TEXT} (nothing is written null)"
    given = value.strip()
    meant = [given.replace(",", "")] if _THOUSANDS.fullmatch(given) else []
    if DECIMAL_COMMA.fullmatch(given) and parameter.kind != "integer":
        meant.append(given.replace(",", "."))
    if meant:
        return f"{_TEXT} (write {' or '.join(meant)})"
    share = _PERCENT.fullmatch(value)
    if share:
        return f"{_TEXT} (write {float(share[1]) / 100:.12g})"
    if re.search(r"\d", value) and re.search(r"[^\d.,+-]", value):
        return f"{_TEXT} (write the number alone, in digits)"
    return _TEXT


# --- all values of a table ---------------------------------------------------------------------


def check_each(
    table: Mapping[str, Parameter], given: Mapping[str, Any], problems: list[str] | None = None
) -> dict[str, Any]:
    """Return every value of a table that is good, defaults included.

    One line per mistake is added to `problems`, or raised with all others where there is no list.
    """
    values: dict[str, Any] = {path: row.default for path, row in table.items()}
    with all_at_once(problems) as wrong:
        for path, value in given.items():
            if path not in table:
                wrong.append(_not_in(table, path, value))
                continue
            try:
                values[path] = check_value(table[path], value)
            except NotAllowed as reason:
                del values[path]
                wrong.append(problem(table[path], value, str(reason)))
    return values


def _not_in(table: Mapping[str, Parameter], path: str, value: Any) -> str:
    if table is SETTINGS and path in PARAMETERS:
        several = "; several policies are compared by compare(['none', 'training'])"
        return (
            f"{path}={show(value)}: is a parameter, not a setting; give it among the "
            f"parameters, as {{'{path}': {value!r}}}{several if path == 'policy' else ''}"
        )
    if table is PARAMETERS and path in GROUPS:
        inside = next(p for p in PARAMETERS if p.startswith(path + "."))
        return (
            f"{path}={show(value)}: is a group of parameters, not a number; "
            f"set its parameters, such as {inside}"
        )
    noun = "setting" if table is SETTINGS else "parameter" if table is PARAMETERS else "key"
    return unknown(path, table, noun, LIST_PARAMETERS if table is PARAMETERS else "", show(value))


def name_of(key: str, value: Any, known: Mapping[str, Any], problems: list[str]) -> str:
    """Return a name if it is known; otherwise add a problem and return an empty text."""
    if isinstance(value, str) and value in known:
        return value
    problems.append(f"{key}={unknown(show(value), known, 'name')}")
    return ""


def flatten(nested: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (dotted path, value) of flat names and nested dicts, also mixed.

    A dict is entered only where the table has a group, so that a dict in the place of a number
    stays whole and is reported as such.
    """
    if not isinstance(nested, Mapping):
        raise UserError(f"parameters={show(nested)}: needed are names with their values")
    for key, value in nested.items():
        path = f"{prefix}{key if isinstance(key, str) else show(key)}"
        inside = by_index(value, path) if path in GROUPS else None
        if isinstance(inside, Mapping):
            yield from flatten(inside, path + ".")
        else:
            yield path, value


def once_each(*given: Any, problems: list[str] | None = None) -> dict[str, Any]:
    """Return dotted path -> value of flat names and nested dicts; None is nothing.

    A parameter may be given in both forms, or in two places, if its value is the same. Mistakes are
    told as those of `check_each`.
    """
    values: dict[str, Any] = {}
    with all_at_once(problems) as wrong:
        for overrides in given:
            for path, one in flatten(
                by_index({} if overrides is None else overrides, "parameters")
            ):
                value = plain(one)
                if path in values and not _same(values[path], value):
                    wrong.append(
                        f"{path}={show(value)}: is also given as {show(values[path])}; allowed is "
                        "one value"
                    )
                values.setdefault(path, value)
    return values


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Real) and isinstance(other, Real):
        return one == other
    return repr(one) == repr(other)  # a data frame has no single answer to ==


def resolve(overrides: Mapping[str, Any] | None = None) -> dict[str, Value]:
    """Return path -> checked value of every parameter; raise all mistakes at once.

    `overrides` are what differs from the defaults: flat dotted names
    (`{"alignment.usability": 0.5}`), nested dicts (`{"alignment": {"usability": 0.5}}`), or both.
    """
    with all_at_once() as problems:
        values = check_each(PARAMETERS, once_each(overrides, problems=problems), problems)
        problems += check_together(values)
    return values


def check_settings(given: Mapping[str, Any], problems: list[str] | None = None) -> dict[str, Any]:
    """Return every setting (seed, replicates, engine, ...) that is good, as `check_each` does."""
    with all_at_once(problems) as wrong:
        values = check_each(SETTINGS, given, wrong)
        wrong += check_together(values, SETTING_LIMITS)
    return values
