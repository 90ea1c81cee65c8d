"""Scenarios: parameters with a title, a question, a story and a handout in one file."""

from __future__ import annotations

import re
import shlex

import pytest

from sim.__main__ import main
from sim.cli.compose import compose
from sim.cli.listing import listing
from sim.design.folders import available, shipped_folder
from sim.design.scenarios import (
    LONGEST,
    READING_QUESTIONS,
    read_scenario,
    take_words,
    teaching_scenarios,
)
from sim.tables.errors import UserError
from sim.tables.parameters import PARAMETERS

TEACHING = tuple(
    "model_pilot national_programme regional_network small_clinic troubled_roll_out "
    "university_hospital".split()
)
HANDOUT = {
    "reading": ["Which is wider?", "Why?"],
    "what_if": {"question": "What if?", "change": "process.training=0.1"},
}
FILE = """\
# @package _global_
title: Mine
question: Will it last?
story: Once upon a time.
handout:
  reading: ["Which is wider?", "Why?"]
  what_if:
    question: What if?
    change: process.training=0.1
population:
  organisations: 2
"""


LISTED = listing(["scenarios"])


@pytest.fixture
def own(tmp_path):
    """Return a function that writes scenario/mine.yaml, and the arguments that choose it."""

    def write(text):
        (tmp_path / "scenario").mkdir(exist_ok=True)
        (tmp_path / "scenario" / "mine.yaml").write_text(text, encoding="utf-8")
        return ["--config-dir", str(tmp_path), "scenario=mine"]

    return write


def test_the_teaching_scenarios_are_these():
    assert tuple(s.name for s in teaching_scenarios()) == TEACHING


@pytest.mark.parametrize("name", TEACHING)
def test_a_scenario_has_its_words_and_is_valid(name):
    scenario = read_scenario(name)
    words = scenario.words
    assert words.title and words.question.endswith("?") and len(words.story) > 300
    assert len(words.handout.reading) == 2
    assert all("?" in text for text in (*words.handout.reading, words.handout.what_if.question))
    request = compose([f"scenario={name}"])
    assert (request.title, request.question) == (words.title, words.question)
    assert request.study == "simulate"
    for path, value in scenario.parameters.items():
        assert request.values[path] == value != PARAMETERS[path].default, path


@pytest.mark.parametrize("name", TEACHING)
def test_what_if_varies_something_numbers_are_assumptions_and_the_title_is_listed(name):
    scenario = read_scenario(name)
    request = compose(shlex.split(scenario.what_if_command)[3:])
    assert request.axes and request.study in ("sweep", "compare")
    text = available("scenario", [shipped_folder()])[name].read_text(encoding="utf-8")
    assert re.search("^# .*assumptions", text, re.M)
    assert re.search(f"^  {name} +{re.escape(scenario.words.title)}: ", LISTED, re.M)


def test_title_and_question_of_the_command_line_of_a_file_and_of_the_baseline(own):
    assert compose([]).title == compose(["scenario=as_interviewed"]).title == "Baseline"
    assert compose(own(FILE)).title == "Mine"
    assert compose([*own(FILE), "title=Other"]).title == "Other"
    swept = compose([*own(FILE), "process.training=[0,0.1]"])
    assert swept.title == "Mine, sweep" and "trained each month" in swept.question
    experiment = compose([*own(FILE), "+experiment=trust_sweep"])
    assert experiment.title == "Trust sweep" and "carry" in experiment.question
    assert experiment.values["population.organisations"] == 2


def test_words_may_be_left_out_and_a_policy_may_be_part_of_a_scenario(own):
    request = compose(own("# @package _global_\nprocess:\n  training: 0.1\npolicy: training\n"))
    assert request.title == "Baseline" and request.values["process.training"] == 0.1
    assert request.values["policy"] == "training" and ("policy", "training") in request.policies


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("question: Will it last?\n", "", "question: is missing; a scenario with a handout"),
        ("story: Once", "story: 3 times", "holds a number"),
        ("story: Once upon a time.", "story: [a, b]", "story=['a', 'b']: is not a text"),
        ("story:", "stroy:", "stroy: unknown key of a scenario; did you mean story?"),
        ("title: Mine", "title: " + "m" * 61, "title=" + "m" * 61 + ": has 61 characters"),
        (', "Why?"]', "]", "handout.reading=['Which is wider?']: allowed is a list of 2"),
        (', "Why?"]', ", 3]", "handout.reading=3: is not a text"),
        ("  reading", "  raeding", "unknown key; did you mean handout.reading?"),
        ("  reading", "  minutes: 0\n  reading", "handout.minutes=0: "),
        ("    change: process.training=0.1\n", "", "handout.what_if.change: is missing"),
        ("  organisations: 2", "  organisations: two", "population.organisations=two"),
    ],
)
def test_a_mistake_is_one_line_with_exit_code_2(own, capsys, old, new, said):
    assert old in FILE
    assert main(own(FILE.replace(old, new))) == 2
    lines = capsys.readouterr().err.splitlines()
    assert any(said in line for line in lines), lines
    assert all(line.startswith("error: ") for line in lines)


def test_every_length_is_held():
    content = {"title": "t", "question": "q", "story": "s", "handout": HANDOUT}
    for key, most in LONGEST.items():
        long = "x" * (most + 1)
        handout = {
            "reading": [long if key == "reading" else "a", "b"],
            "what_if": {"question": long if key == "what_if" else "c", "change": "d"},
            "aims": [long if key == "aims" else "e"],
            "answers": [long if key == "answers" else "f"] * (READING_QUESTIONS + 1),
        }
        wrong = {**content, "handout": handout} | ({key: long} if key in content else {})
        with pytest.raises(UserError, match=f"{most + 1} characters"):
            take_words("mine", wrong)
