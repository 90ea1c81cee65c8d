"""What a figure of months says: where everybody is, and where a mean is like none of its runs."""

from __future__ import annotations

import numpy as np
import pytest

from sim.outcomes.table import PLACES
from sim.reports.figure import Stack
from sim.reports.month_figures import unlike_told, where_figure


def test_everybody_is_somewhere_and_each_place_is_named_with_its_number():
    months = np.linspace(0, 1, 121)
    shares = np.array([0.5 * months, 0.1 * months, 0.05 * months, 0.15 * months, 0.2 * months,
                       0 * months, 1 - months])  # fmt: skip
    runs = {p.name: np.stack([s, s, np.nan * s]) for p, s in zip(PLACES, shares, strict=True)}
    content = where_figure(runs, "Two runs.")
    (panel,) = content.panels
    stack = next(mark for mark in panel.marks if isinstance(mark, Stack))
    assert [low[-1] for low, _ in stack.edges] == pytest.approx([0, 50, 60, 65, 80, 100, 100])
    assert np.allclose(stack.edges[-1][1], 100)
    numbers = [int(text.rpartition(" ")[2]) for text in stack.labels if text]
    assert numbers == [50, 10, 5, 15, 20, 0] and stack.labels[5] == ""  # never withdrawn
    assert panel.x.limits == (0, 120) and "month 120" in content.caption


def test_a_mean_outside_of_most_of_its_runs_is_told_where_it_happens():
    runs = np.zeros((40, 10))
    runs[:3, 4:8] = 1.0  # few are far higher: the mean is .075, and 90 % of runs are at 0
    for shares, side in ((runs, "above"), (1 - runs, "below")):
        assert f"Adopters: in months 4 to 7 the mean lies {side}" in unlike_told(shares, "Adopters")
    assert "hardly any" not in unlike_told(runs, "x")
    assert unlike_told(np.tile(np.linspace(0, 1, 40)[:, None], 10), "x") == ""
    assert unlike_told(runs[:1], "x") == ""
    runs[:, 6:] = 0.0  # for two months only, which may be chance
    assert unlike_told(runs, "x") == ""


def test_a_mean_between_two_kinds_of_histories_is_told():
    runs = np.zeros((20, 5))
    runs[:10] = 0.9
    assert "hardly any history, 0 of 20 runs end less than a tenth" in unlike_told(runs, "x")
    assert "hardly any" not in unlike_told(runs[6:14], "x")  # too few to say so
    runs[4:14] = 0.45
    assert "hardly any" not in unlike_told(runs, "x")
