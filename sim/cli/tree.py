"""The configuration files of a request, put together into one tree."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sim.cli.arguments import Arguments
from sim.design.folders import find, shipped_folder, user_folder
from sim.design.request import FILE_PARAMETERS
from sim.design.scenarios import take_words
from sim.design.yaml_scan import Scanned, scan_with_bases
from sim.tables.errors import UserError


def merge(tree: dict[str, Any], content: Mapping[str, Any]) -> None:
    """Put content into a tree, in place; what is there already is replaced, mapping by mapping."""
    for key, value in content.items():
        if isinstance(value, Mapping) and isinstance(tree.get(key), dict):
            merge(tree[key], value)
        else:
            tree[key] = value


def _without_name(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario's content without title and question: those of an experiment stay."""
    return {key: value for key, value in content.items() if key not in ("title", "question")}


def compose_files(arguments: Arguments) -> tuple[dict[str, Any], list[Scanned], list[Path]]:
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

    from sim.cli.hydra_compose import composed

    tree = composed(shipped, user, arguments.choices)
    # What is chosen on the command line wins over what an experiment's file sets by itself.
    if "experiment" in arguments.choices:
        for group, _, path in chosen:
            if group != "experiment":
                content = next(s for s in files if s.path == path).content
                merge(tree, _without_name(content) if group == "scenario" else {group: content})
    for scanned in files:
        if scanned.path.parent.name == "scenario":
            take_words(scanned.path.stem, dict(scanned.content))  # checked
    for key in ("story", "handout"):
        tree.pop(key, None)
    return tree, files, folders


def set_in(tree: dict[str, Any], key: str, value: Any) -> None:
    """Set options.NAME, design.kind or design.axes.NAME in the tree."""
    axis = key.removeprefix("design.axes.")
    *parents, leaf = ("design", "axes", axis) if axis != key else key.split(".")
    for parent in parents:
        if not isinstance(tree.get(parent), dict):  # wrong or empty in the file: replaced
            tree[parent] = {}
        tree = tree[parent]
    tree[leaf] = value


def written_in(
    content: Mapping[str, Any], files: list[Scanned], folders: list[Path]
) -> dict[str, list[Path]]:
    """Return parameter -> folder of the configuration file in which its data file is named."""
    found = {}
    for key in FILE_PARAMETERS:
        group, leaf = key.split(".")
        value = content.get(group, {}).get(leaf)
        for scanned in files:
            section = scanned.content
            if scanned.package != group:
                section = section.get(group, section if scanned.path.parent.name == group else {})
            if value is not None and isinstance(section, Mapping) and section.get(leaf) == value:
                found[key] = [folder for folder in folders if folder in scanned.path.parents]
    return found
