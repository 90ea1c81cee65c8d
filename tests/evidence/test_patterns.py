"""How far a simulated number is from a published one."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence.patterns import FITTED, Quantity, mirrors_of

LOPSIDED = Quantity("x", "", "", "", target=5.0, low=4.0, high=9.0)
AT_THE_EDGE = Quantity("x", "", "", "", target=0.0, low=0.0, high=0.03)


@pytest.mark.parametrize(
    ("quantity", "simulated", "scaled"),
    [(LOPSIDED, 5, 0), (LOPSIDED, 4, -1), (LOPSIDED, 9, 1), (LOPSIDED, 13, 2),
     (AT_THE_EDGE, 0, 0), (AT_THE_EDGE, 0.06, 2), (AT_THE_EDGE, -1, -np.inf), (LOPSIDED, np.inf, np.inf)],
)  # fmt: skip
def test_the_ends_of_what_is_accepted_are_one_away(quantity, simulated, scaled):
    assert quantity.scaled(simulated) == pytest.approx(scaled)
    assert quantity.distance(simulated) == pytest.approx(abs(scaled))


@pytest.mark.parametrize("quantity", [LOPSIDED, AT_THE_EDGE])
def test_what_has_no_number_is_infinitely_far(quantity):
    assert quantity.distance(np.nan) == np.inf


def test_each_mirror_is_needed_once():
    names = mirrors_of(FITTED)
    assert len(names) == len(set(names)) < sum(len(p.quantities) for p in FITTED)
