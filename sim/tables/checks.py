"""The check of one value, and the checks that look at several values together."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES
from sim.tables.parameters import PARAMETERS, SUM_TOLERANCE, Parameter
from sim.tables.reasons import why_no_names, why_no_number

Value = float | int | str | bool | None
NAMES = re.compile(r"[A-Za-z0-9_]+(\+[A-Za-z0-9_]+)*")
NONE = "none"  # no policy, no shock


class NotAllowed(ValueError):
    """Why a value is not allowed, in words, without its key."""


def check_value(parameter: Parameter, value: Any) -> Value:
    """Return the value in its parameter's type.

    Parameters
    ----------
    parameter : Parameter
        A row of the parameter or of the settings table.
    value : Any
        What the user gave.

    Returns
    -------
    float, int, str, bool or None
        An int for kind integer, a float for floats, text for choices and files.

    Raises
    ------
    NotAllowed
        With the reason in words ("is text", "is above the largest", ...), without the key.
    """
    if value is None:
        if parameter.default is None:
            return None
        raise NotAllowed("is empty")
    if getattr(parameter, "boolean", False):
        if isinstance(value, bool):
            return value
        raise NotAllowed("is neither true nor false")
    if isinstance(value, Mapping):
        named = " (name it in policies or shocks, and write its name here)"
        raise NotAllowed(f"is a mapping{named if parameter.kind == 'names' else ''}")
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
    if parameter.kind == "names" and value != NONE and value.lower() in (NONE, "null", ""):
        raise NotAllowed("is no name (nothing is written none)")
    if parameter.kind == "names" and not NAMES.fullmatch(value):
        raise NotAllowed(why_no_names(value, "a-z" if parameter.default == NONE else "A-Z, a-z"))
    if parameter.kind == "names" and "+" in value:
        _check_together(parameter, value.split("+"))
    if parameter.kind == "file" and (not value.strip() or "\0" in value or "\n" in value):
        raise NotAllowed("is not a path")
    return value


def _check_together(parameter: Parameter, names: list[str]) -> None:
    """Check names that are joined: of policies, or of shocks."""
    if NONE in names:
        others = "+".join(dict.fromkeys(name for name in names if name != NONE)) or NONE
        instead = f" (write {parameter.path}={others})"
        raise NotAllowed(f"{NONE} can not be combined with others{instead}")
    twice = next((name for n, name in enumerate(names) if name in names[:n]), None)
    if twice is not None:
        raise NotAllowed(f"names {twice} twice, where each counts once")


def _check_number(parameter: Parameter, value: Any) -> float | int:
    if isinstance(value, bool):
        raise NotAllowed("is true or false, where a number belongs")
    if isinstance(value, str):
        raise NotAllowed(why_no_number(value, parameter.default is None))
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


# --- checks of several values ------------------------------------------------------------------

Values = Mapping[str, Any]


def _sum_to_one(values: Values, paths: list[str], what: str) -> list[str]:
    total = 0.0
    for path in paths:
        total += values[path]
    if abs(total - 1.0) <= SUM_TOLERANCE:
        return []
    given = ", ".join(f"{p}={values[p]:.6g}" for p in paths)
    return [f"{given}: {what} sum to {total:.6g}; allowed is a sum of 1"]


def _group_shares(values: Values) -> list[str]:
    paths = [f"population.{g}.share" for g in GROUP_NAMES]
    return _sum_to_one(values, paths, "the shares of the HCP groups")


def _hcp_priorities(values: Values) -> list[str]:
    paths = [f"population.priority.{q}" for q in QUALITY_NAMES]
    return _sum_to_one(values, paths, "the priorities of HCPs")


def _expert_priorities(values: Values) -> list[str]:
    lines = []
    for quality in QUALITY_NAMES:
        mine, theirs = f"population.expert_priority.{quality}", f"population.priority.{quality}"
        if values[mine] > values[theirs]:
            lines.append(
                f"{mine}={values[mine]:.6g}: is above what HCPs give it; "
                f"allowed is at most {theirs}={values[theirs]:.6g}"
            )
    return lines


def _readiness(values: Values) -> list[str]:
    low, high = values["population.readiness_low"], values["population.readiness_high"]
    if low <= high:
        return []
    line = (
        f"population.readiness_low={low:.6g}: is above the highest readiness; "
        f"allowed is at most population.readiness_high={high:.6g}"
    )
    return [line]


def _reliability(values: Values) -> list[str]:
    base, gain = values["trust.reliability_base"], values["trust.reliability_gain"]
    if base + gain <= 1.0 + SUM_TOLERANCE:
        return []
    line = (
        f"trust.reliability_base={base:.6g}, trust.reliability_gain={gain:.6g}: "
        f"together {base + gain:.6g}; allowed is a sum of at most 1"
    )
    return [line]


def _network_file(values: Values) -> list[str]:
    kind, file = values["network.kind"], values["network.file"]
    if kind == "file" and file is None:
        return ["network.kind=file: needs a file of ties; set network.file=PATH as well"]
    if kind != "file" and file is not None:
        line = (
            f"network.file={file}: is not used by network.kind={kind}; "
            "set network.kind=file as well, or network.file=null"
        )
        return [line]
    return []


def _initial_adopters(values: Values) -> list[str]:
    share = values["population.initial_adopters"]
    if share == 0 or values["deployment.at_start"] > 0 or values["population.file"] is not None:
        return []
    line = (
        f"population.initial_adopters={share:.6g}: nobody can adopt where no tool runs; "
        "set deployment.at_start above 0 as well, or give a population.file"
    )
    return [line]


def _development(values: Values) -> list[str]:
    rate, spread = values["development.rate"], values["population.resources_spread"]
    effort = rate * math.exp(4.0 * spread)  # organisations with resources beyond 4 sigma: none
    totals = {}
    for quality in QUALITY_NAMES:
        alignment = values[f"alignment.{quality}"]
        attention = (1.0 - alignment) * values[f"population.expert_priority.{quality}"]
        attention += alignment * values[f"population.priority.{quality}"]
        totals[quality] = effort * attention + values[f"development.erosion.{quality}"]
    wrong = [quality for quality, total in totals.items() if total > 1.0]
    if not wrong:
        return []
    worst = max(wrong, key=totals.__getitem__)
    others = f" (and {len(wrong) - 1} other qualities)" if len(wrong) > 1 else ""
    erosion = f"development.erosion.{worst}"
    return [
        f"development.rate={rate:.6g} with population.resources_spread={spread:.6g}, "
        f"alignment.{worst}={values[f'alignment.{worst}']:.6g} and "
        f"{erosion}={values[erosion]:.6g}: work on and erosion of {worst}{others} "
        f"sum to {totals[worst]:.4g} a month; allowed is at most 1: lower development.rate, "
        f"population.resources_spread or {erosion}"
    ]


CROSS_CHECKS: tuple[Callable[[Values], list[str]], ...] = (
    _group_shares,
    _hcp_priorities,
    _expert_priorities,
    _readiness,
    _reliability,
    _network_file,
    _initial_adopters,
    _development,
)


def check_together(
    values: Values, checks: Sequence[Callable[[Values], list[str]]] = CROSS_CHECKS
) -> list[str]:
    """Check values that limit each other.

    Parameters
    ----------
    values : mapping of path to checked value
        All parameters; a check whose values are missing (because they are wrong already, and
        reported) is left out.
    checks : sequence of callable
        Those to make, of `CROSS_CHECKS`.

    Returns
    -------
    list of str
        One line per mistake; empty when all is well.
    """
    lines: list[str] = []
    for check in checks:
        try:
            lines += check(values)
        except KeyError:
            continue
    return lines


def cross_checked_paths() -> frozenset[str]:
    """Return the parameters that `check_together` looks at."""
    seen: set[str] = set()

    class Watch(dict):  # type: ignore[type-arg]
        def __getitem__(self, key: str) -> Any:
            seen.add(key)
            return super().__getitem__(key)

    from sim.tables.parameters import defaults

    watched = Watch(defaults())
    watched["population.initial_adopters"] = 0.5  # so that every branch is looked at
    for check in CROSS_CHECKS:
        check(watched)
    return frozenset(seen)
