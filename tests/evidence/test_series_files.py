"""A user's CSV file: what is understood of it is said, and so is the line of each mistake."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.evidence.series_files import COLUMNS, read
from sim.tables.errors import UserError

YEARS = "time,percent\n2019,10\n2020,20\n2021,40\n"
PUBLISHED = Path(__file__).parents[2].parent / "shared" / "data" / "adoption_series.csv"


@pytest.fixture
def write(tmp_path):
    def written(text, encoding="utf-8"):
        path = tmp_path / "mine.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return str(path)

    return written


def test_years_without_a_start_are_counted_from_the_first_point(write):
    made = read(write(YEARS), "organisations_running")
    assert made.name == "mine" and made.labels == ("2019", "2020", "2021")
    assert made.months.tolist() == [0, 12, 24] and made.anchored
    assert made.shares.tolist() == [0.1, 0.2, 0.4] and made.errors.tolist() == [0.05] * 3
    told = " ".join(made.notes)
    assert "3 points from 2019 to 2021: percent of organisations that run it" in told
    assert "When it started is not said" in told and "5 percentage points, which is assumed" in told


@pytest.mark.parametrize(
    ("times", "start", "months"),
    [
        (("2019", "2021"), "2018", [12, 36]),
        (("2019-03", "2020-01"), "2018-12", [3, 13]),
        (("2019-03-15", "2020-01-02"), "2019-03", [0, 10]),
        (("2019.5", "2021"), "2019", [6, 24]),
        (("0", "7"), None, [0, 7]),
    ],
)
def test_times_are_years_or_months_or_month_numbers(write, times, start, months):
    made = read(write(f"time,percent\n{times[0]},10\n{times[1]},20\n"), "hcps_using", start=start)
    assert made.months.tolist() == months and not made.anchored


def test_a_cohort_and_trust_are_counted_from_their_first_point(write):
    assert not read(write("time,percent\n2019,100\n2020,80\n"), "cohort_retained").anchored
    assert not read(write(YEARS), "trust").anchored


def test_standard_errors_come_from_a_range_or_from_how_many_were_asked(write):
    text = (
        "Time,Percent,N,Low,High\n0,0,96,,\n1,50,496,,\n2,40,100,30,49.6\n3,41,1000000,,\n4,42,,,\n"
    )
    made = read(write(text), "hcps_using")
    expected = [0.02, 0.5 / np.sqrt(500), 0.196 / 3.92, 0.02, 0.05]
    assert made.errors == pytest.approx(expected, rel=1e-3)
    assert "3 points from n" in made.notes[-1] and "1 point from low and high" in made.notes[-1]


def test_what_spreadsheets_of_much_of_europe_write_is_read_and_said(write):
    made = read(write("\ufefftime;percent\n2019-01;12,5\n2019-02;20 %\n", "utf-8"), "trust")
    assert made.shares.tolist() == [0.125, 0.2]
    assert any(
        "semicolons between cells, decimal commas and percent signs" in n for n in made.notes
    )
    assert read(write('time,percent\n0,"1,5"\n1,2\n'), "trust").shares.tolist() == [0.015, 0.02]


def test_shares_are_read_as_shares_once_the_user_says_so(write):
    text = write("time,percent\n0,0.1\n1,0.9\n")
    assert read(text, "trust", unit="share").shares.tolist() == [0.1, 0.9]
    assert read(text, "trust", unit="percent").shares == pytest.approx([0.001, 0.009])


def test_a_column_says_what_was_measured(write):
    assert read(write("time,percent,measured\n0,1,trust\n1,2,trust\n")).measured == "trust"


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published series are not here")
def test_one_of_the_published_series_is_read():
    made = read(str(PUBLISHED), "organisations_running", "ehr_basic_us_hospitals")
    assert made.name == "ehr_basic_us_hospitals" and len(made.shares) == 8
    with pytest.raises(
        UserError, match=r"series: the file holds \d+; say which: series=NAME, one of ehr_basic"
    ):
        read(str(PUBLISHED), "organisations_running")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("time,percent\n", "is empty"),
        ("\n\n", "is empty; needed is a line of headings: time,percent"),
        ("time,percent\n2019,120\n2020,20\n", "line 2: percent=120: is above the largest allowed value"),
        ("time,percent\n2019,-1\n2020,20\n", "line 2: percent=-1"),
        ("time,percent\n0,0.2\n1,0.5\n", "say unit=share or unit=percent"),
        ("time,percent\n2019,10\n2019,20\n", "line 3: time=2019: stands there twice"),
        ("time,percent\n2020,10\n2019,20\n", "line 3: time=2019: comes after a later time"),
        ("time,percent\n2019,10\n", "one point says nothing of change"),
        ("time,percent\n2019,10\n2020,10\n", "all 2 points are 10"),
        ("time,percent,n\n2019,10,0\n2020,20,5\n", "line 2: n=0: is below"),
        ("time,percent,n\n2019,10,2.5\n2020,20,5\n", "line 2: n=2.5"),
        ("time,percent,low,high\n0,10,20,5\n1,20,15,25\n", "line 2: low=20 is not below high=5"),
        ("time,percent,low,high\n0,10,12,15\n1,20,15,25\n", "line 2: percent=10 does not lie between"),
        ("time,percent,low,high\n0,10,8,\n1,20,15,25\n", "line 2: low and high: one of them is empty"),
        ("time,percent\n2019,\n2020,20\n", "line 2: percent=: is empty"),
        ("time,percent\n2019,many\n2020,20\n", "line 2: percent=many: is text"),
        ("time,percent\nspring,10\n2020,20\n", "line 2: time=spring: is not understood"),
        ("time,percent\n2019-13,10\n2020-01,20\n", "line 2: time=2019-13: is not understood"),
        ("time,percent\n2019,10\n2020-01,20\n", "line 3: time=2020-01: is a year and month"),
        ("time,percent\n2019,10,3\n2020,20\n", "line 2: 3 cells, but the heading has 2"),
        ("time,percnt\n2019,10\n2020,20\n", "percnt: unknown column; did you mean percent?"),
        ("when,percent\n2019,10\n2020,20\n", "when: unknown column"),
        ("just a text\nof two lines\n", "unknown column"),
        (b"PK\x03\x04\xff\xfe\x00", "not a text file in UTF-8"),
        ("time,percent,measured\n0,1,trst\n1,2,trst\n", "did you mean trust?"),
        ("time,percent,series\n0,1,a\n1,2,a\n0,4,b\n", "say which: series=NAME, one of a, b"),
        ("time,percent\n1000,10\n2999,20\n", "23,988 months after the start"),
    ],
)  # fmt: skip
def test_mistakes_name_the_line_and_what_is_allowed(write, text, told):
    with pytest.raises(UserError) as caught:
        read(write(text), None if "measured" in str(text) else "trust")
    assert told in str(caught.value)
    assert all("\n" not in line for line in caught.value.problems)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "what was measured is not said; allowed is one of measured=hcps_using"),
        ({"measured": "using"}, "measured=using: unknown kind of series"),
        ({"measured": "trust", "name": "mine"}, "the file has no column series"),
        ({"measured": "trust", "unit": "shares"}, "did you mean share?"),
        ({"measured": "trust", "start": "2018-05"}, "allowed is a year"),
        ({"measured": "trust", "start": "2022"}, "comes after the first point"),
        ({"measured": "trust", "unit": "share"}, "is above 1"),
        (
            {"measured": "cohort_retained"},
            "add a line with 100 for it, or say when the cohort began",
        ),
    ],
)
def test_what_the_user_says_of_the_file_is_checked(write, more, told):
    with pytest.raises(UserError, match=told):
        read(write(YEARS), **more)


def test_month_numbers_need_no_start_and_contradictions_are_told(write):
    with pytest.raises(UserError, match="months since the start already"):
        read(write("time,percent\n0,1\n1,2\n"), "trust", start="0")
    with pytest.raises(UserError, match="is given as trust and hcps_using"):
        read(write("time,percent,measured\n0,1,trust\n1,2,trust\n"), "hcps_using")
    assert set(COLUMNS) >= {"time", "percent", "n", "low", "high", "measured", "series"}
