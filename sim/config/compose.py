"""From the command line to a validated request."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.config.arguments import Arguments, known_keys, parse
from sim.config.axes import LOW_HIGH, Axis, what_changes
from sim.config.checks import check_together
from sim.config.design import apply_overrides, check_design
from sim.config.files import resolve_file
from sim.config.folders import find, shipped_folder, user_folder
from sim.config.messages import show, unknown
from sim.config.request import Request
from sim.config.sampling import CANNOT_EXTEND, MOST_SAMPLES, read_points
from sim.config.scenarios import take_words
from sim.config.settings import (
    DESIGN_KEYS,
    DESIGN_KINDS,
    SAMPLED_KINDS,
    SEEDS,
    SETTINGS,
    STUDIES,
    TEXT_KEYS,
)
from sim.config.uncertain import with_uncertainty
from sim.config.validate import GROUPS, LIST_PARAMETERS, checked, resolve_settings
from sim.config.yaml_scan import EXPERIMENT_KEYS, Scanned, scan_with_bases
from sim.errors import UserError
from sim.parameters import PARAMETERS, nested

if TYPE_CHECKING:
    from sim.policies.policy import Policy

_OWN_KEYS = (*TEXT_KEYS, "design", "options", *SETTINGS)
_DESIGN_KEYS = tuple(f"design.{key}" for key in DESIGN_KEYS)
_SINGLE_KEYS = frozenset((*TEXT_KEYS, *SETTINGS, *_DESIGN_KEYS)) - {"design.axes"}
FILE_PARAMETERS = tuple(p.path for p in PARAMETERS.values() if p.kind == "file")


def _text(key: str, value: Any, problems: list[str]) -> str:
    if isinstance(value, str):
        return value
    problems.append(f"{key}={show(value)}: is not a text; allowed is {TEXT_KEYS[key]}")
    return ""


def _name(key: str, value: Any, known: Mapping[str, str], problems: list[str]) -> str:
    if isinstance(value, str) and value in known:
        return value
    line = unknown(show(value), known, "name")
    problems.append(f"{key}={line}; allowed is one of {', '.join(known)}")
    return ""


def _merge(tree: dict[str, Any], content: Mapping[str, Any]) -> None:
    for key, value in content.items():
        if isinstance(value, Mapping) and isinstance(tree.get(key), dict):
            _merge(tree[key], value)
        else:
            tree[key] = value


def _without_name(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario's content without title and question: those of an experiment stay."""
    return {key: value for key, value in content.items() if key not in ("title", "question")}


def _compose_files(arguments: Arguments) -> tuple[dict[str, Any], list[Scanned], list[Path]]:
    """Return the composed tree, the files it was made of, and the folders they are in."""
    user = user_folder(arguments.config_dir) if arguments.config_dir is not None else None
    shipped = shipped_folder()
    folders = [user, shipped] if user else [shipped]
    problems, chosen = [], []
    for group, name in arguments.choices.items():
        try:
            chosen.append((group, name, find(group, name, folders)))
        except UserError as error:
            problems += error.problems
    if problems:
        raise UserError(problems)
    files = scan_with_bases(chosen, partial(find, folders=folders))
    # config.yaml chooses these when nobody else does; a user's folder may replace them.
    chosen_paths = {scanned.path for scanned in files}
    for group, name in (
        ("population", "default"),
        ("network", "modular"),
        ("scenario", "as_interviewed"),
    ):
        path = find(group, name, folders)
        if path not in chosen_paths:
            scan_with_bases([(group, name, path)], partial(find, folders=folders))

    from sim.config.hydra_compose import composed

    tree = composed(shipped, user, arguments.choices)
    # What is chosen on the command line wins over what an experiment's file sets by itself.
    if "experiment" in arguments.choices:
        for group, _, path in chosen:
            if group != "experiment":
                content = next(s for s in files if s.path == path).content
                _merge(tree, _without_name(content) if group == "scenario" else {group: content})
    for scanned in files:
        if scanned.path.parent.name == "scenario":
            take_words(scanned.path.stem, dict(scanned.content))  # checked
    for key in ("story", "handout"):
        tree.pop(key, None)
    return tree, files, folders


def _set(tree: dict[str, Any], key: str, value: Any) -> None:
    """Set options.NAME, design.kind or design.axes.NAME in the tree."""
    axis = key.removeprefix("design.axes.")
    *parents, leaf = ("design", "axes", axis) if axis != key else key.split(".")
    for parent in parents:
        if not isinstance(tree.get(parent), dict):  # wrong or empty in the file: replaced
            tree[parent] = {}
        tree = tree[parent]
    tree[leaf] = value


def _paths_made_absolute(
    values: dict[str, Any], given: Mapping[str, Any], files: list[Scanned], folders: list[Path]
) -> list[str]:
    """Make the paths of data files absolute, in place; return one line per file not found.

    A path of a YAML file is relative to the folder of configuration files that it lies in, a
    path of the command line to the working directory.
    """
    problems = []
    for key in FILE_PARAMETERS:
        value = values.get(key)
        if not isinstance(value, str):
            continue
        near: list[Path] = []
        if key not in given:
            group, leaf = key.split(".")
            for scanned in files:
                content = scanned.content
                section = content if scanned.package == group else content.get(group)
                if not isinstance(section, Mapping):
                    section = content if scanned.path.parent.name == group else {}
                if section.get(leaf) == value:
                    near = [f for f in folders if f in scanned.path.parents]
        try:
            values[key] = resolve_file(key, value, near)
        except UserError as error:
            problems += error.problems
    return problems


def _samples(design: Mapping[str, Any], kind: str) -> tuple[int | None, list[str]]:
    """Return the checked number of samples, None where the design has none, and notes."""
    given = design.get("samples")
    if kind not in SAMPLED_KINDS:
        if given is not None:
            raise UserError(
                f"design.samples={show(given)}: design.kind={kind} takes no samples; allowed "
                f"with {' or '.join(SAMPLED_KINDS)}"
            )
        return None, []
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= MOST_SAMPLES:
        raise UserError(
            f"design.samples={show(given)}: design.kind={kind} needs it; allowed is a whole "
            f"number from 1 to {MOST_SAMPLES}"
        )
    return given, [CANNOT_EXTEND] if kind == "lhs" else []


def _listed(
    design: Mapping[str, Any],
    specs: Mapping[str, Any],
    new: Mapping[str, Any],
    folders: Sequence[Path],
) -> tuple[tuple[Axis, ...], list[str]]:
    """Return the one axis over the points of a file."""
    if specs or new:
        name = next(iter({**specs, **new}))
        raise UserError(f"axis {name}: design.kind=list takes its points from design.file alone")
    given = design.get("file")
    if not isinstance(given, str):
        raise UserError(
            f"design.file={show(given)}: design.kind=list needs it; allowed is the path of a CSV "
            "file"
        )
    axis, notes = read_points(resolve_file("design.file", given, folders))
    return (axis,), notes


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
    from sim.config.policies import load_policies

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
    tree, files, folders = _compose_files(parsed)
    single: dict[str, Any] = {}  # parameter -> value, from the command line
    axes: dict[str, Any] = {}  # parameter -> form of an axis, from the command line
    for key, value in parsed.values.items():
        if _is_single(key, value):
            single[key] = value
        elif key in PARAMETERS:
            axes[key] = value
        else:
            _set(tree, key, value)
    for key in [k for k in tree if k not in EXPERIMENT_KEYS]:
        problems.append(unknown(show(key), EXPERIMENT_KEYS, "key of an experiment"))
        del tree[key]

    own = {key: tree.pop(key) for key in _OWN_KEYS if key in tree}
    title = _text("title", own.get("title"), problems)
    question = _text("question", own.get("question"), problems)
    study = _name("study", own.get("study"), STUDIES, problems)
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
            _merge(tree, nested({key: value}))
        else:
            problems += checked({key: value})[1]
    values, wrong = checked(tree)
    problems += wrong
    problems += _paths_made_absolute(values, single, files, folders)
    design = own.get("design")
    made: tuple[Axis, ...] = ()
    kind, seeds = "grid", "common"
    samples: int | None = None
    try:
        if not isinstance(design, dict):
            raise UserError(f"design={show(design)}: needs kind and axes beneath it")
        kind = _name("design.kind", design.get("kind", "grid"), DESIGN_KINDS, problems)
        for key in design:
            if key not in DESIGN_KEYS:
                problems.append(unknown(f"design.{key}", _DESIGN_KEYS, "key"))
        samples, more = _samples(design, kind)
        notes += more
        seeds = _name("design.seeds", design.get("seeds", "common"), SEEDS, problems)
        specs = design.get("axes") or {}
        if kind == "list":
            made, more = _listed(design, specs, axes, folders)
        else:
            made, more = apply_overrides(specs, axes, single, kind)
            if kind in SAMPLED_KINDS and not made:
                raise UserError(f"design.kind={kind}: needs design.axes, or axes as arguments")
        notes += more
    except UserError as error:
        problems += error.problems
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
        from sim.config.policies import remarks

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
        samples=samples,
        seeds=seeds,
        policies=policies,
    )
    return with_uncertainty(request)
