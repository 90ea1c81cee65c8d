"""What the look of all figures promises, on paper and on a page, and that both draw every mark."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pytest
from bokeh.models import HoverTool
from bokeh.models import Label as PageLabel
from matplotlib.text import Text

from sim.analysis.intervals import Interval
from sim.reports import draw_files, draw_pages
from sim.reports.figure import (
    Area,
    Bars,
    Curve,
    Dots,
    Faint,
    Figure,
    Heat,
    Label,
    Panel,
    Rule,
    Scale,
    around,
    exact,
    rows_of,
    short_number,
    single_runs,
)
from sim.reports.html import embed
from sim.reports.looks import COLOURS, READABLE, apart, contrast, text_colour

KNOWN, ALONE = Interval(0.5, 0.4, 0.7, 9), exact(0.2)
NOTHING = Interval(np.nan, np.nan, np.nan, 0)
ESTIMATES = [KNOWN, ALONE, NOTHING]
ROWS = [exact(n) for n in range(3)]
TIPS = [("what", ["a", "b", "c"])]
MARKS = {
    "curve": Curve([0, 1, 2], ESTIMATES, 3, "name", "end"),
    "dots along x": Dots(ESTIMATES, ROWS, [0, 1, 2], TIPS),
    "dots along y": Dots(ROWS, ESTIMATES, [0, 1, 2], TIPS, small=True),
    "named dots": Dots(ESTIMATES, ESTIMATES, [0, 1, 2], TIPS, names=["a", "b", "c"]),
    "thick bars": Dots(ESTIMATES, ROWS, [0, 1, 2], TIPS, [(0.4, 0.6)] * 3, values=["1", "2", "3"]),
    "heat": Heat([[KNOWN, ALONE], [NOTHING, exact(0.999)]], "name", "unit"),
    "bars": Bars([0, 1], [2, 3], 1, "name"),
    "area": Area([0, 1], [0.1, 0.2], [0.3, 0.4]),
    "faint": Faint([([0, 1], [0, 1]), ([0, 1], [1, 0])]),
    "rule": Rule(0.5, dash="dashed", label="word"),
    "stretch": Rule(0.5, until=0.7),
    "level": Rule(0.5, "y"),
    "label": Label(0.5, 0.5, "word", 2, slanted=True),
}
GRID = Scale("x", (-0.5, 1.5), ["p", "q"])


def of(*marks, **options):
    across = GRID if isinstance(marks[0], Heat) else Scale("x")
    return Figure("name", "Title", "Caption.", [Panel("t", marks, across, Scale("y", (0, 1)))],
                  **options)  # fmt: skip


def words_on_paper(content):
    figure = draw_files.draw(content)
    figure.canvas.draw()
    return figure, {text.get_text(): text for panel in figure.axes for text in panel.texts}


def words_on_page(content):
    found = [one for view in draw_pages.draw(content) for one in view.select({"type": PageLabel})]
    return {one.text: one for one in found}


@pytest.mark.parametrize("name", MARKS)
def test_every_mark_is_drawn_in_files_and_on_pages(name):
    content, empty = of(MARKS[name]), Figure("name", "", "", [Panel("t", [])])
    blank, drawn = (draw_files.draw(c)._repr_png_() for c in (empty, content))
    assert drawn.startswith(b"\x89PNG") and drawn != blank
    (view,), (bare,) = draw_pages.draw(content), draw_pages.draw(empty)
    assert len(view.renderers) + len(view.center) > len(bare.renderers) + len(bare.center)
    assert "figure-0-0" in json.dumps(embed.data_of([content]), allow_nan=False)
    assert view.title.text == "t" and view.height == 264


@pytest.mark.parametrize("name", ["curve", "dots along x", "heat", "bars"])
def test_marks_with_values_tell_them_where_they_are_pointed_at(name):
    (view,) = draw_pages.draw(of(MARKS[name]))
    (tool,) = view.select({"type": HoverTool})
    told = [str(text) for column in tool.renderers[0].data_source.data.values() for text in column]
    expected = {"curve": "0.50 (0.40 to 0.70)", "heat": "0.50 (0.40 to 0.70)", "bars": "3"}
    assert expected.get(name, "a") in told


def test_a_figure_on_paper_says_what_it_is_and_what_its_looks_mean():
    figure = draw_files.draw(of(MARKS["dots along x"], key=[("one", 0), ("two", 1)]), "Heading")
    assert figure.get_suptitle() == "Heading. Title. Caption."
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["one", "two"]


def test_shared_axes_are_named_once_and_panels_without_one_below_keep_their_numbers():
    panels = [Panel(str(n), [Faint([([0, n], [0, 1])])], Scale("x"), Scale("y")) for n in range(5)]
    figure = draw_files.draw(Figure("n", "", "", panels, 3, shared="xy"))
    assert [view.get_xlabel() for view in figure.axes] == ["", "", "x", "x", "x", ""]
    assert [view.get_ylabel() for view in figure.axes[:5]] == ["y", "", "", "y", ""]
    assert len({view.get_xlim() for view in figure.axes[:5]}) == 1
    assert [view.get_visible() for view in figure.axes] == [True] * 5 + [False]


def test_labels_of_points_cover_neither_each_other_nor_a_point():
    points = [(10.0, 5.0), (10.3, 5.1), (10.6, 5.0), (9.8, 29.9), (30.0, 30.0), (np.nan, 1.0)]
    names = ["alignment_workshop", "champions", "network", "onboarding", "far_away", "unknown"]
    x, y = ([exact(point[k]) for point in points] for k in (0, 1))
    dots = Dots(x, y, range(len(names)), [("what", names)], names=names)
    content = Figure("n", "", "", [Panel("", [dots])], size=(5, 4))
    figure, texts = words_on_paper(content)
    boxes = [Text.get_window_extent(text) for text in texts.values()]
    panel = figure.axes[0]
    assert sorted(texts) == sorted(names[:-1]) == sorted(words_on_page(content))
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    assert all(box.x0 > panel.bbox.x1 for box in boxes)
    assert all(panel.bbox.y0 <= box.y1 and box.y0 <= panel.bbox.y1 for box in boxes)


def test_labels_of_ends_stay_in_the_panel_apart_and_at_a_line_that_stands_alone():
    ends = {"a": 0.9, "b": 0.02, "c": 0.03, "d": 0.5}
    curves = [
        Curve([0, 1], [exact(y)] * 2, n, name, name) for n, (name, y) in enumerate(ends.items())
    ]
    on_page = {name: text.y for name, text in words_on_page(of(*curves)).items()}
    on_paper = {name: text.xy[1] for name, text in words_on_paper(of(*curves))[1].items()}
    for heights in (on_page, on_paper):
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
    for look, colour in enumerate(COLOURS):
        assert contrast(text_colour(look)) >= READABLE
        assert text_colour(look) == colour or contrast(colour) < READABLE
    assert text_colour(len(COLOURS)) == text_colour(0)


@pytest.mark.parametrize("kind", ["ends", "points", "values", "words"])
def test_all_words_are_as_dark(kind):
    faint = [n for n, colour in enumerate(COLOURS) if contrast(colour) < READABLE]
    assert len(faint) > 3
    names = [str(n) for n in faint]
    at = [exact(n / len(faint)) for n in range(len(faint))]
    marks = {
        "ends": [Curve([0, 1], [y, y], n, "", name)
                 for y, n, name in zip(at, faint, names, strict=True)],
        "points": [Dots(at, at, faint, [("what", names)], names=names)],
        "values": [Dots(at, at, faint, [("what", names)], values=names)],
        "words": [Label(0, 0, name, n) for n, name in zip(faint, names, strict=True)],
    }[kind]  # fmt: skip
    found = [text.get_color() for text in words_on_paper(of(*marks))[1].values()]
    assert len(found) == len(faint) and all(contrast(colour) >= READABLE for colour in found)
    found = [text.text_color for text in words_on_page(of(*marks)).values()]
    assert len(found) == len(faint) and all(contrast(colour) >= READABLE for colour in found)


def test_a_look_has_the_same_colour_on_paper_and_on_a_page():
    dots = Dots([KNOWN] * 15, [exact(n) for n in range(15)], range(15), [])
    view = draw_files.draw(of(dots)).axes[0]
    paper = [line.lines[0].get_color() for line in view.containers]
    (points,) = [r for r in draw_pages.draw(of(dots))[0].renderers if "mark" in r.data_source.data]
    assert paper == points.data_source.data["colour"] == [COLOURS[n % 12] for n in range(15)]


def test_a_curve_of_what_is_worth_most_is_named():
    from sim.studies.comparison.figures import costs_figure
    from sim.studies.python import compare

    names = ["none", "training", "train_everyone_once", "co_design"]
    small = {"population.organisations": 4, "population.organisation_size": 8, "horizon": 24}
    content = costs_figure(compare(names, small, replicates=4).compared)
    marks = content.panels[1].marks
    curves = {mark.look: mark.name for mark in marks if isinstance(mark, Curve)}
    labels = {mark.look: mark.text for mark in marks if isinstance(mark, Label)}
    assert curves == labels and len(curves) > 1 and set(curves.values()) <= set(names)


def test_single_runs_are_told_by_their_mean_and_most_of_them():
    runs = np.array([[0.0, 0.2], [0.1, 0.4], [np.nan, np.nan]])  # the last one failed
    faint, area, curve = single_runs([0, 1], runs, "name")
    assert len(faint.lines) == 2 and curve.strong
    assert [i.estimate for i in curve.found] == pytest.approx([0.05, 0.3])
    assert area.low[0] == pytest.approx(0.01) and area.high[1] == pytest.approx(0.38)
    (curve,) = single_runs([0, 1], runs[2:], "name")
    assert np.isnan([i.estimate for i in curve.found]).all()


def test_axes_hold_all_intervals_and_nothing():
    assert around([Interval(1.0, 0.5, 2.0, 3), NOTHING]) == pytest.approx((-0.1, 2.1))
    assert around([NOTHING]) == pytest.approx((-0.05, 0.05 + 0.0), abs=1)
    assert rows_of(["a", "b"]).limits == (-0.6, 1.6) and rows_of(["a", "b"]).told(1) == "b"
    assert [short_number(x) for x in (0.0, 0.254, 0.999, np.nan)] == [".00", ".25", "1", ""]
    assert Scale(thousands=True).told(12345.6) == "12,346" and Scale().told(0.1) == "0.1"
