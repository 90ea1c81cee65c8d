"""What the README says was found is what the tables of the studies hold."""

from __future__ import annotations

import re

import pytest

from website import first_screen

TEXT = " ".join(first_screen.README.read_text(encoding="utf-8").split())


@pytest.mark.parametrize("sentence", first_screen.SENTENCES, ids=lambda one: one.__name__)
def test_each_sentence_is_made_from_the_tables_of_today(sentence):
    assert sentence() in TEXT, "make studies"


def test_numbers_follow_the_tables(monkeypatch):
    rows_of = first_screen.rows_of

    def other(study, table, **wanted):
        rows = rows_of(study, table, **wanted)
        return [row | {"change": "0.5"} if "change" in row else row for row in rows]

    before = first_screen._mechanism()
    monkeypatch.setattr(first_screen, "rows_of", other)
    assert re.search(r"\b50 more of 100", first_screen._mechanism())
    assert before != first_screen._mechanism()


def test_what_a_study_decided_is_read_and_not_decided_again(monkeypatch):
    read = first_screen.rows_of("tipping_points", "basins")
    monkeypatch.setattr(
        first_screen, "rows_of", lambda *_: [row | {"depends_on_start": "1"} for row in read]
    )
    assert f"in {len(read)} of {len(read)} worlds" in first_screen._start()


def test_the_number_of_worlds_is_the_one_that_the_study_tells():
    told = re.search(r"decides\*\* in (\d+) of (\d+) worlds", TEXT)
    page = first_screen.ROOT / "experiments" / "tipping_points" / "README.md"
    answer = " ".join(page.read_text(encoding="utf-8").split())
    assert (
        f"Of {told[2]} worlds that agree with the published patterns, the start decides in {told[1]} "
        in answer
    )
