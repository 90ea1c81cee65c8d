"""An answer: laid out for the terminal, and escaped for a notebook."""

from __future__ import annotations

from sim.reports.answer import Answer
from sim.tables.layout import Table

TABLE = Table([["", "x"], ["a", "1"]], "above", "below")


def test_tables_stand_apart_and_the_summary_comes_first():
    answer = Answer("T", "Q?", ["one", TABLE, "two", "three"], ["do it", "since"])
    assert answer.lines() == [
        "T: Q?", "do it", "", "since", "", "one", "", *TABLE.lines(), "", "two", "three",
    ]  # fmt: skip


def test_a_notebook_shows_the_summary_first_and_runs_nothing():
    shown = Answer("<b>", "<i>", ["<script>", TABLE], ["<img src=x>"])._repr_html_()
    parts = ["&lt;b&gt;", "&lt;i&gt;", "&lt;img", "&lt;script&gt;", TABLE.__html__()]
    assert [shown.index(part) for part in parts] == sorted(shown.index(part) for part in parts)
    assert not any(tag in shown for tag in ("<b>", "<i>", "<script", "<img"))
