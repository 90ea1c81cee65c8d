"""Files of configuration are folded as Hydra folds them, and each is read once."""

from __future__ import annotations

import pytest
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf

from sim.cli.compose import compose_files, merge
from sim.design import yaml_file
from sim.design.folders import available, shipped_folder
from sim.tables.checks import check_settings
from sim.tables.errors import UserError
from sim.tables.parameters import defaults, nested

EXPERIMENTS = tuple(available("experiment", [shipped_folder()]))
# What Hydra's own list of defaults can say, in files of one folder
USERS = {
    "experiment/plain": "title: Plain\nhorizon: 50\ndesign: {axes: {alignment.value: [0, 1]}}\n",
    "experiment/built": "defaults:\n  - plain\n  - override /scenario: small_clinic\n  - _self_\n"
    "title: Built\nnetwork: {kind: scale_free}\n"
    "design: {axes: {alignment.roles: {from: 0, to: 1, steps: 3}}}\n",
    "experiment/again": "defaults:\n  - built\n  - override /scenario: all_gaps_open\n"
    "  - override /network: random\nquestion: Which?\n",
    "experiment/first": "defaults: [_self_, plain]\ntitle: First\nhorizon: 60\n",
    "experiment/only": "defaults:\n  - override /population: region\ntitle: Only\n",
    "experiment/two": "defaults: [again, later]\n",
    "experiment/later": "defaults:\n  - override /scenario: model_pilot\noptions: {a: {b: 1}}\n",
    "experiment/mixed": "defaults: [later, built]\noptions: {a: {c: 2}, d: [3]}\n",
    "population/mine": "trust_spread: 0.3\n",
}


@pytest.fixture
def folders(tmp_path):
    """Return the shipped folder with files of a user's own in it, as Hydra knows one folder."""
    for group in ("population", "network", "scenario", "experiment"):
        (tmp_path / group).mkdir()
        for name, path in available(group, [shipped_folder()]).items():
            (tmp_path / group / f"{name}.yaml").write_bytes(path.read_bytes())
    (tmp_path / "config.yaml").write_bytes((shipped_folder() / "config.yaml").read_bytes())
    for name, text in USERS.items():
        head = "# @package _global_\n" if name.startswith("experiment") else ""
        (tmp_path / f"{name}.yaml").write_text(head + text)
    return [tmp_path]


def by_hydra(folder, choices):
    store = ConfigStore.instance()
    store.store(name="parameters", node=nested(defaults()), package="_global_")
    store.store(name="settings", node=check_settings({}), package="_global_")
    words = [f"{'+' if g == 'experiment' else ''}{g}={name}" for g, name in choices.items()]
    with initialize_config_dir(str(folder), version_base="1.3"):
        tree = OmegaConf.to_container(hydra_compose("config", words))
    return {k: v for k, v in tree.items() if k not in ("story", "handout")}


OWN = [name.partition("/")[2] for name in USERS if name.startswith("experiment")]


@pytest.mark.parametrize(
    "choices",
    [
        {},
        *({"experiment": name} for name in (*EXPERIMENTS, *OWN)),
        *({"population": "mine", "experiment": name} for name in OWN),
    ],
    ids=str,
)
def test_files_are_folded_as_hydra_does(folders, choices):
    tables = nested(defaults()) | check_settings({})
    tree = merge(tables, compose_files(choices, folders).tree)
    hydra = by_hydra(folders[0], choices)
    assert tree == hydra
    assert list(tree["design"]["axes"]) == list(hydra["design"]["axes"])


def test_each_file_is_read_once(folders, monkeypatch):
    read = []
    reader = yaml_file._Reader
    monkeypatch.setattr(
        yaml_file, "_Reader", lambda text, shown, group: read.append(shown) or reader(text, shown, group)
    )  # fmt: skip
    compose_files({"experiment": "again", "population": "mine"}, folders)
    assert len(read) == len(set(read)) == 7


@pytest.mark.parametrize("form", ["/scenario: all_gaps_open", "scenario: all_gaps_open"])
def test_another_choice_needs_no_override(folders, form):
    path = folders[0] / "experiment" / "mine.yaml"
    path.write_text(f"# @package _global_\ndefaults:\n  - {form}\n")
    tree = compose_files({"experiment": "mine"}, folders).tree
    assert tree["alignment"]["roles"] == 0.2


def test_a_circle_of_files_is_told(folders):
    for name, base in (("one", "other"), ("other", "one")):
        path = folders[0] / "experiment" / f"{name}.yaml"
        path.write_text(f"# @package _global_\ndefaults: [{base}]\n")
    with pytest.raises(UserError, match=r"one\.yaml: builds on itself"):
        compose_files({"experiment": "one"}, folders)
