"""Names of parameters to point at, and completed by the tab key."""

from __future__ import annotations

import copy
import pickle

import pytest

import sim
from sim.tables.checks import GROUPS, resolve
from sim.tables.errors import UserError
from sim.tables.names import Name, Names
from sim.tables.parameters import PARAMETERS


def test_a_name_is_its_path():
    name = sim.parameters.process.training
    assert name == "process.training" and hash(name) == hash("process.training")
    assert isinstance(name, str) and {"process.training": 1}[name] == 1
    assert resolve({name: 0.3}) == resolve({"process.training": 0.3})
    for same in (copy.deepcopy(name), pickle.loads(pickle.dumps(name))):
        assert same == name and same.default == name.default


@pytest.mark.parametrize("path", PARAMETERS)
def test_every_parameter_is_reached_by_its_path(path):
    found = sim.parameters
    for part in path.split("."):
        assert part in dir(found)
        found = getattr(found, part)
    assert isinstance(found, Name) and found.parameter is PARAMETERS[path]
    assert PARAMETERS[path].meaning in repr(found)


def test_nothing_else_is_offered():
    def below(names, prefix=""):
        for name in dir(names):
            inside = getattr(names, name)
            yield from (
                below(inside, f"{prefix}{name}.") if isinstance(inside, Names) else [prefix + name]
            )

    assert sorted(below(sim.parameters)) == sorted(PARAMETERS)


def test_a_group_shows_what_is_in_it():
    group = sim.parameters.process
    assert len(group) == 4 and list(group)[0] in PARAMETERS
    for text in (" ".join(repr(group).split()), group._repr_html_()):
        for name in group:
            p = PARAMETERS[name]
            assert all(str(x) in text for x in (name, p.default, p.unit, p.meaning))
    assert "<table>" in group._repr_html_() and "<table>" in list(group)[0]._repr_html_()
    nested = {group: {"training": 0.3}}
    assert resolve(nested) == resolve({"process.training": 0.3})
    assert {str(getattr(sim.parameters, g)) for g in GROUPS if "." not in g} <= GROUPS


def test_a_name_that_is_not_there():
    with pytest.raises(UserError, match=r"trainin: .*did you mean process\.training\?"):
        sim.parameters.process.trainin  # noqa: B018
    assert not hasattr(sim.parameters.process, "trainin") and not hasattr(sim.parameters, "_x")
    with pytest.raises(UserError, match=r"defalt: unknown; a parameter has default"):
        sim.parameters.process.training.defalt  # noqa: B018


def test_groups_can_be_copied():
    group = sim.parameters.process
    for again in (copy.copy(group), copy.deepcopy(group), pickle.loads(pickle.dumps(group))):
        assert list(again) == list(group) and str(again) == str(group)
