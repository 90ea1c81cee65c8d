"""Mistakes that people make in files of policies: each one line, with what is allowed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.cli.compose import compose
from sim.design.runs import design_of
from sim.policies.policy import PolicyFile, TimedLever, policy_of
from sim.tables.errors import UserError

ONE = "levers:\n  - lever: training\n    strength: 0.1\n"
AT = "policy mine: levers[1]"


def with_(line):
    return f"{ONE}    {line}\n"


def strength(text):
    return f"levers:\n  - lever: training\n    strength: {text}\n"


def lever(text):
    return f"levers:\n  - {{lever: {text}, strength: 0.1}}\n"


@pytest.fixture
def told(tmp_path):
    """Return a function that gives the lines told of a file."""
    (tmp_path / "policy").mkdir()

    def lines(content, name="mine.yaml", policy="mine"):
        raw = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "policy" / name).write_bytes(raw)
        with pytest.raises(UserError) as caught:
            design_of(compose(["--config-dir", str(tmp_path), f"policy={policy}"]))
        return caught.value.problems

    return lines


MISTAKES = [
    # numbers, whose checks are those of parameters
    (strength("null"), f"{AT}.strength=null: is empty; allowed is a number from 0 to 1"),
    (strength("0,5"), f"{AT}.strength=0,5: is text, where a number belongs (write 0.5)"),
    (strength("10"), f"{AT}.strength=10: is above the largest allowed value"),
    (strength(".nan"), "is not a finite number; allowed is a number from 0 to 1"),
    (strength("9" * 5000), "a number has too many digits"),
    ("levers:\n  - {lever: training, strength: 0,5}\n", "line 2: 0,5: a comma separates entries"),
    ("levers:\n  - {lever: training}\n", f"{AT}.strength: is missing; allowed is a number"),
    (with_("cost: -800"), f"{AT}.cost=-800: is below the smallest allowed value"),
    # months
    (with_("from: 24\n    to: 12"), f"{AT}.to=12: is before from=24; allowed is that month or later"),
    (with_("from: 0"), "allowed is a month from 1 to 1200"),
    (with_("from: 1.5"), f"{AT}.from=1.5: is not whole; allowed is a month from 1 to 1200"),
    (with_("to: end"), f"{AT}.to=end: is text"),
    (with_("from: 2026-01-01"), f"{AT}.from=2026-01-01: is a date"),
    # where
    (with_("where: half"), f"{AT}.where=half: allowed is all, {{share: 0.5}}"),
    (with_("where: All"), "did you mean all?"),
    (with_("where:"), f"{AT}.where=null: allowed is all"),
    (with_("where: {share: 50%}"), f"{AT}.where.share=50%: is text, where a number belongs (write 0.5)"),
    (with_("where: {share:0.5}"), "line 4: share:0.5: leave a space behind the colon: share: 0.5"),
    (with_("where: {members: false}"), f"{AT}.where.members=false: allowed is true"),
    (with_("where: {organizations: [1]}"), "did you mean levers[1].where.organisations?"),
    (with_("where: {organisations: [300]}"), f"{AT}.where.organisations=300: there is no such"),
    (with_("where: {organisations: [1, 1]}"), "names an organisation twice"),
    (with_("where: {organisations: [1.5]}"), f"{AT}.where.organisations=1.5: allowed is a list"),
    (with_("where: {organisations: []}"), f"{AT}.where.organisations=[]: allowed is a list"),
    # groups
    (with_("groups: nurses"), f"{AT}.groups=nurses: unknown group; allowed is a list of physician"),
    (with_("groups: nurses"), "did you mean nurse?"),
    (with_("groups: nurse, allied"), "a list is written [nurse, allied]"),
    (with_("groups: all"), "leave groups out for all"),
    (with_("groups: []"), f"{AT}.groups=[]: allowed is a list"),
    (with_("groups: [nurse, nurse]"), "names a group twice"),
    (with_("groups: [[nurse]]"), "unknown group"),
    ("levers: [{lever: network, strength: 1, groups: [nurse]}]", "allowed with co_design, training"),
    # keys
    (with_("strenght: 3"), f"{AT}.strenght: unknown key of a lever; did you mean levers[1].strength?"),
    ("levers:\n  - {lever: training, strenght: 3}\n", "did you mean levers[1].strength?"),
    ("levers:\n  - {levr: training, strength: 1}\n", "did you mean levers[1].lever?"),
    (with_("strength: 0.2"), "line 4: strength is given twice"),
    (f"titel: x\n{ONE}", "policy mine: titel: unknown key of a policy; did you mean title?"),
    ("lever: training\nstrength: 0.1\n", "lever, strength: belong to a lever; write it beneath levers"),
    ("levers:\n- lever: training\nstrength: 0.1\n", "strength: belongs to a lever"),
    ("lever:\n  - {lever: training, strength: 1}\n", "did you mean levers?"),
    ("policy:\n  levers: []\n", "policy: unknown key of a policy; allowed: description, levers, title"),
    # levers
    ("", "policy mine: levers: is missing; needed is a list with at least one lever"),
    ("levers:\n", "policy mine: levers=null: needed is a list"),
    ("levers:\n  lever: training\n  strength: 0.1\n", "write a dash (-) before lever"),
    ("levers: [training]\n", f"{AT}=training: needed are at least lever and strength"),
    (lever("Training"), "did you mean training?"),
    (lever("co design"), "did you mean co_design?"),
    (lever("process.training"), "did you mean training?"),
    (lever("quality_work"), "needs a quality behind it; allowed are quality_work.transparency"),
    (lever("nothing_like_it"), "unknown lever; see `python -m sim list levers`"),
    (lever("null"), f"{AT}.lever=null: unknown lever"),
    (lever("[training]"), "unknown lever"),
    (lever("budget_cut"), "is a lever of a shock, not of a policy; write a file of shock/"),
    # files
    ("- lever: training\n  strength: 0.1\n", "line 1: needs lines of the form `key: value`"),
    (f"title: Schulung für alle\n{ONE}".encode("latin-1"), "save it again as UTF-8"),
    ("levers:\n\t- lever: training\n", "indent with spaces, not with tabs"),
    (f"title: Plan: for nurses\n{ONE}", "line 1: is not YAML"),
    (f"title: Plan: for nurses\n{ONE}", "needs quotes around it"),
    (f"title: 2026\n{ONE}", "policy mine: title=2026: is not a text; write it in quotes"),
    (f"title:\n{ONE}", "policy mine: title=null: is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "words"), MISTAKES)
def test_a_mistake_is_one_line(told, content, words):
    (line,) = told(content)
    assert words in line and len(line) < 500


def test_each_of_several_mistakes_has_its_line(told):
    lines = told(
        "titel: x\nlevers:\n  - {lever: trainng, strength: a, where: {shar: 1}, groups: x}\n"
        "  - {lever: training, strength: 0.1, from: 3, to: 2, cost: -1}\n"
    )
    keys = ["titel", "levers[1].lever", "levers[1].strength", "levers[1].where.shar"]
    keys += ["levers[1].groups", "levers[2].to", "levers[2].cost"]
    assert len(lines) == len(keys)
    assert all(any(f"policy mine: {key}" in line for line in lines) for key in keys)


@pytest.mark.parametrize(
    ("name", "policy"),
    [("my plan.yaml", "my_plan"), ("plan.yml", "plan"), ("plän.yaml", "plan"),
     ("../plan.yaml", "plan")],
)  # fmt: skip
def test_a_file_that_is_not_found_is_told_where_it_lies(told, name, policy):
    (line,) = told(ONE, name, policy)
    assert f"policy={policy}: unknown name" in line
    assert f"{Path(name).name} is not found: needed is policy/NAME.yaml" in line


def test_what_a_user_may_not_expect_is_noted(tmp_path):
    (tmp_path / "policy").mkdir()
    for name in ("training", "mine"):
        (tmp_path / "policy" / f"{name}.yaml").write_text(with_("from: 121"))
    words = ["--config-dir", str(tmp_path)]
    assert compose([*words, "policy=mine", "horizon=121"]).notes == []
    (late,) = compose([*words, "policy=mine"]).notes
    assert late.startswith("policy mine: changes nothing") and "month 121, after the last" in late
    more = with_("from: 121") + "  - {lever: onboarding, strength: 1}\n"
    (tmp_path / "policy" / "mine.yaml").write_text(more)
    assert compose([*words, "policy=mine"]).notes == []
    replaced, _ = compose([*words, "policy=training"]).notes
    assert replaced == "policy training: your file replaces the shipped policy of that name"


def test_one_name_needs_no_list():
    row = {"lever": "training", "strength": 0.1}
    one, many = (
        policy_of("x", {"levers": [{**row, "groups": g, "where": {"organisations": o}}]}, "policy")
        for g, o in (("nurse", 3), (["nurse"], [3]))
    )
    assert one == many


def test_the_example_shows_every_key():
    import yaml

    from sim.design.folders import shipped_folder

    path = shipped_folder() / "examples" / "my_policy" / "policy" / "training_for_nurses.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(content) == set(PolicyFile.keys())
    assert set(content["levers"][0]) == set(TimedLever.keys())


FEW = {"replicates": 1, "progress": "never"}
LEVERS = {"levers": [{"lever": "training", "strength": 0.1}]}


def test_numbers_and_arrays_of_numpy():
    row = {"lever": "training", "strength": np.float64(0.1), "from": np.int64(3)}
    here = {"where": {"organisations": [np.int64(2)]}}
    assert policy_of("x", {"levers": [{**row, **here}]}, "policy").levers[
        0
    ].where.organisations == ("2",)
    for key in ("where", "groups", "strength", "from"):
        with pytest.raises(UserError, match=rf"levers\[1\].{key}="):
            policy_of("x", {"levers": [{**row, key: np.array([1, 2])}]}, "policy")


@pytest.mark.parametrize(
    ("policies", "parameters", "words"),
    [
        ({"my plan": LEVERS}, {}, "policies: my plan: is not a name for a policy; allowed is one of"),
        ({"none": LEVERS}, {}, "policies: none: is not a name for a policy"),
        ({3: LEVERS}, {}, "policies: 3: is not a name"),
        ({"mine": [LEVERS]}, {}, "policy mine=[{'levers'"),
        ({"mine": LEVERS}, {"policy": "mein"}, "policy=mein: unknown name of policy; did you mean mine?"),
        ({"mine": LEVERS}, {"policy": "mine+none"}, "none can not be combined"),
        ({"mine": LEVERS}, {"shock": "mine"}, "shock=mine: is a policy, not a shock"),
    ],
)  # fmt: skip
def test_mistakes_in_python(policies, parameters, words):
    for start in (
        lambda: sim.run(parameters, policies=policies, **FEW),
        lambda: sim.AdoptionModel(parameters, policies=policies),
    ):
        with pytest.raises(UserError) as caught:
            start()
        (line,) = caught.value.problems
        assert words in line
