"""What the worlds that agree with the published patterns give of each published number, run anew."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.abc import Stage
from sim.analysis.intervals import Interval
from sim.evidence import summaries as of_worlds
from sim.evidence.search import AFTER, FREE, pattern_rows, values_of
from sim.evidence.summaries import QUANTITIES, summaries
from sim.studies import calibrate_patterns, validate
from sim.studies.calibrate import Calibration, middle
from sim.tables.checks import resolve

SMALL = {"population.organisations": 4, "population.organisation_size": 20}


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(1).random((3, len(FREE)))


def sample_of(points):
    return Calibration([Stage(points, np.full(len(points), 0.4), 0.5, 90, 0.1)], 90)


def test_each_world_is_run_with_luck_that_no_proposal_had(points):
    values = resolve(SMALL)
    one, two = (summaries(values, points, 5, threads) for threads in (1, 2))
    assert one.tobytes() == two.tobytes() and one.shape == (3, len(QUANTITIES))
    rows = pattern_rows({**values, **values_of(points[1])}, 5, AFTER + 1)
    assert one[1].tolist() == pytest.approx([row.simulated.estimate for row in rows], nan_ok=True)


def test_a_world_that_can_not_be_has_no_numbers(points, monkeypatch):
    monkeypatch.setattr(of_worlds, "check_together", lambda values: ["too much effort"])
    assert np.isnan(summaries(resolve(SMALL), points, 5, 1)).all()


def test_the_middle_of_a_sample_leaves_out_what_has_no_number_but_counts_never():
    assert middle(np.array([3.0, 1.0, 2.0, np.nan])) == Interval(2.0, 1.0, 3.0, 3)
    assert middle(np.array([1.0, 2.0, np.inf])).high == np.inf
    assert np.isnan(middle(np.array([np.nan])).estimate)


def test_the_answer_says_which_patterns_the_middle_of_the_sample_meets(points, monkeypatch):
    given = np.tile([quantity.target for _, quantity in QUANTITIES], (3, 1))
    given[:, 0] = (0.1, 0.3, 0.9)  # the median is not accepted
    monkeypatch.setattr(calibrate_patterns, "summaries", lambda *_: given)
    found = sample_of(points)
    rows = calibrate_patterns.run_again(found, {}, 0, 1)
    assert rows[0].simulated == Interval(0.3, 0.1, 0.9, 3) and not rows[0].met
    told = calibrate_patterns.findings(found, rows, "Calibration", "Which parameters agree?")
    said = " ".join(" ".join(told.answer.lines()).split())
    total = len({pattern.name for pattern, _ in QUANTITIES})
    assert f"meets {total - 1} of {total} patterns. Not met: Users who stop" in said
    assert told.tables["predictive"]["simulated_high_95"][0] == 0.9
    predictive, posterior = told.figures
    dots = predictive.panels[0].marks[-1]
    assert dots.x[-1] == validate.scaled(rows[0]) and predictive.name == "predictive"
    assert posterior.name == "posterior"


def test_what_is_never_reached_is_said_so():
    row = next(r for r in map(_never, QUANTITIES) if r.quantity.name == "median")
    assert "to never)" in validate.cells(row)[3]


def _never(pair):
    return calibrate_patterns.Row(*pair, Interval(8.0, 5.0, np.inf, 9))
