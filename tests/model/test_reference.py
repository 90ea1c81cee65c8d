"""The simulator against an independent implementation, number by number, month by month."""

import comparison
import pytest
import reference
from comparison import MONTHS, TOLERANCE, WORLDS


@pytest.mark.parametrize("name", WORLDS)
def test_every_quantity_agrees_after_every_month(name):
    far = [d for d in comparison.differences(name) if d[2] > TOLERANCE]
    assert not far, f"first differences (month, quantity, distance): {far[:5]}"
