"""Points of a design, and the identity that tells whether two results are of the same runs."""

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


def identity_of(
    values=None, changes=({},), seed=0, replicates=8, seeds="common", policies=None, **extra
):
    settings = {"engine": "kernel", "months": "none", "organisations": "none", "hcps": "none"}
    settings |= {"seed": seed}
    head = manifest.head_of(extra.pop("study", "simulate"), {**settings, **extra})
    design = make_design({**defaults(), **(values or {})}, changes, seeds, policies)
    return manifest.identity_of(head, manifest.point_hashes(design), replicates)


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


@pytest.mark.parametrize(
    "path",
    ["process.training", "population.nurse.emphasis.roles", "horizon", "network.kind",
     "outcome.peak_months", "turnover.onboarding"],
)  # fmt: skip
def test_the_identity_changes_with_any_parameter(path):
    other = {"network.kind": "random"}.get(path, 1)
    assert identity_of({path: other}) != identity_of()
    assert identity_of(changes=[{path: other}]) != identity_of()
    assert identity_of({path: other}) == identity_of(changes=[{path: other}])


def test_the_identity_changes_with_seed_replicates_points_and_what_is_kept():
    different = [
        identity_of(),
        identity_of(seed=1),
        identity_of(replicates=9),
        identity_of(changes=[{}, {"process.training": 0.1}]),
        identity_of(months="all"),
        identity_of(study="sweep"),
    ]
    assert len(set(different)) == len(different)
    assert identity_of() == different[0]
    assert all(c in "0123456789abcdef" for c in different[0]) and len(different[0]) == 64


def test_the_identity_changes_with_what_a_policy_does_and_costs_and_with_the_luck_of_a_point():
    lever = {"lever": "training", "strength": 0.1, "to": 12, "cost": 800.0}
    policies = [policy_of("mine", {"levers": [lever | change]}, "policy")
                for change in ({}, {"strength": 0.2}, {"cost": 900.0}, {"to": 13})]  # fmt: skip
    found = [identity_of({"policy": "mine"}, policies={("policy", "mine"): p}) for p in policies]
    own = {("policy", "mine"): policies[0]}
    found.append(identity_of({"policy": "mine"}, policies=own, seeds="independent"))
    assert len(set(found)) == len(found)


def test_the_identity_follows_the_content_of_a_users_file_not_its_place(tmp_path):
    found = []
    # in a notebook, one process sees a file before and after an edit
    more = POPULATION + "West,4\n"
    for name, content in (("a", POPULATION), ("b", POPULATION), ("a", more), ("a", POPULATION)):
        path = tmp_path / f"{name}.csv"
        path.write_text(content)
        found.append(identity_of({"population.file": str(path)}))
    assert found[0] == found[1] == found[3] != found[2]
    assert found[0] != identity_of()


HOW = ("threads=1", "out=elsewhere", "progress=never")
WHAT = ("seed=1", "organisations=all", "months=all", "horizon=7", "replicates=3")


@pytest.mark.parametrize("override", [*HOW, *WHAT])
def test_the_identity_of_a_session_changes_with_what_is_in_its_files_not_with_how(
    override, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    plain = session_identity("replicates=2")
    assert (session_identity("replicates=2", override) == plain) == (override in HOW)
