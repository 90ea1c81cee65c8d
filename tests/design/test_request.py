"""Both doors, the command line and Python, make the same request of the same wish."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from sim.cli.compose import compose
from sim.design.request import COMPARED, build_request
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import STUDIES
from tests.mistakes import only_problem, problems

OWN = ("experiment", "command", "title", "question", "notes")  # these may differ
BASELINE = {"title": "Baseline", "question": "Is the tool still used, and why?"}
WHAT_CHANGES = "What changes with professionals trained each month?"


def alike(request):
    return {key: value for key, value in asdict(request).items() if key not in OWN}


TRAINING, ROLES = "process.training", "alignment.roles"


@pytest.mark.parametrize(
    ("words", "content"),
    [
        ([], {"study": "simulate"}),
        ([f"{TRAINING}=0.1", "seed=3"],
         {"study": "simulate", "parameters": {"process": {"training": 0.1}},
          "settings": {"seed": 3}}),
        ([f"{TRAINING}=[0,0.1]", "design.seeds=independent"],
         {"study": "sweep", "design": {"axes": {TRAINING: [0, 0.1]}, "seeds": "independent"}}),
        ([f"{ROLES}={{from:0,to:1}}", "design.kind=sobol", "design.samples=4"],
         {"study": "sweep",
          "design": {"kind": "sobol", "samples": 4, "axes": {ROLES: {"low": 0, "high": 1}}}}),
        (["study=compare", "policy=none,training", "uncertainty=assumptions", "worlds=8"],
         {"study": "compare", "design": {"axes": {"policy": ["none", "training"]}},
          "settings": {"uncertainty": "assumptions", "worlds": 8}}),
    ],
)  # fmt: skip
def test_both_doors_make_the_same_request(words, content):
    assert alike(compose(words)) == alike(build_request(content))


def test_the_command_line_wins_over_the_content():
    axes = {"process.training": [0, 1], "alignment.roles": [0, 1]}
    request = build_request(
        {"study": "sweep", "parameters": {"horizon": 3}, "design": {"axes": axes}},
        single={"horizon": 5, "alignment.roles": 0.5},
        axes={"process.training": [0.1, 0.2]},
    )
    assert request.values["horizon"] == 5 and request.values["alignment.roles"] == 0.5
    assert [(a.name, a.values) for a in request.axes] == [("process.training", (0.1, 0.2))]
    assert len(request.notes) == 2


def test_mistakes_of_all_kinds_are_told_at_once():
    values = {"horizon": "x", "typo": 1, "population.file": "nowhere.csv", "policy": "trainin"}
    content = {"study": "swep", "title": 5, "options": 3, "parameters": values}
    content["settings"] = {"seed": -1, "worlds": 4}
    content["design"] = {"kind": "star", "axis": {}, "axes": {ROLES: [2]}}
    lines = problems(build_request, content)
    starts = [
        "title=5", "study=swep", "options=3", "seed=-1", "worlds=4", "horizon=x", "typo=1",
        "population.file=nowhere.csv", "design.axis", "design.kind=star", "alignment.roles=2",
        "policy=trainin",
    ]  # fmt: skip
    assert len(lines) == len(starts)
    assert all(line.startswith(start) for line, start in zip(lines, starts, strict=True))


@pytest.mark.parametrize(
    ("study", "text", "start", "title", "question"),
    [
        ("sweep", {"title": "Mine"}, None, "Mine", WHAT_CHANGES),
        ("sweep", {"question": "Why?"}, None, "", "Why?"),
        ("sweep", BASELINE, "", "Sweep", WHAT_CHANGES),
        ("simulate", BASELINE, "Small clinic", "Small clinic, sweep", WHAT_CHANGES),
        ("alignment", BASELINE, "", "One at a time", STUDIES["alignment"].question),
    ],
)
def test_title_and_question_of_values_that_vary(study, text, start, title, question):
    request = build_request(
        {"study": study, **text}, axes={"process.training": [0, 1]}, start=start
    )
    assert (request.title, request.question) == (title, question)


@pytest.mark.parametrize("key", ["policy", "shock"])
def test_what_is_compared_is_the_title_of_a_comparison(key):
    axes = {key: ["none", {"policy": "training", "shock": "staff_exodus"}[key]]}
    for study in ("simulate", "compare"):  # typed or not
        request = build_request({"study": study, **BASELINE}, axes=axes, start="")
        assert (request.study, request.title, request.question) == ("compare", *COMPARED[key])


@pytest.mark.parametrize(
    ("words", "study", "title"),
    [
        (["policy=none,training"], "compare", "Policies"),
        (["policy=none,training", "process.training=0.01,0.1"], "compare", "Policies"),
        (["scenario=small_clinic", "shock=none,budget_cut"], "compare", "Small clinic, shocks"),
        (["policy=none,training", "study=sweep"], "sweep", "Sweep"),
        (["policy=[training]"], "sweep", "Sweep"),
        (["policy=none,training", "design.kind=one_at_a_time"], "sweep", "Sweep"),
        (["policy=none,training", "design.seeds=independent"], "sweep", "Sweep"),
        (["policy=none,training", "uncertainty=assumptions", "worlds=4"], "compare", "Policies"),
    ],
)
def test_policies_that_vary_are_compared_unless_something_else_is_asked_for(words, study, title):
    request = compose(words)
    assert (request.study, request.title) == (study, title)
    assert request.experiment == "baseline"
    assert not any("instead of" in note for note in request.notes)


def test_a_study_that_was_asked_for_and_is_another_is_told():
    notes = compose([f"{TRAINING}=[0,0.1]", "study=simulate"]).notes
    assert "values vary, so the study is sweep instead of simulate" in notes


@pytest.mark.parametrize(("key", "once"), [("study", "simulate"), ("design.kind", "morris")])
def test_what_is_allowed_is_told_once(key, once):
    assert only_problem(compose, [f"{TRAINING}=[0,0.1]", f"{key}=xyzzy"]).count(once) == 1


def test_the_question_of_a_sweep_shows_no_keys():
    mine = {"parameters": ["alignment.roles", "alignment.value"], "values": [0, 1]}
    axes = {"process.training": [0, 0.1], "network.ties": [2, 4], "my_gaps": mine}
    asked = build_request({"study": "sweep", "design": {"axes": axes}}).question
    titles = [PARAMETERS[name].title.lower() for name in ("process.training", "network.ties")]
    assert asked == f"What changes with {titles[0]}, {titles[1]} and my gaps?"
