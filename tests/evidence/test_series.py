"""A series in the model: what is counted in it, from when on, and how far it is from what was seen."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence.series import (
    MEASURED,
    Series,
    distance,
    path_of,
    point_of,
    retained,
    simulated,
    trusting,
)
from sim.model.inputs import NEVER
from sim.model.panel import Panel
from sim.model.rules import ADOPTER, DECOMMISSIONED, LAPSED, NOT_DEPLOYED
from sim.tables.checks import resolve

PILOT = 1  # a status of a tool that runs
QUICK = resolve({"population.organisations": 4, "population.organisation_size": 5})


def series(measured="hcps_using", anchored=False, months=(0, 12, 24), shares=(0.1, 0.2, 0.3)):
    errors = np.full(len(shares), 0.05)
    labels = tuple(map(str, months))
    return Series("made", measured, labels, np.array(months), np.array(shares), errors, anchored)


def panel(state, status, **more):
    state, status = np.array(state, np.int8), np.array(status, np.int8)
    persons, n = state.shape, status.shape[1]
    given = {
        "state": state, "status": status, "hired": np.zeros(persons, np.int32),
        "adopted": np.full(persons, NEVER, np.int32), "trust": np.zeros(persons, np.float32),
        "first_hcp": np.linspace(0, persons[1], n + 1).astype(int), "deployed": np.zeros(n, np.int32),
    } | more  # fmt: skip
    return Panel(**{name: given.get(name) for name in Panel._fields})


def test_distance_is_the_root_mean_square_in_standard_errors():
    made = series()
    assert distance(made, made.shares) == 0
    assert distance(made, made.shares + 0.05) == pytest.approx(1)
    assert distance(made, np.array([0.1, 0.2, 0.4])) == pytest.approx(np.sqrt(4 / 3))
    assert distance(made, np.array([0.1, np.nan, 0.3])) == np.inf


@pytest.mark.parametrize(
    "made", [series(anchored=True), series("cohort_retained", shares=(1, 0.2, 0.3))]
)
def test_a_first_point_that_is_met_by_making_does_not_count(made):
    assert distance(made, np.array([0.9, *made.shares[1:]])) == 0
    assert distance(made, np.array([0.9, 0.25, 0.35])) == pytest.approx(1)


def test_a_first_part_knows_nothing_of_the_rest():
    made = series()
    cut = made.first(2)
    assert cut.labels == ("0", "12") and cut.shares.tolist() == [0.1, 0.2]
    other = made._replace(shares=np.array([0.1, 0.2, 0.9])).first(2)
    assert distance(cut, np.array([0.2, 0.2])) == distance(other, np.array([0.2, 0.2]))


def test_who_left_or_whose_tool_was_withdrawn_is_no_longer_of_the_cohort():
    uses, not_yet, stopped = ADOPTER, 0, LAPSED
    # months x posts: stays, stops, leaves (another person is hired), loses the tool; adopts too late
    state = [
        [uses, not_yet, uses, uses, not_yet],
        [uses, uses, uses, uses, not_yet],
        [uses, uses, uses, not_yet, not_yet],
        [uses, stopped, uses, not_yet, uses],
    ]
    adopted = np.tile([0, 1, 0, 0, 3], (4, 1))
    hired = np.array([[0] * 5, [0] * 5, [0, 0, 2, 0, 0], [0, 0, 2, 0, 0]])
    status = [[PILOT] * 5, [PILOT] * 5, [PILOT, PILOT, PILOT, DECOMMISSIONED, PILOT]]
    status.append(status[-1])
    found = retained(panel(state, status, adopted=adopted, hired=hired, first_hcp=np.arange(6)), 2)
    assert found.tolist() == [1, 1, 0.5]


def test_trust_is_asked_where_the_tool_runs():
    trust = np.array([[0.6, 0.4, 0.9, 0.9], [0.6, 0.7, 0.9, 0.1]], np.float32)
    made = panel(np.zeros((2, 4)), [[PILOT, NOT_DEPLOYED], [PILOT, PILOT]], trust=trust)
    assert trusting(made).tolist() == [0.5, 0.75]


@pytest.mark.parametrize("measured", MEASURED)
def test_every_kind_is_seen_in_a_world_of_its_own_with_the_same_luck(measured):
    made = series(measured)
    world = point_of(QUICK, made, 24).values
    everywhere = measured in ("cohort_retained", "trust")
    assert world["deployment.at_start"] == everywhere
    assert world["population.organisations"] == 4  # what was set stands
    first, again, other = (simulated(QUICK, made, 3, n) for n in (0, 0, 1))
    assert first.shape == (3,) and first.tobytes() == again.tobytes() != other.tobytes()
    assert simulated(QUICK, made, 3, 0, months=np.array([24]))[0] == first[2]
    free = point_of(resolve(), made, 24).values["population.organisations"]
    assert free == (20 if everywhere else 200)


def test_without_a_start_a_world_counts_from_the_month_in_which_it_reaches_the_first_point():
    made = series("organisations_running")
    values = QUICK | {"population.organisations": 40}
    path = path_of(point_of(values, made, 60), made.measured, 3, 0, 60)
    there = int(np.argmax(path > 0))
    made = made._replace(shares=np.array([path[there], 0.6, 0.7]))  # reached, and not passed
    anchored = made._replace(anchored=True)
    assert 0 < there <= 36
    assert simulated(values, anchored, 3, 0).tolist() == path[there + made.months].tolist()
    assert simulated(values, made, 3, 0).tolist() == path[made.months].tolist()
    never = values | {"deployment.rate": 0.0}
    assert distance(made, simulated(never, anchored, 3, 0)) == np.inf
