"""A search is kept as it goes, goes on to the same bits, and refuses what another one tried."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence import pattern_worlds
from sim.evidence.search import FREE, TRIED, Search, ends, from_patterns, values_of
from sim.model.panel import panel_of
from sim.studies.calibrate import PATTERNS_EFFORT, Effort, fitted, learnt, tables
from sim.tables.checks import resolve
from sim.tables.errors import SimulationError, UserError
from sim.tables.parameters import PARAMETERS

FIRST = FREE[0]
LOW, HIGH = ends()[:, 0]


def quick(values, replicate, limit):
    """Return a distance that is known: how far the first parameter is from .3 of its range."""
    return float(abs((values[FIRST] - LOW) / (HIGH - LOW) - 0.3))


def search(folder, seed=1, distance=quick, threads=2, seen="made", **more):
    made = Search(resolve(more), seed, threads, distance, seen)
    made.open(folder)
    return made


def found(folder, seed=1, **more):
    """Return the last sample of a search."""
    return fitted(search(folder, seed, **more), Effort(60, 9000, 0.02))[-1]


def test_free_parameters_are_assumptions_with_room(tmp_path):
    low, high = ends()
    assert (low < high).all() and len(set(FREE)) == len(FREE)
    assert all(PARAMETERS[path].assumed for path in FREE)
    assert list(values_of(np.zeros(len(FREE))).values()) == low.tolist()
    assert PATTERNS_EFFORT.particles >= 200


def test_the_sample_is_near_what_was_seen_and_says_what_was_not(tmp_path):
    made = found(tmp_path)
    low, high = ends()
    columns, table = tables(made).values()
    assert table["posterior_median"][0] == pytest.approx(low[0] + 0.3 * (high[0] - low[0]), rel=0.1)
    assert table["shrinkage"][0] > 0.9 and np.abs(table["shrinkage"][1:]).mean() < 0.35
    assert list(columns) == ["distance", *FREE]
    assert (columns["distance"] <= 0.02).all()
    assert "They say little or nothing of" in learnt(made, "the patterns")[0]


def test_what_was_tried_is_not_simulated_again(tmp_path):
    done = found(tmp_path)
    text = (tmp_path / TRIED).read_text(encoding="utf-8")
    (tmp_path / TRIED).write_text(text[: len(text) // 2], encoding="utf-8")  # somewhere in a line
    begun, seen = len(search(tmp_path).known), []
    again = found(tmp_path, distance=lambda *a: seen.append(a) or quick(*a))
    assert again.tried == done.tried == begun + len(seen) and begun > 0 < len(seen)


@pytest.mark.parametrize("more", [{"seed": 2}, {"process.training": 0.1}, {"seen": "other"}])
def test_another_search_in_the_same_folder_is_refused(tmp_path, more):
    found(tmp_path)
    with pytest.raises(UserError, match="give another out"):
        found(tmp_path, **more)


def test_a_proposal_is_a_run_of_its_own_whose_distance_is_kept(tmp_path):
    small = {"population.organisations": 4, "distance": from_patterns(0), "seed": 0}
    made = search(tmp_path, threads=1, **small)
    middle = np.full((1, len(FREE)), 0.5)
    first, second = (made(0, [n], middle, np.inf) for n in (0, 1))
    assert np.isfinite(first).all() and first != second  # the same point, other luck
    assert search(tmp_path, **small)(0, [0], middle, np.inf) == first
    # nearer than the limit: the same number; beyond: no further than known to be
    far = float(first[0])
    for limit, told in ((far, far), (np.nextafter(far, 0), np.inf), (0.01, np.inf)):
        assert search(tmp_path / repr(limit), **small)(0, [0], middle, limit) == told


def test_who_is_beyond_the_limit_is_not_simulated_to_the_end(monkeypatch):
    seen = []

    def counted(*given, **more):
        seen.append(given)
        return panel_of(*given, **more)

    monkeypatch.setattr(pattern_worlds, "panel_of", counted)
    values = resolve({"population.organisations": 4})
    assert from_patterns(0)(values, 0, 0.01) == np.inf
    assert len(seen) == 1
    assert from_patterns(0)(values, 0, np.inf) > 0.01
    assert len(seen) == 1 + 3


def test_what_is_no_world_of_the_model_is_infinitely_far(tmp_path):
    def too_much(values, replicate, limit):
        raise SimulationError("more effort than a month can hold")

    middle = np.full((1, len(FREE)), 0.5)
    assert search(tmp_path, distance=too_much)(0, [0], middle, np.inf) == np.inf
