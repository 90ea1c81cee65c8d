"""What a user may give for a parameter, and what the error says otherwise."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.tables.checks import check_settings, resolve
from sim.tables.errors import UserError
from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES
from sim.tables.limits import check_together, limited_paths
from sim.tables.parameters import PARAMETERS, defaults, nested
from sim.tables.settings import setting_defaults

NUMBERS = [p for p in PARAMETERS.values() if p.numeric]


def problems(overrides):
    with pytest.raises(UserError) as caught:
        resolve(overrides)
    for line in caught.value.problems:
        assert "\n" not in line
    return caught.value.problems


def only_problem(overrides):
    (line,) = problems(overrides)
    return line


def test_nothing_given_is_the_table():
    assert resolve() == resolve({}) == defaults()
    assert list(resolve()) == list(PARAMETERS)


def test_every_default_of_the_tables_is_allowed():
    assert resolve(defaults()) == defaults()
    assert check_settings(setting_defaults()) == (setting_defaults(), [])


def test_flat_nested_and_mixed_names_mean_the_same():
    flat = resolve({"population.nurse.trust": 0.4})
    assert flat["population.nurse.trust"] == 0.4
    assert resolve({"population": {"nurse": {"trust": 0.4}}}) == flat
    assert resolve({"population": {"nurse.trust": 0.4}}) == flat
    assert resolve({"population.nurse": {"trust": 0.4}}) == flat


def test_types_follow_the_kind():
    values = resolve({"horizon": 24.0, "alignment.value": 1, "turnover.onboarding": None})
    assert values["horizon"] == 24 and type(values["horizon"]) is int
    assert values["alignment.value"] == 1.0 and type(values["alignment.value"]) is float
    assert values["turnover.onboarding"] is None


def test_numpy_numbers_are_numbers():
    np = pytest.importorskip("numpy")
    values = resolve({"horizon": np.int64(5), "alignment.value": np.float32(0.5)})
    assert (type(values["horizon"]), type(values["alignment.value"])) == (int, float)


@pytest.mark.parametrize(
    "value",
    [2, -0.1, "0.5", "high", None, True, [0.1], {"a": 1}, math.nan, math.inf, -math.inf, 10**400],
    ids=str,
)
def test_what_is_no_allowed_number_is_one_line(value):
    line = only_problem({"alignment.usability": value})
    assert line.startswith("alignment.usability=")
    assert "allowed is a number from 0 to 1" in line
    assert len(line) < 300


def test_whole_numbers():
    assert "network.ties=4.5: is not whole" in only_problem({"network.ties": 4.5})


def test_traps_of_yaml_are_explained():
    assert "leading zero" in only_problem({"horizon": "010"})
    assert "written null" in only_problem({"turnover.onboarding": "None"})
    assert "quotes" in only_problem({"alignment.value": "1e-3"})


def test_a_wrong_choice_names_the_nearest():
    line = only_problem({"network.kind": "modulr"})
    assert "network.kind=modulr" in line and "did you mean modular?" in line
    assert "small_world" in line


def test_an_unknown_parameter_names_the_nearest():
    assert only_problem({"alignment.usabilty": 0.3}) == (
        "alignment.usabilty=0.3: unknown parameter; did you mean alignment.usability?"
    )
    assert "alignment.usability" in only_problem({"usabilty": 0.3})
    assert "horizon" in only_problem({"horizon.x": 1})


def test_a_group_is_no_number():
    assert "group of parameters" in only_problem({"population": 5})
    assert "group of parameters" in only_problem({"alignment": None})


def test_a_name_given_twice_with_different_values():
    both = {"alignment.value": 0.1, "alignment": {"value": 0.2}}
    assert "alignment.value" in only_problem(both)


def test_a_value_can_not_forge_a_second_line_or_move_the_cursor():
    line = only_problem({"alignment.value": "a\nerror: forged \x1b[2J" + "x" * 5000})
    assert "\x1b" not in line and len(line) < 400


def test_all_mistakes_are_reported_at_once():
    lines = problems(
        {"alignment.value": 7, "nonsense": 1, "horizon": "x", "population.physician.share": 0.9}
    )
    assert len(lines) == 4


def test_shares_of_groups_sum_to_one():
    line = only_problem({"population.physician.share": 0.3})
    assert "population.nurse.share=0.5" in line and "sum to 1.05" in line
    thirds = {f"population.{g}.share": 1 / 3 for g in GROUP_NAMES}
    assert resolve(thirds)


def test_priorities_sum_to_one():
    assert "sum to 1.05" in only_problem({"population.priority.transparency": 0.3})


@pytest.mark.parametrize("quality", QUALITY_NAMES)
def test_experts_left_alone_attend_no_more_than_hcps(quality):
    highest = defaults()[f"population.priority.{quality}"]
    path = f"population.expert_priority.{quality}"
    assert resolve({path: highest})
    assert f"at most population.priority.{quality}" in only_problem({path: highest + 0.01})


def test_readiness():
    assert resolve({"population.readiness_low": 0.5, "population.readiness_high": 0.5})
    line = only_problem({"population.readiness_low": 0.6, "population.readiness_high": 0.5})
    assert "population.readiness_high=0.5" in line


def test_reliability():
    assert resolve({"trust.reliability_base": 0.6, "trust.reliability_gain": 0.4})
    assert "together 1.05" in only_problem({"trust.reliability_base": 0.7})


def test_network_files():
    assert "needs a file" in only_problem({"network.kind": "file"})
    assert "network.kind=file" in only_problem({"network.file": "ties.csv"})
    assert resolve({"network.kind": "file", "network.file": "ties.csv"})


def test_adopters_at_the_start_need_a_tool():
    assert "deployment.at_start" in only_problem({"population.initial_adopters": 0.1})
    assert resolve({"population.initial_adopters": 0.1, "deployment.at_start": 0.5})
    assert resolve({"population.initial_adopters": 0.1, "population.file": "mine.csv"})


def test_development_stays_below_one():
    wrong = {"development.rate": 1, "alignment.transparency": 1}
    line = only_problem(wrong)
    # 1 * exp(4 * 0.35) * 0.25 + 0.03
    assert "transparency sum to 1.044 a month" in line
    assert "lower development.rate, population.resources_spread" in line
    assert resolve({**wrong, "population.resources_spread": 0.3})


def test_cross_checks_skip_what_is_reported_already():
    assert only_problem({"population.physician.share": "x"}).startswith("population.physician")


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


@settings(derandomize=True, deadline=None)
@given(st.dictionaries(st.text(), st.recursive(st.none() | st.integers(), st.lists)))
def test_anything_unknown_is_a_users_mistake_and_no_crash(overrides):
    unknown = {k: v for k, v in overrides.items() if k not in PARAMETERS}
    if unknown:
        assert len(problems(unknown)) >= 1
    else:
        resolve(unknown)


def test_nested_and_flat_defaults_agree():
    assert resolve(nested(defaults())) == defaults()


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
    ],
)
def test_settings_are_checked_like_parameters(name, value, allowed):
    (line,) = check_settings({name: value})[1]
    assert line.startswith(f"{name}=") and allowed in line


def test_zero_is_a_seed_and_null_means_all_cores():
    chosen, _ = check_settings({"seed": 0, "threads": None, "overwrite": True})
    assert chosen["seed"] == 0 and chosen["threads"] is None and chosen["overwrite"] is True
    assert check_settings({"seed": 2**63 - 1})[0]["seed"] == 2**63 - 1


def test_the_checks_import_no_hydra_and_no_numba():
    code = (
        "import sys, sim.tables.checks, sim.design.request;"
        "slow = {'hydra', 'omegaconf', 'numba', 'mesa', 'pandas', 'numpy'} & set(sys.modules);"
        "sys.exit(str(slow) if slow else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
