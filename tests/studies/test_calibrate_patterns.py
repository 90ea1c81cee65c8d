"""What a search found is measured anew; which sets agree, and what they give of each published number."""

from __future__ import annotations

import numpy as np
import pytest
from test_no_keys import keys_in

from sim.analysis.abc import Stage
from sim.analysis.intervals import Interval
from sim.evidence.measure import Row, measure
from sim.evidence.patterns import FITTED
from sim.evidence.search import FREE, Search, from_patterns, in_units, values_of
from sim.studies import calibrate_patterns, validate
from sim.studies.calibrate import middle
from sim.studies.calibrate_patterns import LUCK, Anew, findings, rounded, run_again
from sim.tables.checks import resolve
from sim.tables.errors import SimulationError

SMALL = {"population.organisations": 4, "population.organisation_size": 20}
QUANTITIES = [(pattern, quantity) for pattern in FITTED for quantity in pattern.quantities]


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(1).random((3, len(FREE)))


def sample_of(points):
    return Stage(points, np.zeros(len(points)), 0.5, 90, 0.1)


def search(values, threads=1):
    return Search(values, 5, threads, from_patterns(5), "made")


def test_each_set_is_measured_with_luck_that_no_proposal_had(points, monkeypatch):
    monkeypatch.setattr(calibrate_patterns, "REPLICATES", 2)
    values = resolve(SMALL)
    one, two = (run_again(sample_of(points), search(values, threads)) for threads in (1, 2))
    assert str(one) == str(two)  # NaN differs from itself
    # the order of sets says nothing and is always the same
    assert sorted(one.points.tolist()) == rounded(in_units(points)).tolist() != one.points.tolist()
    own = {**values, **dict(zip(FREE, one.points[1].tolist(), strict=True))}
    assert str(one.rows[1]) == str(measure(own, FITTED, 5 + LUCK, 2, resamples=0))


def test_a_world_that_can_not_be_has_no_numbers(points, monkeypatch):
    def fails(*_, **__):
        raise SimulationError("too much effort")

    monkeypatch.setattr(calibrate_patterns, "measure", fails)
    found = run_again(sample_of(points), search({}))
    assert found.rows == [[], [], []] and np.isinf(found.distances).all()


def test_sets_are_rounded_and_each_is_there_once(points):
    sets = rounded(in_units(np.concatenate([points, points])))
    assert len(sets) == 3
    told = sorted(values_of(points[0]).items())
    near = sets[np.abs(sets - in_units(points)[0]).sum(axis=1).argmin()]
    assert dict(zip(FREE, near, strict=True)) == pytest.approx(dict(told), rel=5e-3)


def test_the_middle_of_a_sample_leaves_out_what_has_no_number_but_counts_never():
    assert middle(np.array([3.0, 1.0, 2.0, np.nan])) == Interval(2.0, 1.0, 3.0, 3)
    assert middle(np.array([1.0, 2.0, np.inf])).high == np.inf
    assert np.isnan(middle(np.array([np.nan])).estimate)


def rows_at(first):
    """Return rows that hit all targets but the first."""
    targets = [first, *(quantity.target for _, quantity in QUANTITIES[1:])]
    return [Row(*pair, Interval(x, x, x, 16)) for pair, x in zip(QUANTITIES, targets, strict=True)]


def test_sets_that_agree_are_kept_and_the_others_told():
    points = in_units(np.random.default_rng(2).random((24, len(FREE))))
    shares = [0.9] * 12 + [0.11] * 12  # of the first number, .12 to .20 are accepted
    rows = [rows_at(x) for x in shares]
    distances = np.array([2.0] * 12 + [0.9] * 11 + [0.3])
    found = sample_of(np.zeros((24, len(FREE))))
    anew = Anew(found, points, rows, distances)
    told = findings(anew, "Calibration", "Which parameters agree?", 0)
    said = " ".join(" ".join(told.answer.lines()).split())
    assert "12 sets of parameters agree with the published patterns, of 24" in said
    assert "The nearest lies at 0.30" in said and f"{FREE[0]}={points[23][0]:g}" in said
    assert f"meets {len(FITTED) - 1} of {len(FITTED)} patterns. Not met: Users who stop" in said
    assert keys_in(told) == set()
    sample = told.tables["sample"]
    assert sample["distance"].tolist() == distances[12:].tolist()
    assert sample[FREE[3]] == pytest.approx(points[12:, 3])
    assert told.tables["measured_anew"]["distance"].tolist() == sorted(distances)
    dots = told.figures[0].panels[0].marks[-1]
    assert dots.x[-1][:3] == validate.scaled(rows[12][0])[:3]
    assert [figure.name for figure in told.figures] == ["predictive", "posterior"]


def test_where_few_agree_all_worlds_are_kept(points):
    anew = Anew(sample_of(points), in_units(points), [[]] * 3, np.array([0.5, 3.0, np.inf]))
    assert anew.agreeing.tolist() == [0, 1]


def test_what_is_never_reached_is_said_so():
    pair = next(pair for pair in QUANTITIES if pair[1].name == "median")
    assert "to never)" in validate.cells(Row(*pair, Interval(8.0, 5.0, np.inf, 9)))[3]
