"""Axes of a design: which parameters vary, over which values.

Every form that a user may write becomes an `Axis`: a list, `{from, to, steps}`, `{low, high}`,
the word `low_high`, or several parameters linked to one axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sim.tables.checks import check_value
from sim.tables.errors import UserError
from sim.tables.factors import FACTORS
from sim.tables.messages import first_of, problem, show, unknown
from sim.tables.parameters import PARAMETERS, nearest
from sim.tables.validate import LIST_PARAMETERS

LOW_HIGH = "low_high"
LEVELS = ("low", "baseline", "high")
LARGEST_AXIS = 100_000
FORMS = "a list, {from: 0, to: 1, steps: 11}, {low: 0.2, high: 0.8} or low_high"
_FACTOR = {factor.path: factor for factor in FACTORS}


@dataclass(frozen=True)
class Axis:
    """One dimension of a design.

    Attributes
    ----------
    name : str
        The parameter, or the name given to several linked ones.
    paths : tuple of str
        The parameters that the axis sets.
    values : tuple
        One label per point: the value itself, or a word where linked parameters differ.
    settings : tuple of dict
        Parallel to `values`: path -> checked value of every parameter of `paths`.
    logarithmic : bool
        Whether the axis was given on a logarithmic scale.
    """

    name: str
    paths: tuple[str, ...]
    values: tuple[Any, ...]
    settings: tuple[dict[str, Any], ...]
    logarithmic: bool = False

    def __len__(self) -> int:
        return len(self.values)

    def without(self, path: str) -> Axis | None:
        """Return the axis with `path` no longer varied; None when nothing is left."""
        paths = tuple(p for p in self.paths if p != path)
        if not paths:
            return None
        settings = tuple({p: s[p] for p in paths} for s in self.settings)
        return Axis(self.name, paths, self.values, settings, self.logarithmic)


def evenly(start: float, end: float, steps: int, logarithmic: bool = False) -> list[float]:
    """Return `steps` values from `start` to `end`, both included.

    Computed in exact fractions of the decimals as written, so that 0 to 1 in 11 steps holds
    0.3 and not 0.30000000000000004; logarithmic values are rounded to 12 digits between exact
    ends.
    """
    if steps == 1:
        return [start]
    if logarithmic:
        ratio = end / start
        middle = [start * ratio ** (i / (steps - 1)) for i in range(1, steps - 1)]
        return [start, *(float(f"{x:.12g}") for x in middle), end]
    low, high = Fraction(str(start)), Fraction(str(end))
    return [float(low + (high - low) * i / (steps - 1)) for i in range(steps)]


class _Wrong(Exception):
    """A mistake in an axis, in words without its name."""


def _range_values(spec: Mapping[str, Any]) -> list[Any]:
    for key in spec:
        if key not in ("from", "to", "steps", "log"):
            near = nearest(str(key), ["from", "to", "steps", "log", "low", "high"])
            hint = f"; did you mean {near}?" if near else ""
            raise _Wrong(f"unknown key {show(key)}{hint}; allowed are from, to, steps and log")
    for key in ("from", "to", "steps"):
        if key not in spec:
            raise _Wrong(f"{key} is missing; needed are from, to and steps")
    start, end, steps = spec["from"], spec["to"], spec["steps"]
    for key in ("from", "to"):
        number = spec[key]
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise _Wrong(f"{key}={show(number)} is not a number")
        if not abs(number) < 1e300:  # also nan
            raise _Wrong(f"{key}={show(number)} is not a finite number")
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= LARGEST_AXIS:
        raise _Wrong(f"steps={show(steps)}; allowed is a whole number from 1 to {LARGEST_AXIS}")
    if steps == 1 and start != end:
        raise _Wrong("steps=1 can not hold both ends; allowed is 2 or more")
    logarithmic = spec.get("log", False)
    if not isinstance(logarithmic, bool):
        raise _Wrong(f"log={show(logarithmic)}; allowed is true or false")
    if logarithmic and not (start > 0 and end > 0):
        raise _Wrong("log: true needs from and to above 0")
    return evenly(start, end, steps, logarithmic)


def _plain_values(spec: Any) -> list[Any]:
    """Return the values of a form that is the same for every linked parameter."""
    if isinstance(spec, Mapping):
        if "low" in spec or "high" in spec:
            extra = [k for k in spec if k not in ("low", "high")]
            if extra or len(spec) != 2:
                raise _Wrong(f"{show(dict(spec))}; this form needs low and high, nothing else")
            return [spec["low"], spec["high"]]
        return _range_values(spec)
    if isinstance(spec, str) or not isinstance(spec, Sequence):
        raise _Wrong(f"{show(spec)} is not a set of values; allowed are {FORMS}")
    if not spec:
        raise _Wrong("the list of values is empty")
    if len(spec) > LARGEST_AXIS:
        raise _Wrong(f"{len(spec)} values; allowed are at most {LARGEST_AXIS}")
    return list(spec)


def _levels(paths: Sequence[str]) -> list[dict[str, Any]]:
    for path in paths:
        if path not in _FACTOR:
            raise _Wrong(
                f"{LOW_HIGH} is for factors, and {path} is none; give values instead: {FORMS}"
            )
    return [{p: getattr(_FACTOR[p], level) for p in paths} for level in LEVELS]


def _linked_paths(given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, Sequence) or not given:
        raise _Wrong("parameters must be a list of parameter names")
    paths: list[str] = []
    for name in given:
        text = show(name)
        group = text[:-1] if text.endswith(".*") else None
        inside = [p for p in PARAMETERS if group and p.startswith(group)]
        if not inside and text not in PARAMETERS:
            raise _Wrong(unknown(text, PARAMETERS, "parameter", LIST_PARAMETERS))
        paths += [p for p in (inside or [text]) if p not in paths]
    return tuple(paths)


def _points(paths: Sequence[str], spec: Any) -> tuple[list[Any], list[dict[str, Any]]]:
    if spec == LOW_HIGH:
        levels = _levels(paths)
        labels = [s[paths[0]] for s in levels] if len(paths) == 1 else list(LEVELS)
        return labels, levels
    names = [p for p in paths if PARAMETERS[p].kind == "names"]
    if names and (isinstance(spec, str) or not isinstance(spec, Sequence)):
        raise _Wrong(
            f"{show(spec)} is no list of names; allowed is a list, such as [none, training]"
        )
    values = _plain_values(spec)
    if len(paths) > 1 and any(isinstance(v, Mapping) for v in values):
        for value in values:
            if not isinstance(value, Mapping) or set(value) != set(paths):
                raise _Wrong(f"{show(value)} must give a value to each of {', '.join(paths)}")
        labels = [", ".join(f"{p}={show(v[p])}" for p in paths) for v in values]
        return labels, [dict(v) for v in values]
    return values, [dict.fromkeys(paths, v) for v in values]


def _checked(points: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return checked points; of each parameter, the first mistake and how many more there are."""
    wrong: dict[str, list[str]] = {}
    result = []
    for point in points:
        checked = {}
        for path, value in point.items():
            try:
                checked[path] = check_value(PARAMETERS[path], value)
            except ValueError as reason:
                line = problem(PARAMETERS[path], value, str(reason))
                lines = wrong.setdefault(path, [])
                lines.append(line if path == name else f"{line} (axis {name})")
        result.append(checked)
    if wrong:
        raise UserError([first_of(list(dict.fromkeys(lines))) for lines in wrong.values()])
    return result


def _with_two_steps(form: Any) -> Any:
    """Return a range without steps as its two ends, which is all that sampling needs."""
    if isinstance(form, Mapping) and {"from", "to"} <= set(form) and "steps" not in form:
        return {**form, "steps": 2}
    return form


def _alike(path: str, value: Any) -> Any:
    """Return what is equal for values that mean the same, such as a+b and b+a."""
    return frozenset(value.split("+")) if PARAMETERS[path].kind == "names" else value


def parse_axis(name: str, spec: Any, sampled: bool = False) -> tuple[Axis, list[str]]:
    """Read one axis.

    Parameters
    ----------
    name : str
        A parameter, or any name when `spec` links parameters.
    spec : Any
        A list of values; `{"from", "to", "steps"}` with both ends, also `"log": True`;
        `{"low", "high"}`; `"low_high"` for the factor table's low, baseline and high level; or
        `{"parameters": [...], "values": <any of these, or dicts path -> value>}`.
    sampled : bool
        Whether the design samples between the ends: a range then needs no steps.

    Returns
    -------
    axis : Axis
    notes : list of str
        What the user should know: repeated values, an axis of one value.

    Raises
    ------
    UserError
        One line per mistake.
    """
    try:
        if isinstance(spec, Mapping) and ("parameters" in spec or "values" in spec):
            extra = [show(k) for k in spec if k not in ("parameters", "values")]
            if extra or len(spec) != 2:
                raise _Wrong("a linked axis needs parameters and values, nothing else")
            paths, form = _linked_paths(spec["parameters"]), spec["values"]
        elif name in PARAMETERS:
            paths, form = (name,), spec
        else:
            raise UserError(unknown(name, PARAMETERS, "parameter", LIST_PARAMETERS, show(spec)))
        form = _with_two_steps(form) if sampled else form
        labels, points = _points(paths, form)
    except _Wrong as wrong:
        raise UserError(f"axis {name}: {wrong}") from None
    points = _checked(points, name)
    if len(paths) == 1:
        labels = [point[paths[0]] for point in points]
    first: dict[tuple[Any, ...], int] = {}
    for index, point in enumerate(points):
        first.setdefault(tuple(_alike(p, v) for p, v in point.items()), index)
    kept = list(first.values())
    notes = []
    if len(kept) < len(points) and form != LOW_HIGH:
        again = sorted(set(range(len(points))) - set(kept))
        repeated = dict.fromkeys(show(labels[i]) for i in again)
        notes.append(f"axis {name}: repeated values are computed once: {', '.join(repeated)}")
    if len(kept) == 1:
        notes.append(f"axis {name} has one value only: {show(labels[kept[0]])}")
    logarithmic = isinstance(form, Mapping) and form.get("log") is True
    values, settings = (tuple(x[k] for k in kept) for x in (labels, points))
    axis = Axis(name, paths, values, settings, logarithmic)
    return axis, notes


def parse_axes(
    specs: Mapping[str, Any], sampled: bool = False
) -> tuple[tuple[Axis, ...], list[str]]:
    """Read all axes of a design; report all mistakes at once.

    Returns
    -------
    axes : tuple of Axis
        In the order in which they were given.
    notes : list of str

    Raises
    ------
    UserError
        One line per mistake.
    """
    axes, notes, problems = [], [], []
    for name, spec in specs.items():
        try:
            axis, more = parse_axis(str(name), spec, sampled)
        except UserError as error:
            problems += error.problems
        else:
            axes.append(axis)
            notes += more
    if problems:
        raise UserError(problems)
    return tuple(axes), notes


def what_changes(axes: tuple[Axis, ...]) -> str:
    """Return the question of a sweep that has none of its own."""
    return f"What {'does' if len(axes) == 1 else 'do'} {', '.join(a.name for a in axes)} change?"
