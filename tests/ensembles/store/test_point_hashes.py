"""A run's identity covers what decides its bits, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.design.runs import make_design
from sim.ensembles.store.manifest import head_of, identity_of, point_hashes
from sim.model.levers import ROW, Schedule
from sim.tables.checks import check_settings, resolve

BASE = resolve({})
AXIS = "alignment.usability"


def hashes(values, changes=({},)):
    return point_hashes(make_design(values, list(changes)))


def test_a_point_is_the_same_however_it_is_reached():
    (base,) = hashes(resolve({AXIS: 0.7}))
    swept = hashes(BASE, [{AXIS: 0.1}, {AXIS: 0.7}])
    other = hashes(BASE, [{"process.training": 0.3}, {AXIS: 0.7}])
    assert swept[1] == other[1] == base and len({*swept, *other}) == 3


@pytest.mark.parametrize("path", ["horizon", AXIS, "network.kind", "outcome.peak_months"])
def test_every_parameter_counts(path):
    other = {"horizon": 60, AXIS: 0.9, "network.kind": "random", "outcome.peak_months": 3}[path]
    assert hashes(BASE) != hashes(resolve({path: other}))


def test_values_may_not_be_exchanged_between_parameters():
    a = {"population.physician.trust": 0.1, "population.nurse.trust": 0.2}
    b = {"population.physician.trust": 0.2, "population.nurse.trust": 0.1}
    assert len(set(hashes(BASE, [a, b]))) == 2


def test_the_content_of_a_file_counts_and_its_path_does_not(tmp_path):
    def with_file(name, text):
        (tmp_path / name).write_text(text)
        return hashes(resolve({"population.file": str(tmp_path / name)}))

    first = with_file("a.csv", "organisation,hcps\nx,5\n")
    assert with_file("b.csv", "organisation,hcps\nx,5\n") == first
    assert with_file("a.csv", "organisation,hcps\nx,6\n") != first


def test_the_schedule_counts():
    design = make_design(BASE, [{}])
    rows = np.zeros(1, ROW)
    (point,) = design.points
    changed = replace(point, schedule=Schedule(rows, np.zeros(0, np.int64)))
    rows = rows.copy()
    rows["strength"] = 0.5
    stronger = replace(point, schedule=Schedule(rows, np.zeros(0, np.int64)))
    found = {point_hashes(design._replace(points=[p]))[0] for p in (point, changed, stronger)}
    assert len(found) == 3


def test_an_identity_covers_head_points_and_replicates():
    settings = check_settings({})
    points = hashes(BASE, [{AXIS: 0.1}, {AXIS: 0.7}])
    head = head_of("sweep", settings)
    first = identity_of(head, points, 4)
    assert first == identity_of(dict(reversed(head.items())), points, 4)
    others = {
        identity_of(head, points, 5),
        identity_of(head, points[:1], 4),
        identity_of(head_of("simulate", settings), points, 4),
        identity_of(head_of("sweep", settings | {"seed": 1}), points, 4),
        identity_of(head_of("sweep", settings | {"months": "all"}), points, 4),
        identity_of(head_of("sweep", settings | {"threads": 3, "progress": "never"}), points, 4),
    }
    assert len(others) == 6 and first in others  # threads and the bar decide nothing
