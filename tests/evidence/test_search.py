"""A search is kept as it goes, goes on to the same bits, and refuses what another one tried."""

from __future__ import annotations

import numpy as np
import pytest

from sim.__main__ import main
from sim.evidence import search
from sim.evidence.search import FREE, TRIED, Search, ends, values_of
from sim.studies.calibrate import PARTICLES, calibrate, posterior, sample
from sim.tables.checks import resolve
from sim.tables.errors import UserError
from sim.tables.parameters import PARAMETERS


@pytest.fixture
def quick(monkeypatch):
    """Put a distance that is known in the place of runs: how far the first parameter is from .3."""

    def measured(self, proposal):
        key, point = proposal
        return key, float(abs(point[0] - 0.3))

    monkeypatch.setattr(Search, "_measure", measured)
    monkeypatch.setattr("sim.studies.calibrate.TOLERANCE", 0.02)


def found(folder, seed=1, **more):
    return calibrate(resolve(more), seed, 2, folder, 60, 9000)


def test_free_parameters_are_assumptions_with_room(tmp_path):
    low, high = ends()
    assert (low < high).all() and len(set(FREE)) == len(FREE)
    assert all(PARAMETERS[path].assumed for path in FREE)
    assert list(values_of(np.zeros(len(FREE))).values()) == low.tolist()
    assert PARTICLES >= 200


def test_the_sample_is_near_what_was_seen_and_says_what_was_not(quick, tmp_path):
    made = found(tmp_path)
    low, high = ends()
    table = posterior(made)
    assert table["posterior_median"][0] == pytest.approx(low[0] + 0.3 * (high[0] - low[0]), rel=0.1)
    assert table["shrinkage"][0] > 0.9 and np.abs(table["shrinkage"][1:]).mean() < 0.35
    columns = sample(made)
    assert list(columns) == ["distance", *FREE]
    assert (columns["distance"] <= 0.02).all()
    assert "They say little or nothing of" in " ".join(str(made).split())


def test_an_interrupted_search_goes_on_to_the_same_bits(quick, tmp_path):
    whole = found(tmp_path / "whole")
    text = (tmp_path / "whole" / TRIED).read_text(encoding="utf-8")
    (tmp_path / "cut").mkdir()
    cut = text[: len(text) // 2]  # somewhere in a line
    (tmp_path / "cut" / TRIED).write_text(cut, encoding="utf-8")
    again = found(tmp_path / "cut")
    assert 0 < again.new < whole.new
    for a, b in zip(sample(whole).values(), sample(again).values(), strict=True):
        assert a.tobytes() == b.tobytes()
    assert found(tmp_path / "whole").new == 0


@pytest.mark.parametrize("more", [{"seed": 2}, {"process.training": 0.1}])
def test_another_search_in_the_same_folder_is_refused(quick, tmp_path, more):
    found(tmp_path)
    with pytest.raises(UserError, match="give another out"):
        found(tmp_path, **more)


def test_a_proposal_is_a_run_of_its_own_whose_distance_is_kept(tmp_path):
    made = Search(resolve({"population.organisations": 4}), 0, 1, tmp_path)
    middle = np.full((1, len(FREE)), 0.5)
    first, second = made(0, [0], middle), made(0, [1], middle)
    assert np.isfinite(first).all() and first != second  # the same point, other luck
    assert Search(made.values, 0, 2, tmp_path)(0, [0], middle) == first
    assert search.TRIED == TRIED


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("particles=5", "allowed is a whole number from 10"),
        ("particles=many", "particles=many"),
        ("proposals=1", "proposals"),
        ("process.training=[0,0.1]", "give single values"),
        ("decision.lapse_rte=1", "did you mean decision.lapse_rate?"),
    ],
)
def test_mistakes_are_one_line(argument, told, capsys):
    assert main(["calibrate", argument]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
