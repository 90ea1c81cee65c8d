"""Plain titles stand beside every key, each once, and values are told with their units."""

from __future__ import annotations

from collections import Counter

import pytest

from sim.design.folders import available, shipped_folder
from sim.outcomes.table import OUTCOMES
from sim.policies.lever_table import LEVERS
from sim.reports import titles
from sim.tables.factors import FACTORS
from sim.tables.parameters import PARAMETERS

LONGEST_SHORT = 26  # characters that a figure has room for


@pytest.mark.parametrize("table", [PARAMETERS, OUTCOMES, LEVERS, {f.name: f for f in FACTORS}])
def test_each_key_has_a_title_of_its_own_that_is_no_key(table):
    told = {name: row.title for name, row in table.items()}
    assert [name for name, title in told.items() if not title or title != title.strip()] == []
    assert [title for title, n in Counter(told.values()).items() if n > 1] == []
    assert [t for t in told.values() if "_" in t or "." in t or "HCP" in t] == []
    assert [t for t in told.values() if t[0] != t[0].upper()] == []


@pytest.mark.parametrize("table", [PARAMETERS, OUTCOMES])
def test_short_titles_fit_a_figure(table):
    wrong = {name for name in table if len(titles.short(name)) > LONGEST_SHORT}
    assert not {name for name in wrong if table[name].short or name in PARAMETERS}


@pytest.mark.parametrize("kind", ["policy", "shock", "scenario", "experiment"])
def test_each_shipped_file_has_a_title_of_its_own(kind):
    told = [titles.named(kind, name) for name in available(kind, [shipped_folder()])]
    assert [title for title in told if not title or "_" in title] == []
    assert len({*told}) == len(told)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("process.training", 0.02, "2 % of professionals a month"),
        ("turnover.nurse", 0.18, "18 % of nurses a year"),
        ("outcome.sustained_months", 1, "1 month"),
        ("population.organisations", 20, "20 organisations"),
        ("alignment.usability", 0.3, "0.3"),
        ("network.kind", "small_world", "small world"),
        ("turnover.onboarding", None, "not set"),
        ("policy", "co_design+training", "Co-design and Training"),
        ("policy", "none", "No policy"),
        ("scenario", "small_clinic", "Small clinic"),
        ("policy", "of_mine", "of_mine"),
        ("of_mine", 3.0, "3"),
    ],
)
def test_values_are_told_with_their_units(name, value, told):
    assert titles.value_told(name, value) == told


def test_nothing_has_no_capital_within_a_sentence():
    assert titles.placed("under No shock, No policy") == "under no shock, no policy"
    assert titles.placed("from No policy to Training") == "from no policy to Training"


def test_a_short_value_repeats_nothing_that_its_title_says():
    assert titles.value_short("process.training", 0.02) == "2 %"
    assert titles.value_short("development.erosion.usability", 0.03) == "3 % a month"
    linked = "process.training=0.1, alignment.usability=0.8"
    assert titles.value_told("of_mine", linked) == "Trained each month 0.1, Usability 0.8"


def test_a_name_of_nobody_is_shown_as_it_is():
    assert titles.title("all_my_gaps") == titles.short("all_my_gaps") == "All my gaps"
