"""What one run of a world gives of every fitted number."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence import search
from sim.evidence.search import AFTER, FREE, pattern_rows, values_of
from sim.evidence.summaries import QUANTITIES, summaries
from sim.tables.checks import resolve

SMALL = {"population.organisations": 4, "population.organisation_size": 20}


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(1).random((3, len(FREE)))


def test_each_world_is_run_with_luck_that_no_proposal_had(points):
    values = resolve(SMALL)
    one, two = (summaries(values, points, 5, threads) for threads in (1, 2))
    assert one.tobytes() == two.tobytes() and one.shape == (3, len(QUANTITIES))
    rows = pattern_rows({**values, **values_of(points[1])}, 5, AFTER + 1)
    assert one[1].tolist() == pytest.approx([row.simulated.estimate for row in rows], nan_ok=True)


def test_a_world_that_can_not_be_has_no_numbers(points, monkeypatch):
    monkeypatch.setattr(search, "check_together", lambda values: ["too much effort"])
    assert np.isnan(summaries(resolve(SMALL), points, 5, 1)).all()
