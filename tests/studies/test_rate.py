"""Outlooks: directions, luck that is shared, and words that are those of the numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.__main__ import main
from sim.analysis.intervals import Interval
from sim.design.rating import ratings_of
from sim.reports import words
from sim.studies.rate import AS_RATED, POLICIES, Choice, rate
from sim.studies.rate_answer import answer, columns_of, figure, use_told
from sim.tables.errors import UserError
from sim.tables.nasss import DOMAINS, RATINGS
from website import rating

DOMAIN_NAMES = [domain for domain in DOMAINS if domain != "embedding"]
SMALL = {"population.organisations": 3, "population.organisation_size": 10}
USE = Interval(0.3, 0.1, 0.55, 64)
SETTINGS = {"replicates": 12, "progress": "never"}


def rated(rating, **others):
    return {**dict.fromkeys(DOMAIN_NAMES, rating), **others}


def outlook_of(calibrated, sheet):
    return rate(sheet, SMALL, posterior=str(calibrated), **SETTINGS)


@pytest.fixture(scope="module")
def found(calibrated):
    return {rating: outlook_of(calibrated, rated(rating)) for rating in RATINGS}


def test_the_simpler_the_more_use_it(found):
    simple, complicated, complex_ = (found[r].use.estimate for r in RATINGS)
    assert simple > complicated + 0.1 > complex_ + 0.1
    assert all(0 <= x.use.low <= x.use.estimate <= x.use.high <= 1 for x in found.values())


def test_changes_are_those_of_the_means(found):
    for outlook in found.values():
        for choice in outlook.choices[1:]:
            gained = choice.use.estimate - outlook.use.estimate
            assert choice.change.estimate == pytest.approx(gained, abs=1e-9)
    assert found["simple"].choices[0].title == AS_RATED
    assert all((c.cost > 0) == (c.kind == "policy") for c in found["complex"].choices)


def test_rated_projects_are_told_and_drawn(found):
    order = rating.Order(list(zip(rating.PROJECTS, found.values(), strict=False)), found)
    worlds = f"{found['simple'].of.worlds} worlds"
    assert worlds in " ".join(rating.told(order)) and worlds in rating.figure(order).caption


def test_a_domain_one_step_simpler_is_that_sheet(found, calibrated):
    """The same world, the same luck: the same number."""
    other = outlook_of(calibrated, rated("complex", technology="complicated"))
    (choice,) = (c for c in found["complex"].choices if c.title == DOMAINS["technology"])
    assert choice.use == other.use


def test_what_is_simple_is_not_made_simpler(found):
    kinds = [choice.kind for choice in found["simple"].choices]
    assert kinds.count("domain") == 0 and kinds.count("policy") == len(POLICIES)
    assert "none can be made simpler" in str(found["simple"])
    assert [c.kind for c in found["complex"].choices].count("domain") == len(DOMAIN_NAMES)


def test_embedding_is_played_out(found, calibrated):
    other = outlook_of(calibrated, rated("complicated", embedding="complex"))
    assert other.choices == found["complicated"].choices


def made(outlook, domains, policies, use=USE):
    """Return an outlook with these changes, an interval each."""
    changes = [("domain", n, x) for n, x in domains.items()]
    changes += [("policy", n, x) for n, x in policies.items()]
    choices = [
        Choice(kind, name, use, Interval(*x, 64), 1234.0 * (kind == "policy"), x[1] > 0)
        for kind, name, x in sorted(changes, key=lambda c: -c[2][0])
    ]
    rated = Choice("rated", AS_RATED, use, Interval(0, 0, 0, 64), 0.0, False)
    return replace(outlook, choices=[rated, *choices])


def test_only_what_helps_beyond_chance_is_said_to_help(found):
    domains = {
        "The technology": (0.1, 0.05, 0.15), "The adopters": (0.3, -0.1, 0.5),
        "The organisation": (0.2, 0.1, 0.3), "The condition": (0.009, 0.008, 0.0095),
    }  # fmt: skip
    outlook = made(found["complex"], domains, {"Training": (0.02, -0.01, 0.05)})
    assert [c.title for c in outlook.choices if c.helps] == ["The organisation", "The technology"]
    text = " ".join(answer(outlook).lines())
    assert "about 30 of 100" in text and "between 10 and 55 in nine of ten worlds" in text
    assert "gained in the organisation (20 more of 100 (10 to 30)), then the technology" in text
    assert f"None of {len(POLICIES)} shipped policies" in text
    text = " ".join(answer(made(found["complex"], {}, {"Training": (0.02, 0.01, 0.05)})).lines())
    assert "help most: Training (2.0 more of 100 (1.0 to 5.0), 1,230 EUR)" in text


def test_what_does_about_as_much_is_told(found):
    also = {"domain": ["The adopters"], "policy": []}
    outlook = made(found["complex"], {"The technology": (0.1, 0.05, 0.15)}, {})
    text = " ".join(answer(replace(outlook, also=also)).lines())
    assert "About as much as the last of them: the adopters." in text


def test_the_table_and_the_figure_are_of_the_numbers(found):
    outlook = found["complicated"]
    columns = columns_of(outlook)
    assert columns["choice"].tolist() == [choice.title for choice in outlook.choices]
    assert columns["use"][0] == outlook.use.estimate and np.isfinite(columns["change"]).all()
    assert outlook.table.shape == (len(outlook.choices), len(columns))
    (panel,) = figure(outlook).panels
    assert len(panel.marks[1].x) == len(outlook.choices) - 1
    assert words.per_100(outlook.use) in str(outlook)


def test_of_hardly_any_users_no_digits_are_told(found):
    outlook = made(found["complex"], {}, {}, Interval(0.001, 0.0, 0.009, 64))
    assert " fewer than 1 of 100 " in answer(outlook).blocks[0]
    assert use_told(outlook.use) == "fewer than 1" != use_told(Interval(0.001, 0.0, 0.02, 64))


def test_a_path_of_python_is_a_sheet(tmp_path, calibrated, found):
    path = tmp_path / "sheet.csv"
    path.write_text("domain,rating\n" + "".join(f"{d},complex\n" for d in DOMAIN_NAMES))
    outlook = sim.rate(path, SMALL, posterior=str(calibrated), **SETTINGS)
    assert outlook.choices == found["complex"].choices
    assert outlook.ratings == ratings_of(rated("complex"))


@pytest.mark.parametrize(
    ("parameters", "settings", "told"),
    [
        ({"process.training": 0.1}, {}, "process.training=0.1: the sheet says it"),
        ({"horizon": 12}, {}, "horizon=12: is the same in all outlooks"),
        ({"policy": "training"}, {}, "policy=training: an outlook begins without"),
        ({"decision.trus": 1}, {}, "did you mean decision.trust"),
        ({}, {"worlds": 3}, "worlds: unknown setting"),
        ({}, {"seed": -1}, "seed=-1"),
    ],
)
def test_what_can_not_be_asked(parameters, settings, told):
    with pytest.raises(UserError) as error:
        rate(rated("simple"), parameters, **settings)
    assert len(error.value.problems) == 1 and told in error.value.problems[0]


# ------------------------------------------------------------------------------ the command line
def test_the_command_tells_and_writes(tmp_path, capsys, calibrated, found, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["rate", "--template", "mine.csv"]) == 0
    text = (tmp_path / "mine.csv").read_text(encoding="utf-8")
    assert main(["rate", "--template"]) == 0
    assert text in capsys.readouterr().out
    lines = text.splitlines()
    assert main(["rate", "mine.csv"]) == 2  # nothing is rated
    rows = [",".join([*line.split(",")[:2], "complex"]) for line in lines[1:]]
    (tmp_path / "mine.csv").write_text("domain,question,rating\n" + "\n".join(rows) + "\n")
    given = [f"{path}={value}" for path, value in SMALL.items()]
    given += ["replicates=12", "progress=never", f"posterior={calibrated}"]
    assert main(["rate", "mine.csv", *given]) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[1].startswith("Five years after it starts, fewer than 1 of ")
    first, *_ = found["complex"].told.blocks
    assert first in " ".join(told.split())
    folder = tmp_path / "outputs" / "rating" / "mine"
    assert sorted(path.name for path in folder.iterdir()) == [
        "answer.txt", "outlook.csv", "outlook.png", "outlook.svg",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        "", "none.csv", "a.csv b.csv", "--template a.csv b.csv", "--template nowhere/a.csv", "--templat",
        "{} process.training=[0,1]", "{} process.training=0.5", "{} --flag", "--template {}",
    ],
)  # fmt: skip
def test_mistakes_have_exit_code_2_and_one_line(words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("domain,rating\n" + "".join(f"{d},simple\n" for d in DOMAIN_NAMES))
    assert main(["rate", *words.format(sheet).split()]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and told.startswith("error: "), told
