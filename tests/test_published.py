"""Published experiments: every number of a README is that of its table, and of today's model."""

from __future__ import annotations

import csv
import json
import re
import shlex
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

import sim
from sim.cli.compose import compose
from sim.outcomes.table import GOAL, OUTCOMES
from sim.studies.alignment import FACTOR
from sim.tables.parameters import PARAMETERS

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = sorted(p for p in (ROOT / "experiments").iterdir() if p.is_dir())
each = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
SUSTAINED = "probability_sustained"
CEILING, STRENGTH, MEETINGS = (
    "development.ceiling.transparency", "trust.transparency_strength", "process.hcp_cooperation",
)  # fmt: skip

# Changes that the prose states: words of the README, outcome, from, to
CLAIMS = {
    "trust_sweep": [
        ("changes by +0.57", "sustained_adoption", (0, 1, 0.2), (1, 1, 0.2)),
        ("(-0.14 at ceiling 0.4)", "sustained_adoption", (0.4, 0, 0.2), (0.4, 1, 0.2)),
        ("(+0.01 at ceiling 1)", "sustained_adoption", (1, 0, 0.2), (1, 1, 0.2)),
        ("trust itself rises by +0.07", "trust", (1, 0, 0.2), (1, 1, 0.2)),
        ("by +0.40 at ceiling 1", "sustained_adoption", (1, 1, 0.05), (1, 1, 0.5)),
        ("by +0.48 at ceiling 0.7", "sustained_adoption", (0.7, 1, 0.05), (0.7, 1, 0.5)),
    ],
}


@cache
def summary(folder):
    """Return (varied parameters as sorted items, outcome) -> row of the table."""
    with open(folder / "summary.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    varied = [c for c in list(rows[0])[1:] if c in PARAMETERS]
    return {
        (tuple(sorted((p, key_of(row[p])) for p in varied)), row["outcome"]): row for row in rows
    }


def key_of(value):
    """Return a value as a number, if it is one."""
    try:
        return float(value)
    except ValueError:
        return value


def row_of(folder, values, outcome):
    return summary(folder)[tuple(sorted((p, key_of(v)) for p, v in values.items())), outcome]


def interval(row, digits=2):
    mean, low, high = (
        f"{float(row[c]):.{digits}f}" for c in ("mean", "mean_low_95", "mean_high_95")
    )
    return f"{mean} ({low} to {high})"


def text_of(folder):
    return (folder / "README.md").read_text(encoding="utf-8")


def tables(text):
    """Yield the tables of a Markdown text as lists of rows, heading -> cell."""
    for block in re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE):
        heading, _, *rows = [
            [c.strip() for c in line.strip("|").split("|")] for line in block.splitlines()
        ]
        yield [dict(zip(heading, row, strict=True)) for row in rows]


def difference(before, after):
    return float(after["mean"]) - float(before["mean"])


def test_there_are_published_experiments():
    assert {folder.name for folder in FOLDERS} >= {
        "trust_sweep",
        "alignment_sweep",
        "policy_whatif",
    }


@each
def test_a_folder_is_complete(folder):
    text = text_of(folder)
    for part in ("**Question.**", "**Command.**", "## What it shows", "## Limits"):
        assert part in text, part
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (folder / link).exists(), link
    (command,) = re.findall(r"```sh\npython -m sim (.*)\n```", text)
    request = compose(shlex.split(command))
    assert request.experiment == folder.name
    assert f"{request.settings['replicates']} runs" in text
    figures = sorted(folder.glob("*.png"))
    assert figures and all(f"]({figure.name})" in text for figure in figures)
    for figure in figures:
        stamp = json.loads(Image.open(figure).info["Description"])
        assert set(stamp) >= {"nasss_sim", "seed", "identity"}
        assert figure.stat().st_size < 300_000


@each
def test_the_numbers_of_the_tables_are_those_of_the_summary(folder):
    axes = {axis.name: axis for axis in compose([f"+experiment={folder.name}"]).axes}
    values = compose([f"+experiment={folder.name}"]).values
    varied = {p: values[p] for axis in axes.values() for p in axis.paths}
    checked = 0
    for table in tables(text_of(folder)):
        for row in table:
            if {"change at the horizon", "further than"} & set(row):  # of policies: the test below
                continue
            if "axis" in row:  # one factor at a time: from the base point
                settings = axes[row["axis"]].settings
                base, end = (row_of(folder, varied | to, GOAL) for to in ({}, settings[-1]))
                assert float(row["to"]) == next(iter(settings[-1].values()))
                assert row["sustained_adoption there"] == interval(end, 3), row
                assert row["change"] == f"{difference(base, end):+.3f}", row
                opened = {path: FACTOR[path].low for path in axes[row["axis"]].paths}
                if row["opened to"] == "open already":
                    assert all(values[path] <= level for path, level in opened.items())
                else:
                    lost = difference(base, row_of(folder, varied | opened, GOAL))
                    assert float(row["opened to"]) in opened.values()
                    assert row["change if opened"] == f"{lost:+.3f}", row
            else:
                setting = {c: v for c, v in row.items() if c in varied}
                outcomes = set(row) - set(setting)
                assert outcomes <= {*OUTCOMES, SUSTAINED} and len(setting) == len(varied)
                for outcome in outcomes:
                    assert row[outcome] == interval(row_of(folder, setting, outcome)), row
            checked += 1
    assert checked >= 9


def test_the_changes_and_costs_of_the_policies_are_those_of_their_tables():
    folder = ROOT / "experiments" / "policy_whatif"

    def read(name):
        with open(folder / name, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def change(row):
        columns = ("change", "change_low_95", "change_high_95")
        return "{:+.2f} ({:+.2f} to {:+.2f})".format(*(float(row[c]) for c in columns))

    def money(text):
        return f"{float(f'{float(text):.3g}'):,.0f}"

    changes = {(row["policy"], row["outcome"]): row for row in read("comparison.csv")}
    costs = {row["policy"]: row for row in read("costs.csv")}
    (table,) = (t for t in tables(text_of(folder)) if "change at the horizon" in t[0])
    assert {row["policy"] for row in table} == set(costs)
    for row in table:
        name, cost = row["policy"], costs[row["policy"]]
        month = change(changes[name, "sustained_adoption.month_60"])
        assert row["change by month 60"] == month, name
        assert row["change at the horizon"] == change(changes[name, "sustained_adoption"]), name
        assert row["additional cost, EUR"] == money(cost["additional_cost"])
        ends = (cost[f"cost_per_adopter{end}"] for end in ("", "_low_95", "_high_95"))
        price = "{} ({} to {})".format(*map(money, ends))
        assert row["EUR per additional sustained adopter"] == price
        assert row["dominated by"] == (cost["dominated_by"] or "-")
    # what each budget buys
    (ladder,) = (t for t in tables(text_of(folder)) if "further than" in t[0])
    assert [row["policy"] for row in ladder] == sorted(
        (name for name, cost in costs.items() if cost["further_than"]),
        key=lambda name: float(costs[name]["additional_cost"]),
    )
    for row in ladder:
        cost = costs[row["policy"]]
        ends = (cost[f"cost_per_further_adopter{end}"] for end in ("", "_low_95", "_high_95"))
        assert row["EUR per further adopter"] == "{} ({} to {})".format(*map(money, ends))
        assert row["further than"] == cost["further_than"]
    assert len(ladder) == 4 and not costs["paper_collaboration"]["further_than"]
    # what the sentences claim
    found = {row["policy"]: row for row in table}
    assert found["training"]["dominated by"] == "train_everyone_once"
    cheapest = min(costs.values(), key=lambda row: float(row["cost_per_adopter"]))
    assert cheapest["policy"] == "train_everyone_once"
    ratio = [float(costs[n]["additional_cost"]) for n in ("pilot_and_stop", "paper_collaboration")]
    assert ratio[0] < ratio[1] / 2


def test_the_changes_in_the_prose_of_the_trust_sweep_are_those_of_the_summary():
    folder = ROOT / "experiments" / "trust_sweep"
    prose = " ".join(re.sub(r"^\|.*$", "", text_of(folder), flags=re.MULTILINE).split())
    claims = CLAIMS["trust_sweep"]
    for words, outcome, *ends in claims:
        rows = [
            row_of(folder, dict(zip((CEILING, STRENGTH, MEETINGS), end, strict=True)), outcome)
            for end in ends
        ]
        stated = float(re.search(r"[+-]\d\.\d\d", words)[0])
        assert words in prose and abs(stated - difference(*rows)) <= 0.0051, words
    assert len(re.findall(r"[+-]\d\.\d\d", prose)) == len(claims), "a change that no claim checks"
    # half of the change of sustained adoption lies between these two ceilings
    means = [
        float(
            row_of(folder, {CEILING: c, STRENGTH: 1, MEETINGS: 0.2}, "sustained_adoption")["mean"]
        )
        for c in (0, 0.5, 0.6, 1)
    ]
    assert means[1] < (means[0] + means[3]) / 2 < means[2]


def test_the_changes_in_the_prose_of_the_alignment_study_are_those_of_its_table():
    folder = ROOT / "experiments" / "alignment_sweep"
    text = text_of(folder)
    (table,) = tables(text)
    gain = {row["axis"]: float(row["change"]) for row in table}
    lost = {row["axis"]: row["change if opened"] for row in table}
    names = ("privacy", "transparency", "usability", "data_quality", "roles", "responsibility")
    gains = [gain[f"alignment.{name}"] for name in (*names, "value")]
    assert gains == [0.031, 0.026, 0.025, 0.023, 0.015, 0.009, 0.002]
    assert [*gain] == sorted(gain, key=lambda axis: -gain[axis])
    single = [axis for axis in gain if axis.startswith("alignment.")]
    assert {*single[:4]} == {f"alignment.{name}" for name in names[:4]}
    most = sorted(
        (axis for axis in single if lost[axis] != "-"), key=lambda axis: float(lost[axis])
    )
    assert most[:3] == ["alignment.transparency", "alignment.roles", "alignment.responsibility"]
    together = f"{gain['all_alignments']:+.3f} from here; one by one they add up to "
    assert together in text
    added = float(text.partition(together)[2][:6])
    assert added == pytest.approx(sum(gain[axis] for axis in single), abs=0.005)
    base = interval(row_of(folder, dict(next(iter(summary(folder)))[0]), GOAL), 3)
    assert f"sustained adoption is {base}" in " ".join(text.split())


@each
def test_the_model_of_today_still_gives_the_published_numbers(folder):
    request = compose([f"+experiment={folder.name}"])
    settings = {k: request.settings[k] for k in ("seed", "replicates")}
    result = sim.run(request.values, progress="never", **settings)
    varied = {p: request.values[p] for axis in request.axes for p in axis.paths}
    for outcome in ("sustained_adoption", "trust", "lapse_rate"):
        published = float(row_of(folder, varied, outcome)["mean"])
        assert result.mean(outcome).estimate == pytest.approx(published, rel=1e-8), (
            f"{folder.name}: run it anew, and write its README anew"
        )
