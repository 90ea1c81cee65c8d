"""The design of a request: a file's axes, what the command line makes of them, its points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from sim.design.axes import Axis, parse_axes
from sim.design.csv_files import resolve_file
from sim.design.sampling import check_sampled, ends_only, sample
from sim.tables.checks import CROSS_CHECKS, check_together, cross_checked_paths
from sim.tables.errors import UserError
from sim.tables.messages import first_of, show
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import CROSSED_AXES, SAMPLED_KINDS

# Beyond so many combinations the checks are left to the runs themselves.
MOST_CHECKED = 20_000
MOST_REPORTED = 5


def _fixed(axes: list[Axis], path: str, value: Any, notes: list[str]) -> list[Axis]:
    """Take a parameter out of every axis: the user gave it one value."""
    kept = []
    for axis in axes:
        if path not in axis.paths:
            kept.append(axis)
            continue
        rest = axis.without(path)
        if rest is None:
            notes.append(f"axis {axis.name} is replaced by one value: {path}={show(value)}")
        else:
            notes.append(f"axis {axis.name} no longer varies {path}: it is {show(value)}")
            kept.append(rest)
    return kept


def _replaced(axes: list[Axis], new: Axis, kind: str, notes: list[str]) -> list[Axis]:
    """Put a new axis of one parameter in the place of the old one, or at the end."""
    kept: list[Axis] = []
    done = False
    for axis in axes:
        if axis.paths == new.paths:
            notes.append(f"axis {axis.name} is replaced: {', '.join(map(show, new.values))}")
            kept.append(new)
            done = True
        elif kind != "one_at_a_time" and new.name in axis.paths:
            # In a grid one parameter can not be varied twice; one at a time, it can.
            notes.append(f"axis {axis.name} no longer varies {new.name}: it has an own axis")
            rest = axis.without(new.name)
            kept += [rest] if rest else []
        else:
            kept.append(axis)
    return kept if done else [*kept, new]


def _with_files(axis: Axis) -> Axis:
    """Make the paths of data files absolute."""
    if not any(PARAMETERS[p].kind == "file" for p in axis.paths):
        return axis
    settings = tuple(
        {
            p: resolve_file(p, v) if PARAMETERS[p].kind == "file" and v is not None else v
            for p, v in point.items()
        }
        for point in axis.settings
    )
    return Axis(axis.name, axis.paths, axis.values, settings, axis.logarithmic)


def apply_overrides(
    specs: Any, new: Mapping[str, Any], single: Mapping[str, Any], kind: str
) -> tuple[tuple[Axis, ...], list[str]]:
    """Return the axes of a design after the command line.

    Parameters
    ----------
    specs : mapping
        The axes of the experiment's file: name -> form (see `sim.design.axes.parse_axis`).
    new : mapping
        Parameter -> form: axes of the command line, which replace those of the file.
    single : mapping
        Parameter -> value: fixed on the command line.
    kind : str
        One of `sim.tables.settings.DESIGN_KINDS`.

    Returns
    -------
    axes : tuple of Axis
    notes : list of str

    Raises
    ------
    UserError
        One line per mistake.
    """
    if not isinstance(specs, Mapping):
        raise UserError(f"design.axes={show(specs)}: needs lines of the form `parameter: values`")
    problems: list[str] = []
    axes: list[Axis] = []
    sampled = kind in SAMPLED_KINDS
    fresh: tuple[Axis, ...] = ()
    notes: list[str] = []
    more: list[str] = []
    # An axis that the command line replaces or fixes is not read: its mistakes do not matter.
    try:
        read, notes = parse_axes(
            {k: v for k, v in specs.items() if k not in (*new, *single)}, sampled
        )
        by_name = {axis.name: axis for axis in read}
        fresh, more = parse_axes(new, sampled)
        by_name |= {a.name: a for a in fresh if a.name in specs}
        axes = [by_name[k] for k in map(str, specs) if k in by_name]
    except UserError as error:
        problems += error.problems
    if problems:
        raise UserError(problems)
    notes += more
    for name in specs:
        if name in single:
            notes.append(f"axis {name} is replaced by one value: {name}={show(single[name])}")
    for axis in fresh:
        axes = _replaced(axes, axis, kind, notes)
    for path, value in single.items():
        axes = _fixed(axes, path, value, notes)
    axes = [_with_files(axis) for axis in axes]
    if kind == "factorial":
        axes = [ends_only(axis) for axis in axes]
    elif sampled:
        problems += check_sampled(tuple(axes), kind)
    if kind != "one_at_a_time":
        owner: dict[str, str] = {}
        for axis in axes:
            for path in axis.paths:
                if path in owner:
                    problems.append(
                        f"axis {axis.name}: {path} is varied by axis {owner[path]} as well; "
                        "allowed is one axis for each parameter of a grid"
                    )
                owner[path] = axis.name
    if problems:
        raise UserError(problems)
    return tuple(axes), notes


def points(
    axes: tuple[Axis, ...], kind: str, samples: int | None = None, seed: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield path -> value of every point of a design, in order.

    A grid varies its last axis fastest. One at a time, the base point (nothing set) comes first.
    A sampled design depends on `samples` and `seed`; axes of names are crossed with every sample.
    """
    if kind in SAMPLED_KINDS:
        crossed = [axis for axis in axes if axis.name in CROSSED_AXES]
        sampled = tuple(axis for axis in axes if axis.name not in CROSSED_AXES)
        for world in sample(sampled, kind, samples or 1, seed):
            for chosen in product(*(axis.settings for axis in crossed)):
                yield {p: v for setting in (*chosen, world) for p, v in setting.items()}
        return
    if kind == "one_at_a_time":
        yield {}
        for axis in axes:
            yield from (dict(s) for s in axis.settings)
        return
    for combination in product(*(axis.settings for axis in axes)):
        yield {path: value for setting in combination for path, value in setting.items()}


def check_design(values: Mapping[str, Any], axes: tuple[Axis, ...], kind: str) -> list[str]:
    """Check, at the points of a design, the values that limit each other.

    Only axes that such a check looks at are combined. Of each check the first mistake is
    returned, with the point it is made at and how many more points are wrong.
    """
    watched = cross_checked_paths()
    concerned = tuple(axis for axis in axes if watched.intersection(axis.paths))
    found: dict[Any, tuple[list[str], int]] = {}  # check -> lines of its first point, how many
    # the corners of a sampled space bound what a check of these kinds can find in it
    corners = "grid" if kind in SAMPLED_KINDS else kind
    for point in islice(points(concerned, corners), MOST_CHECKED):
        for check in CROSS_CHECKS:
            wrong = check_together({**values, **point}, [check])
            if not wrong:
                continue
            lines, number = found.get(check, ([], 0))
            for line in [] if lines else wrong:
                at = ", ".join(f"{p}={show(v)}" for p, v in point.items() if p not in line)
                lines = [*lines, f"{line} (at {at})" if at else line]
            found[check] = lines, number + 1
    more = [
        first_of(lines[:1], number, "point") if line is lines[0] else line
        for lines, number in found.values()
        for line in lines[:MOST_REPORTED]
    ]
    return list(dict.fromkeys(more))
