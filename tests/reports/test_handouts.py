"""Handouts: two pages for each teaching scenario and one of answers, which load nothing."""

from __future__ import annotations

import base64
import re
import shlex
from html import unescape

import pytest
import yaml

import sim
from sim.__main__ import main
from sim.cli.compose import compose
from sim.design.scenarios import FOUND, LONGEST, MOST_AIMS, READING_QUESTIONS, teaching_scenarios
from sim.outcomes.table import FIVE
from sim.reports import titles, words
from sim.studies.handout_page import compared, filled
from sim.tables.parameters import nested
from sim.tables.version import __version__
from tests.html_reader import Page

SCENARIOS = {scenario.name: scenario for scenario in teaching_scenarios()}
QUICK = ["replicates=2", "progress=never"]
A4 = (595, 842)  # points
NASTY = '<script>alert(1)</script> & "quotes" \' $$x$$'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All handouts, of two runs each."""
    made = tmp_path_factory.mktemp("handouts")
    assert main(["handouts", f"out={made}", *QUICK]) == 0
    return made


def page(folder, name):
    text = (folder / f"{name}.html").read_text(encoding="utf-8")
    return text, Page(text)


def test_all_are_written_and_nothing_else(folder):
    assert {path.name for path in folder.iterdir()} == {f"{name}.html" for name in SCENARIOS}


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_first_page_tells_and_the_second_asks(folder, name):
    _, found = page(folder, name)
    first, second, third = found.texts["section"]
    said = SCENARIOS[name].words
    assert found.texts["h1"] == [said.title, f"{said.title}: answers"]
    assert f"For {said.handout.minutes} minutes" in first
    assert said.handout.aims and all(aim in first for aim in said.handout.aims)
    assert said.question in first and said.story in first
    assert "2 runs, seed 0" in first
    for outcome in FIVE:
        row = next(row for row in found.texts["tr"] if row.startswith(outcome.title))
        assert re.search(r"\d to \d|no number", row) and words.unit(outcome.unit) in row
    questions = (*said.handout.reading, said.handout.what_if.question)
    items = found.texts["li"][len(said.handout.aims) :]
    assert len(items) == 2 * (READING_QUESTIONS + 1)
    for text, asked in zip(2 * questions, items, strict=True):
        assert text in asked and text in second and text in third
    for answer in said.handout.answers:
        begin = FOUND.split(answer)[0]
        assert begin in third and begin not in first + second
    assert words.LEFT_OUT in second and __version__ in second and "10.1177/" in second
    for path in SCENARIOS[name].parameters:
        assert titles.short(path) in second


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_figure_stands_in_the_page(folder, name):
    _, found = page(folder, name)
    (image,) = [attributes for tag, attributes in found.elements if tag == "img"]
    head, _, data = image["src"].partition(",")
    assert head == "data:image/svg+xml;base64" and image["alt"]
    svg = base64.b64decode(data).decode("utf-8")
    assert "<svg" in svg and svg.count("<path") > 20
    assert "<text" not in svg, "letters would be looked up among the fonts of another machine"
    assert not re.search(r'(?:href|src)="(?!#)', svg)


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_address_is_loaded(folder, name):
    text, found = page(folder, name)
    loading = ("href", "src", "srcset", "data", "action", "poster", "background")
    for tag, attributes in found.elements:
        assert tag not in ("script", "link", "iframe", "object", "embed", "a"), tag
        for key in loading:
            assert attributes.get(key, "data:").startswith("data:"), (tag, key)
    (policy,) = [a["content"] for t, a in found.elements if a.get("http-equiv")]
    assert policy.startswith("default-src 'none'")
    assert "@import" not in text and "url(" not in text


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_commands_are_understood(folder, name):
    _, found = page(folder, name)
    asked, again, answered = found.texts["code"]
    assert answered == asked
    for command in (asked, again):
        assert shlex.split(command)[:3] == ["python", "-m", "sim"]
    assert compose(shlex.split(asked)[3:]).axes
    request = compose(shlex.split(again)[3:])
    assert request.settings["replicates"] == 2 and request.settings["seed"] == 0
    assert request.title == SCENARIOS[name].words.title


def scenario_file(tmp_path, text):
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "mine.yaml").write_text(text, encoding="utf-8")
    return ["--config-dir", str(tmp_path)]


def own(title="Mine"):
    title = "'" + title.replace("'", "''") + "'"
    return (
        f"# @package _global_\ntitle: {title}\nquestion: Will it last?\nstory: {title}\n"
        f"handout:\n  reading:\n    - {title}\n    - Why?\n"
        f"  what_if:\n    question: {title}\n    change: 'process.training=0.1'\n"
        "population:\n  organisations: 1\nhorizon: 6\n"
    )


def test_words_of_a_file_are_escaped_and_its_commands_can_be_typed(tmp_path):
    title, place = NASTY.replace("1", ""), tmp_path / "my files"
    place.mkdir()
    arguments = scenario_file(place, own(title))
    assert main(["handouts", "mine", *arguments, f"out={tmp_path / 'out'}", *QUICK]) == 0
    text, found = page(tmp_path / "out", "mine")
    assert "<script" not in text and unescape(text).count(title) >= 5
    assert found.texts["h1"] == [title]
    for command in found.texts["code"]:
        assert compose(shlex.split(command)[3:]).values["population.organisations"] == 1


def test_the_same_runs_give_the_same_page(tmp_path, folder):
    assert main(["handouts", "small_clinic", f"out={tmp_path}", *QUICK]) == 0
    assert page(tmp_path, "small_clinic")[0] == page(folder, "small_clinic")[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["small_clinik"], "did you mean small_clinic?"),
        (["as_interviewed"], "scenario as_interviewed: has no handout"),
        (["replicate=3"], "did you mean replicates?"),
        (["process.training=0.1"], "process.training: unknown setting"),
        (["scenario=small_clinic"], "scenario: unknown setting"),
        (["replicates=0"], "replicates=0"),
    ],
)
def test_a_mistake_is_told_before_any_run(tmp_path, capsys, arguments, said):
    assert main(["handouts", *arguments, f"out={tmp_path / 'new'}"]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("inside", ["", "/deep/down"])
def test_a_file_in_the_place_of_the_folder_is_told_before_any_run(tmp_path, capsys, inside):
    (tmp_path / "taken").write_text("x")
    assert main(["handouts", "small_clinic", f"out={tmp_path / 'taken'}{inside}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "taken" in line and line.endswith("allowed is the path of a folder")


def test_numbers_of_answers_are_those_of_the_runs():
    result = sim.run(scenario="small_clinic", replicates=4, progress="never")
    x = result.outcome("sustained_adoption")
    told = filled("It is {mean of sustained_adoption}, from {range of sustained_adoption}.", result)
    low, high = 100 * x.min(), 100 * x.max()
    assert told == f"It is {100 * x.mean():.0f} of 100, from {low:.0f} to {high:.0f} of 100."
    low, high = result.mean("trust")[1:3]
    assert filled("{interval of trust}", result) == words.between(low, high)


def test_what_if_is_answered_by_its_runs():
    swept = sim.sweep({"process.training": [0.0, 0.5]}, scenario="small_clinic", replicates=4,
                      progress="never")  # fmt: skip
    _, base, more = compared(swept).rows
    assert base[2] == words.of_100(swept.mean("sustained_adoption", 0)) and base[3] == ""
    assert more[3] == words.more_of_100(swept.difference("sustained_adoption", 1))
    assert len({base[0], more[0]}) == 2 and "50 %" in more[0]


ANSWERS = "  answers: [a, b, 'It is "


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  reading:", f"{ANSWERS}3.']\n  reading:", "holds a number or a bracket"),
        (
            "  reading:",
            f"{ANSWERS}{{sustained_adoption}}.']\n  reading:",
            "holds a number or a bracket",
        ),
        (
            "  reading:",
            f"{ANSWERS}{{mean of sustained_adoptio}}.']\n  reading:",
            "mean sustained_adoption?",
        ),
        ("training=", "trainin=", "scenario mine: handout.what_if.change: process.trainin"),
    ],
)
def test_what_a_file_may_not_hold_is_told(tmp_path, capsys, old, new, said):
    arguments = scenario_file(tmp_path, own().replace(old, new))
    assert main(["handouts", "mine", *arguments, f"out={tmp_path / 'out'}", *QUICK]) == 2
    assert said in capsys.readouterr().err


def test_a_file_of_somebody_else_is_kept(tmp_path, capsys):
    mine = tmp_path / "small_clinic.html"
    mine.write_text("my own page", encoding="utf-8")
    assert main(["handouts", "small_clinic", f"out={tmp_path}", *QUICK]) == 2
    assert "no handout of this program" in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "my own page"
    mine.unlink()
    for _ in range(2):  # its own pages are written anew
        assert main(["handouts", "small_clinic", f"out={tmp_path}", *QUICK]) == 0


def printed_pages(chromium, path):
    """Print a page and return the size of each sheet, in points."""
    page = chromium.new_page()
    page.goto(path.as_uri())
    content = page.pdf(prefer_css_page_size=True)
    page.close()
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == len(boxes)
    return [tuple(round(float(x)) for x in box) for box in boxes]


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_it_prints_as_two_pages_of_a4_and_one_of_answers(folder, chromium, name):
    assert printed_pages(chromium, folder / f"{name}.html") == [A4, A4, A4]


def test_the_questions_begin_a_page_of_their_own(folder, chromium, tmp_path):
    text, _ = page(folder, "small_clinic")
    short = tmp_path / "short.html"  # so little that it would all fit on one
    short.write_text(re.sub(r"<(figure|table)>.*?</\1>", "", text, flags=re.S), encoding="utf-8")
    assert printed_pages(chromium, short) == [A4, A4, A4]


@pytest.mark.slow
def test_the_longest_words_allowed_fit_on_their_pages(chromium, tmp_path):
    def text(key):
        return ("healthcare professionals " * 100)[: LONGEST[key] - 1] + "?"

    longest = max(SCENARIOS.values(), key=lambda scenario: len(scenario.parameters))
    content = {
        **{key: text(key) for key in ("title", "question", "story")},
        "handout": {
            "minutes": 45,
            "aims": [text("aims")] * MOST_AIMS,
            "answers": [text("answers")] * (READING_QUESTIONS + 1),
            "reading": [text("reading")] * READING_QUESTIONS,
            "what_if": {
                "question": text("what_if"),
                "change": longest.words.handout.what_if.change,
            },
        },
        **nested(longest.parameters),
    }
    arguments = scenario_file(tmp_path, "# @package _global_\n" + yaml.safe_dump(content))
    assert main(["handouts", "mine", *arguments, f"out={tmp_path / 'out'}", *QUICK]) == 0
    assert printed_pages(chromium, tmp_path / "out" / "mine.html") == [A4, A4, A4]
