"""From the command line to a checked request: arguments, on top of files folded into one tree."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.cli.arguments import parse
from sim.design.axes import LOW_HIGH
from sim.design.folders import GROUP_NAMES, find, folders_of
from sim.design.request import FILE_PARAMETERS, Request, build_request
from sim.design.yaml_file import SCENARIO_WORDS, SELF, YamlFile, read_yaml
from sim.tables.checks import GROUPS, LIST_PARAMETERS, check_each, check_settings, flatten
from sim.tables.errors import UserError, all_at_once, collected
from sim.tables.messages import one_line, show, unknown
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
        elif key.startswith("design.axes."):
            tree["design"]["axes"][key.removeprefix("design.axes.")] = value
        else:
            *above, name = (f"options.{key}" if key in OPTIONS else key).split(".", 1)
            (tree[above[0]] if above else tree)[name] = value
    content = {key: tree.pop(key) for key in _BLOCKS if key in tree}
    content |= held or {}
    content["settings"] = {key: tree.pop(key) for key in SETTINGS if key in tree}
    usual = {path: repr(parameter.default) for path, parameter in PARAMETERS.items()}
    content["parameters"] = {p: v for p, v in flatten(tree) if repr(v) != usual.get(p)}
    untitled = (
        "experiment" not in parsed.choices and not {"title", "question"} & parsed.values.keys()
    )
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


# --- files -------------------------------------------------------------------------------------


@dataclass
class Composition:
    """The tree, the title of its scenario, where the paths of data files in it start, and notes."""

    tree: dict[str, Any] = field(default_factory=dict)
    scenario_title: str = ""
    written_in: dict[str, list[Path]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def fold(self, file: YamlFile) -> None:
        """Put one more file on top."""
        content = file.placed()
        if file.group == "scenario":
            self.scenario_title = ""
            if any(key in content for key in SCENARIO_WORDS):
                from sim.design.scenarios import take_words  # pydantic is slow to import

                content = dict(content)
                words = take_words(file.path.stem, content)
                self.scenario_title = words.title
                content |= {k: v for k in ("title", "question") if (v := getattr(words, k))}
        merge(self.tree, content)
        for key in FILE_PARAMETERS:
            group, leaf = key.split(".")
            if leaf in content.get(group, {}):
                self.written_in[key] = [file.path.parent.parent]


def merge(tree: dict[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Put content into a tree, in place; what is there already is replaced, mapping by mapping."""
    for key, value in content.items():
        if isinstance(value, Mapping):
            below = tree.get(key)
            tree[key] = merge(below if isinstance(below, dict) else {}, value)
        else:
            tree[key] = value
    return tree


def compose_files(choices: Mapping[str, str], folders: Sequence[Path]) -> Composition:
    """Fold what config.yaml names, then an experiment; `choices` are those of the command line.

    `folders` are those of configuration files, a user's before the shipped one, whose config.yaml
    says what is read and in which order. Defaults of the tables are not in the tree. Raises
    UserError, one line per mistake.
    """
    with all_at_once() as problems:
        for group, name in choices.items():
            with collected(problems):
                find(group, name, folders)
    chosen = dict(choices)
    experiment = chosen.get("experiment")
    experiments = [] if experiment is None else _with_bases(experiment, folders, chosen)
    config = read_yaml(folders[-1] / "config.yaml", "config")
    done = Composition()
    groups: dict[str, YamlFile] = {}
    for group, name in config.bases:
        if name == SELF:
            merge(done.tree, config.content)
        elif group != config.group:  # else a table
            groups[group] = read_yaml(find(group, chosen.get(group, name), folders), group)
            done.fold(groups[group])
    for file in experiments:
        done.fold(file)
    if not experiments:
        return done
    # A scenario is what an experiment starts from; another choice replaces what its file sets itself
    for group in choices:
        if group in groups and group != "scenario":
            done.fold(groups[group])
    if "scenario" in choices:
        done.notes.extend(_stays(groups["scenario"], done.tree))
    return done


def _stays(scenario: YamlFile, tree: Mapping[str, Any]) -> list[str]:
    """Say which values of a scenario an experiment or another choice replaces."""
    final = dict(flatten(tree))
    wanted = {k: v for k, v in flatten(scenario.placed()) if k in PARAMETERS and final[k] != v}
    if not wanted:
        return []
    told = ", ".join(f"{k}={show(final[k])} (not {show(v)})" for k, v in wanted.items())
    stays = f"scenario={scenario.path.stem}: what the experiment sets itself stays: {told}"
    return [one_line(stays)]


def _with_bases(
    name: str, folders: Sequence[Path], chosen: dict[str, str], above: tuple[Path, ...] = ()
) -> list[YamlFile]:
    """Return an experiment among those that it builds on, in the order of its list `defaults`.

    What the list says of other groups is chosen, unless the command line or an experiment that
    builds on this one chose already.
    """
    path = find("experiment", name, folders)
    if path in above:
        raise UserError(f"{one_line(str(path))}: builds on itself; remove it from defaults")
    file = read_yaml(path, "experiment")
    for group, base in reversed(file.bases):
        if group != "experiment":
            chosen.setdefault(group, base)
    order: list[YamlFile] = []
    for group, base in reversed(file.bases):
        if base == SELF:
            order.insert(0, file)
        elif group == "experiment":
            order[:0] = _with_bases(base, folders, chosen, (*above, path))
    return order
