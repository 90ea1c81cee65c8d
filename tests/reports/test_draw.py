"""What the look of all figures promises, and what is told where a page is pointed at."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace
from io import BytesIO
from itertools import combinations
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from sim.analysis.intervals import Interval
from sim.reports import draw_figures, draw_marks, figure_style, titles
from sim.reports.figure import (
    Area,
    Bars,
    Curve,
    Dots,
    Faint,
    Figure,
    Heat,
    Panel,
    Rule,
    Scale,
    Stack,
    around,
    exact,
    professionals,
    rows_of,
    single_runs,
)
from sim.reports.looks import COLOURS, text_colour
from sim.reports.on_page import WHOLE, on_page, told_in
from sim.reports.places import LINE, room, standing, words_of
from sim.tables.version import __version__

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
    "area": Area([0, 1], [0.1, 0.2], [0.3, 0.4], "word"),
    "faint": Faint([([0, 1], [0, 1]), ([0, 1], [1, 0])]),
    "rule": Rule(0.5, dash="dashed", label="word"),
    "stretch": Rule(0.5, until=0.7),
    "level": Rule(0.5, "y"),
    "stack": Stack([0, 1], [[20, 30], [80, 70]], ["a", "b"], COLOURS[:2], ["a 30 %", "b"]),
}
GRID = Scale("x", (-0.5, 1.5), ["p", "q"])


def of(*marks, **options):
    across = GRID if isinstance(marks[0], Heat) else Scale("x")
    return Figure("name", "Title", "Caption.", [Panel("t", marks, across, Scale("y", (0, 1)))],
                  **options)  # fmt: skip


def words_on_paper(content):
    figure = draw_figures.draw(content)
    figure.canvas.draw()
    return figure, {text.get_text(): text for panel in figure.axes for text in panel.texts}


@pytest.mark.parametrize("name", MARKS)
def test_every_mark_is_drawn_and_no_letter_is_smaller_than_9_points(name):
    content = of(MARKS[name])
    panel = replace(content.panels[0], x=replace(content.panels[0].x, limits=(-0.5, 1.5)))
    figure, blank = (
        draw_figures.draw(replace(content, panels=[replace(panel, marks=marks)]))
        for marks in (panel.marks, [])
    )
    assert figure._repr_png_() != blank._repr_png_()
    sizes = [t.get_fontsize() for t in figure.findobj(Text) if t.get_text()]
    assert sizes and min(sizes) >= (8 if name == "heat" else 9)  # numbers in cells


def told(content):
    """Return what is told in the first panel of a figure: its box in data, and the lines of its text."""
    view = draw_figures.draw(content).axes[0]
    back = view.transData.inverted().transform
    return [
        (back([(left, low), (right, high)]), text.split("\n"))
        for (left, low, right, high), text in told_in(content.panels[0], view)
    ]


KNOWN_TOLD = "0.50 (0.40 to 0.70)"
TOLD = {  # mark -> how many spots, and the first of them
    "curve": (3, ["x: 0", f"name: {KNOWN_TOLD}"]),
    "dots along x": (2, ["what: a"]),  # the third has no number
    "heat": (4, ["x, y: p, 0", "name: 50 of 100 (40 to 70)"]),
    "bars": (2, ["x: 0", "name: 2"]),
    "stack": (2, ["x: 0", "b: 80.0", "a: 20.0"]),
}


@pytest.mark.parametrize("name", TOLD)
def test_marks_with_values_tell_them_where_they_are(name):
    spots = told(of(MARKS[name]))
    assert (len(spots), spots[0][1]) == TOLD[name]
    ((left, low), (right, high)), _ = spots[0]
    x, y = (0.5, 0.0) if name == "dots along x" else (0.0, 0.0)
    assert left - 1e-9 <= x <= right and low - 1e-9 <= y <= high


def test_all_lines_of_a_panel_are_told_in_one_box():
    curves = [Curve([0, 1, 2], [exact(0.1 * n)] * 3, n, f"line {n}") for n in range(5)]
    boxes, texts = zip(*told(of(*curves, Dots([exact(1)], [exact(0)], [0], TIPS))), strict=True)
    assert texts[1] == ["x: 1", *(f"line {n}: 0.{n}0" for n in range(5))]
    # they part the panel between them; a dot has its own place within
    assert [box[1][0] for box in boxes[:2]] == pytest.approx([box[0][0] for box in boxes[1:3]])
    assert texts[3] == ["what: a"]
    assert boxes[1][0][0] < boxes[3][0][0] < boxes[3][1][0] < boxes[1][1][0]


def test_a_picture_on_a_page_has_no_caption_and_its_spots_lie_within(tmp_path):
    content = of(MARKS["heat"])
    drawn = draw_figures.draw(content, "Heading")
    draw_figures.save_figure(drawn, tmp_path / "f", "", {})
    page = on_page(content, drawn, tmp_path / "f.png")
    with (
        Image.open(tmp_path / "f.png") as whole,
        Image.open(BytesIO(b64decode(page.address[22:]))) as part,
    ):
        assert part.width == whole.width and 0.5 * whole.height < part.height < whole.height
        box = [round(x * n / WHOLE) for x, n in zip(page.spots[3][:4], part.size * 2, strict=True)]
        cell = part.convert("RGB").crop(box).resize((40, 40)).getcolors()
    # 0.999 is bright, and all of the cell is
    assert max(cell)[1] == pytest.approx((254, 231, 55), abs=12)
    assert (page.title, page.caption) == ("Title", "Caption.")


def test_cells_hold_their_shares_as_numbers_of_100():
    cells = [text.get_text() for text in draw_figures.draw(of(MARKS["heat"])).axes[0].texts]
    assert cells == ["50", "20", "", "100"]


def test_a_figure_on_paper_says_what_it_is_and_what_its_looks_mean():
    key = [("one", 0), ("two", 1), ("not drawn", 3)]
    figure = draw_figures.draw(of(MARKS["dots along x"], key=key), "Heading")
    assert figure.get_suptitle() == "Heading. Title. Caption."
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["one", "two"]


def test_shared_axes_are_named_once_and_panels_without_one_below_keep_their_numbers():
    panels = [Panel(str(n), [Faint([([0, n], [0, 1])])], Scale("x"), Scale("y")) for n in range(5)]
    figure = draw_figures.draw(Figure("n", "", "", panels, 3, shared="xy"))
    assert [view.get_xlabel() for view in figure.axes] == ["", "", "x", "x", "x", ""]
    assert [view.get_ylabel() for view in figure.axes[:5]] == ["y", "", "", "y", ""]
    assert [view.get_visible() for view in figure.axes] == [True] * 5 + [False]


MANY = [f"policy number {n} of many" for n in range(12)]
CROWDS = {
    "at the foot": [0.0] * 5 + [0.001] * 6 + [0.9],
    "at the top": [1.0] * 11 + [0.2],
    "two crowds": [0.3] * 6 + [0.31] * 6,
    "without a number": [0.4, np.nan, 0.4, 0.1],
}


@pytest.mark.parametrize("crowd", CROWDS)
@pytest.mark.parametrize("kind", ["lines", "points"])
def test_words_at_the_right_cover_neither_each_other_nor_leave_their_panel(crowd, kind):
    ends = dict(zip(MANY, CROWDS[crowd], strict=False))
    made = list(enumerate(ends.items()))
    marks = {
        "lines": [Curve([0, 1], [exact(0.5), exact(y)], n, name, name) for n, (name, y) in made],
        "points": [Dots([exact(0.1 * n) for n, _ in made], [exact(y) for y in ends.values()],
                        range(len(ends)), [("what", list(ends))], names=list(ends))],
    }[kind]  # fmt: skip
    content = Figure("n", "", "", [Panel("", marks, y=Scale("y", (0, 1)))] * 2, 2, 2.0)
    words = words_of(content.panels[0])
    if kind == "points" or crowd != "without a number":
        assert len(words) == np.isfinite(CROWDS[crowd]).sum()
    figure = draw_figures.draw(content)
    figure.canvas.draw()
    for panel in figure.axes:
        boxes = [Text.get_window_extent(text) for text in panel.texts]
        assert len(boxes) == len(words)
        assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
        assert all(box.x0 >= panel.bbox.x1 and box.x1 <= figure.bbox.x1 for box in boxes)
        assert all(panel.bbox.y0 - 4 <= box.y0 and box.y1 <= panel.bbox.y1 + 4 for box in boxes)
        upwards = sorted(zip(boxes, words, strict=True), key=lambda pair: pair[0].y0)
        at = [word.point[1] for _, word in upwards]
        assert at == sorted(at)  # leaders do not cross


def test_words_stay_at_a_line_that_stands_alone_and_have_a_line_to_it_elsewhere():
    ends = {"a": 0.9, "b": 0.02, "c": 0.03, "d": 0.5}
    curves = [Curve([0, 1], [exact(y)] * 2, 0, name, name) for name, y in ends.items()]
    words = words_of(of(*curves).panels[0])
    at, led = zip(*standing(words, (0, 1), 120), strict=True)
    assert at[0] == pytest.approx(0.9) and at[3] == pytest.approx(0.5)
    assert led == (False, False, True, False)
    assert words[1].point == (1.0, 0.02) and at[2] - at[1] > LINE / 120.01


def test_names_in_lines_take_the_room_of_their_longest_line():
    def figure(name):
        return Figure("f", "", "", [Panel("", [], y=rows_of([name]))])

    assert room(figure("one\na longer line")) == room(figure("a longer line"))
    assert room(figure("one a longer line")) < room(figure("a longer line"))


def test_panels_that_share_an_axis_have_the_same_limits():
    panels = [Panel(str(n), [Faint([([0, n + 1], [0, 2 * n + 1])])], Scale("x")) for n in range(4)]
    content = Figure("n", "", "", panels, 2, shared="xy")
    paper = [(v.get_xlim(), v.get_ylim()) for v in draw_figures.draw(content).axes]
    assert len({x for x, _ in paper}) == 1 and len({y for _, y in paper}) == 2
    assert paper[0][1][1] >= 3 and paper[2][1][1] >= 7  # a row has the limits of its highest panel


@pytest.mark.filterwarnings("error")
def test_names_of_a_users_own_leave_room_for_what_is_drawn():
    """Of 200 characters, as a title may have."""
    names = [f"{n} {'a long name of a policy ' * 9}"[:200] for n in range(3)]
    panel = Panel(names[0], [MARKS["dots along x"]], Scale("x"), rows_of(names))
    key = [(name, n) for n, name in enumerate(names)]
    figure = draw_figures.draw(Figure("name", "", "", [panel], key=key))
    figure.canvas.draw()
    (view,), (legend,) = figure.axes, figure.legends
    told = [text.get_text() for text in (*view.get_yticklabels(), *legend.get_texts())]
    assert len(told) == 6 and all(text.endswith("…") and text.count("\n") == 1 for text in told)
    assert view.get_title("left").endswith("…")
    drawn = view.get_window_extent()
    assert drawn.width > figure.bbox.width / 3 and drawn.height > figure.bbox.height / 4
    within = figure.bbox.contains
    for text in (*view.get_yticklabels(), *legend.get_texts()):
        ends = text.get_window_extent()
        assert within(ends.x0, ends.y0) and within(ends.x1, ends.y1), text


@pytest.mark.filterwarnings("error")
def test_an_axis_whose_ends_are_the_same_has_some_length():
    """As that of use is, where nobody uses it."""
    panel = Panel("t", [MARKS["level"]], y=Scale("y", (0, 0)))
    (view,) = draw_figures.draw(Figure("name", "", "", [panel])).axes
    assert view.get_ylim() == (0, 1)


@pytest.mark.parametrize("kind", ["ends", "points", "values"])
def test_all_words_are_as_dark(kind):
    faint = [n for n, colour in enumerate(COLOURS) if colour != text_colour(n)]
    names = [str(n) for n in faint]
    at = [exact(n / len(faint)) for n in range(len(faint))]
    marks = {
        "ends": [Curve([0, 1], [y, y], n, "", str(n)) for y, n in zip(at, faint, strict=True)],
        "points": [Dots(at, at, faint, [("what", names)], names=names)],
        "values": [Dots(at, at, faint, [("what", names)], values=names)],
    }[kind]  # fmt: skip
    found = {text.get_color() for text in words_on_paper(of(*marks))[1].values()}
    assert found == {text_colour(n) for n in faint}


def test_a_curve_of_what_is_worth_most_is_named():
    from sim.studies.comparison.figures import costs_figure
    from sim.studies.python import compare

    names = ["none", "training", "train_everyone_once", "co_design"]
    small = {"population.organisations": 4, "population.organisation_size": 8, "horizon": 24}
    small |= {"deployment.at_start": 1.0}
    compared = compare(names, small, replicates=4).compared
    curves = [mark for mark in costs_figure(compared).panels[1].marks if isinstance(mark, Curve)]
    assert len(curves) > 1
    assert all(curve.name == curve.label in compared.titles for curve in curves)


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
    assert around([NOTHING]) == pytest.approx((-0.05, 0.05))
    assert rows_of(["a", "b"]).limits == (-0.6, 1.6) and rows_of(["a", "b"]).told(1) == "b"
    assert Scale(thousands=True).told(12345.6) == "12,346" and Scale().told(0.1) == "0.1"


@pytest.mark.parametrize("log", [False, True])
def test_shares_are_drawn_and_told_as_numbers_of_100(log):
    across = titles.of_scale("process.training", log=log)
    panel = Panel("", [Curve([0.01, 0.1], [exact(0.2), exact(0.4)])], across, professionals())
    figure, _ = words_on_paper(Figure("name", "", "", [panel]))
    (view,) = figure.axes
    for axis in (view.xaxis, view.yaxis):
        drawn = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
        numbers = [(100 * at, float(label.get_text())) for at, label in drawn if label.get_text()]
        assert numbers and all(at == pytest.approx(number) for at, number in numbers)
    assert view.get_ylabel() == "of 100 professionals"
    assert "% of professionals a month" in across.label and across.told(0.07) == "7 %"
    assert told(Figure("name", "", "", [panel]))[0][1][-1] == ": 20"


def test_small_dots_look_as_the_key_says():
    dots = [Dots(ESTIMATES, ESTIMATES, [look] * 3, TIPS, small=True) for look in (0, 1)]
    view = draw_figures.draw(of(*dots)).axes[0]
    assert [line.get_marker() for line in view.lines] == [*draw_marks.MARKERS[:2]]


def test_png_and_svg_hold_version_seed_and_configuration_hash(tmp_path):
    stamp, title = (
        {"identity": "0123abcd", "seed": "7", "model": "0.1.0+ff"},
        'A <b>&amp; "title" ä',
    )
    draw_figures.save_figure(figure_style.new_figure(1, 1, (2, 2))[0], tmp_path / "a", title, stamp)
    png = Image.open(tmp_path / "a.png").info
    assert json.loads(png["Description"]) == {"nasss_sim": __version__, **stamp}
    assert png["Title"] == title and png["Software"] == f"nasss-sim {__version__}"
    texts = [(e.text or "").strip() for e in ElementTree.parse(tmp_path / "a.svg").iter()]
    assert title in texts and json.dumps({"nasss_sim": __version__, **stamp}) in texts
    assert f"nasss-sim {__version__}" in "".join(texts)


UNTRUSTED = ("Training ($500, others $100)", "a_1^2 \\frac{1}{2} % <b>&amp; $x$", "$\\alpha$")


def test_a_text_of_a_user_is_drawn_as_it_is_written(tmp_path):
    first, second, third = UNTRUSTED
    curve = Curve([0.01, 1.0], [exact(0.2), exact(0.4)], 0, first, third)
    panel = Panel(first, [curve], Scale(second, log=True), Scale(third))
    named = Panel(third, [], Scale(first), rows_of([second, third]))
    figure = draw_figures.draw(Figure("own", second, third, [panel, named], 2), first)
    draw_figures.save_figure(figure, tmp_path / "own", first, {})
    tree = ElementTree.parse(tmp_path / "own.svg")
    words = [t.text or "" for t in tree.iter("{http://www.w3.org/2000/svg}text")]
    for text in UNTRUSTED:  # long ones are broken into lines
        assert text in " ".join(words)
    assert "0.1" in words  # of the logarithmic axis
    assert not [word for word in words if "mathdefault" in word]


def test_letters_that_no_font_has_are_drawn_without_a_word(tmp_path, recwarn):
    title = "\u65e5\u672c\U0001f680\ue000"  # the last is nobody's
    content = Figure("one", title, title, [Panel(title, [Rule(0.5)], Scale(title))])
    drawn = draw_figures.draw(content, title)
    drawn.savefig(tmp_path / "own.png")
    draw_figures.save_figure(drawn, tmp_path / "f", title, {})
    on_page(content, drawn, tmp_path / "f.png")
    drawn.text(0, 0, title)
    drawn._repr_png_()
    assert not [str(w.message) for w in recwarn]


def test_other_scripts_are_drawn_in_a_font_that_is_here(monkeypatch):
    here, away = figure_style.OTHER_SCRIPTS[1], figure_style.OTHER_SCRIPTS[0]
    monkeypatch.setattr(figure_style, "get_font_names", lambda: ["DejaVu Sans", here])
    families = figure_style._families.__wrapped__()
    assert families == ["sans-serif", here] and away not in families


def test_a_figure_needs_no_matplotlibrc_and_leaves_it_alone(tmp_path):
    content = Figure("one", "", "a caption", [Panel("a title", [Rule(0.5)])])

    def made(name):
        draw_figures.save_figure(draw_figures.draw(content), tmp_path / name, "a title", {})
        return (tmp_path / f"{name}.svg").read_bytes()

    plain, before = made("plain"), dict(matplotlib.rcParams)
    with matplotlib.rc_context({"font.size": 30, "axes.grid": False, "text.usetex": True}):
        assert made("other") == plain
        assert matplotlib.rcParams["font.size"] == 30
    assert dict(matplotlib.rcParams) == before and before["text.parse_math"]
