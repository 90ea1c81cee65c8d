"""`python -m sim page`: what is typed stands in the page, and nothing in it can break out."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs

import pytest

from sim.cli.page import fragment_of, with_settings
from sim.design.folders import shipped_folder
from sim.page.words import LESSONS, WHY
from sim.policies.lever_table import LEVERS
from sim.tables.errors import UserError
from sim.tables.factors import FACTORS
from sim.tables.parameters import PARAMETERS

CONF = shipped_folder()


def held(*arguments: str) -> dict[str, str]:
    return {key: value for key, (value,) in parse_qs(fragment_of(arguments)).items()}


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


def test_policies_of_a_scenario_stay_unless_others_are_named():
    assert held("scenario=model_pilot") == {"scenario": "model_pilot"}
    assert held("scenario=model_pilot", "policy=none")["policy"] == "none"


def test_a_policy_of_ones_own_travels_whole():
    folder = "conf/examples/my_policy"
    found = held("--config-dir", folder, "policy=training_for_nurses+training")
    (own,) = json.loads(found["own"])
    assert found["policy"] == "training" and own["name"] == "training_for_nurses"
    assert all(lever["lever"] in LEVERS for lever in own["levers"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["process.training=2"], "process.training=2: is above"),
        (["process.training=[0,1]"], "give single values"),
        (["replicates=3"], "allowed are seed, out, open and lesson"),
        (["proces.training=0.1"], "did you mean process.training"),
    ],
)
def test_what_the_page_can_not_show_is_told(arguments, said):
    with pytest.raises(UserError, match=re.escape(said)):
        fragment_of(arguments)


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
