"""The page of known answers: every mechanism does what theory says, and the page holds all of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from sim.analysis.intervals import Interval
from website import known_answers_page as page


@pytest.mark.parametrize("make", page.CASES, ids=lambda make: make.__name__)
def test_simulated_numbers_agree_with_what_is_known(make):
    case = make()
    held = [line.held for line in case.lines if line.drawn]
    if held:
        held = np.concatenate(held)
        fewer = stats.binomtest(int(held.sum()), held.size, 0.95, alternative="less")
        assert fewer.pvalue > 1e-3, case.agreement
    assert all(line.off < 1e-8 for line in case.lines if not line.drawn), case.agreement


def test_another_answer_is_not_held():
    case = page.newcomers()
    wrong = [dataclasses.replace(line, answer=0.9 * line.answer) for line in case.lines]
    assert np.concatenate([line.held for line in wrong]).mean() < 0.8


def test_agreement_counts_only_where_something_is_known():
    found = [Interval(0.5, 0.4, 0.6, 9)] * 3
    line = page.Line("", np.arange(3.0), np.array([0.5, np.nan, 0.7]), np.arange(3), found)
    case = page.Case("people", "", "", "", "", [line])
    assert case.agreement == "1 of 2 intervals hold the line"


def test_the_committed_page_has_a_row_for_each_case():
    text = page.PAGE.read_text(encoding="utf-8")
    assert text.count(" hold the line |") + text.count("largest difference ") == len(page.CASES)
    for name in page.FIGURES:
        assert (page.FOLDER / "images" / f"known_answers_{name}.png").is_file()
        assert f"images/known_answers_{name}.png" in text
