"""Numbers in words: digits, signs, missing numbers, and when a change may be called one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.analysis.intervals import Interval, of_share
from sim.reports import words

NAN = np.nan


@pytest.mark.parametrize(
    ("x", "plain", "signed"),
    [
        (0.125, "0.12", "+0.12"),
        (0.576, "0.58", "+0.58"),
        (-0.576, "-0.58", "-0.58"),
        (0.0, "0.00", "+0.00"),
        (-0.0, "0.00", "+0.00"),
        (-0.001, "-0.001", "-0.001"),
        (0.004, "0.004", "+0.004"),
        (0.996, "0.996", "+0.996"),
        (-1e-9, "0.00", "+0.00"),
        (12.0, "12.00", "+12.00"),
        (NAN, "no number", "no number"),
    ],
)
def test_numbers(x, plain, signed):
    assert words.number(x) == plain and words.number(x, sign=True) == signed
    assert words.number(1.26, 1) == "1.3" and words.number(41.6, 0) == "42"


@given(st.floats(allow_infinity=False), st.integers(0, 4))
def test_a_number_is_read_back_within_its_digits(x, digits):
    if np.isnan(x):
        assert words.number(x, digits) == words.NO_NUMBER
        return
    text = words.number(x, digits)
    assert float(text) == pytest.approx(x, abs=0.5000001 * 10**-digits)
    assert not (text.startswith("-") and float(text) == 0)
    assert words.number(x, digits, True)[0] in "+-"


def test_intervals():
    whole = Interval(0.5, 0.25, 0.75, 8)
    assert words.with_interval(whole) == "0.50 (0.25 to 0.75)"
    assert words.with_interval(whole, 1, sign=True) == "+0.5 (+0.2 to +0.8)"
    less = Interval(-0.5, -0.75, -0.25, 8)
    assert words.with_interval(less, sign=True) == "-0.50 (-0.75 to -0.25)"
    # one run has no interval, no run has no number
    assert words.with_interval(Interval(0.5, NAN, NAN, 1)) == "0.50"
    assert words.with_interval(Interval(NAN, NAN, NAN, 0)) == "no number"
    assert words.between(NAN, NAN) == "no number" and words.between(0.1, 0.2) == "0.10 to 0.20"


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ((0.003, -0.002, 0.008), "+0.003 (-0.002 to +0.008)"),
        ((0.98, 0.9763, 0.9842), "+0.980 (+0.976 to +0.984)"),
        ((0.54, 0.52, 0.57), "+0.54 (+0.52 to +0.57)"),
        ((0.5, 0.5, 0.5), "+0.50 (+0.50 to +0.50)"),
        ((0.9, 0.8, 0.9996), "+0.9000 (+0.8000 to +0.9996)"),
    ],
)
def test_an_interval_has_the_digits_that_tell_its_ends_from_nothing_and_each_other(found, text):
    assert words.with_interval(Interval(*found, 64), sign=True) == text


@pytest.mark.parametrize(
    ("unit", "said", "number", "ends"),
    [
        ("share of HCPs", "of 100 professionals", "25 (0 to 57)", "0 to 57"),
        ("share of organisations", "of 100 organisations", "25 (0 to 57)", "0 to 57"),
        ("per year", "per year", "0.25 (0.00 to 0.57)", "0.00 to 0.57"),
        ("[0, 1]", "scale from 0 to 1", "0.25 (0.00 to 0.57)", "0.00 to 0.57"),
    ],
)
def test_numbers_are_told_in_the_unit_that_stands_beside_them(unit, said, number, ends):
    found = Interval(0.25, 0.0, 0.57, 64)
    assert (words.unit(unit), words.in_unit(found, unit)) == (said, number)
    assert words.range_in(*found[1:3], unit) == ends


@pytest.mark.parametrize(
    ("hits", "runs", "text"),
    [
        (255, 256, "99.6 % (97.8 to 99.9 %)"),
        (29, 32_000, "0.09 % (0.06 to 0.13 %)"),
        (256, 256, "100 % (99 to 100 %)"),
        (0, 64, "0 % (0 to 6 %)"),
        (1, 1, "1 of 1"),
        (0, 1, "0 of 1"),
    ],
)
def test_a_share_is_not_rounded_to_all_or_none(hits, runs, text):
    found = of_share(hits, runs)
    assert words.percent(found) == text
    whole = f"{text} of runs" if runs > 1 else f"{text} run"
    assert words.percent(found, "runs") == whole


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ((0.212, 0.182, 0.241), "21 more of 100 professionals (18 to 24)"),
        ((-0.212, -0.241, -0.182), "21 fewer of 100 professionals (18 to 24)"),
        ((0.0312, 0.0264, 0.0358), "3.1 more of 100 professionals (2.6 to 3.6)"),
        ((0.0021, -0.001, 0.0049), "0.2 more of 100 professionals (0.1 fewer to 0.5 more)"),
        ((0.4, NAN, NAN), "40 more of 100 professionals"),
        ((NAN, NAN, NAN), "no number"),
    ],
)
def test_a_change_is_told_as_people(found, text):
    assert words.more_of_100(Interval(*found, 64), "professionals") == text


def test_a_share_is_told_as_people():
    found = Interval(0.574, 0.55, 0.598, 64)
    assert words.of_100(found, "professionals") == "57 of 100 professionals (55 to 60)"
    assert words.per_100(found) == "57 (55 to 60)"
    assert words.per_100(Interval(-0.0312, -0.04, -0.02, 64), sign=True) == "-3.1 (-4.0 to -2.0)"
    assert words.of_100(of_share(255, 256)) == "99.6 of 100 (97.8 to 99.9)"


def test_a_share_without_an_interval_and_without_a_number():
    assert [words.share(x) for x in (1.0, 0.0, 255 / 256)] == ["100 %", "0 %", "99.6 %"]
    assert words.percent(Interval(NAN, NAN, NAN, 0)) == "no number"


@pytest.mark.parametrize(
    ("low", "high", "differs"),
    [(0.1, 0.2, True), (-0.2, -0.1, True), (-0.1, 0.2, False), (0.0, 0.2, False),
     (-0.1, 0.0, False), (NAN, NAN, False)],
)  # fmt: skip
def test_a_difference_needs_an_interval_on_one_side_of_0(low, high, differs):
    assert words.differs(Interval((low + high) / 2, low, high, 9)) is differs


@pytest.mark.parametrize(
    ("estimate", "word"),
    [(0.01, "hardly"), (0.02, "a little"), (-0.04, "a little"), (0.05, "clearly"),
     (-0.14, "clearly"), (0.15, "strongly"), (-0.9, "strongly")],
)  # fmt: skip
def test_the_size_of_a_clear_change(estimate, word):
    said = words.changes(Interval(estimate, estimate - 1e-3, estimate + 1e-3, 9), "use")
    assert said == ("hardly changes use" if word == "hardly" else f"changes use {word}")


def test_a_change_that_may_be_none_is_never_called_large():
    assert words.changes(Interval(0.4, -0.1, 0.9, 9), "use") == "does not clearly change use"
    one = words.changes(Interval(0.4, NAN, NAN, 1), "use")
    assert one == "changes use by +0.40 in the one run, which may be chance"


@pytest.mark.parametrize(
    ("x", "text"),
    [(None, "null"), (0.1, "0.1"), (1.0, "1"), (120, "120"), (1e-6, "1e-06"), ("modular",) * 2],
)
def test_values_as_a_user_types_them(x, text):
    assert words.value(x) == text


def test_one_is_no_plural():
    assert words.runs(1) == "1 run" and words.runs(2048) == "2,048 runs"
    one = sim.compare(["none", "training"], {"horizon": 1}, replicates=1, progress="never")
    assert "1 run of each" in str(one)
    assert "1 month; 1 run, seed" in str(sim.run({"horizon": 1}, replicates=1, progress="never"))
