"""From the command line to a validated request."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.arguments import Arguments, known_keys, parse
from sim.cli.tree import compose_files, merge, paths_made_absolute, set_in
from sim.design.axes import LOW_HIGH, what_changes
from sim.design.block import name_of, read_design
from sim.design.points import check_design
from sim.design.request import Request
from sim.design.uncertain import with_uncertainty
from sim.design.yaml_scan import EXPERIMENT_KEYS
from sim.tables.checks import check_together
from sim.tables.errors import UserError
from sim.tables.messages import show, unknown
from sim.tables.parameters import PARAMETERS, nested
from sim.tables.settings import (
    DESIGN_KEYS,
    SETTINGS,
    STUDIES,
    TEXT_KEYS,
)
from sim.tables.validate import GROUPS, LIST_PARAMETERS, checked, resolve_settings

if TYPE_CHECKING:
    from sim.policies.policy import Policy

_OWN_KEYS = (*TEXT_KEYS, "design", "options", *SETTINGS)
_SINGLE_KEYS = {*TEXT_KEYS, *SETTINGS, *(f"design.{key}" for key in DESIGN_KEYS if key != "axes")}


def _text(key: str, value: Any, problems: list[str]) -> str:
    if isinstance(value, str):
        return value
    problems.append(f"{key}={show(value)}: is not a text; allowed is {TEXT_KEYS[key]}")
    return ""


def _is_single(key: str, value: Any) -> bool:
    """Return whether an argument sets one value of a parameter, rather than an axis."""
    if key in PARAMETERS:
        return not isinstance(value, (list, Mapping)) and value != LOW_HIGH
    return key in GROUPS


def _unknown_keys(arguments: Arguments) -> list[str]:
    known = {*PARAMETERS, *GROUPS, *_SINGLE_KEYS}
    return [
        unknown(key, known_keys(), "parameter", LIST_PARAMETERS, show(value))
        for key, value in arguments.values.items()
        if key not in known and not key.startswith(("options.", "design.axes."))
    ]


def _policies(
    points: Sequence[Mapping[str, Any]], folders: Sequence[Path]
) -> dict[tuple[str, str], Policy]:
    """Read the policies that points name, if any: that imports the model, which is slow."""
    if all(point[kind] == "none" for point in points for kind in ("policy", "shock")):
        return {}
    from sim.design.policies import load_policies

    return load_policies(points, folders)


def compose(arguments: Sequence[str]) -> Request:
    """Turn a command line into a request.

    Parameters
    ----------
    arguments : sequence of str
        What stands after `python -m sim`, for example
        `["+experiment=trust_sweep", "replicates=8"]`.

    Returns
    -------
    Request

    Raises
    ------
    UserError
        With one line per mistake.
    """
    parsed = parse(arguments)
    notes = list(parsed.notes)
    problems = _unknown_keys(parsed)
    if problems:  # answer at once, without composing, with what else is wrong by itself
        problems += checked({k: v for k, v in parsed.values.items() if _is_single(k, v)})[1]
        try:
            resolve_settings({k: v for k, v in parsed.values.items() if k in SETTINGS})
        except UserError as error:
            problems += error.problems
        raise UserError(problems)
    tree, files, folders = compose_files(parsed)
    single: dict[str, Any] = {}  # parameter -> value, from the command line
    axes: dict[str, Any] = {}  # parameter -> form of an axis, from the command line
    for key, value in parsed.values.items():
        if _is_single(key, value):
            single[key] = value
        elif key in PARAMETERS:
            axes[key] = value
        else:
            set_in(tree, key, value)
    for key in [k for k in tree if k not in EXPERIMENT_KEYS]:
        problems.append(unknown(show(key), EXPERIMENT_KEYS, "key of an experiment"))
        del tree[key]

    own = {key: tree.pop(key) for key in _OWN_KEYS if key in tree}
    title = _text("title", own.get("title"), problems)
    question = _text("question", own.get("question"), problems)
    study = name_of("study", own.get("study"), STUDIES, problems)
    options = own.get("options") or {}
    if not isinstance(options, dict):
        problems.append(f"options={show(options)}: is not a mapping of names to values")
        options = {}
    settings: dict[str, Any] = {}
    try:
        settings = resolve_settings({k: own[k] for k in SETTINGS if k in own})
    except UserError as error:
        problems += error.problems

    # An override on the command line replaces the file's value of the same parameter.
    for key, value in single.items():
        if key in PARAMETERS:
            merge(tree, nested({key: value}))
        else:
            problems += checked({key: value})[1]
    values, wrong = checked(tree)
    problems += wrong
    problems += paths_made_absolute(values, single, files, folders)
    design = read_design(own.get("design"), axes, single, folders)
    notes += design.notes
    problems += design.problems
    made, kind = design.axes, design.kind
    made_paths = {p for axis in made for p in axis.paths}
    if not made_paths:
        problems += check_together(values)
    elif not problems:
        problems += check_design(values, made, kind)
    if made and study == "simulate":
        study = "sweep"
        if "experiment" not in parsed.choices and "title" not in parsed.values:
            scenario = next((s.content for s in files if s.path.parent.name == "scenario"), {})
            title = f"{scenario['title']}, sweep" if "title" in scenario else "Sweep"
            question = what_changes(made)
        notes.append("values vary, so the study is sweep instead of simulate")
    if study == "compare" and not any(len(axis.values) > 1 for axis in made) and not problems:
        problems.append(
            "study=compare: there is nothing to compare; needed are two or more, such as "
            "policy=none,training (the first is what the others are compared with)"
        )
    if study == "compare" and kind == "one_at_a_time":
        problems.append(
            "design.kind=one_at_a_time: study=compare needs all policies at the same values; "
            "allowed is design.kind=grid"
        )
    if problems:
        # of a decimal comma: what it is, not that its second half is out of range
        problems = [parsed.commas.get(line.partition("=")[0], line) for line in problems]
        raise UserError(list(dict.fromkeys(problems)))
    notes += parsed.commas.values()
    policies = _policies(
        [values, *({**values, **s} for axis in made for s in axis.settings)], folders
    )
    if policies:
        from sim.design.policies import remarks

        horizons = [values["horizon"], *(s.get("horizon", 0) for a in made for s in a.settings)]
        notes += remarks(policies, folders, max(horizons))
    experiment = parsed.choices.get("experiment", "baseline")
    command = shlex.join(["python", "-m", "sim", *arguments])
    request = Request(
        experiment=experiment,
        study=study,
        title=title,
        question=question,
        settings=settings,
        values=values,
        axes=made,
        design_kind=kind,
        options=options,
        notes=notes,
        command=command,
        samples=design.samples,
        seeds=design.seeds,
        policies=policies,
    )
    return with_uncertainty(request)
