"""The shortest terms of truth tables: a published one, a textbook's, and those of rising tables."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from sim.analysis.bundles import EITHER, HIGH, LOW, bundles, needed

BOTH = (LOW, HIGH)


def table(factors, *rows):
    """Return a truth table in which only the rows given are enough, each as a text of 0 and 1."""
    made = np.zeros((2,) * factors, bool)
    for row in rows:
        made[tuple(map(int, row))] = True
    return made


def written(found):
    """Return terms as texts: 1, 0, and - for what a term leaves open."""
    return {"".join("01-"[end] for end in bundle.term) for bundle in found}


def test_democracies_between_the_wars():
    """Lipset's conditions in 18 countries: developed, urban, literate, industrial, stable.

    Where only observed rows count (Rihoux & De Meur 2009, in Rihoux & Ragin, Configurational Comparative
    Methods, chapter 3; the same by the R package QCA, `minimize(LC, "SURV")`), democracy survived if
    DEV * urb * LIT * STB + DEV * LIT * IND * STB.
    """
    survived = table(5, "10101", "10111", "11111")
    found = bundles(survived, [BOTH] * 5, consistency=1)
    assert written(found) == {"101-1", "1-111"}
    assert {bundle.coverage for bundle in found} == {2 / 3}  # of rows, not of countries
    assert [n for n in range(5) if needed(survived)[n, HIGH] == 1] == [0, 2, 4]


def test_all_prime_implicants_of_a_textbook():
    """McCluskey 1956 (doi 10.1002/j.1538-7305.1956.tb03835.x) as in courses: 4, 8, 10, 11, 12, 15."""
    rows = table(4, *(f"{n:04b}" for n in (4, 8, 9, 10, 11, 12, 14, 15)))
    found = bundles(rows, [BOTH] * 4, consistency=1)
    assert written(found) == {"-100", "1--0", "10--", "1-1-"}


@pytest.mark.parametrize("seed", range(5))
def test_where_all_only_rise_the_lowest_rows_are_the_bundles(seed):
    rng = np.random.default_rng(seed)
    weights, factors = rng.exponential(size=7), 7
    places = list(product((0, 1), repeat=factors))
    enough = np.array([weights @ row > weights.sum() / 2 for row in places]).reshape((2,) * factors)
    lowest = {
        row
        for row in places
        if enough[row]
        and not any(enough[(*row[:n], 0, *row[n + 1 :])] for n in range(factors) if row[n])
    }
    found = bundles(enough, [(HIGH,)] * factors)
    assert {bundle.row for bundle in found} == lowest
    assert all(bundle.consistency == 1 for bundle in found)
    assert written(bundles(enough, [BOTH] * factors, 1)) == written(found)


def test_a_lucky_row_is_no_bundle_and_an_unlucky_one_spoils_none():
    enough = np.zeros((2,) * 6, bool)
    enough[1, 1] = True  # the first two are enough, whatever the others are
    enough[0, 0, 1, 0, 0, 0] = True
    enough[1, 1, 0, 1, 0, 1] = False
    (found,) = bundles(enough, [(HIGH,)] * 6)
    assert found.term == (HIGH, HIGH, *[EITHER] * 4) and found.row == (1, 1, 0, 0, 0, 0)
    assert found.consistency == 15 / 16 and found.coverage == 15 / 16
    assert found.asked == [(0, HIGH), (1, HIGH)]


def test_a_bundle_is_enough_also_where_all_else_is_at_its_worse_end():
    enough = np.ones((2,) * 5, bool)
    enough[0, 0, 0, 0, 0] = False
    assert written(bundles(enough, [(HIGH,)] * 5)) == {"1----", "-1---", "--1--", "---1-", "----1"}
    assert written(bundles(enough[::-1], [(LOW,), *[(HIGH,)] * 4])) >= {"0----", "-1---"}


def test_nothing_and_everything():
    nothing, everything = np.zeros((2, 2), bool), np.ones((2, 2), bool)
    assert bundles(nothing, [BOTH] * 2) == [] and np.isnan(needed(nothing)).all()
    (found,) = bundles(everything, [(HIGH,)] * 2)
    assert found.asked == [] and found.row == (0, 0) and found.coverage == 1
    assert (needed(everything) == 0.5).all()
