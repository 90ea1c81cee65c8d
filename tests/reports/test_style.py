"""What the look of all figures promises."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.text import Text

from sim.reports.figures.style import (
    COLOURS,
    READABLE,
    apart,
    contrast,
    label_ends,
    label_points,
    new_figure,
    text_colour,
)


def test_labels_of_points_cover_neither_each_other_nor_a_point():
    points = [(10.0, 5.0), (10.3, 5.1), (10.6, 5.0), (9.8, 29.9), (30.0, 30.0), (np.nan, 1.0)]
    names = ["alignment_workshop", "champions", "network", "onboarding", "far_away", "unknown"]
    figure, axes = new_figure(1, 1, (5, 4))
    panel = axes[0, 0]
    panel.plot(*zip(*points, strict=True), "o")
    label_points(panel, points, names, list(range(len(names))))
    figure.canvas.draw()
    boxes = [Text.get_window_extent(text) for text in panel.texts]
    assert sorted(text.get_text() for text in panel.texts) == sorted(names[:-1])
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    assert all(box.x0 > panel.bbox.x1 for box in boxes)
    assert all(panel.bbox.y0 <= box.y1 and box.y0 <= panel.bbox.y1 for box in boxes)


def test_labels_of_ends_stay_in_the_panel_apart_and_at_a_line_that_stands_alone():
    _, axes = new_figure(1, 1, (5, 4))
    axes = axes.flat[0]
    axes.set_ylim(0, 1)
    label_ends(axes, 1, [0.9, 0.02, 0.03, 0.5], ["a", "b", "c", "d"])
    heights = {text.get_text(): text.xy[1] for text in axes.texts}
    assert heights["a"] == pytest.approx(0.9) and heights["d"] == pytest.approx(0.5)
    assert 0.02 < heights["b"] < heights["c"] - 0.08


def test_labels_move_apart_within_the_panel():
    placed = dict(apart([0.99, 0.98, 0.0, 0.5, float("nan")], 0.0, 1.0, 0.1))
    assert set(placed) == {0, 1, 2, 3} and placed[3] == 0.5  # far from all others: not moved
    ordered = sorted(placed.values())
    assert all(b - a >= 0.1 - 1e-9 for a, b in zip(ordered, ordered[1:], strict=False))
    assert 0.05 <= ordered[0] and ordered[-1] <= 1
    assert apart([], 0, 1, 0.1) == []


def test_words_are_dark_enough_for_grey_paper_and_keep_a_colour_that_is():
    assert contrast("#000000") == pytest.approx(21) and contrast("#FFFFFF") == pytest.approx(1)
    for number, colour in enumerate(COLOURS):
        assert contrast(text_colour(number)) >= READABLE
        assert text_colour(number) == colour or contrast(colour) < READABLE
    assert text_colour(len(COLOURS)) == text_colour(0)


@pytest.mark.parametrize("label", ["ends", "points", "html"])
def test_all_labels_are_as_dark(label):
    faint = [n for n, colour in enumerate(COLOURS) if contrast(colour) < READABLE]
    assert len(faint) > 3
    heights, names = [n / len(faint) for n in faint], [str(n) for n in faint]
    spots = [(1.0, height) for height in heights]
    if label == "html":
        from bokeh.models import Label

        from sim.reports.html import plots

        made = plots.panel("x", "y", "z")
        plots.label_points(made, spots, names, faint)
        found = [one.text_color for one in made.select({"type": Label})]
    else:
        _, axes = new_figure(1, 1, (5, 4))
        if label == "ends":
            label_ends(axes[0, 0], 1.0, heights, names, faint)
        else:
            label_points(axes[0, 0], spots, names, faint)
        found = [text.get_color() for text in axes[0, 0].texts]
    assert len(found) == len(faint) and all(contrast(colour) >= READABLE for colour in found)


def test_names_of_curves_of_what_is_worth_most_are_as_dark():
    from sim.reports.figures.comparison import costs_figure
    from sim.studies.python import compare

    names = ["none", "training", "train_everyone_once", "co_design"]
    small = {"population.organisations": 4, "population.organisation_size": 8, "horizon": 24}
    figure = costs_figure(compare(names, small, replicates=4).compared)
    found = [text for panel in figure.axes for text in panel.texts if text.get_text() in names]
    assert len(found) > len(names) and all(contrast(text.get_color()) >= READABLE for text in found)
