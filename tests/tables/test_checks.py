"""What a user may give for a parameter, and what the error says otherwise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.design.axes import RANGE
from sim.design.worlds import POPULATION_COLUMNS
from sim.tables.checks import check_settings, resolve
from sim.tables.errors import UserError
from sim.tables.factors import QUALITY_NAMES
from sim.tables.limits import check_together, limited_paths
from sim.tables.parameters import PARAMETERS, defaults, nested
from sim.tables.settings import SETTINGS
from tests.mistakes import only_problem, problems

NUMBERS = [p for p in PARAMETERS.values() if p.numeric]


def test_nothing_given_is_the_table():
    assert resolve() == resolve({}) == defaults()
    assert list(resolve()) == list(PARAMETERS)


def test_every_default_of_the_tables_is_allowed():
    assert resolve(defaults()) == defaults()
    usual = {row.path: row.default for row in SETTINGS.values()}  # a seed of 0, all cores
    assert check_settings(usual) == check_settings({}) == usual
    assert check_settings({"seed": 2**63 - 1})["seed"] == 2**63 - 1


def test_flat_nested_and_mixed_names_mean_the_same():
    flat = resolve({"population.nurse.trust": 0.4})
    assert flat["population.nurse.trust"] == 0.4
    assert resolve({"population": {"nurse": {"trust": 0.4}}}) == flat
    assert resolve({"population": {"nurse.trust": 0.4}}) == flat
    assert resolve({"population.nurse": {"trust": 0.4}}) == flat
    assert resolve(nested(defaults())) == defaults()


@pytest.mark.parametrize(("months", "share"), [(24.0, 1), (np.int64(24), np.float32(1))])
def test_types_follow_the_kind(months, share):
    values = resolve({"horizon": months, "alignment.value": share, "turnover.onboarding": None})
    assert values["horizon"] == 24 and type(values["horizon"]) is int
    assert values["alignment.value"] == 1.0 and type(values["alignment.value"]) is float
    assert values["turnover.onboarding"] is None


@pytest.mark.parametrize(
    "value",
    [2, -0.1, "0.5", "high", None, True, [0.1], {"a": 1}, math.nan, math.inf, -math.inf, 10**400],
    ids=str,
)
def test_what_is_no_allowed_number_is_one_line(value):
    line = only_problem(resolve, {"alignment.usability": value})
    assert line.startswith("alignment.usability=")
    assert "allowed is a number from 0 to 1" in line
    assert len(line) < 300


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"network.ties": 4.5}, "network.ties=4.5: is not whole"),
        ({"horizon": "010"}, "(leave out the leading zero)"),
        ({"turnover.onboarding": "None"}, "(nothing is written null)"),
        ({"alignment.value": "1e-3"}, "(leave out the quotes, and write 0.001)"),
        ({"alignment.value": "0,5"}, "(write 0.5)"),
        ({"horizon": "1,000"}, "number belongs (write 1000); allowed"),
        ({"horizon": "1,5"}, "number belongs; allowed"),
        ({"outcome.sustained_threshold": "1,000"}, "(write 1000 or 1.000)"),
        ({"outcome.sustained_threshold": "-1,000,000"}, "(write -1000000)"),
        ({"alignment.value": "50 %"}, "(write 0.5)"),
        ({"alignment.value": "5 of 10"}, "(write the number alone, in digits)"),
        ({"network.kind": "modulr"}, "did you mean modular?"),
        ({"network.kind": "modulr"}, "allowed is one of modular, small_world"),
        ({"network.kind": 3}, "is not a text"),
        ({"population.file": " "}, "is not a path"),
        ({"policy": "a,b"}, "is more than one (to compare several"),
        ({"policy": "a+b+a"}, "names a twice"),
        ({"policy": "a+none"}, "none can not be combined with others (write policy=a)"),
        ({"shock": "none+none"}, "none can not be combined with others (write shock=none)"),
        ({"policy": "None"}, "nothing is written none"),
        ({"policy": ""}, "nothing is written none"),
        ({"policy": "<script>"}, "is not made of a-z, 0-9 and _"),
        ({"cost.currency": "Schweizer Fränkli"}, "is not made of A-Z, a-z, 0-9 and _"),
        ({"policy": "my/training.yaml"}, "with --config-dir FOLDER"),
        ({"policy": {"levers": []}}, "is a mapping (name it in policies or shocks"),
        ({"alignment.usabilty": 0.3}, "unknown parameter; did you mean alignment.usability?"),
        ({"usabilty": 0.3}, "did you mean alignment.usability?"),
        ({"horizon.x": 1}, "did you mean horizon?"),
        ({"population": 5}, "is a group of parameters"),
        ({"alignment": None}, "is a group of parameters"),
        ({"alignment.value": 0.1, "alignment": {"value": 0.2}}, "is also given as 0.1"),
        ({"population.physician.share": "x"}, "population.physician.share=x: is text"),
    ],
)
def test_a_mistake_is_one_line_that_helps(given, said):
    assert said in only_problem(resolve, given)


def test_a_value_can_not_forge_a_second_line_or_move_the_cursor():
    line = only_problem(resolve, {"alignment.value": "a\nerror: forged \x1b[2J" + "x" * 5000})
    assert "\x1b" not in line and len(line) < 400


def test_all_mistakes_are_reported_at_once():
    lines = problems(
        resolve,
        {"alignment.value": 7, "nonsense": 1, "horizon": "x", "population.physician.share": 0.9},
    )
    assert len(lines) == 4


FILES = "network.kind=file network.file=ties.csv"
TOO_MUCH = "development.rate=1 alignment.transparency=1"


def of(words):
    """Return the parameters of words such as `horizon=3 policy=none`."""
    pairs = (word.partition("=") for word in words.split())
    return {path: float(x) if x[0].isdigit() else x for path, _, x in pairs}


@pytest.mark.parametrize(
    ("wrong", "said", "right"),
    [
        ("population.physician.share=0.3", "sum to 1.05",
         "population.physician.share=0.3 population.nurse.share=0.4 population.allied.share=0.3"),
        ("population.priority.transparency=0.3", "sum to 1.05", ""),
        ("population.readiness_low=0.6 population.readiness_high=0.5",
         "at most population.readiness_high=0.5",
         "population.readiness_low=0.5 population.readiness_high=0.5"),
        ("trust.reliability_base=0.7", "together 1.05",
         "trust.reliability_base=0.6 trust.reliability_gain=0.4"),
        ("network.kind=file", "needs a file", FILES),
        ("network.file=ties.csv", "set network.kind=file as well", FILES),
        ("population.initial_adopters=0.1", "set deployment.at_start above 0",
         "population.initial_adopters=0.1 deployment.at_start=0.5"),
        ("population.initial_adopters=0.1", "population.file",
         "population.initial_adopters=0.1 population.file=mine.csv"),
        # 1 * exp(4 * 0.35) * 0.25 + 0.03
        (TOO_MUCH, "transparency sum to 1.044 a month",
         f"{TOO_MUCH} population.resources_spread=0.3"),
    ],
)  # fmt: skip
def test_values_that_limit_each_other(wrong, said, right):
    assert said in only_problem(resolve, of(wrong))
    assert resolve(of(right))


@pytest.mark.parametrize("quality", QUALITY_NAMES)
def test_experts_left_alone_attend_no_more_than_hcps(quality):
    highest = defaults()[f"population.priority.{quality}"]
    path = f"population.expert_priority.{quality}"
    assert resolve({path: highest})
    assert f"at most population.priority.{quality}" in only_problem(resolve, {path: highest + 0.01})


def test_which_parameters_are_checked_together():
    paths = limited_paths()
    assert paths <= set(PARAMETERS)
    assert {"development.rate", "alignment.roles", "network.file", "population.file"} <= paths
    assert "trust.loss_cap" not in paths
    assert check_together(defaults()) == []


@settings(derandomize=True, deadline=None)
@given(st.sampled_from(NUMBERS), st.floats(allow_nan=True, allow_infinity=True))
def test_a_float_is_accepted_exactly_when_it_is_in_range(parameter, value):
    inside = math.isfinite(value) and parameter.low <= value <= parameter.high
    good = inside and (parameter.kind != "integer" or value == int(value))
    try:
        resolve({parameter.path: value})
        reported = []
    except UserError as error:
        reported = [e for e in error.problems if e.startswith(f"{parameter.path}=")]
        reported = [e for e in reported if f"allowed is {parameter.allowed()}" in e]
    assert bool(reported) == (not good)


@settings(derandomize=True, deadline=None, max_examples=20)
@given(st.dictionaries(st.text(), st.recursive(st.none() | st.integers(), st.lists), min_size=1))
def test_anything_unknown_is_a_users_mistake_and_no_crash(overrides):
    assert len(problems(resolve, overrides)) >= 1


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("seed", -1, "from 0 to 9223372036854775807"),
        ("seed", 2**63, "from 0 to 9223372036854775807"),
        ("seed", 1.5, "whole number"),
        ("seed", None, "whole number"),
        ("replicates", 0, "from 1 to 10000000"),
        ("replicates", 10_000_001, "from 1 to 10000000"),
        ("engine", "kernl", "did you mean kernel?"),
        ("threads", 0, "null for all cores"),
        ("months", "some", "one of none, all"),
        ("out", 3, "folder"),
        ("overwrite", "yes", "true or false"),
        ("overwrite", 1, "true or false"),
        ("replicate", 3, "did you mean replicates?"),
        ("horizon", 3, "is a parameter, not a setting"),
        ("policy", "training", "several policies are compared by compare"),
        ("address", "x:1", "is not used by executor=local"),
        ("worlds", 4, "is not used by uncertainty=none"),
    ],
)
def test_settings_are_checked_like_parameters(name, value, allowed):
    check_settings({name: value}, problems := [])
    (line,) = problems
    assert line.startswith(f"{name}=") and allowed in line


@pytest.mark.parametrize(
    "row",
    [
        row
        for table in (PARAMETERS, SETTINGS, RANGE, POPULATION_COLUMNS)
        for row in table.values()
        if row is not None and row.numeric
    ],
    ids=lambda row: row.path,
)
def test_both_bounds_of_a_number_are_told(row):
    for end in (row.low, row.high):
        told = row.allowed()
        assert f"{end:.12g}" in told or str(end) in told or (end == 1e-300 and "above 0" in told)
