"""Published experiments: every number of a README is that of its table, and of today's model."""

from __future__ import annotations

import csv
import json
import re
import shlex
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from PIL import Image

import sim
from sim.analysis.intervals import Interval
from sim.cli.compose import compose
from sim.outcomes.table import GOAL
from sim.reports import titles, words
from sim.studies.alignment import FACTOR
from sim.studies.comparison.terms import money
from sim.tables.parameters import PARAMETERS

ROOT = Path(__file__).resolve().parent.parent
# Other folders are of commands of their own, with tests of their own
FOLDERS = sorted(
    p for p in (ROOT / "experiments").iterdir()
    if (ROOT / "conf" / "experiment" / f"{p.name}.yaml").is_file()
)  # fmt: skip
TRUST, ALIGNMENT, POLICY = (
    ROOT / "experiments" / name for name in ("trust_sweep", "alignment_sweep", "policy_whatif")
)
each = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
AXES = (
    "development.ceiling.transparency",
    "trust.transparency_strength",
    "process.hcp_cooperation",
)
FIVE, LASTS, AT_60 = "use_after_5_years", "probability_sustained", "sustained_adoption.month_60"
OF_100 = "of 100 use it "


def rows_of(folder, name):
    with open(folder / f"{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def summary(folder):
    """Return (varied parameters as sorted items, outcome) -> mean with its interval."""
    rows = rows_of(folder, "summary")
    varied = [c for c in rows[0] if c in PARAMETERS or c == "policy"]
    return {
        (tuple(sorted((p, key_of(row[p])) for p in varied)), row["outcome"]): interval(row)
        for row in rows
    }


def interval(row, name="mean"):
    ends = (float(row[f"{name}{end}"] or "nan") for end in ("", "_low_95", "_high_95"))
    return Interval(*ends, int(row.get("runs") or row.get("pairs")))


def key_of(value):
    """Return a value as a number, if it is one."""
    try:
        return float(value)
    except ValueError:
        return value


def found(folder, values, outcome=GOAL):
    return summary(folder)[tuple(sorted((p, key_of(v)) for p, v in values.items())), outcome]


def text_of(folder):
    return (folder / "README.md").read_text(encoding="utf-8")


def prose_of(folder):
    return " ".join(re.sub(r"^\|.*$", "", text_of(folder), flags=re.MULTILINE).split())


def markdown(rows):
    """Return rows, heading -> cell, as a table of Markdown."""
    lines = [[*rows[0]], ["---"] * len(rows[0]), *([*row.values()] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def common(folder, values):
    """Return the columns that the tables of points have: what it is, in people of 100."""
    return {
        OF_100 + "after 5 years": words.per_100(found(folder, values, FIVE)),
        OF_100 + "in the end": words.per_100(found(folder, values)),
        "lasts in": words.percent(found(folder, values, LASTS)),
        "trust": words.with_interval(found(folder, values, "trust")),
        "lapses a year": words.with_interval(found(folder, values, "lapse_rate")),
    }


def trust_tables():
    """Yield a table for each of three results: what varies, and what else holds, is in the text."""
    for ceilings, strengths, meetings in (
        ((0, 0.2, 0.4, 0.6, 0.8, 1), (1,), (0.2,)),
        ((0.4, 1), (0, 0.5, 1), (0.2,)),
        ((0.4, 0.7, 1), (1,), (0.05, 0.2, 0.5)),
    ):
        moved = [
            path
            for path, values in zip(AXES, (ceilings, strengths, meetings), strict=True)
            if len(values) > 1
        ]
        yield [
            {titles.short(p): titles.value_short(p, point[p]) for p in moved} | common(TRUST, point)
            for point in (
                dict(zip(AXES, values, strict=True))
                for values in product(ceilings, strengths, meetings)
            )
        ]


def alignment_rows():
    """Return what each axis gains and loses from the base point; the most to be gained first."""
    axes = {axis.name: axis for axis in compose(["+experiment=alignment_sweep"]).axes}
    values = compose(["+experiment=alignment_sweep"]).values
    here = {p: values[p] for axis in axes.values() for p in axis.paths}
    base, rows = found(ALIGNMENT, here), {}
    for name, axis in axes.items():
        path, end, now = axis.paths[0], axis.settings[-1], sorted({here[p] for p in axis.paths})
        opened = {p: FACTOR[p].low for p in axis.paths}
        gain = found(ALIGNMENT, here | end).estimate - base.estimate
        row = {
            "what moves": titles.title(name),
            "now": " to ".join(
                titles.value_short(path, x) for x in dict.fromkeys((now[0], now[-1]))
            ),
            "to": titles.value_short(path, end[path]),
            OF_100 + "then": words.per_100(found(ALIGNMENT, here | end)),
            "more of 100": f"{100 * gain:+.1f}",
            "if opened to": "open already",
            "then more of 100": "-",
        }
        if any(here[p] > low for p, low in opened.items()):
            lost = found(ALIGNMENT, here | opened).estimate - base.estimate
            row["if opened to"] = titles.value_short(path, opened[path])
            row["then more of 100"] = f"{100 * lost:+.1f}"
        rows[name] = gain, row
    return dict(sorted(rows.items(), key=lambda item: -item[1][0])), base


def policy_parts():
    changes = {(row["policy"], row["outcome"]): row for row in rows_of(POLICY, "comparison")}
    costs = {row["policy"]: row for row in rows_of(POLICY, "costs")}
    gain = {
        name: [interval(changes[name, outcome], "change") for outcome in (AT_60, GOAL)]
        for name in costs
    }
    return costs, gain


def policy_tables():
    """Return the table of all policies, and that of what each budget buys."""
    costs, gain = policy_parts()

    def title(name):
        return titles.named("policy", name)

    def each_for(row, column):
        x = interval(row, column)
        return f"{money(x.estimate)} ({money(x.low)} to {money(x.high)})"

    everything = [
        {
            "policy": title(name),
            OF_100 + "in the end": words.per_100(found(POLICY, {"policy": name})),
            "more after five years": words.per_100(gain[name][0], sign=True),
            "more after ten years": words.per_100(gain[name][1], sign=True),
            "lasts in": words.percent(found(POLICY, {"policy": name}, LASTS)),
            "cost, EUR": money(float(cost["additional_cost"])),
            "EUR for each further user": each_for(cost, "cost_per_adopter")
            if cost["cost_per_adopter"]
            else "no users beyond chance",
            "costs no more and does as much": title(cost["dominated_by"])
            if cost["dominated_by"]
            else "-",
        }
        for name, cost in sorted(costs.items(), key=lambda item: -gain[item[0]][1].estimate)
    ]
    ladder = [
        {
            "policy": title(name),
            "cost, EUR": money(float(cost["additional_cost"])),
            "EUR for each user beyond the policy before": each_for(
                cost, "cost_per_further_adopter"
            ),
            "policy before": title(cost["further_than"]),
        }
        for name, cost in sorted(costs.items(), key=lambda item: float(item[1]["additional_cost"]))
        if cost["further_than"]
    ]
    return everything, ladder


def test_there_are_published_experiments():
    assert {*FOLDERS} >= {TRUST, ALIGNMENT, POLICY}


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
def test_the_tables_of_a_readme_are_those_of_the_csv(folder):
    """To write them anew, print what `markdown` returns."""
    tables = {
        TRUST: [*trust_tables()],
        ALIGNMENT: [[row for _, row in alignment_rows()[0].values()]],
        POLICY: [*policy_tables()],
    }[folder]
    assert re.findall(r"(?:^\|.*\|\n)+", text_of(folder), flags=re.MULTILINE) == [
        markdown(table) for table in tables
    ]


def test_the_changes_in_the_prose_of_the_trust_sweep_are_those_of_the_summary():
    def of_100(*ends, outcome=GOAL):
        low, high = (found(TRUST, dict(zip(AXES, end, strict=True)), outcome) for end in ends)
        return 100 * (high.estimate - low.estimate)

    stated = [
        float(size) * (1 if word == "more" else -1)
        for size, word in re.findall(r"([\d.]+) (more|fewer) of 100", prose_of(TRUST))
    ]
    changes = [
        of_100((0, 1, 0.2), (1, 1, 0.2)),
        of_100((0.4, 0, 0.2), (0.4, 1, 0.2)),
        of_100((1, 0, 0.2), (1, 1, 0.2)),
        of_100((1, 1, 0.05), (1, 1, 0.5)),
        of_100((0.7, 1, 0.05), (0.7, 1, 0.5)),
    ]
    assert stated == [pytest.approx(change, abs=0.51) for change in changes]
    (rise,) = re.findall(r"\+(0\.\d+)", prose_of(TRUST))
    rises = of_100((1, 0, 0.2), (1, 1, 0.2), outcome="trust") / 100
    assert float(rise) == pytest.approx(rises, abs=0.0051)
    # half of the change lies between these two; with no transparency meetings help nobody
    assert of_100((0, 1, 0.2), (0.5, 1, 0.2)) < changes[0] / 2 < of_100((0, 1, 0.2), (0.6, 1, 0.2))
    assert found(TRUST, dict(zip(AXES, (0, 1, 0.5), strict=True))).high < 0.01


def test_what_is_said_of_alignments_is_in_the_table():
    rows, base = alignment_rows()
    gain = {name: 100 * change for name, (change, _) in rows.items()}
    prose = prose_of(ALIGNMENT)
    assert f"{words.per_100(base)}" in prose.partition("of 100 professionals use the tool")[0]
    single = [name for name in gain if name.startswith("alignment.")]
    assert [name.partition(".")[2] for name in single[:4]] == [
        "privacy", "transparency", "usability", "data_quality",
    ]  # fmt: skip
    most = sorted(
        (name for name in single if rows[name][1]["then more of 100"] != "-"),
        key=lambda name: float(rows[name][1]["then more of 100"]),
    )
    assert most[:3] == ["alignment.transparency", "alignment.roles", "alignment.responsibility"]
    together, added = re.search(
        r"bring ([\d.]+) more of 100 .* add up to (\d+\.\d+)", prose
    ).groups()
    assert float(together) == pytest.approx(gain["all_alignments"], abs=0.051)
    assert float(added) == pytest.approx(sum(gain[name] for name in single), abs=0.051)
    least, largest = map(float, re.search(r"each ([\d.]+) to ([\d.]+) more", prose).groups())
    assert [least, largest] == pytest.approx([gain[single[3]], gain[single[0]]], abs=0.051)


def test_what_is_said_of_policies_is_in_the_tables():
    costs, gain = policy_parts()
    prose = prose_of(POLICY)
    cost = {name: float(row["additional_cost"]) for name, row in costs.items()}
    assert f"{len(costs)} policies" in prose

    def cheapest_of_the_best(when):
        """Return the cheapest of those that are not worse than the best by more than 1 of 100."""
        best = max(changes[when].estimate for changes in gain.values())
        near = [name for name, changes in gain.items() if changes[when].estimate > best - 0.01]
        return min(near, key=cost.__getitem__)

    assert (
        cheapest_of_the_best(1) == "institutionalise"
        and cheapest_of_the_best(0) == "pilot_and_stop"
    )
    assert "**1. Institutionalise is recommended" in prose
    assert "five years alone would choose Pilot and stop" in prose
    paid = {
        n: float(row["cost_per_adopter"]) for n, row in costs.items() if row["cost_per_adopter"]
    }
    assert min(paid, key=paid.__getitem__) == "alignment_workshop"
    assert {*costs} - {*paid} == {"phased_roll_out"} and gain["phased_roll_out"][1].low < 0
    assert cost["pilot_and_stop"] < cost["paper_collaboration"] / 2
    ladder = [name for name, row in costs.items() if row["further_than"]]
    assert "Five policies are a good buy" in prose and len(ladder) == 5
    for name in ("institutionalise", "pilot_and_stop", "alignment_workshop", "technology_only"):
        for x in gain[name]:
            assert words.more_of_100(x).replace(" of 100 (", " of 100 professionals (") in prose, (
                name
            )
        assert f"{money(cost[name])} EUR" in prose, name
    assert words.of_100(found(POLICY, {"policy": "none"})) in prose


@each
def test_the_model_of_today_still_gives_the_published_numbers(folder):
    request = compose([f"+experiment={folder.name}"])
    settings = {k: request.settings[k] for k in ("seed", "replicates")}
    result = sim.run(request.values, progress="never", **settings)
    varied = {p: request.values[p] for axis in request.axes for p in axis.paths}
    for outcome in (GOAL, FIVE, "trust", "lapse_rate"):
        published = found(folder, varied, outcome).estimate
        assert result.mean(outcome).estimate == pytest.approx(published, rel=1e-8), (
            f"{folder.name}: run it anew, and write its README anew"
        )
