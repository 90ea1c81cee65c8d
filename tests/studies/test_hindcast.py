"""A hindcast: nothing of the held-out part leaks, scores are those of the forecasts, the words those of the scores."""

from __future__ import annotations

import csv
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.curves import extended, last_value
from sim.analysis.intervals import Interval
from sim.evidence.series_files import read
from sim.studies import hindcast as study
from sim.studies.calibrate import Effort
from sim.studies.hindcast import DATA, METHODS, MODEL, SERIES, Case, Hindcast, hindcast, shown_of
from sim.studies.hindcast_answer import answer, figure, tables_of, verdict
from sim.tables.checks import resolve
from website import hindcast as page
from website.first_screen import rows_of

ROOT = Path(__file__).resolve().parents[2]
NAME = "ehr_basic_us_hospitals"
SMALL = {"population.organisations": 8, "population.organisation_size": 5}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return what fits one series of a file only, with few draws of the curves."""

    def fitted(text, threads=1):
        folder = tmp_path_factory.mktemp("hindcast")
        data = folder / "series.csv"
        data.write_text(text, encoding="utf-8")
        return hindcast(resolve(SMALL), 0, threads, folder, Effort(10, 40, 1.0), data=data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "SERIES", {NAME: SERIES[NAME]})
        patch.setattr(study, "extended", partial(extended, draws=3))
        yield fitted


@pytest.fixture(scope="module")
def published(made):
    return made(DATA.read_text(encoding="utf-8"))


def test_nothing_of_the_held_out_part_leaks(made, published):
    """Other numbers in the held-out part: the same forecasts, to the bit, and other scores."""
    lines = DATA.read_text(encoding="utf-8").splitlines()
    later = [n for n, line in enumerate(lines) if line.startswith(f"{NAME},") and ",201" in line]
    for n in later[-3:]:
        cells = lines[n].split(",")
        lines[n] = ",".join([*cells[:4], "31", *cells[5:]])
    first, second = published, made("\n".join(lines) + "\n", threads=2)
    (a,), (b,) = first.cases, second.cases
    assert a.shown == 5 and (a.seen[:5] == b.seen[:5]).all() and (b.seen[5:] == 0.31).all()
    assert set(a.draws) == set(METHODS)
    for method, draws in a.draws.items():
        assert draws.tobytes() == b.draws[method].tobytes(), method
        assert np.isfinite(draws[:, 5:]).all()
    assert first.total(MODEL).crps != second.total(MODEL).crps
    lines = answer(first).lines()
    assert "Shown the first part" in lines[1] and figure(first).panels


def test_the_first_part_decides_the_fit(made, published):
    text = DATA.read_text(encoding="utf-8").replace("2012,44.4", "2012,30")
    (a,), (b,) = published.cases, made(text).cases
    assert all(draws.tobytes() != b.draws[method].tobytes() for method, draws in a.draws.items())


def test_series_are_all_that_have_five_points():
    with open(DATA, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    points = {name: sum(row["series"] == name for row in rows) for name in SERIES}
    assert sum(points.values()) == len(rows) and min(points.values()) >= 5
    assert all(row["reading"] and row["source"] for row in rows)
    for name, (measured, _) in SERIES.items():
        assert read(str(DATA), measured, name).anchored


# -------------------------------------------------------------------------------- made forecasts
def case(off, doubt=0.1, points=5, shown=3):
    """Return a series at 50 % whose forecasts, a method each, are off by so much, and doubt so much."""
    seen = np.full(points, 0.5)
    spread = np.linspace(-doubt, doubt, 101)[:, None]
    draws = {m: np.tile(0.5 + x + spread, points) for m, x in zip(METHODS, off, strict=True)}
    far = np.array([0.5, 1.0, 3.0])
    return Case("made", 2000 + np.arange(float(points)), seen, shown, draws, far)


def test_scores_are_those_of_the_held_out_part():
    made = case([0.0, 0.04, 0.06, 0.2, -0.3])
    made.seen[:3] = 0.9  # however bad the fit
    score = {method: made.score(method) for method in METHODS}
    assert [s.rmse for s in score.values()] == pytest.approx([0, 4, 6, 20, 30])
    assert [s.inner for s in score.values()] == [2, 2, 0, 0, 0]
    assert [s.outer for s in score.values()] == [2, 2, 2, 0, 0]
    assert score[MODEL].crps < score["bass"].crps < score["logistic"].crps
    sure = case([0.0, 0.04, 0.06, 0.2, -0.3], doubt=0)
    assert [sure.score(m).crps for m in METHODS] == pytest.approx([0, 4, 6, 20, 30])


def test_series_count_the_same_and_differences_are_over_series():
    sure = [case([x, 0.0, 0.1, 0, 0], 0, points, 3) for x, points in ((0.1, 4), (0.3, 9))]
    found = Hindcast(sure, 0)
    assert found.total(MODEL).crps == pytest.approx(20)
    assert found.total(MODEL).rmse == pytest.approx(100 * np.sqrt((0.01 + 0.09) / 2))
    assert found.total(MODEL).points == 7
    off = found.further_off("logistic")
    assert off.estimate == pytest.approx(10) and off.runs == 2 and off.low < 0 < off.high


def test_the_table_shows_where_a_simple_curve_wins():
    found = Hindcast([case([0.1, 0.2, 0.05, 0.3, 0.3])] * 2, 0)
    text = "\n".join(answer(found).lines())
    (line, *_) = [line for line in text.splitlines() if line.startswith("- RMSE")]
    assert line.split()[2:] == ["10.0", "20.0", "5.0*", "30.0", "30.0"]
    told = " ".join(text.split())
    assert "error of 10.0 of 100 professionals or hospitals; the logistic curve" in told
    scores, forecasts, fits = tables_of(found).values()
    assert len(scores["rmse"]) == 3 * len(METHODS) and set(scores["points"]) == {2, 4}
    assert set(forecasts["published"]) == {50.0} and len(forecasts["year"]) == 2 * 2 * len(METHODS)
    assert [column[0] for column in fits.values()] == ["made", 3, 2, 0.5]


def test_a_model_without_a_forecast_says_so():
    made = case([0.0] * 5)
    found = Hindcast([Case(*vars(made).values()), case([0.1] * 5)], 0)
    found.cases[0].draws[MODEL] = np.empty((0, 5))
    text = " ".join(answer(found).lines())
    assert "no forecast" in text and figure(found).panels
    assert np.isnan(found.total(MODEL).crps)


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ((1, 9), "Clearly nearer than the model: the Bass curve. For a forecast take that"),
        ((-9, -1), "The model is nearer than each of the simple methods"),
        ((-9, 1), "Whether it is nearer than the Bass curve, so few series can not tell"),
    ],
)
def test_the_verdict_follows_the_interval(ends, told):
    text = verdict({"bass": Interval(float(np.mean(ends)), *map(float, ends), 4)})
    assert text.startswith(told) and "which no curve answers" in text


# ------------------------------------------------------------------------------------- published
PAGES = (ROOT / "experiments" / "hindcast" / "README.md", ROOT / "docs" / "validation.md")
BLOCK = re.compile(r"<!-- written by make studies: hindcast -->(.*?)<!-- end of hindcast -->", re.S)


def test_the_published_tables_are_those_of_the_data():
    first, second = (BLOCK.search(path.read_text(encoding="utf-8"))[1] for path in PAGES)
    assert first == second
    scores = {(row["series"], row["method"]): row for row in rows_of("hindcast", "scores")}
    assert len(scores) == (len(SERIES) + 1) * len(METHODS)
    title, seen = "", 0
    for line in re.findall(r"^\| (.*) \|$", first, re.M):
        name, *cells = line.split(" | ")
        if name.startswith("- "):
            of = [scores[title, method] for method in METHODS.values()]
            column = {"- CRPS": "crps", "- RMSE": "rmse"}.get(name, name[2:-2].replace(" ", "_"))
            shown = [float(cell.rstrip("*").split()[0]) for cell in cells]
            assert shown == pytest.approx([float(row[column]) for row in of], abs=0.051)
            seen += 1
        elif name:
            title = "all" if name == "All series" else name.partition(":")[0]
    assert seen == 4 * (len(SERIES) + 1)


def test_the_page_says_how_near_each_fit_came():
    told = "\n".join(page.fits())
    assert told in PAGES[0].read_text(encoding="utf-8") and told.count("\n") == 1 + len(SERIES)


def test_todays_code_gives_the_published_last_values():
    """The cheapest of the forecasts; the others take minutes, and `make studies` makes them anew."""
    rows = [row for row in rows_of("hindcast", "forecasts", method=METHODS["last"])]
    told = []
    for number, (name, (measured, _)) in enumerate(SERIES.items()):
        series = read(str(DATA), measured, name)
        shown, years = shown_of(series), series.months / 12
        draws = last_value(years[:shown], series.shares[:shown], years[shown:], number)
        told += (100 * draws.mean(axis=0)).tolist()
    assert [float(row["forecast"]) for row in rows] == pytest.approx(told)
