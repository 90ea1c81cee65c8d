"""Published experiments: what their READMEs say is what their tables and today's model say."""

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
from sim.analysis.intervals import Interval
from sim.cli.compose import compose
from sim.outcomes.table import GOAL
from sim.reports import words
from sim.studies.headline import headline
from sim.tables.parameters import PARAMETERS

ROOT = Path(__file__).resolve().parent.parent
EXPERIMENTS = ROOT / "experiments"
SWEEPS = [EXPERIMENTS / name for name in ("trust_sweep", "alignment_sweep")]
POLICY = EXPERIMENTS / "policy_whatif"
TABLE_ALONE = ("robustness",)  # has no figure
TRUST, ALIGNMENT = SWEEPS
AXES = (
    "development.ceiling.transparency",
    "trust.transparency_strength",
    "process.hcp_cooperation",
)
each = pytest.mark.parametrize("folder", SWEEPS, ids=lambda folder: folder.name)
written = pytest.mark.parametrize(
    "folder", sorted(p for p in EXPERIMENTS.iterdir() if p.is_dir()), ids=lambda folder: folder.name
)


@cache
def summary(folder):
    """Return (varied parameters as sorted items, outcome) -> mean with its interval."""
    with open(folder / "summary.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    varied = [c for c in rows[0] if c in PARAMETERS]
    return {
        (tuple(sorted((p, float(row[p])) for p in varied)), row["outcome"]): Interval(
            *(float(row[f"mean{end}"] or "nan") for end in ("", "_low_95", "_high_95")),
            int(row["runs"]),
        )
        for row in rows
    }


def found(folder, values, outcome=GOAL):
    return summary(folder)[tuple(sorted((p, float(v)) for p, v in values.items())), outcome]


def text_of(folder):
    return (folder / "README.md").read_text(encoding="utf-8")


@written
def test_a_folder_is_complete(folder):
    text = text_of(folder)
    for part in ("**Question.**", "**Command.**", "## What it shows", "## Limits"):
        assert part in text, part
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (folder / link).exists(), link
    figures = sorted(folder.glob("*.png"))
    assert figures or folder.name in TABLE_ALONE
    assert all(f"]({figure.name})" in text for figure in figures)
    for figure in figures:
        stamp = json.loads(Image.open(figure).info["Description"])
        assert set(stamp) >= {"nasss_sim", "seed"}
        assert figure.stat().st_size < 300_000


@pytest.mark.parametrize(
    "folder", [*SWEEPS, EXPERIMENTS / "all_factors"], ids=lambda folder: folder.name
)
def test_the_command_is_that_of_the_experiment(folder):
    (command,) = re.findall(r"```sh\npython -m sim (.*)\n```", text_of(folder))
    request = compose(shlex.split(command))
    assert request.experiment == folder.name
    assert f"{request.settings['replicates']} runs" in text_of(folder)


@each
def test_the_model_of_today_still_gives_the_published_numbers(folder):
    request = compose([f"+experiment={folder.name}"])
    settings = {k: request.settings[k] for k in ("seed", "replicates")}
    result = sim.run(request.values, progress="never", **settings)
    varied = {p: request.values[p] for axis in request.axes for p in axis.paths}
    for outcome in (GOAL, "use_after_5_years", "trust", "lapse_rate"):
        published = found(folder, varied, outcome).estimate
        assert result.mean(outcome).estimate == pytest.approx(published, rel=1e-8), "make studies"
    first = headline(result).sentences()[0]
    assert first[1:] in " ".join(text_of(folder).split()), "make studies"


def clearly_more(folder, more, less):
    return found(folder, more).low > found(folder, less).high


def test_what_is_said_of_transparency_and_trust_holds():
    def at(*values):
        return dict(zip(AXES, values, strict=True))

    for strength in (0, 1):  # without transparency it does not last, and most of it is not trust
        assert found(TRUST, at(0, strength, 0.5)).high < 0.05
        assert clearly_more(TRUST, at(1, strength, 0.2), at(0.5, strength, 0.2))
    gain = [
        found(TRUST, at(1, s, 0.2)).estimate - found(TRUST, at(0, s, 0.2)).estimate for s in (0, 1)
    ]
    assert gain[0] > 0.5 * gain[1]
    # what trust adds has two signs
    assert clearly_more(TRUST, at(0.4, 0, 0.5), at(0.4, 1, 0.5))
    assert found(TRUST, at(1, 1, 0.2)).estimate > found(TRUST, at(1, 0, 0.2)).estimate
    # meetings help most where the technology can be transparent
    for ceiling in (0.7, 1):
        assert clearly_more(TRUST, at(ceiling, 1, 0.5), at(ceiling, 1, 0.05))
    assert not clearly_more(TRUST, at(0, 1, 0.5), at(0, 1, 0.05))


def comparison(folder):
    """Return a function of policy and end: how many more use it in the end than with no policy."""
    with open(folder / "comparison.csv", newline="", encoding="utf-8") as file:
        rows = {(row["policy"], row["outcome"]): row for row in csv.DictReader(file)}
    return {name for name, _ in rows}, lambda policy, end="": float(
        rows[policy, GOAL][f"change{end}"]
    )


def test_what_is_said_of_policies_holds():
    names, gain = comparison(POLICY)
    others = names - {"pilot_and_stop"}
    assert all(gain("pilot_and_stop", "_low_95") > gain(name, "_high_95") for name in others)
    assert gain("champions", "_low_95") < 0 < gain("champions", "_high_95")
    with open(POLICY / "costs.csv", newline="", encoding="utf-8") as file:
        each = {
            row["policy"]: float(row["cost_per_adopter"] or "inf") for row in csv.DictReader(file)
        }
    assert min(each, key=each.__getitem__) == "alignment_workshop"


def test_what_is_said_of_when_to_act_holds():
    _, gain = comparison(EXPERIMENTS / "when_to_act")
    assert gain("strong_later") < gain("pilot_and_stop") / 3
    assert gain("strong_later", "_high_95") < gain("pilot_and_stop", "_low_95") / 2
    assert gain("pilot_and_stop", "_low_95") > gain("paper_collaboration", "_high_95")
    assert 0 < gain("strong_for_good") - gain("pilot_and_stop") < gain("pilot_and_stop") / 3


def test_the_first_screen_of_the_readme_says_what_the_studies_found():
    first = " ".join(text_of(ROOT).partition("## Start")[0].split())

    def rows(name):
        with open(EXPERIMENTS / "all_factors" / name, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def told(row, column, more=""):
        ends = (float(row[f"{column}{end}"]) for end in ("", "_low_95", "_high_95"))
        return words.more_of_100(Interval(*ends, 16), more)

    alignments = [row for row in rows("factors.csv") if row["factor"].startswith("alignment.")]
    best, second = sorted(alignments, key=lambda row: -float(row["change"]))[:2]
    assert (best["factor"], second["factor"]) == ("alignment.transparency", "alignment.roles")
    assert told(best, "change", "professionals") in first
    bundles = rows("bundles.csv")
    processes = ("meetings", "training", "shared understanding", "cooperation of")
    assert all(any(p in row["bundle"] for p in processes) for row in bundles)
    for threshold, names in (
        (0.3, "meetings with AI experts + training"),
        (0.5, "meetings with AI experts + shared understanding + training"),
    ):
        (row,) = [r for r in bundles if float(r["threshold"]) == threshold and r["bundle"] == names]
        number, ends = told(row, "use_after_5_years").split(" ", 1)
        assert f"for {100 * threshold:g} of 100 ({number}; {ends.partition('(')[2]}" in first
    _, gain = comparison(EXPERIMENTS / "when_to_act")
    for policy in ("pilot_and_stop", "strong_later"):
        change = Interval(*(gain(policy, end) for end in ("", "_low_95", "_high_95")), 64)
        assert words.more_of_100(change).replace("of 100 ", "") in first.replace("of 100 ", ""), (
            policy
        )
