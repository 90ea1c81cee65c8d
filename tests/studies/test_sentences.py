"""What studies say on the terminal is true of their runs: numbers read back and worked out anew."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import stats
from study_runs import do

from sim.cli.compose import compose
from sim.tables.factors import QUALITY_NAMES

pytestmark = pytest.mark.usefixtures("without_figures")
NUMBER = r"[+-]?\d+\.\d\d"
INTERVAL = rf"({NUMBER}) \(({NUMBER}) to ({NUMBER})\)"


def interval(x):
    """Return mean and Student's t interval, by scipy."""
    x = np.asarray(x)
    low, high = stats.ttest_1samp(x, 0.0).confidence_interval(0.95) if np.ptp(x) else (x[0], x[0])
    return x.mean(), low, high


def paired(runs, outcome, low, high):
    """Return the change between two selections of runs, replicate by replicate."""
    a = runs[low].sort_values("replicate")[outcome].to_numpy()
    b = runs[high].sort_values("replicate")[outcome].to_numpy()
    return interval(b - a)


def stated(pattern, text):
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in: {text}"
    return [float(x) for x in found.groups()]


GRID = [
    "development.ceiling.transparency=[0,0.5,1]",
    "trust.transparency_strength=[0,1]",
    "process.hcp_cooperation=[0.2,0.5]",
    "replicates=6",
    "horizon=60",
    "population.organisations=6",
    "deployment.at_start=0.5",
    "progress=never",
]


def test_the_numbers_that_a_sweep_states_are_those_of_its_runs(tmp_path, capsys):
    done = do(tmp_path / "out", capsys, "+experiment=trust_sweep", *GRID)
    runs, text = done.runs, done.text
    ceiling, strength = (
        runs["development.ceiling.transparency"],
        runs["trust.transparency_strength"],
    )
    meetings = runs["process.hcp_cooperation"]
    base = (strength == 1) & (meetings == 0.2)
    assert "12 points (3 x 2 x 2) x 6 runs, seed 0" in text
    # the table along the first axis
    for value in (0, 0.5, 1):
        rows = runs[base & (ceiling == value)]
        line = next(x for x in done.out.splitlines() if x.startswith(f"{value} "))
        found = [[float(x) for x in m] for m in re.findall(INTERVAL, line)]
        for numbers, outcome in zip(found, ("sustained_adoption", "trust"), strict=False):
            assert numbers == pytest.approx(interval(rows[outcome]), abs=0.0051), outcome
        share = 100 * (rows["sustained_adoption"] >= 0.5).mean()
        assert stated(r"(\d+) % \(", line)[0] == pytest.approx(share, abs=0.51)
    # 1. what the first axis changes at the base
    ends = base & (ceiling == 0), base & (ceiling == 1)
    assert "At trust.transparency_strength 1, process.hcp_cooperation 0.2, it goes from" in text
    numbers = stated(rf"it goes from {INTERVAL} to {INTERVAL}, a change of {INTERVAL}", text)
    expected = [x for end in ends for x in interval(runs[end]["sustained_adoption"])]
    expected += paired(runs, "sustained_adoption", *ends)
    assert numbers == pytest.approx(expected, abs=0.0051)
    numbers = stated(rf"mean trust changes by {INTERVAL}", text)
    assert numbers == pytest.approx(paired(runs, "trust", *ends), abs=0.0051)
    numbers = stated(r"P\(sustained\) goes from (\d+) % \([^)]*\) to (\d+) %", text)
    shares = [100 * (runs[end]["sustained_adoption"] >= 0.5).mean() for end in ends]
    assert numbers == pytest.approx(shares, abs=0.51)
    # 2. and 3. what another axis changes, at the base point's own place on the first
    for axis, name, low, high, held in (
        (strength, "trust.transparency_strength", 0, 1, meetings == 0.2),
        (meetings, "process.hcp_cooperation", 0.2, 0.5, strength == 1),
    ):
        here = held & (ceiling == 1)
        ends = here & (axis == low), here & (axis == high)
        sentence = text[text.index(f"Moving {name} from {low} to {high}") :]
        numbers = stated(rf"at [^:]*: {INTERVAL}, and mean trust by {INTERVAL}", sentence)
        expected = (*paired(runs, "sustained_adoption", *ends), *paired(runs, "trust", *ends))
        assert numbers == pytest.approx(expected, abs=0.0051), name
        # the interaction: how the effect of the first axis differs between the ends
        effects = []
        for value in (low, high):
            at = held & (axis == value)
            a, b = (runs[at & (ceiling == c)].sort_values("replicate") for c in (0, 1))
            effects.append(b["sustained_adoption"].to_numpy() - a["sustained_adoption"].to_numpy())
        numbers = stated(rf"from lowest to highest [^+-]*{INTERVAL}", sentence)
        assert numbers == pytest.approx(interval(effects[1] - effects[0]), abs=0.0051), name
        pattern = rf"changes is {INTERVAL} at {low}, {INTERVAL} at {high} of {name}"
        expected = [x for effect in effects for x in interval(effect)]
        assert stated(pattern, sentence) == pytest.approx(expected, abs=0.0051), name


ALIGNMENT = ["replicates=5", "horizon=60", "population.organisations=5", "progress=never"]
ALIGNMENT += [f"alignment.{name}=[0,1]" for name in QUALITY_NAMES]


def test_the_numbers_that_the_alignment_study_states_are_those_of_its_runs(tmp_path, capsys):
    done = do(tmp_path / "out", capsys, "+experiment=alignment_sweep", *ALIGNMENT)
    runs, request = done.runs, compose(["+experiment=alignment_sweep", *ALIGNMENT])
    varied = [p for axis in request.axes for p in axis.paths]

    def at(setting):
        wanted = {p: request.values[p] for p in varied} | setting
        chosen = np.ones(len(runs), bool)
        for path, value in wanted.items():
            chosen &= np.isclose(runs[path], value)
        assert chosen.sum() == 5
        return chosen

    changes = {}
    for axis in request.axes:
        low, high = (axis.settings[n] for n in (0, -1))
        changes[axis.name] = paired(runs, "sustained_adoption", at(low), at(high))
        (line,) = (x for x in done.out.splitlines() if re.match(rf"{axis.name} {{2,}}", x))
        numbers = stated(rf"({NUMBER}) -> ({NUMBER}) +{INTERVAL}", line)
        means = [runs[at(end)]["sustained_adoption"].mean() for end in (low, high)]
        assert numbers == pytest.approx([*means, *changes[axis.name]], abs=0.0051), axis.name
        shares = [100 * (runs[at(e)]["sustained_adoption"] >= 0.5).mean() for e in (low, high)]
        assert stated(r"(\d+) -> +(\d+) %", line) == pytest.approx(shares, abs=0.51)
    # largest first
    table = [m for x in done.out.splitlines() for m in [re.match(r"([a-z_.]+) {2,}.*->", x)] if m]
    order = [m[1] for m in table]
    assert set(order) == set(changes)
    assert order == sorted(order, key=lambda name: -abs(changes[name][0]))
    # the sentences repeat the table: what is clear has an interval on one side of 0
    single = {n: c for n, c in changes.items() if n != "all_alignments"}
    clear, unclear = (*done.text.split("no clear effect of: "), "")[:2]
    for name, (_, low, high) in single.items():
        sentences = unclear if low <= 0 <= high else clear[clear.index("1. Of single") :]
        numbers = stated(rf"{re.escape(name)}(?: moves[^:]*:)? {INTERVAL}", sentences)
        assert numbers == pytest.approx(changes[name], abs=0.0051)
    numbers = stated(rf"all_alignments moves sustained adoption by {INTERVAL}", done.text)
    assert numbers == pytest.approx(changes["all_alignments"], abs=0.0051)
    total = sum(c[0] for n, c in single.items() if n.startswith("alignment."))
    assert stated(rf"of its 8 parts add up to ({NUMBER})", done.text)[0] == pytest.approx(
        total, abs=0.0051
    )


def test_the_numbers_of_the_baseline_are_those_of_its_runs(tmp_path, capsys):
    done = do(tmp_path / "out", capsys, "replicates=5", "horizon=60", "progress=never")
    for label, outcome in (
        ("Sustained adoption", "sustained_adoption"),
        ("Non-adoption", "non_adoption"),
        ("Scale-up", "scale_up"),
        ("Spread", "spread"),
    ):
        (line,) = (x for x in done.out.splitlines() if x.startswith(label))
        numbers = stated(r" +".join([rf"({NUMBER})", rf"({NUMBER}) to ({NUMBER})"] * 1), line)
        runs = done.runs[outcome]
        assert numbers == pytest.approx(interval(runs), abs=0.0051), outcome
        assert f"{runs.min():.2f} to {runs.max():.2f}" in line
    share = 100 * (done.runs["sustained_adoption"] >= 0.5).mean()
    numbers = stated(r"over the last 24 months in (\d+) %", done.text)
    assert numbers == pytest.approx([share], abs=0.51)
    lapse = interval(100 * done.runs["lapse_rate"])
    assert stated(r"In 100 adopter-years there (?:is|are) (\d+) lapse", done.text)[
        0
    ] == pytest.approx(lapse[0], abs=0.51)


def test_an_axis_of_names_is_compared_from_its_first_to_its_last(tmp_path, capsys):
    axis = "network.kind=[modular,random,well_mixed]"
    options = ["replicates=4", "horizon=36", "deployment.at_start=1", "progress=never"]
    done = do(tmp_path / "out", capsys, "study=sweep", axis, *options)
    runs = done.runs
    ends = runs["network.kind"] == "modular", runs["network.kind"] == "well_mixed"
    numbers = stated(rf"a change of {INTERVAL}", done.text)
    assert numbers == pytest.approx(paired(runs, "sustained_adoption", *ends), abs=0.0051)
