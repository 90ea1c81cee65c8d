"""Published experiments: what their READMEs say is what their tables and today's model say."""

from __future__ import annotations

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
from sim.cli.load import load
from sim.outcomes.table import GOAL
from sim.reports import words
from sim.studies import from_here, mechanisms
from sim.studies.headline import headline
from sim.tables.factors import FACTORS
from sim.tables.parameters import PARAMETERS
from website.first_screen import interval, rows_of

ROOT = Path(__file__).resolve().parent.parent
EXPERIMENTS = ROOT / "experiments"
SWEEPS = [EXPERIMENTS / name for name in ("trust_sweep", "alignment_sweep")]
TABLE_ALONE = ("robustness", "what_the_paper_says")  # have no figure
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
    rows = rows_of(folder.name, "summary")
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
    "folder",
    [*SWEEPS, *(EXPERIMENTS / n for n in ("all_factors", "global_sensitivity", "tipping_points"))],
    ids=lambda folder: folder.name,
)
def test_the_command_is_that_of_the_experiment(folder):
    command, *_ = re.findall(r"```sh\npython -m sim (.*)\n```", text_of(folder))
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


def gains(study):
    """Return policy -> how many more use it in the end than with no policy."""
    rows = rows_of(study, "comparison", outcome=GOAL)
    return {row["policy"]: interval(row) for row in rows}


def test_what_is_said_of_policies_holds():
    gain = gains("policy_whatif")
    best = gain.pop("pilot_and_stop")
    assert all(best.low > other.high for other in gain.values())
    assert gain["champions"].low < 0 < gain["champions"].high
    costs = rows_of("policy_whatif", "costs")
    cheapest = min(costs, key=lambda row: float(row["cost_per_adopter"] or "inf"))
    assert cheapest["policy"] == "alignment_workshop"


def test_what_is_said_of_when_to_act_holds():
    gain = gains("when_to_act")
    early, later = gain["pilot_and_stop"], gain["strong_later"]
    assert later.estimate < early.estimate / 3 and later.high < early.low / 2
    assert early.low > gain["paper_collaboration"].high
    assert 0 < gain["strong_for_good"].estimate - early.estimate < early.estimate / 3


FRESH = ("seed=20261", "worlds=10", "replicates=10", "progress=never")  # luck of no published run


def test_the_model_of_today_still_gives_the_published_steps_and_mechanisms():
    kept = [f"{f.path}={f.baseline}" for f in FACTORS if f.name != "hcp_cooperation"]
    steps = from_here.found(load("from_here", *kept, "horizon=60", "progress=never"))[0].steps
    published = {
        (r["step"], r["month"]): interval(r)[:3]
        for r in rows_of("from_here", "steps", factor="process.hcp_cooperation")
    }
    assert len(steps) == 2
    for step in steps:
        want = published[step.level, "60"]
        assert step.change[:3] == pytest.approx(want, rel=1e-8), "make studies"
    found = mechanisms.found(load("mechanisms_over_time", "horizon=12", "progress=never"))
    rows = {
        row["mechanism"]: interval(row)[:3]
        for row in rows_of("mechanisms_over_time", "held_back", month="12", place="adopters")
    }
    for m in found.shown:
        assert m.change(12)[:3] == pytest.approx(rows[m.name], rel=1e-8), "make studies"


def test_what_is_said_of_the_next_step_holds():
    steps = {
        (r["factor"].partition(".")[2], r["step"]): r
        for r in rows_of("from_here", "steps", month="60")
    }
    meetings, training = steps["hcp_cooperation", "gap closed"], steps["training", "gap closed"]
    assert float(meetings["best_in"]) == 62 / 64 and float(training["best_in"]) == 2 / 64
    ahead = [interval(row) for (_, step), row in steps.items() if step != "gap open"]
    assert sum(change.high >= interval(training).low for change in ahead) == 2
    lost = {name: interval(row) for (name, step), row in steps.items() if step == "gap open"}
    assert min(lost, key=lambda name: lost[name].estimate) == "transparency"
    reading = " ".join(text_of(EXPERIMENTS / "from_here").partition("## Reading")[2].split())
    assert words.more_of_100(interval(meetings), "professionals") in reading
    for row in (training, steps["transparency", "end of its range"], steps["data_quality", "gap closed"],
                steps["usability", "gap closed"], steps["interorganisational_cooperation", "gap closed"]):  # fmt: skip
        number, ends = words.more_of_100(interval(row)).replace(" more of 100", "").split(" ", 1)
        assert number in reading and ends.strip("()") in reading, row
    to = {"hcp_cooperation": "50 % a month", "training": "10 %", "shared_understanding": "50 %",
          "interorganisational_cooperation": "90 %"}  # fmt: skip
    kinds = {
        frozenset(names): row["kind"]
        for row in rows_of("from_here", "steps_of_two", month="60")
        for names in [[row[name].partition(".")[2] for name in ("factor", "other_factor")]]
        if [to.get(n) for n in names] == [row["to"], row["other_to"]]
    }
    assert kinds[frozenset(("hcp_cooperation", "training"))] == "substitutes"
    for other in ("interorganisational_cooperation", "shared_understanding"):
        assert kinds[frozenset(("hcp_cooperation", other))] == "complements"
    # with other luck, at a reduced size
    kept = [
        f"{axis}=0.8" for axis in ("alignment.value", "alignment.scope", "alignment.responsibility")
    ]
    fresh = from_here.found(load("from_here", *FRESH, "horizon=60", *kept, "alignment.roles=0.8", "alignment.usability=0.3",
                                 "alignment.privacy=0.2", "alignment.data_quality=0.2"))[0]  # fmt: skip
    first, second, *others = fresh.effects
    assert [first.axis.name, second.axis.name] == [
        "process.hcp_cooperation", "process.training",
    ]  # fmt: skip
    assert all(first.change.low > effect.change.high for effect in others)
    gone = {x.axis.name: x.change for x in fresh.steps if x.level == "gap open"}
    assert gone["alignment.transparency"].high < gone["process.interorganisational_cooperation"].low


def test_what_is_said_of_mechanisms_holds():
    rows = {
        (row["mechanism"], int(row["month"]), row["place"]): interval(row)
        for row in rows_of("mechanisms_over_time", "held_back")
    }
    most, *others = "misunderstanding", "turnover", "adverse_evidence", "the_end_of_project_funding"
    for month in (12, 60, 120):
        lost = rows[most, month, "adopters"]
        assert all(lost.low > rows[name, month, "adopters"].high for name in others)
    text = " ".join(text_of(EXPERIMENTS / "mechanisms_over_time").split())
    reading = text.partition("## Reading")[2]
    assert words.more_of_100(rows[most, 60, "adopters"], "professionals") in reading
    assert rows[most, 120, "adopters"].estimate == pytest.approx(0.55, abs=0.006)
    assert rows[most, 60, "withdrawn"].high < -0.5
    for name in others:
        assert 0.06 < rows[name, 60, "adopters"].estimate < 0.08
    funding = rows["the_end_of_project_funding", 120, "adopters"]
    assert words.of_100(funding) in reading
    assert all(funding.low > rows[name, 120, "adopters"].high for name in others[:2])
    # with other luck, at a reduced size
    fresh = mechanisms.found(load("mechanisms_over_time", *FRESH))
    assert fresh.most(60).name == fresh.most(120).name == most
    second = max(m.change(60).high for m in fresh.mechanisms if m.name != most)
    assert fresh.most(60).change(60).low > second


def test_what_is_said_of_sensitivity_holds():
    rows = rows_of("global_sensitivity", "sensitivity", outcome="use_after_5_years")
    important = sorted((r for r in rows if r["total"]), key=lambda row: -float(row["total"]))
    names = [row["parameter"] for row in important]
    assert len(rows) == 135 and len(names) == 12 and "development.rate" in names
    assert names[0] == "decision.intercept" and set(names[1:3]) == {
        "decision.trust",
        "decision.appraisal",
    }
    assert float(important[0]["total_low_95"]) > float(important[1]["total_high_95"])
    factors = [r for r in rows if r["parameter"].startswith(("alignment.", "process."))]
    assert not {row["parameter"] for row in factors} & set(names)
    most = max(factors, key=lambda row: float(row["size"]))
    assert most["parameter"] == "process.hcp_cooperation" and float(most["effect_low_95"]) > 0
    assert sum(float(row["size"]) == 0 for row in rows) == 2
    assert all(float(r["size"]) < 0.055 for r in rows if r not in important)


def test_what_is_said_of_tipping_points_holds():
    rows = rows_of("tipping_points", "tipping")
    lines = {(row["axis"], float(row["users_at_start"])): row for row in rows}
    tips = {key for key, row in lines.items() if row["boundary"]}
    assert tips == {("population.initial_adopters", 0.0), ("all_alignments", 0.9)}
    assert 0.6 < float(lines["population.initial_adopters", 0.0]["boundary_low_95"])
    worlds = rows_of("tipping_points", "basins")
    decided = [
        [row for row in worlds if row[name] == "1"]
        for name in ("depends_on_start", "depends_on_start_kept")
    ]
    assert (len(worlds), len(decided[0]), len(decided[1])) == (102, 47, 32)
    trapped = [r for r in decided[0] if float(r["few_high_95"]) < 0.5 <= float(r["many_low_95"])]
    assert len(trapped) == 38
    today = [
        sim.run(
            {"deployment.at_start": 1, "population.initial_adopters": start},
            replicates=16,
            progress="never",
        ).mean(GOAL)
        for start in (0.0, 0.9)
    ]
    assert today[0].high < 0.4 and today[1].low > 0.5


def test_what_is_said_of_the_best_mix_holds():
    rows = {row["policy"]: row for row in rows_of("optimise", "frontier")}

    def found(policy, column):
        return interval(rows[policy], column)

    policies = [name for name, row in rows.items() if row["kind"] == "policy" and name != "none"]
    assert all(found(name, "behind").low > 0 for name in policies if name != "pilot_and_stop")
    (best,) = (name for name, row in rows.items() if row["best_for_budget"] == "1")
    assert float(rows[best]["cost"]) <= 30_000
    # the mix that costs no more is far cheaper, and the one for the budget has more users
    assert found("pilot_and_stop", "behind").high < 0
    assert found(best, "use").low > found("pilot_and_stop", "use").high
    assert found("paper_collaboration", "behind").low > 0.1
    furthest = max(policies, key=lambda name: found(name, "behind").estimate)
    assert furthest == "usability_work"
    text = " ".join(text_of(EXPERIMENTS / "optimise").split())
    for name in (furthest, "paper_collaboration"):
        assert words.per_100(found(name, "behind")) in text.replace(" of 100", ""), name
    mixes = [row for row in rows.values() if row["kind"] == "mix"]
    assert all(float(row["cost"]) < 60_500 for row in mixes)  # twice the budget
    assert max(float(row["searched_change"]) - float(row["change"]) for row in mixes) < 0.02
