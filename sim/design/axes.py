"""Axes of a design: which parameters vary, over which values.

Every form that a user may write becomes an `Axis`: a list, `{from, to, steps}`, `{low, high}`,
the word `low_high`, or several parameters linked to one axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sim.tables.checks import LIST_PARAMETERS, check_each
from sim.tables.errors import UserError, all_at_once, collected
from sim.tables.factors import FACTORS
from sim.tables.messages import as_words, first_of, listed, show, unknown, within
from sim.tables.parameters import PARAMETERS, Parameter

LOW_HIGH = "low_high"
LEVELS = ("low", "baseline", "high")
LARGEST_AXIS = 100_000
FORMS = "a list, {from: 0, to: 1, steps: 11}, {low: 0.2, high: 0.8} or low_high"
_FACTOR = {factor.path: factor for factor in FACTORS}
RANGE = {
    "from": Parameter("from", 0.0, "", -1e300, 1e300, ""),
    "to": Parameter("to", 0.0, "", -1e300, 1e300, ""),
    "steps": Parameter("steps", 2, "", 1, LARGEST_AXIS, "", kind="integer"),
    "log": Parameter("log", False, "", 0, 0, "", kind="boolean"),
}


@dataclass(frozen=True)
class Axis:
    """One dimension of a design."""

    name: str  # the parameter, or the name given to several linked ones
    paths: tuple[str, ...]  # the parameters that it sets
    # a label for each point: the value, or words where linked parameters differ
    values: tuple[Any, ...]
    settings: tuple[dict[str, Any], ...]  # for each point, path -> checked value
    logarithmic: bool = False

    def __len__(self) -> int:
        return len(self.values)

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers, and no names."""
        return all(isinstance(value, (int, float)) for value in self.values)

    def ends(self) -> tuple[int, int]:
        """Return the positions of the lowest and the highest value (first and last if not numbers)."""
        places = range(len(self))
        order = sorted(places, key=self.values.__getitem__) if self.numeric else places
        return order[0], order[-1]

    def position(self, values: Mapping[str, Any]) -> int:
        """Return the position of a point that has these values of all parameters."""
        alike = (all(values[p] == v for p, v in setting.items()) for setting in self.settings)
        return next(n for n, same in enumerate(alike) if same)

    def only(self, positions: Sequence[int]) -> Axis:
        """Return the axis with the values at these positions alone."""
        values, settings = (tuple(x[n] for n in positions) for x in (self.values, self.settings))
        return replace(self, values=values, settings=settings)


def evenly(start: float, end: float, steps: int, logarithmic: bool) -> list[float]:
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


def _range_values(spec: Mapping[str, Any], sampled: bool) -> list[Any]:
    checked = check_each(RANGE, {str(key): value for key, value in spec.items()})
    for key in ("from", "to") if sampled else ("from", "to", "steps"):
        if key not in spec:
            raise UserError(f"{key} is missing; needed are from, to and steps")
    start, end, steps, logarithmic = (checked[key] for key in RANGE)
    if steps == 1 and start != end:
        raise UserError("steps=1 can not hold both ends; allowed is 2 or more")
    if logarithmic and not (start > 0 and end > 0):
        raise UserError("log: true needs from and to above 0")
    return evenly(start, end, steps, logarithmic)


def _plain_values(spec: Any, sampled: bool) -> list[Any]:
    """Return the values of a form that is the same for every linked parameter."""
    if isinstance(spec, Mapping):
        if "low" in spec or "high" in spec:
            if set(spec) != {"low", "high"}:
                raise UserError(f"{show(dict(spec))}; this form needs low and high, nothing else")
            return [spec["low"], spec["high"]]
        return _range_values(spec, sampled)
    if isinstance(spec, (str, bytes)) or not isinstance(spec, Sequence):
        raise UserError(f"{show(spec)} is no list of values; allowed are {FORMS}")
    if not spec:
        raise UserError("the list of values is empty")
    if len(spec) > LARGEST_AXIS:
        raise UserError(f"{len(spec)} values; allowed are at most {LARGEST_AXIS}")
    return list(spec)


def _linked_paths(names: Any) -> tuple[str, ...]:
    """Return the parameters of a linked axis; `group.*` stands for all of a group."""
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, Sequence) or not names:
        raise UserError("parameters must be a list of parameter names")
    paths: dict[str, None] = {}
    for name in map(show, names):
        inside = [p for p in PARAMETERS if name.endswith(".*") and p.startswith(name[:-1])]
        if not inside and name not in PARAMETERS:
            raise UserError(unknown(name, PARAMETERS, "parameter", LIST_PARAMETERS))
        paths |= dict.fromkeys(inside or [name])
    return tuple(paths)


def _is(spec: Any, word: str) -> bool:
    return isinstance(spec, str) and spec == word  # a data frame has no single answer to ==


def _points(
    paths: Sequence[str], spec: Any, sampled: bool
) -> tuple[list[Any], list[dict[str, Any]]]:
    """Return a label for each point of an axis, and what it sets, not yet checked."""
    if _is(spec, LOW_HIGH):
        for path in paths:
            if path not in _FACTOR:
                raise UserError(
                    f"{LOW_HIGH} is for factors, and {path} is none; give values instead: {FORMS}"
                )
        return list(LEVELS), [{p: getattr(_FACTOR[p], level) for p in paths} for level in LEVELS]
    names = any(PARAMETERS[p].kind == "names" for p in paths)
    if names and (isinstance(spec, str) or not isinstance(spec, Sequence)):
        raise UserError(
            f"{show(spec)} is no list of names; allowed is a list, such as [none, training]"
        )
    values = _plain_values(spec, sampled)
    if len(paths) == 1 or not any(isinstance(value, Mapping) for value in values):
        return values, [dict.fromkeys(paths, value) for value in values]
    for value in values:
        if not isinstance(value, Mapping) or set(value) != set(paths):
            raise UserError(f"{show(value)} must give a value to each of {', '.join(paths)}")
    labels = [", ".join(f"{p}={show(value[p])}" for p in paths) for value in values]
    return labels, [dict(value) for value in values]


def _checked(points: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return checked points; of each parameter, the first mistake and how many more there are."""
    rows = {path: PARAMETERS[path] for path in points[0]}
    wrong: dict[str, list[str]] = {}
    result = []
    for point in points:
        problems: list[str] = []
        result.append(check_each(rows, point, problems))
        for line in problems:
            path = line.partition("=")[0]
            wrong.setdefault(path, []).append(line if path == name else f"{line} (axis {name})")
    if wrong:
        raise UserError([first_of(list(dict.fromkeys(lines))) for lines in wrong.values()])
    return result


def _alike(path: str, value: Any) -> Any:
    """Return what is equal for values that mean the same, such as a+b and b+a."""
    return frozenset(value.split("+")) if PARAMETERS[path].kind == "names" else value


def parse_axis(
    name: str, spec: Any, sampled: bool, one_is_enough: bool = False
) -> tuple[Axis, list[str]]:
    """Read one axis; also return what the user should know: repeated values, a single value.

    `spec` is a list of values; `{"from", "to", "steps"}` with both ends, also `"log": True`
    (sampled designs need no steps); `{"low", "high"}`; `"low_high"` for the factor table's low,
    baseline and high level; `{"parameters": [...], "values": <any of these, or dicts path ->
    value>}` under any name; or an `Axis` that is made already.
    """
    if isinstance(spec, Axis):
        return spec, []
    linked = isinstance(spec, Mapping) and ("parameters" in spec or "values" in spec)
    if not linked and name not in PARAMETERS:
        raise UserError(unknown(name, PARAMETERS, "parameter", LIST_PARAMETERS, show(spec)))
    try:
        if linked and set(spec) != {"parameters", "values"}:
            raise UserError("a linked axis needs parameters and values, nothing else")
        paths = _linked_paths(spec["parameters"]) if linked else (name,)
        form = spec["values"] if linked else spec
        labels, points = _points(paths, form, sampled)
    except UserError as error:
        raise UserError([f"axis {name}: {line}" for line in error.problems]) from None
    points = _checked(points, name)
    if len(paths) == 1:
        labels = [point[paths[0]] for point in points]
    logarithmic = isinstance(form, Mapping) and form.get("log") is True
    axis = Axis(name, paths, tuple(labels), tuple(points), logarithmic)
    first: dict[tuple[Any, ...], int] = {}
    for index, point in enumerate(points):
        first.setdefault(tuple(_alike(p, v) for p, v in point.items()), index)
    kept = list(first.values())
    notes = []
    if len(kept) < len(points) and not _is(form, LOW_HIGH):
        repeated = dict.fromkeys(
            show(labels[i]) for i in sorted(set(range(len(points))) - set(kept))
        )
        notes.append(f"axis {name}: repeated values are computed once: {', '.join(repeated)}")
    if len(kept) == 1 and not one_is_enough:
        notes.append(f"axis {name} has one value only: {show(labels[kept[0]])}")
    return axis.only(kept), notes


def parse_axes(
    specs: Mapping[str, Any], sampled: bool, one_is_enough: bool = False
) -> tuple[tuple[Axis, ...], list[str]]:
    """Read all axes of a design, and notes; all mistakes are told at once.

    A single value is told of unless `one_is_enough`, as beside the base point.
    """
    axes: list[Axis] = []
    notes: list[str] = []
    with all_at_once() as problems:
        for name, spec in specs.items():
            with collected(problems):
                axis, more = parse_axis(str(name), spec, sampled, one_is_enough)
                axes.append(axis)
                notes += more
    return tuple(axes), notes


def what_changes(axes: Sequence[Axis]) -> str:
    """Return the question of a sweep that has none of its own."""
    known = (PARAMETERS[a.name].title if a.name in PARAMETERS else as_words(a.name) for a in axes)
    return f"What changes with {listed([*map(within, known)])}?"
