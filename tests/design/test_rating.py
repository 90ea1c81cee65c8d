"""Rating sheets: what is read, what a rating means, and every mistake in one line."""

from __future__ import annotations

import csv
import io

import pytest

from sim.design.rating import COLUMNS, ratings_of, read_sheet, simpler, template, told, values_of
from sim.tables.nasss import DOMAINS, MAPPED, MAPPING, PATHS, QUESTIONS
from tests.mistakes import only_problem, problems

WHOLE = dict.fromkeys([d for d in DOMAINS if d != "embedding"], "complicated")


@pytest.fixture
def sheet(tmp_path):
    def write(text, name="sheet.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def text_of(rows):
    return "".join(f"{','.join(row)}\n" for row in [("domain", "question", "rating"), *rows])


DOMAIN_ROWS = [(domain, "", "complicated") for domain in WHOLE]


def test_a_domain_rates_all_its_questions_and_both_ways_are_the_same(sheet):
    whole = read_sheet(sheet(text_of(DOMAIN_ROWS)))
    assert set(whole) >= set(MAPPED) and set(whole.values()) == {"complicated"}
    each = [(*name.split("."), "complicated") for name in MAPPED]
    assert {name: whole[name] for name in MAPPED} == read_sheet(sheet(text_of(each)))
    assert ratings_of(WHOLE) == whole
    assert read_sheet(sheet(text_of([*DOMAIN_ROWS, *each]))) == whole  # the same twice
    own = {name: "complicated" for name in ("data", "features", "knowledge", "supply")}
    assert ratings_of(WHOLE | {"technology": own}) == whole


def test_what_spreadsheets_write_is_read(sheet):
    rows = "".join(f"{d.replace('_', ' ').title()};Complicated\n" for d in WHOLE)
    assert read_sheet(sheet("Domain;Rating\n" + rows)) == ratings_of(WHOLE)


def test_a_filled_template_is_a_sheet(sheet):
    rows = list(csv.DictReader(io.StringIO(template())))
    assert [f"{row['domain']}.{row['question']}" for row in rows] == [*QUESTIONS]
    sink = io.StringIO()
    writer = csv.DictWriter(sink, COLUMNS)
    writer.writeheader()
    writer.writerows(row | {"rating": "" if row["note"] else "complex"} for row in rows)
    found = read_sheet(sheet(sink.getvalue()))
    assert set(found) == set(MAPPED) and set(found.values()) == {"complex"}


def test_every_rating_sets_its_parameters():
    middle = values_of(ratings_of(WHOLE))
    assert set(middle) == set(PATHS)
    changed = values_of(ratings_of(WHOLE | {"condition": "complex"}))
    lines = [line for line in MAPPING if line.question.startswith("condition.")]
    assert {p for p in PATHS if changed[p] != middle[p]} == {p for x in lines for p in x.paths}
    for line in lines:
        assert [changed[p] for p in line.paths] == [line.levels(p)["complex"] for p in line.paths]


def test_one_step_simpler_ends_at_simple():
    ratings = ratings_of(WHOLE | {"condition": "complex"})
    once = simpler(ratings, "condition")
    assert told(ratings, "condition") == "complex" and told(once, "condition") == "complicated"
    assert told(simpler(simpler(once, "condition"), "condition"), "condition") == "simple"
    assert {d: told(once, d) for d in WHOLE} == WHOLE and told(once, "embedding") == "not rated"
    mixed = ratings | {"condition.nature": "simple"}
    assert told(mixed, "condition") == "1 simple and 1 complex"
    assert simpler(mixed, "condition")["condition.nature"] == "simple"


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        ([*DOMAIN_ROWS, ("conditon", "", "simple")], ["line 8", "conditon", "mean condition"]),
        ([*DOMAIN_ROWS, ("condition", "natur", "simple")], ["question of condition", "nature"]),
        ([*DOMAIN_ROWS, ("embedding", "", "medium")], ["medium", "complex, complicated, simple"]),
        ([*DOMAIN_ROWS, ("condition", "nature", "simple")],
         ["line 8", "condition.nature=simple", "rated complicated in line 2", "one rating"]),
        (DOMAIN_ROWS[1:], ["no rating of condition.nature and condition.other_illness"]),
        (DOMAIN_ROWS[:1], ["technology.features, technology.data, technology.knowledge and 15"]),
        ([("condition", "", "")], ["has no ratings"]),
    ],
)  # fmt: skip
def test_mistakes_have_one_line_each(sheet, rows, parts):
    line = only_problem(read_sheet, sheet(text_of(rows)))
    assert line.startswith("sheet=") and all(part in line for part in parts), line


@pytest.mark.parametrize("text", ["", "domain,grade\n", "domain\ncondition\n"])
def test_what_is_no_sheet_is_told(sheet, text):
    assert problems(read_sheet, sheet(text))


def test_mistakes_in_a_mapping_are_all_told():
    wrong = {"condition": "simpel", "technology": {"datas": "simple"}, 3: "simple"}
    lines = problems(ratings_of, wrong)
    assert len(lines) == 3 and "did you mean data" in lines[1]
    assert "no rating of" in only_problem(ratings_of, {})
    assert "unknown rating" in only_problem(ratings_of, WHOLE | {"condition": 1})
