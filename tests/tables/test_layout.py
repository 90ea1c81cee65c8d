"""Tables of texts: aligned for a terminal, escaped for a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.tables.layout import BESIDE_NUMBERS, NARROWEST, WIDTH, Table, beside, columns, paragraph


def test_cells_stand_beneath_each_other():
    rows = [["", "from", "to"], ["alignment.roles", "0", "0.25"], ["x", "10", "1"]]
    assert Table(rows).lines() == [
        "                 from    to",
        "alignment.roles     0  0.25",
        "x                  10     1",
    ]


def test_title_and_note_stand_around_a_table_and_text_columns_are_aligned_left():
    rows = [["", "x", ""], ["a", "1", "m"], ["bb", "22", "kg"]]
    lines = ["above", "     x", "a    1  m", "bb  22  kg", "below"]
    assert Table(rows, "above", "below", text_last=1).lines() == lines
    assert Table([["a", "b", "c"], ["aa", "bb", "cc"]], left=2).lines() == [
        "a   b    c",
        "aa  bb  cc",
    ]


def test_a_long_last_cell_is_broken_on_the_terminal_and_whole_on_the_page():
    long = ("word " * 30).strip()
    table = Table([["name", "x"], ["a", long]], text_last=1)
    assert all(len(line) <= WIDTH for line in table.lines())
    assert " ".join(" ".join(table.lines()[1:]).split()) == f"a {long}"
    assert table.lines()[2].startswith(" " * 6 + "word")
    assert long in table.__html__()


def test_names_of_a_users_own_are_broken_beside_numbers_and_whole_on_the_page():
    long, title = "a" * 200, ("word " * 40).strip()
    table = Table([["policy", title, ""], [long, "1 (0 to 2)", "-"], ["b", "2", long]], text_last=1)
    lines = table.lines()
    assert max(map(len, lines)) <= 2 * BESIDE_NUMBERS + NARROWEST + 4
    assert "".join(line.split("  ")[0] for line in lines).count("a") == 200
    assert [line[0] for line in lines if "1 (0 to 2)" in line] == ["a"]
    assert long in table.__html__() and title in table.__html__()
    assert max(map(len, Table([[long, long], ["x", "y"]], left=2).lines())) <= 2 * WIDTH + 2


def test_letters_that_take_two_columns_or_none_of_a_terminal_are_counted_as_such():
    names = ["Mill Street", "大学病院", "Ha\u0308fen"]
    lines = Table([["", "x", "said"], *([name, "1", name] for name in names)], text_last=1).lines()
    assert [columns(line.split("1")[0]) for line in lines[1:]] == [13] * 3
    assert columns("大学 a\u0308") == 6 and len(paragraph("大学" * 30)) == 2
    assert "".join(paragraph("大学" * 100)) == "大学" * 100
    assert beside(["大"], ["c"], 3) == ["大   c"]


@pytest.mark.parametrize("text", ["<b>", "a & b", '"x"', "</td></table><script>"])
def test_no_text_becomes_an_element_of_a_page(text):
    plain = Table([["x"] * 3] * 2, "x", "x").__html__()
    shown = Table([[text] * 3] * 2, text, text).__html__()
    assert text not in shown and shown.count("<") == plain.count("<")
    assert shown.count("&") >= 8 and shown in Table([[text] * 3] * 2, text, text)._repr_html_()


def test_text_columns_are_marked_for_the_page():
    shown = Table([["a", "b", "c", "d"]], left=1, text_last=2).__html__()
    classes = ['<th scope="col" class="text">a', '<th scope="col">b']
    assert all(part in shown for part in classes) and shown.count('class="text"') == 3


@pytest.mark.parametrize(
    ("left", "right", "lines"), [("ab", "c", ["a    c", "b"]), ("a", "cd", ["a    c", "     d"])]
)
def test_lines_beside_lines_are_filled_up(left, right, lines):
    assert beside(left, right, 3) == lines


@given(st.text(alphabet="abc, .:", max_size=400))
def test_paragraphs_keep_all_words_in_lines_of_a_terminals_width(text):
    lines = paragraph(text)
    assert " ".join(lines).split() == text.split() or max(map(len, text.split())) > WIDTH
    assert all(len(line) <= WIDTH for line in lines)
