"""What a sweep finds is what its runs say: numbers worked out anew by pandas and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from study_runs import ran

from sim.analysis.intervals import of_share
from sim.studies import alignment
from sim.studies.grid import Grid
from sim.studies.sampled import space_of
from sim.studies.sweep import swept
from sim.tables.factors import QUALITY_NAMES

GOAL = "sustained_adoption"


def interval(x):
    """Return mean and Student's t interval, by scipy."""
    x = np.asarray(x)
    low, high = stats.ttest_1samp(x, 0.0).confidence_interval(0.95) if np.ptp(x) else (x[0], x[0])
    return pytest.approx((x.mean(), low, high))


def by_luck(runs, outcome, chosen):
    return runs[chosen].sort_values("replicate")[outcome].to_numpy()


def paired(runs, outcome, low, high):
    """Return the change between two selections of runs, replicate by replicate."""
    return interval(by_luck(runs, outcome, high) - by_luck(runs, outcome, low))


@pytest.fixture(scope="module")
def grid():
    return ran(
        "+experiment=trust_sweep", "development.ceiling.transparency=[0,0.5,1]",
        "trust.transparency_strength=[0,1]", "process.hcp_cooperation=[0.2,0.5]", "replicates=6",
        "horizon=60", "population.organisations=6", "deployment.at_start=0.5",
    )  # fmt: skip


def test_what_is_found_along_the_first_axis(grid):
    found, runs = swept(Grid(grid)), grid.runs
    ceiling = runs["development.ceiling.transparency"]
    base = (runs["trust.transparency_strength"] == 1) & (runs["process.hcp_cooperation"] == 0.2)
    assert [place.value for place in found.places] == [0, 0.5, 1]
    for place in found.places:
        own = runs[base & (ceiling == place.value)]
        assert place.trust[:3] == interval(own["trust"])
        assert place.sustained.estimate == pytest.approx(own[GOAL].mean())
        assert place.reaches == of_share(int((own[GOAL] >= 0.5).sum()), 6)
        assert place.lapses.estimate == pytest.approx(own["lapse_rate"].mean())
    ends = base & (ceiling == 0), base & (ceiling == 1)
    assert found.first.sustained[:3] == paired(runs, GOAL, *ends)
    assert found.first.trust[:3] == paired(runs, "trust", *ends)
    assert "12 points (3 x 2 x 2) x 6 runs, seed 0" in grid.told.blocks[0]
    assert grid.told.numbers["development.ceiling.transparency"].found == found.first.sustained
    said = [b for b in grid.told.blocks if isinstance(b, str)][1:]
    assert [text[:9] for text in said] == ["1. Moving", "2. Moving", "3. Moving"]


@pytest.mark.parametrize(
    ("number", "name", "ends", "held", "at"),
    [
        (0, "trust.transparency_strength", (0, 1), "process.hcp_cooperation", 0.2),
        (1, "process.hcp_cooperation", (0.2, 0.5), "trust.transparency_strength", 1),
    ],
)
def test_what_another_axis_changes_and_to_what_the_first_does(grid, number, name, ends, held, at):
    found, runs = swept(Grid(grid)).others[number], grid.runs
    held = runs[held] == at
    ceiling = runs["development.ceiling.transparency"]
    here = held & (ceiling == 1)  # the base point's own place on the first axis
    low, high = (here & (runs[name] == end) for end in ends)
    assert found.axis.name == name
    assert found.sustained[:3] == paired(runs, GOAL, low, high)
    assert found.trust[:3] == paired(runs, "trust", low, high)
    effects = []
    for (value, change), end in zip(found.of_first, ends, strict=True):
        start, stop = (held & (runs[name] == end) & (ceiling == c) for c in (0, 1))
        assert value == end and change[:3] == paired(runs, GOAL, start, stop)
        effects.append(by_luck(runs, GOAL, stop) - by_luck(runs, GOAL, start))
    assert found.interaction[:3] == interval(effects[1] - effects[0])


def test_an_axis_of_names_is_compared_from_its_first_to_its_last():
    made = ran(
        "study=sweep", "network.kind=[modular,random,well_mixed]", "replicates=4", "horizon=36",
        "deployment.at_start=1",
    )  # fmt: skip
    runs = made.runs
    ends = runs["network.kind"] == "modular", runs["network.kind"] == "well_mixed"
    assert swept(Grid(made)).first.sustained[:3] == paired(runs, GOAL, *ends)


@pytest.fixture(scope="module")
def one_at_a_time():
    axes = [f"alignment.{name}=[0,1]" for name in QUALITY_NAMES]
    return ran(
        "+experiment=alignment_sweep",
        "replicates=5",
        "horizon=60",
        "population.organisations=5",
        *axes,
    )


def test_one_factor_at_a_time_changes_what_its_runs_say(one_at_a_time):
    runs, found = one_at_a_time.runs, alignment.effects(one_at_a_time)
    varied = {path for axis in one_at_a_time.axes for path in axis.paths}
    assert {e.axis.name for e in found} == {axis.name for axis in one_at_a_time.axes}
    sizes = [abs(effect.change.estimate) for effect in found]
    assert sizes == sorted(sizes, reverse=True)
    for effect in found:
        ends = []
        for setting in (effect.axis.settings[0], effect.axis.settings[-1]):
            wanted = {path: one_at_a_time.values[path] for path in varied} | setting
            chosen = np.logical_and.reduce([np.isclose(runs[p], v) for p, v in wanted.items()])
            assert chosen.sum() == 5
            ends.append(chosen)
        assert effect.change[:3] == paired(runs, GOAL, *ends)
        for end, chosen in zip((effect.low, effect.high), ends, strict=True):
            own = runs[chosen][GOAL]
            assert end.sustained.estimate == pytest.approx(own.mean())
            assert end.reaches == of_share(int((own >= 0.5).sum()), 5)


def test_clear_and_unclear_effects_are_told_apart(one_at_a_time):
    found = alignment.effects(one_at_a_time)
    text = "\n".join(alignment.sentences(found, one_at_a_time.mean(GOAL)))
    clear, _, unclear = text.partition("no clear effect of: ")
    for effect in found:
        chance = effect.change.low <= 0 <= effect.change.high
        if not effect.together:
            assert f"{effect.axis.name} " in (unclear if chance else clear)
    parts = [e.change.estimate for e in found if e.axis.name.startswith("alignment.")]
    assert len(parts) == 8 and f"of its 8 parts add up to {sum(parts):+.2f}" in text


def test_a_sampled_space_is_told_by_its_points():
    made = ran(
        "study=sweep", "process.training={from:0,to:0.2,steps:3}", "alignment.roles=[0,1]",
        "design.kind=lhs", "design.samples=20", "replicates=2", "horizon=36",
        "population.organisations=3",
    )  # fmt: skip
    means = made.runs.groupby("point")[[GOAL, "process.training", "alignment.roles"]].mean()
    space = space_of(made)
    assert space.points == 20 and space.best == means[GOAL].idxmax()
    assert (space.low, space.median, space.high) == pytest.approx(
        tuple(means[GOAL].quantile([0.05, 0.5, 0.95]))
    )
    assert space.reaching == (means[GOAL] >= 0.5).sum()
    for axis, r in space.correlations:
        assert r.estimate == pytest.approx(means[axis.name].corr(means[GOAL], "spearman"))
        assert made.told.numbers[axis.name].found == r


def test_a_sample_crossed_with_policies_tells_each_of_them():
    result = ran(
        "study=sweep", "design.kind=sobol", "design.samples=8", "policy=[none,training]",
        "process.training={low:0,high:0.1}", "replicates=2", "horizon=24", "population.organisations=4",
        "deployment.at_start=0.5",
    )  # fmt: skip
    space, runs = space_of(result), result.runs
    assert [axis.name for axis, _ in space.correlations] == ["process.training"]
    means = runs.groupby(["policy", "process.training"])[GOAL].mean()
    assert [(axis.name, name) for axis, name, _ in space.by_name] == [
        ("policy", "none"), ("policy", "training"),
    ]  # fmt: skip
    for _, name, mean in space.by_name:
        assert mean[:3] == interval(means[name])
