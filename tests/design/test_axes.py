"""Every form of an axis, what is wrong with others, and what replaces axes of a file."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.design.axes import LEVELS, evenly, parse_axes, parse_axis
from sim.design.block import apply_overrides
from sim.tables.factors import FACTORS, QUALITIES
from tests.mistakes import only_problem, problems

A, B = "alignment.usability", "alignment.value"


@pytest.mark.parametrize(
    ("name", "form", "values"),
    [
        (A, [0, 0.5], (0.0, 0.5)),
        (A, {"from": 0, "to": 1, "steps": 11}, tuple(k / 10 for k in range(11))),
        ("decision.trust", {"from": 0.01, "to": 10, "steps": 4, "log": True}, (0.01, 0.1, 1, 10)),
        (A, {"low": 0.2, "high": 0.8}, (0.2, 0.8)),
        ("network.ties", {"from": 2, "to": 6, "steps": 3}, (2, 4, 6)),
        ("network.kind", ["random", "modular"], ("random", "modular")),
    ],
    ids=str,
)
def test_forms_of_an_axis(name, form, values):
    axis, notes = parse_axis(name, form, sampled=False)
    assert (axis.paths, axis.values, notes) == ((name,), values, [])
    assert axis.settings == tuple({name: value} for value in values) and len(axis) == len(values)
    assert all(type(v) is (int if name == "network.ties" else type(values[0])) for v in axis.values)


@pytest.mark.parametrize("factor", FACTORS, ids=lambda f: f.name)
def test_low_high_takes_the_levels_of_the_factor_table(factor):
    axis, notes = parse_axis(factor.path, "low_high", sampled=False)
    levels = dict.fromkeys((factor.low, factor.baseline, factor.high))
    assert axis.values == tuple(levels) and notes == []


@pytest.mark.parametrize(
    ("path", "values", "ends"),
    [
        (A, [0.5, 0.9, 0.1], (2, 1)),
        (A, [0.5], (0, 0)),
        ("network.kind", ["random", "modular"], (0, 1)),
    ],
)
def test_an_axis_of_numbers_ends_at_its_lowest_and_highest_and_one_of_names_as_it_is(
    path, values, ends
):
    assert parse_axis(path, values, sampled=False)[0].ends() == ends


@pytest.mark.parametrize(
    ("paths", "form", "values", "last"),
    [
        ([A, B], [0.1, 0.9], (0.1, 0.9), {A: 0.9, B: 0.9}),
        ("alignment.*", "low_high", LEVELS, {quality.path: quality.high for quality in QUALITIES}),
        ([A, B], [{A: 0.1, B: 0.2}], (f"{A}=0.1, {B}=0.2",), {A: 0.1, B: 0.2}),
    ],
)  # fmt: skip
def test_linked_parameters(paths, form, values, last):
    axis, _ = parse_axis("mine", {"parameters": paths, "values": form}, sampled=False)
    assert (axis.values, axis.settings[-1], axis.paths) == (values, last, tuple(last))


@pytest.mark.parametrize(
    ("name", "form", "values", "note"),
    [
        (A, [0.1, 0.2, 0.1, 0.1], (0.1, 0.2), f"axis {A}: repeated values are computed once: 0.1"),
        ("policy", ["none", "a+b", "b+a"], ("none", "a+b"), "axis policy: repeated values"),
        (A, [0.1], (0.1,), f"axis {A} has one value only: 0.1"),
    ],
)
def test_repeated_and_single_values_are_noted(name, form, values, note):
    axis, notes = parse_axis(name, form, sampled=False)
    assert axis.values == values and len(notes) == 1 and notes[0].startswith(note)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ([], "empty"),
        (0.5, "no list of values"),
        ("high", "no list of values"),
        ({}, "from is missing"),
        ({"from": 0, "to": 1}, "steps is missing"),
        ({"from": 0, "to": 1, "step": 3}, "did you mean steps?"),
        ({"from": 0, "to": 1, "steps": 0}, "steps=0"),
        ({"from": 0, "to": 1, "steps": 1}, "both ends"),
        ({"from": 0, "to": 1, "steps": 2.5}, "whole number"),
        ({"from": 0, "to": 1, "steps": 10**9}, "whole number"),
        ({"from": "a", "to": 1, "steps": 3}, "from=a: is text"),
        ({"from": True, "to": 1, "steps": 3}, "from=true: is true or false, where a number"),
        ({"from": 0, "to": math.inf, "steps": 3}, "to=inf: is not a finite number"),
        ({"from": 0, "to": math.nan, "steps": 3}, "to=nan: is not a finite number"),
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
    line = only_problem(parse_axis, A, spec, False)
    assert A in line and words in line


def test_all_axes_report_their_mistakes_at_once():
    wrong = {
        A: [],
        B: [0.1, 2, 3, 4],
        "alignment.roles": [2, 3],
        "alignment.usabilty": [0.1],
        "trust.loss_cap": "low_high",
        "policy": {"from": 0, "to": 1, "steps": 3},
        "network.ties": {"from": 2, "to": 5, "steps": 3},
        "process.training": [0.1],
    }
    lines = problems(parse_axes, wrong, False)
    words = [
        "is empty",
        "and 2 more values are wrong",
        "and 1 more value is wrong",
        "did you mean alignment.usability?",
        "is for factors",
        "allowed is a list, such as [none, training]",
        "is not whole",
    ]
    assert len(lines) == len(words) and all(w in x for w, x in zip(words, lines, strict=True))


@settings(derandomize=True, deadline=None)
@given(st.integers(-1000, 1000), st.integers(1, 1000), st.integers(2, 200), st.integers(0, 3))
def test_evenly_keeps_ends_order_and_number(start, width, steps, digits):
    low, high = start / 10**digits, (start + width) / 10**digits
    values = evenly(low, high, steps, logarithmic=False)
    assert len(values) == steps and values[0] == low and values[-1] == high
    assert values == sorted(values)


BOTH = {"both": {"parameters": [A, B], "values": [0.1, 0.2]}}
NAMED = {"mine": {"parameters": [A], "values": [0]}}


@pytest.mark.parametrize(
    ("kind", "file", "new", "single", "left", "notes"),
    [
        ("grid", {A: [0, 1], B: [0, 1]}, {A: [0.5, 0.6]}, {}, [(A,), (B,)], ["is replaced: 0.5"]),
        ("grid", {A: [0, 1], B: [0, 1]}, {}, {A: 0.9}, [(B,)], [f"by one value: {A}=0.9"]),
        ("grid", {A: [0, 1]}, {B: [0, 1]}, {}, [(A,), (B,)], []),
        ("grid", BOTH, {}, {A: 0.9}, [(B,)], [f"no longer varies {A}: it is 0.9"]),
        ("grid", BOTH, {}, {A: 0.9, B: 1}, [], [f"varies {A}: it is 0.9", f"varies {B}: it is 1"]),
        ("grid", BOTH, {A: [0.5, 0.6]}, {}, [(B,), (A,)], ["it has an own axis"]),
        ("one_at_a_time", BOTH, {A: [0.5, 0.6]}, {}, [(A, B), (A,)], []),
        (
            "one_at_a_time",
            {**NAMED, B: [0, 1]},
            {A: [0.5, 0.6]},
            {},
            [(A,), (B,)],
            ["axis mine is replaced: 0.5"],
        ),
    ],
)
def test_what_the_command_line_replaces(kind, file, new, single, left, notes):
    axes, told = apply_overrides(file, new, single, kind)
    assert [axis.paths for axis in axes] == left
    assert all(set(s) == set(axis.paths) for axis in axes for s in axis.settings)
    assert len(told) == len(notes) and all(n in t for n, t in zip(notes, told, strict=True))
    assert all(axis.values == (0.5, 0.6) for axis in axes if axis.name in new and axis.name == A)


def test_a_mistake_in_an_axis_that_is_replaced_does_not_matter():
    assert apply_overrides({A: "wrong"}, {A: [0, 1]}, {}, "grid")[0][0].values == (0, 1)
    assert apply_overrides({A: "wrong"}, {}, {A: 1}, "grid")[0] == []


def test_a_grid_varies_a_parameter_once():
    twice = {**BOTH, A: [0.3, 0.4]}
    assert "one axis for each parameter" in only_problem(apply_overrides, twice, {}, {}, "grid")
    assert len(apply_overrides(twice, {}, {}, "one_at_a_time")[0]) == 2
