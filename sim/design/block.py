"""The design block of a request: kind, axes, samples and seeds, and what was changed of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from sim.design.axes import Axis, parse_axes
from sim.design.csv_files import CsvRows, resolve_file
from sim.design.points import FROM_THE_BASE
from sim.tables.checks import LIST_PARAMETERS, check_each, name_of
from sim.tables.errors import UserError, collected
from sim.tables.messages import show, unknown
from sim.tables.parameters import PARAMETERS, Parameter
from sim.tables.settings import (
    CROSSED_AXES,
    DESIGN_KEYS,
    DESIGN_KINDS,
    SAMPLED_KINDS,
    SEEDS,
)

MOST_SAMPLES = 1_000_000
CANNOT_EXTEND = (
    "a Latin hypercube cannot be extended: with another number of samples all points change; "
    "design.kind=sobol can be"
)


class Block(NamedTuple):
    """A design block, as far as it could be read."""

    kind: str
    seeds: str = "common"
    samples: int | None = None
    axes: tuple[Axis, ...] = ()
    notes: Sequence[str] = ()


def read_block(
    content: Any,
    new: Mapping[str, Any],
    single: Mapping[str, Any],
    folders: Sequence[Path],
    kind: str,
    problems: list[str],
) -> Block:
    """Read the design block of an experiment, with what was changed of it; mistakes are added.

    `new` and `single` are the axes and the single values that replace what the block varies;
    data files may lie in `folders`. `kind` is taken where none is asked for.
    """
    if not isinstance(content, Mapping):
        problems.append(f"design={show(content)}: needs kind and axes beneath it")
        return Block(kind)
    known = [f"design.{key}" for key in DESIGN_KEYS]
    problems += [
        unknown(f"design.{key}", known, "key") for key in content if key not in DESIGN_KEYS
    ]
    block = Block(
        name_of("design.kind", content.get("kind", kind), DESIGN_KINDS, problems),
        name_of("design.seeds", content.get("seeds", "common"), SEEDS, problems),
    )
    specs = content.get("axes") or {}
    with collected(problems):
        if not isinstance(specs, Mapping):
            raise UserError(
                f"design.axes={show(specs)}: needs lines of the form `parameter: values`"
            )
        samples = _samples(content.get("samples"), block.kind)
        if block.kind == "list":
            axes, notes = _listed(content.get("file"), {**specs, **new}, single, folders)
        else:
            axes, notes = apply_overrides(specs, new, single, block.kind)
        axes = [*map(_with_files, axes)]
        # trajectories move all, where none is named
        if block.kind in ("lhs", "sobol") and not axes:
            raise UserError(f"design.kind={block.kind}: needs design.axes, or axes as arguments")
        if block.kind == "lhs":
            notes.insert(0, CANNOT_EXTEND)
        return block._replace(samples=samples, axes=tuple(axes), notes=notes)
    return block


def _samples(samples: Any, kind: str) -> int | None:
    """Return the checked number of samples, None where the design has none."""
    if kind not in SAMPLED_KINDS:
        if samples is None:
            return None
        raise UserError(
            f"design.samples={show(samples)}: design.kind={kind} takes no samples; allowed with "
            f"{' or '.join(SAMPLED_KINDS)}"
        )
    row = Parameter("design.samples", 1, "", 1, MOST_SAMPLES, "", kind="integer")
    if samples is None:
        raise UserError(
            f"design.samples=null: design.kind={kind} needs it; allowed is {row.allowed()}"
        )
    return int(check_each({row.path: row}, {row.path: samples})[row.path])


def _listed(
    file: Any, specs: Mapping[str, Any], single: Mapping[str, Any], folders: Sequence[Path]
) -> tuple[list[Axis], list[str]]:
    """Return one axis over the points of a CSV file: a column per parameter, a line per point."""
    if specs:
        raise UserError(
            f"axis {next(iter(specs))}: design.kind=list takes its points from design.file alone"
        )
    if not isinstance(file, str):
        raise UserError(
            f"design.file={show(file)}: design.kind=list needs it; allowed is the path of a CSV "
            "file"
        )
    path = resolve_file("design.file", file, folders)
    rows = CsvRows("design.file", path, PARAMETERS, "parameter", LIST_PARAMETERS)
    settings = [setting for _, setting in rows.read()]
    rows.end(settings, "has no points; needed is a heading and a line for each point")
    distinct = tuple({tuple(s.items()): s for s in settings}.values())
    repeated = len(settings) - len(distinct)
    notes = [f"design.file: {repeated} repeated points are computed once"] if repeated else []
    notes += [
        f"{path}={show(single[path])}: changes nothing, for design.file has a column of that name"
        for path in rows.heading
        if path in single
    ]
    labels = tuple(f"point {n}" for n in range(1, len(distinct) + 1))
    return [Axis("points", tuple(rows.heading), labels, distinct)], notes


def apply_overrides(
    specs: Mapping[str, Any], new: Mapping[str, Any], single: Mapping[str, Any], kind: str
) -> tuple[list[Axis], list[str]]:
    """Return the axes of a design, and notes, after what replaces them.

    `new` are axes of one parameter each: they take the place of those in the block, or stand at
    the end. A parameter of `single` is varied by no axis.
    """
    # An axis that is replaced or fixed is not read: its mistakes do not matter.
    wanted = {name: spec for name, spec in {**specs, **new}.items() if name not in single}
    read, notes = parse_axes(wanted, kind in SAMPLED_KINDS, kind in FROM_THE_BASE)
    notes += [
        f"axis {name} is replaced by one value: {name}={show(single[name])}"
        for name in specs
        if name in single
    ]
    own = {axis.paths: axis for axis in read if axis.name in new}
    axes: list[Axis] = []
    for axis in read:
        if axis.paths not in own:
            others = new if kind != "one_at_a_time" else {}
            left = _without(axis, others, single, notes)
            axes += [] if left is None else [left]
            continue
        given = own[axis.paths]  # of the same parameter, which a file may give a name of its own
        if given not in axes:
            axes.append(given)
        if axis.name in specs:
            notes.append(f"axis {axis.name} is replaced: {', '.join(map(show, given.values))}")
    return _fitted(axes, kind), notes


def _without(
    axis: Axis, own: Mapping[str, Any], single: Mapping[str, Any], notes: list[str]
) -> Axis | None:
    """Take parameters that have an axis of their own, or one value, out of a linked axis."""
    kept = tuple(path for path in axis.paths if path not in own and path not in single)
    for path in [path for path in axis.paths if path not in kept]:
        why = "it has an own axis" if path in own else f"it is {show(single[path])}"
        notes.append(f"axis {axis.name} no longer varies {path}: {why}")
    settings = tuple({path: setting[path] for path in kept} for setting in axis.settings)
    return replace(axis, paths=kept, settings=settings) if kept else None


def _fitted(axes: list[Axis], kind: str) -> list[Axis]:
    """Return axes as their kind of design needs them, checked for it."""
    if kind == "one_at_a_time":
        return axes
    problems = []
    if kind == "factorial":  # between the lowest and the highest value of each
        ends = [axis.only([*dict.fromkeys(axis.ends())]) for axis in axes]
        axes = [replace(axis, logarithmic=False) for axis in ends]
    elif kind in SAMPLED_KINDS:
        problems += [
            f"axis {axis.name}: design.kind={kind} samples between two numbers; allowed is "
            "{from: 0, to: 1} or {low: 0.2, high: 0.8}"
            for axis in axes
            if axis.name not in CROSSED_AXES and (len(axis) < 2 or not axis.numeric)
        ]
    problems += [
        f"axis {second.name}: {path} is varied by axis {first.name} as well; allowed is one axis "
        "for each parameter of a grid"
        for first, second in combinations(axes, 2)
        for path in second.paths
        if path in first.paths
    ]
    if problems:
        raise UserError(problems)
    return axes


def _with_files(axis: Axis) -> Axis:
    """Make the paths of data files absolute."""
    files = [path for path in axis.paths if PARAMETERS[path].kind == "file"]
    settings = tuple(
        {**s, **{p: resolve_file(p, s[p]) for p in files if s[p] is not None}}
        for s in axis.settings
    )
    return replace(axis, settings=settings) if files else axis
