"""What a parameter needs to have an effect: without it, no run changes; with it, some do."""

from __future__ import annotations

import numpy as np
import pytest
from reference_worlds import BUSY

from sim.cli.compose import compose
from sim.design.folders import shipped_folder
from sim.design.policy_files import named_policies, own_policies
from sim.design.runs import design_of, make_design
from sim.ensembles.run import run_ensemble
from sim.tables.checks import resolve
from sim.tables.errors import UserError
from sim.tables.factors import GROUP_NAMES
from sim.tables.only_with import NOTHING, ONLY_WITH, WORDS, unmet
from sim.tables.parameters import PARAMETERS, defaults
from tests.mistakes import only_problem

WORLD = {
    **BUSY,
    "horizon": 24,
    "outcome.sustained_months": 12,
    "population.organisations": 4,
    "population.organisation_size": 12,
    "process.interorganisational_cooperation": 0.5,
    "process.shared_understanding": 0.5,
    "review.threshold": 0.8,
    "trust.transparency_strength": 0.5,
}
FILE = "organisation,hcps,readiness,member\nNorth,9,0.9,1\nSouth,14,0.5,0\n"
TRAINING = {"levers": [{"lever": "training", "strength": 0.1, "cost": 10.0}]}
STRONG = {
    "network.ties": 4,
    "deployment.privacy_gate": 40.0,
    "appraisal.systemic": 0.9,
    "process.interorganisational_cooperation": 0.9,
}
# Two values that make a difference where others would make a small one
VALUES = {
    "population.organisations": (3, 5),
    "population.organisation_size": (6, 20),
    "network.ties": (1, 6),
    "review.grace_months": (0, 6),
    "cost.currency": ("EUR", "USD"),
    "turnover.onboarding_factor": (0.0, 9.0),
    "cooperation.attention_learning": (0.0, 1.0),
    "trust.loss_cap": (0.0, 1.0),
}


def two_values(path):
    row = PARAMETERS[path]
    width = row.high - row.low
    return VALUES.get(path, (row.low + 0.1 * width, row.low + 0.8 * width))


def set_to(need, met, file):
    """Return a value of a needed parameter that meets the need, or that does not."""
    row = PARAMETERS[need.path]
    if need.path == "population.file":
        return str(file) if met == need.other_than else None
    if need.other_than != met:  # one of those that are named
        return "none" if need.values == NOTHING and row.kind == "names" else need.values[0]
    if row.kind == "choice":
        return next(kind for kind in ("random", "well_mixed") if kind not in need.values)
    return {"policy": "own", **STRONG}.get(need.path, 0.3)


def world(needs, met, file):
    values = dict(WORLD)
    for ways in needs:
        for need in ways if not met else ways[:1]:
            values[need.path] = set_to(need, met, file)
    shares = {path: share for path, share in values.items() if path.endswith(".share")}
    for share in shares.values():  # they have to sum to 1
        others = {f"population.{group}.share": (1 - share) / 2 for group in GROUP_NAMES}
        values |= others | shares
    return resolve(values)


def runs(path, values):
    """Return all outcomes of runs with two values of a parameter."""
    own = own_policies({"own": TRAINING}, {})
    policies = named_policies([values], [shipped_folder()], own)
    found = []
    for value in two_values(path):
        design = make_design({**values, path: value}, [{}], policies=policies)
        ensemble = run_ensemble(design.points, design.settings, replicates=3, threads=1)
        assert ensemble.failed == 0
        found.append(np.array([x[0] for x in ensemble.outcomes.values()]))
    return found


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "organisations.csv"
    path.write_text(FILE)
    return path


CASES = [(path, n) for path, needs in ONLY_WITH.items() for n in range(len(needs))]


@pytest.mark.parametrize(("path", "number"), CASES)
def test_without_what_it_needs_no_run_changes(path, number, file):
    values = world([ONLY_WITH[path][number]], False, file)
    assert unmet(path, values)
    first, second = runs(path, values)
    exact = 0 if path != "trust.transparency_reference" else 1e-9
    assert np.allclose(first, second, rtol=0, atol=exact, equal_nan=True)


@pytest.mark.parametrize("path", [path for path in ONLY_WITH if path not in WORDS])
def test_with_all_that_it_needs_some_run_changes(path, file):
    values = world(ONLY_WITH[path], True, file)
    assert unmet(path, values) == ""
    first, second = runs(path, values)
    assert not np.array_equal(first, second, equal_nan=True)


def test_every_need_is_of_a_parameter_and_of_values_that_it_can_have():
    for path, needs in ONLY_WITH.items():
        assert path in PARAMETERS
        for need in (need for ways in needs for need in ways):
            row = PARAMETERS[need.path]
            assert need.path != path
            assert row.kind != "choice" or set(need.values) <= set(row.choices)
            assert need.values != NOTHING or need.other_than


# --- what is told of it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["network.rewiring=0.5"], "network.rewiring=0.5: network.rewiring has no effect"),
        (["network.rewiring=0.1"], "it has one with network.kind=small_world"),
        (["network.ties=3", "network=well_mixed"], "network.ties=3"),
        (["deployment.privacy_reference=0.4"], "with deployment.privacy_gate above 0"),
        (["cost.discount_rate=0"], "with a policy or a shock"),
        (["cooperation.trust_gain=0.1", "process.hcp_cooperation=0"], "or a policy"),
        (["turnover.onboarding=0.5", "turnover.onboarding_factor=3"], "turnover.onboarding=null"),
        (["network.kind=modular,random", "network.rewiring=0.5"], "network.kind=small_world"),
        (["design.axes.both={parameters:[network.rewiring,process.training],values:[0,1]}"],
         "axis both: network.rewiring has no effect"),
    ],
)  # fmt: skip
def test_a_key_without_effect_gets_a_note(words, said):
    notes = [note for note in compose(words).notes if "has no effect" in note]
    assert len(notes) == 1 and said in notes[0]


def test_a_key_beside_a_population_file_gets_a_note(file):
    words = [f"population.file={file}", "population.organisations=7", "population.nurse.share=0.5"]
    (note,) = compose(words).notes
    assert note.startswith("population.organisations=7") and note.endswith("population.file=null")


@pytest.mark.parametrize(
    "words",
    [
        ["network.rewiring=0.5", "network=small_world"],
        ["network.rewiring=0.5", "network.kind=modular,small_world"],
        ["network.rewiring=[0,1]", "network.kind=modular,small_world"],
        ["cost.discount_rate=0", "policy=none,training"],
        ["deployment.privacy_gate={low:0,high:2}", "deployment.privacy_reference={low:0,high:1}",
         "design.kind=sobol", "design.samples=4"],
    ],
)  # fmt: skip
def test_a_key_with_an_effect_at_some_point_gets_none(words):
    assert not [note for note in compose(words).notes if "has no effect" in note]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["network.rewiring=0,1"], "axis network.rewiring: network.rewiring has no effect"),
        (["network.rewiring=0,1", "network.kind=modular,random"], "network.kind=small_world"),
        (["deployment.privacy_reference={low:0,high:1}", "design.kind=lhs", "design.samples=4"],
         "deployment.privacy_gate above 0"),
        (["network.rewiring=0,1", "network.kind=modular,small_world", "design.kind=one_at_a_time"],
         "axis network.rewiring"),
        (["cost.currency=EUR,USD"], "cost.currency is a name, and changes no result"),
    ],
)  # fmt: skip
def test_an_axis_without_effect_is_one_line(words, said):
    line = only_problem(compose, words)
    assert said in line and line.endswith("without that, all its points are alike")


FULL = """organisation,hcps,readiness,resources,member,deployed_since,physician,nurse,allied
North,9,0.9,1.2,1,0,0.2,0.6,0.2
South,14,0.5,0.8,0,3,0.3,0.3,0.4
"""
CHANGED = {
    "population.readiness_low": 0.4,
    "population.readiness_high": 0.6,
    "population.resources_spread": 0.1,
    "deployment.at_start": 0.9,
    "population.nurse.share": 0.3,
    "population.physician.share": 0.45,
    "process.interorganisational_cooperation": 0.9,
}


def test_what_a_population_file_says_of_every_organisation_is_not_drawn(file):
    file.write_text(FULL)
    words = [f"population.file={file}", *(f"{path}={value}" for path, value in CHANGED.items())]
    request = compose(words)
    before = len(request.notes)
    (point,) = design_of(request).points
    told = [note.partition("=")[0] for note in request.notes[before:]]
    assert told == sorted(CHANGED)
    plain = make_design({**defaults(), "population.file": str(file)}, [{}]).points[0]
    first, second = (run_ensemble([p], [{}], replicates=3, threads=1) for p in (plain, point))
    for name, column in first.outcomes.items():
        assert np.array_equal(column, second.outcomes[name], equal_nan=True), name
    file.write_text(FULL.replace("0.9,1.2", ",1.2").replace(",0,3,", ",,3,"))
    request = compose(words)
    design_of(request)
    assert not [n for n in request.notes[before:] if "readiness" in n or "cooperation" in n]


def test_an_axis_of_what_a_population_file_says_is_one_line(file):
    file.write_text(FULL)
    own = f"population.file={file}"
    for words in (["population.resources_spread=0,0.2"], ["deployment.at_start=0,1", "seed=1"]):
        with pytest.raises(UserError, match="^axis .*; population.file says it of every organisat"):
            design_of(compose([own, *words]))
    both = compose([own, f"population.file=[null,{file}]", "deployment.at_start=0,1"])
    assert len(design_of(both).points) == 4


def test_python_tells_it_as_well(capsys):
    import sim

    world = {"horizon": 1, "population.organisations": 1, "population.organisation_size": 2}
    sim.run({**world, "network.rewiring": 0.1}, replicates=1, progress="never")
    assert "note: network.rewiring=0.1: " in capsys.readouterr().out
    with pytest.raises(UserError, match="network.rewiring has no effect"):
        sim.compare({"a": {}, "b": {"network.rewiring": 0.7}}, world)
