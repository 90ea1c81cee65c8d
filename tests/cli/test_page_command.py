"""`python -m sim page`: what is typed stands in the page, and nothing in it can break out."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from sim.__main__ import main
from sim.cli.compose import compose
from sim.cli.page import fragment_of
from sim.design.folders import shipped_folder
from sim.page.texts import LESSONS, WHY
from sim.reports import what_if
from sim.reports.what_if import with_settings
from sim.tables.factors import FACTORS
from sim.tables.parameters import PARAMETERS
from tests.mistakes import only_problem

CONF = shipped_folder()


def told(address: str) -> dict[str, str]:
    return {key: value for key, (value,) in parse_qs(address).items()}


def held(*arguments: str) -> dict[str, str]:
    return told(fragment_of(arguments))


def test_what_is_typed_is_a_change():
    found = held(
        "scenario=small_clinic", "policy=training+co_design", "process.training=0.1", "seed=3"
    )
    assert found == {
        "scenario": "small_clinic", "policy": "training+co_design", "process.training": "0.1",
        "seed": "3",
    }  # fmt: skip


def test_what_a_file_sets_is_of_the_place():
    assert held("population=region")["now.population.size_spread"] == "0.8"


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        (["seed=5"], "1"),
        (["policy=training", "population=region"], "1"),
        (["deployment.at_start=0"], None),
        (["deployment.at_start=0.2", "seed=5"], "0.2"),
        (["scenario=small_clinic"], None),
        (["scenario=as_interviewed"], None),
    ],
)
def test_the_tool_comes_as_on_the_bare_page_unless_something_else_is_asked_for(arguments, start):
    assert held(*arguments).get("deployment.at_start") == start


def test_a_lesson_keeps_its_world_beside_what_is_typed():
    found = parse_qs(fragment_of(["decision.trust=5", "seed=3", "deployment.at_start=0"], "trap"))
    assert found["now.appraisal.systemic"] == ["0.9"] and found["seed"] == ["3"]
    assert found["now.decision.trust"] == ["4"] and found["decision.trust"] == ["5.0"]
    assert found["deployment.at_start"] == ["1", "0.0"]  # the last one counts


def test_policies_of_a_scenario_stay_unless_others_are_named():
    assert held("scenario=model_pilot") == {"scenario": "model_pilot"}
    assert held("scenario=model_pilot", "policy=none")["policy"] == "none"


def test_a_policy_of_ones_own_travels_whole(tmp_path):
    (tmp_path / "policy").mkdir()
    own = tmp_path / "policy" / "my_policy.yaml"
    own.write_text("levers: [{lever: training, strength: 0.1, to: 24, groups: nurse}]\n")
    found = held("--config-dir", str(tmp_path), "policy=my_policy+training")
    (policy,) = json.loads(found["own"])
    assert found["policy"] == "training" and policy["name"] == "my_policy"
    (lever,) = policy["levers"]
    assert lever == {"lever": "training", "strength": 0.1, "to": 24, "groups": ["nurse"]}


def beside(*arguments: str, **changed: object) -> dict[str, str] | None:
    """Return what the page beside a result of a command holds; None if there is none."""
    page = what_if.beside(replace(compose(arguments), **changed))
    inside = what_if.PLACE.search(page) and re.search(r'"fragment": "([^"]*)"', page)
    return told(inside[1]) if inside else None


def test_beside_a_result_all_is_of_the_place_but_policies():
    assert beside() == {"scenario": "as_interviewed"}
    found = beside("process.training=0.1", "decision.lapse_rate=0.3", "policy=training", "seed=3")
    assert found == {
        "scenario": "as_interviewed", "now.process.training": "0.1", "seed": "3",
        "now.decision.lapse_rate": "0.3", "policy": "training",
    }  # fmt: skip


def test_beside_a_result_of_a_scenario_is_that_scenario():
    found = beside("scenario=small_clinic", "population.organisation_size=31", "policy=training")
    assert found == {
        "scenario": "small_clinic", "now.population.organisation_size": "31", "policy": "training"
    }  # fmt: skip
    compared = beside("scenario=small_clinic", "policy=[none,training]")
    assert compared == {"scenario": "small_clinic"}
    # a scenario that acts by itself is one only with what it does
    assert beside("scenario=model_pilot") == {"scenario": "model_pilot"}
    other = beside("scenario=model_pilot", "policy=none")
    assert other is not None and other["scenario"] == "as_interviewed"


def test_beside_a_result_that_the_page_can_not_show_is_no_page(monkeypatch):
    assert beside("population.organisations=401") is None
    assert beside("cost.currency=USD") is None
    assert beside(f"seed={2**53}") is None
    monkeypatch.setattr(what_if, "model_version", lambda: "another")
    assert beside() is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["process.training=2"], "process.training=2: is above"),
        (["process.training=[0,1]"], "give single values"),
        (["replicates=3"], "allowed are seed, out, open and lesson"),
        (["proces.training=0.1"], "did you mean process.training"),
        (["population.organisations=401"], "20050 professionals are more than the page takes"),
        ([f"seed={2**53}"], "allowed on the page is a whole number from 0 to 9007199254740991"),
    ],
)
def test_what_the_page_can_not_show_is_told(arguments, said):
    assert said in only_problem(fragment_of, arguments)


def test_nothing_in_the_settings_ends_their_element():
    page = '<script id="settings" type="application/json">{}</script><p>'
    bad = {"fragment": "scenario=</script><img src=x onerror=alert(1)>\\1"}
    made = with_settings(page, bad)
    assert made.count("<") == page.count("<")
    inside = re.search(r"json\">(.*)</script>", made)
    assert inside and json.loads(inside[1]) == bad


def test_words_are_there_for_every_factor_and_name_what_exists():
    assert list(WHY) == [factor.name for factor in FACTORS]
    for lesson in LESSONS.values():
        keys = [key.removeprefix("now.") for key in parse_qs(lesson.opens)]
        assert all(key in PARAMETERS for key in (*keys, *lesson.sliders))
        assert all(
            (CONF / "policy" / f"{n}.yaml").is_file() or (CONF / "shock" / f"{n}.yaml").is_file()
            for n in lesson.policies
        )


def test_the_page_is_written_and_opened_unless_told_not_to(tmp_path, monkeypatch, capsys):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert main(["page", "policy=training", f"out={tmp_path}", "open=false"]) == 0
    path = tmp_path / "what_if.html"
    assert capsys.readouterr().out.strip() == str(path) and not opened
    assert '{"fragment": "deployment.at_start=1&policy=training"}' in path.read_text(
        encoding="utf-8"
    )
    assert main(["page", "lesson=trap", f"out={tmp_path}"]) == 0
    assert opened == [f"{path.as_uri()}?lesson=trap"]
    assert 'id="settings" type="application/json">{}<' in path.read_text(encoding="utf-8")
    assert main(["page", "lesson=trip"]) == 2
    path.write_text("mine", encoding="utf-8")
    assert main(["page", f"out={tmp_path}", "open=false"]) == 2
    assert path.read_text(encoding="utf-8") == "mine"
