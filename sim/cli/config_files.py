"""The configuration files of a request, each read once and folded into one tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.design.folders import find
from sim.design.request import FILE_PARAMETERS
from sim.design.yaml_file import SCENARIO_WORDS, SELF, YamlFile, read_yaml
from sim.tables.checks import flatten
from sim.tables.errors import UserError, all_at_once, collected
from sim.tables.messages import one_line, show
from sim.tables.parameters import PARAMETERS, defaults, nested
from sim.tables.settings import setting_defaults

# What the list `defaults` of conf/config.yaml names that is no file
TABLES = {"parameters": lambda: nested(defaults()), "settings": setting_defaults}
MOST_KEYS = 4  # told one by one


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
            if leaf in (content.get(group) or {}):
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
    says what is read and in which order. Raises UserError, one line per mistake.
    """
    _check_names(choices, folders)
    chosen = dict(choices)
    experiment = chosen.get("experiment")
    experiments = [] if experiment is None else _with_bases(experiment, folders, chosen)
    config = read_yaml(folders[-1] / "config.yaml", "config")
    done = Composition()
    groups: dict[str, YamlFile] = {}
    for group, name in config.bases:
        if name == SELF:
            merge(done.tree, config.content)
        elif group == config.group:
            merge(done.tree, TABLES[name]())
        else:
            path = find(group, chosen.get(group, name), folders)
            groups[group] = read_yaml(path, group)
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
    told = [f"{k}={show(final[k])} (not {show(v)})" for k, v in [*wanted.items()][:MOST_KEYS]]
    more = f" and {len(wanted) - MOST_KEYS} more" if len(wanted) > MOST_KEYS else ""
    return [
        f"scenario={scenario.path.stem}: what the experiment sets itself stays: "
        f"{', '.join(told)}{more}"
    ]


def _check_names(choices: Mapping[str, str], folders: Sequence[Path]) -> None:
    with all_at_once() as problems:
        for group, name in choices.items():
            with collected(problems):
                find(group, name, folders)


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
