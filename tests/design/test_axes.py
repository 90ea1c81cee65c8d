"""Every form of an axis, and what is wrong with others."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.design.axes import evenly, parse_axes, parse_axis
from sim.design.block import apply_overrides
from sim.design.points import check_points, points
from sim.tables.errors import UserError
from sim.tables.factors import FACTORS, QUALITIES
from sim.tables.parameters import defaults

A, B = "alignment.usability", "alignment.value"


def wrong(name, spec):
    with pytest.raises(UserError) as caught:
        parse_axis(name, spec)
    (line,) = caught.value.problems
    return line


def test_list():
    axis, notes = parse_axis(A, [0, 0.5])
    assert axis.paths == (A,) and axis.values == (0.0, 0.5) and notes == []
    assert axis.settings == ({A: 0.0}, {A: 0.5})
    assert len(axis) == 2


def test_from_to_holds_both_ends_in_clean_decimals():
    axis, _ = parse_axis(A, {"from": 0, "to": 1, "steps": 11})
    assert axis.values == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def test_logarithmic():
    axis, _ = parse_axis("decision.trust", {"from": 0.01, "to": 10, "steps": 4, "log": True})
    assert axis.values == (0.01, 0.1, 1.0, 10.0)


def test_low_and_high():
    assert parse_axis(A, {"low": 0.2, "high": 0.8})[0].values == (0.2, 0.8)


@pytest.mark.parametrize("factor", FACTORS, ids=lambda f: f.name)
def test_low_high_takes_the_levels_of_the_factor_table(factor):
    axis, notes = parse_axis(factor.path, "low_high")
    levels = dict.fromkeys((factor.low, factor.baseline, factor.high))
    assert axis.values == tuple(levels) and notes == []


def test_linked_parameters_get_the_same_value():
    axis, _ = parse_axis("both", {"parameters": [A, B], "values": [0.1, 0.9]})
    assert axis.paths == (A, B) and axis.values == (0.1, 0.9)
    assert axis.settings[1] == {A: 0.9, B: 0.9}


def test_linked_parameters_with_own_levels_and_with_own_values():
    axis, _ = parse_axis("all", {"parameters": "alignment.*", "values": "low_high"})
    assert axis.values == ("low", "baseline", "high")
    assert axis.settings[2] == {q.path: q.high for q in QUALITIES}
    axis, _ = parse_axis("two", {"parameters": [A, B], "values": [{A: 0.1, B: 0.2}]})
    assert axis.settings == ({A: 0.1, B: 0.2},)


def test_integers_stay_whole():
    axis, _ = parse_axis("network.ties", {"from": 2, "to": 6, "steps": 3})
    assert axis.values == (2, 4, 6) and all(type(v) is int for v in axis.values)
    assert "is not whole" in wrong_lines("network.ties", {"from": 2, "to": 5, "steps": 3})[0]


def wrong_lines(name, spec):
    with pytest.raises(UserError) as caught:
        parse_axis(name, spec)
    return caught.value.problems


def test_repeated_values_are_computed_once_with_a_note():
    axis, notes = parse_axis(A, [0.1, 0.2, 0.1, 0.1])
    assert axis.values == (0.1, 0.2)
    assert notes == [f"axis {A}: repeated values are computed once: 0.1"]


def test_policies_in_another_order_are_the_same():
    axis, notes = parse_axis("policy", ["none", "a+b", "b+a"])
    assert axis.values == ("none", "a+b") and "repeated values" in notes[0]


def test_one_value_is_allowed_and_noted():
    axis, notes = parse_axis(A, [0.1])
    assert len(axis) == 1 and "one value only" in notes[0]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ([], "empty"),
        (0.5, "not a set of values"),
        ("high", "not a set of values"),
        ({}, "from is missing"),
        ({"from": 0, "to": 1}, "steps is missing"),
        ({"from": 0, "to": 1, "step": 3}, "did you mean steps?"),
        ({"from": 0, "to": 1, "steps": 0}, "steps=0"),
        ({"from": 0, "to": 1, "steps": 1}, "both ends"),
        ({"from": 0, "to": 1, "steps": 2.5}, "whole number"),
        ({"from": 0, "to": 1, "steps": 10**9}, "whole number"),
        ({"from": "a", "to": 1, "steps": 3}, "allowed is a finite number"),
        ({"from": True, "to": 1, "steps": 3}, "where a number belongs"),
        ({"from": 0, "to": math.inf, "steps": 3}, "finite"),
        ({"from": 0, "to": math.nan, "steps": 3}, "finite"),
        ({"from": 0, "to": 1, "steps": 3, "log": True}, "above 0"),
        ({"from": 0, "to": 1, "steps": 3, "log": 1}, "true or false"),
        ({"low": 0.1}, "needs low and high"),
        ({"low": 0.1, "high": 0.2, "mid": 0.15}, "needs low and high"),
        ({"parameters": [A]}, "needs parameters and values"),
        ({"parameters": [], "values": [1]}, "list of parameter names"),
        ({"parameters": ["alignment.usabilty"], "values": [1]}, "did you mean alignment.usab"),
        ({"parameters": [A, B], "values": [{A: 1}]}, "each of"),
        ([0.5, 2], "above the largest"),
        ([0.5, "x"], "is text"),
        ([0.5, None], "is empty"),
        ([0.5, [1]], "is a list"),
    ],
    ids=str,
)
def test_what_is_no_axis_is_one_line(spec, words):
    line = wrong(A, spec)
    assert A in line and words in line


def test_an_unknown_parameter():
    assert "did you mean alignment.usability?" in wrong("alignment.usabilty", [0.1])


def test_low_high_is_for_factors():
    assert "is for factors" in wrong("trust.loss_cap", "low_high")


def test_all_axes_report_their_mistakes_at_once():
    with pytest.raises(UserError) as caught:
        parse_axes({A: [], B: [2], "alignment.roles": [0.1]})
    assert len(caught.value.problems) == 2


@settings(derandomize=True, deadline=None)
@given(st.integers(-1000, 1000), st.integers(1, 1000), st.integers(2, 200), st.integers(0, 3))
def test_evenly_keeps_ends_order_and_number(start, width, steps, digits):
    low, high = start / 10**digits, (start + width) / 10**digits
    values = evenly(low, high, steps)
    assert len(values) == steps and values[0] == low and values[-1] == high
    assert values == sorted(values)


def test_points_of_a_grid_and_one_at_a_time():
    axes, _ = parse_axes({A: [0.1, 0.2], B: [0.3, 0.4]})
    assert list(points(axes, "grid")) == [
        {A: 0.1, B: 0.3},
        {A: 0.1, B: 0.4},
        {A: 0.2, B: 0.3},
        {A: 0.2, B: 0.4},
    ]
    assert list(points(axes, "one_at_a_time")) == [{}, {A: 0.1}, {A: 0.2}, {B: 0.3}, {B: 0.4}]


def test_a_command_line_axis_replaces_and_a_value_fixes():
    file = {A: [0.1, 0.2], B: [0.3, 0.4]}
    axes, notes = apply_overrides(file, {B: [0.5, 0.6]}, {A: 0.9}, "grid")
    assert [(a.name, a.values) for a in axes] == [(B, (0.5, 0.6))]
    assert any(f"{A}=0.9" in n for n in notes) and any("is replaced: 0.5, 0.6" in n for n in notes)


def test_a_linked_axis_gives_way():
    file = {"both": {"parameters": [A, B], "values": [0.1, 0.2]}}
    axes, notes = apply_overrides(file, {}, {A: 0.9}, "one_at_a_time")
    assert axes[0].paths == (B,) and axes[0].settings[0] == {B: 0.1} and len(notes) == 1
    axes, notes = apply_overrides(file, {A: [0.5, 0.6]}, {}, "grid")
    assert [a.paths for a in axes] == [(B,), (A,)] and len(notes) == 1
    axes, _ = apply_overrides(file, {A: [0.5, 0.6]}, {}, "one_at_a_time")
    assert [a.paths for a in axes] == [(A, B), (A,)]


def test_a_grid_varies_a_parameter_once():
    file = {"both": {"parameters": [A, B], "values": [0.1, 0.2]}, A: [0.3, 0.4]}
    with pytest.raises(UserError, match="one axis for each parameter"):
        apply_overrides(file, {}, {}, "grid")
    assert len(apply_overrides(file, {}, {}, "one_at_a_time")[0]) == 2


def test_of_alike_mistakes_the_first_is_told_and_how_many_more():
    with pytest.raises(UserError) as caught:
        parse_axes({"alignment.roles": [0.1, 2, 3, 4], "process.training": [7]})
    first, second = caught.value.problems
    assert first.startswith("alignment.roles=2: ") and first.endswith(
        "; and 2 more values are wrong"
    )
    assert second.startswith("process.training=7: ") and "more" not in second
    with pytest.raises(UserError, match="and 1 more value is wrong$"):
        parse_axes({"alignment.roles": [2, 3]})
    axes, _ = parse_axes({"population.nurse.share": [0.1, 0.2, 0.5, 0.7]})
    (line,) = check_points(defaults(), axes, "grid")
    assert "nurse.share=0.1" in line and line.endswith("allowed is a sum of 1; and 2 more points are wrong")  # fmt: skip


def test_values_that_limit_each_other_are_checked_at_every_point():
    axes, _ = parse_axes({"development.rate": [0.5, 1], "alignment.transparency": [0, 1]})
    (line,) = check_points(defaults(), axes, "grid")
    assert "development.rate=1" in line and "alignment.transparency=1" in line
    assert check_points(defaults(), axes, "one_at_a_time") == []
    many, _ = parse_axes({"trust.loss_cap": {"from": 0, "to": 1, "steps": 100_000}})
    assert check_points(defaults(), many, "grid") == []
