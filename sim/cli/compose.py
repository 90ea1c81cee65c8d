"""From the command line to a validated request."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from sim.cli.arguments import parse
from sim.cli.config_files import compose_files
from sim.design.axes import LOW_HIGH
from sim.design.folders import GROUP_NAMES, folders_of
from sim.design.request import Request, build_request
from sim.tables.checks import GROUPS, LIST_PARAMETERS, check_each, check_settings, flatten
from sim.tables.errors import UserError, all_at_once
from sim.tables.messages import show, unknown
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import DESIGN_KEYS, HELD_KEYS, OPTIONS, SETTINGS, TEXT_KEYS

_BLOCKS = (*TEXT_KEYS, *HELD_KEYS, "design", "options")
# What may stand before `=`
_DESIGN = (f"design.{key}" for key in DESIGN_KEYS if key != "axes")
_KEYS = (*PARAMETERS, *SETTINGS, *OPTIONS, *TEXT_KEYS, *GROUP_NAMES, *_DESIGN)


def _is_single(key: str, value: Any) -> bool:
    """Return whether an argument sets one value of a parameter, rather than an axis."""
    if key in PARAMETERS:
        return not isinstance(value, (list, Mapping)) and value != LOW_HIGH
    return key in GROUPS


def _is_default(path: str, value: Any) -> bool:
    default = PARAMETERS[path].default if path in PARAMETERS else LOW_HIGH
    return type(value) is type(default) and value == default


def _check_keys(given: Mapping[str, Any]) -> None:
    """Raise what is wrong with keys that do not exist, and then with all other single values.

    Mistakes of this kind are answered at once, before any file is read.
    """
    known = {*_KEYS, *GROUPS}
    with all_at_once() as problems:
        problems += [
            unknown(key, _KEYS, "parameter", LIST_PARAMETERS, show(value))
            for key, value in given.items()
            if key not in known and not key.startswith(("options.", "design.axes."))
        ]
        if problems:
            check_each(PARAMETERS, {k: v for k, v in given.items() if _is_single(k, v)}, problems)
            check_settings({k: v for k, v in given.items() if k in SETTINGS}, problems)


def _set_in(tree: dict[str, Any], key: str, value: Any) -> None:
    """Set options.NAME, design.kind or design.axes.NAME in the tree."""
    axis = key.removeprefix("design.axes.")
    *parents, leaf = ("design", "axes", axis) if axis != key else key.split(".")
    for parent in parents:
        if not isinstance(tree.get(parent), dict):  # wrong or empty in the file: replaced
            tree[parent] = {}
        tree = tree[parent]
    tree[leaf] = value


def compose(
    arguments: Sequence[str], held: Mapping[str, Mapping[str, Any]] | None = None
) -> Request:
    """Turn what stands after `python -m sim` into a request; policies that are `held` need no file."""
    parsed = parse(arguments)
    _check_keys(parsed.values)
    folders = folders_of(parsed.config_dir)
    made = compose_files(parsed.choices, folders)
    tree = made.tree
    single: dict[str, Any] = {}  # parameter -> value, from the command line
    axes: dict[str, Any] = {}  # parameter -> form of an axis, from the command line
    for key, value in parsed.values.items():
        if _is_single(key, value):
            single[key] = value
        elif key in PARAMETERS:
            axes[key] = value
        else:
            _set_in(tree, f"options.{key}" if key in OPTIONS else key, value)
    content = {key: tree.pop(key) for key in _BLOCKS if key in tree}
    content |= held or {}
    content["settings"] = {key: tree.pop(key) for key in SETTINGS if key in tree}
    content["parameters"] = {p: v for p, v in flatten(tree) if not _is_default(p, v)}
    untitled = "experiment" not in parsed.choices and "title" not in parsed.values
    try:
        return build_request(
            content,
            name=parsed.choices.get("experiment", "baseline"),
            command=shlex.join(["python", "-m", "sim", *arguments]),
            single=single,
            axes=axes,
            start=made.scenario_title if untitled else None,
            folders=folders,
            written_in=made.written_in,
            notes=[*parsed.notes, *parsed.commas.values(), *made.notes],
        )
    except UserError as error:
        # of a decimal comma: what it is, not that its second half is out of range
        lines = [parsed.commas.get(line.partition("=")[0], line) for line in error.problems]
        raise UserError(list(dict.fromkeys(lines))) from None
