"""Points of a design, and what of a command is in the identity of its result."""

from __future__ import annotations

import pytest

from sim.cli.compose import compose
from sim.design.runs import make_design
from sim.ensembles.store import manifest
from sim.model import engine
from sim.policies.policy import policy_of
from sim.studies.session import Session
from sim.tables.parameters import defaults

POPULATION = "organisation,hcps\nNorth,3\nSouth,2\n"


def session_identity(*arguments):
    session = Session(compose(arguments))
    session.lock.release()
    return session.manifest.identity


def test_duplicates_are_computed_once():
    changes = [
        {},
        {"process.training": 0.02},  # the default
        {"process.training": 0.1},
        {"process.training": 0.1, "alignment.roles": 0.8},  # the default, beside it
        {"process.training": 0.1},
    ]
    design = make_design(defaults(), changes)
    assert design.settings == [{}, {"process.training": 0.1}]
    assert [p.values["process.training"] for p in design.points] == [0.02, 0.1]
    assert len(design.names) == 2


def test_a_point_holds_what_it_changes_and_all_else_of_the_base():
    (point,) = make_design(
        defaults() | {"process.training": 0.1}, [{"alignment.roles": 0.4}]
    ).points
    assert point.values == defaults() | {"process.training": 0.1, "alignment.roles": 0.4}
    assert point.packed.tobytes() == engine.prepare(dict(point.values)).packed.tobytes()


def test_a_users_file_is_read_once_for_points_that_share_it(tmp_path, monkeypatch):
    from sim.design import runs as module

    path = tmp_path / "organisations.csv"
    path.write_text(POPULATION)
    read = []
    load = module.load_world
    monkeypatch.setattr(module, "load_world", lambda v: read.append(v) or load(v))
    values = defaults() | {"population.file": str(path)}
    changes = [{"process.training": x} for x in (0.0, 0.1, 0.2)]
    design = make_design(values, changes)
    assert len(read) == 1 and design.names == [["North", "South"]] * 3
    # another kind of network does not need the file anew, but another size of world does
    changes = [{"population.organisations": n, "population.file": None} for n in (2, 3)]
    assert [p.values["population.organisations"] for p in make_design(values, changes).points] == [
        2,
        3,
    ]


def test_the_identity_changes_with_what_a_policy_does_and_costs_and_with_the_luck_of_a_point():
    lever = {"lever": "training", "strength": 0.1, "to": 12, "cost": 800.0}
    policies = [policy_of("mine", {"levers": [lever | change]}, "policy")
                for change in ({}, {"strength": 0.2}, {"cost": 900.0}, {"to": 13})]  # fmt: skip
    cases = [*((policy, "common") for policy in policies), (policies[0], "independent")]
    base = defaults() | {"policy": "mine"}
    designs = [make_design(base, [{}], seeds, {("policy", "mine"): p}) for p, seeds in cases]
    assert len({manifest.point_hashes(design)[0] for design in designs}) == len(cases)


HOW = ("threads=1", "out=elsewhere", "progress=never")
WHAT = ("seed=1", "organisations=all", "months=all", "horizon=7", "replicates=3")


@pytest.mark.parametrize("override", [*HOW, *WHAT])
def test_the_identity_of_a_session_changes_with_what_is_in_its_files_not_with_how(
    override, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    plain = session_identity("replicates=2")
    assert (session_identity("replicates=2", override) == plain) == (override in HOW)
