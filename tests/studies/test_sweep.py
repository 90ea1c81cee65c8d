"""What a sweep finds is what its runs say: numbers worked out anew by pandas and scipy."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import stats
from study_runs import mean_of, ran

import sim
from sim.analysis.intervals import NOTHING, of_mean, of_share
from sim.reports import titles, words
from sim.studies import alignment, study_of
from sim.studies.grid_figures import outcome_figure
from sim.studies.sweep import first_told
from sim.tables.layout import Table

GOAL, HEADLINE = "sustained_adoption", "use_after_5_years"


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
        "trust.transparency_strength=[0,1]", "process.hcp_cooperation=[0.1,0.2]", "replicates=6",
        "horizon=60", "population.organisations=6", "deployment.at_start=0.5",
    )  # fmt: skip


def test_what_is_found_along_the_first_axis(grid):
    found, runs = grid.found, grid.runs
    (table,) = (block for block in grid.told.blocks if isinstance(block, Table))
    rows = table.rows[1:]
    ceiling = runs["development.ceiling.transparency"]
    base = (runs["trust.transparency_strength"] == 1) & (runs["process.hcp_cooperation"] == 0.2)
    assert [row[0] for row in rows] == ["0", "0.5", "1"]
    for row in rows:
        own = runs[base & (ceiling == float(row[0]))]
        assert row[2] == words.per_100(of_mean(own[GOAL]))
        assert row[3] == words.percent(of_share(int((own[GOAL] >= 0.5).sum()), 6))
        assert row[4] == words.with_interval(of_mean(own["trust"]))
        assert row[5].startswith(words.number(mean_of(own, "lapse_rate")))
    ends = base & (ceiling == 0), base & (ceiling == 1)
    assert found.first[GOAL][:3] == paired(runs, GOAL, *ends)
    assert found.first["trust"][:3] == paired(runs, "trust", *ends)
    assert any("12 points (3 x 2 x 2) x 6 runs, seed 0" in str(b) for b in grid.told.blocks)
    said = [b for b in grid.told.blocks if isinstance(b, str)][-2:]
    assert [text[:9] for text in said] == ["1. Moving", "2. Moving"]
    (first,) = grid.told.summary  # in people and years, clear or said to be chance
    early = grid.difference(HEADLINE, *(runs.index[end].min() // 6 for end in ends[::-1]))
    assert early == found.first[HEADLINE]
    for change, when in ((early, "Five years after"), (found.first[GOAL], "Five years from")):
        said = first[first.index(when) :].partition(". ")[0]
        chance = "" if words.differs(change) else ", which may be chance"
        assert said.endswith(f": {words.more_of_100(change)}{chance}")


def test_nothing_is_said_of_an_axis_at_whose_end_no_run_ended_well(grid):
    unknown = grid.found._replace(first=dict.fromkeys(grid.found.first, NOTHING))
    assert first_told(unknown).startswith("Nothing is known of what highest transparency")


@pytest.mark.parametrize(
    ("number", "name", "ends", "held", "at"),
    [
        (0, "trust.transparency_strength", (0, 1), "process.hcp_cooperation", 0.2),
        (1, "process.hcp_cooperation", (0.1, 0.2), "trust.transparency_strength", 1),
    ],
)
def test_what_another_axis_changes_and_to_what_the_first_does(grid, number, name, ends, held, at):
    found, runs = grid.found.others[number], grid.runs
    held = runs[held] == at
    ceiling = runs["development.ceiling.transparency"]
    here = held & (ceiling == 1)  # the base point's own place on the first axis
    low, high = (here & (runs[name] == end) for end in ends)
    assert grid.axes[found.number].name == name
    assert found.sustained[:3] == paired(runs, GOAL, low, high)
    assert found.trust[:3] == paired(runs, "trust", low, high)
    effects = []
    for (value, change), end in zip(found.of_first, ends, strict=True):
        start, stop = (held & (runs[name] == end) & (ceiling == c) for c in (0, 1))
        assert grid.axes[found.number].values[value] == end
        assert change[:3] == paired(runs, GOAL, start, stop)
        effects.append(by_luck(runs, GOAL, stop) - by_luck(runs, GOAL, start))
    assert found.interaction[:3] == interval(effects[1] - effects[0])


def test_an_outcome_by_name_is_drawn_where_its_caption_says_that_the_rest_is_held(grid):
    figure, runs = outcome_figure(grid, ["trust"]), grid.runs
    assert figure.caption.endswith("Held: Meetings with experts: 20 % a month.")
    means = runs[runs["process.hcp_cooperation"] == 0.2].groupby(
        ["trust.transparency_strength", "development.ceiling.transparency"]
    )["trust"].mean()  # fmt: skip
    curves = figure.panels[0].marks
    found = [interval.estimate for curve in curves for interval in curve.found]
    assert found == pytest.approx(means.tolist())


def test_an_axis_of_names_is_compared_from_its_first_to_its_last():
    made = ran(
        "study=sweep", "network.kind=[modular,random,well_mixed]", "replicates=4", "horizon=36",
        "deployment.at_start=1",
    )  # fmt: skip
    runs = made.runs
    ends = runs["network.kind"] == "modular", runs["network.kind"] == "well_mixed"
    assert made.found.first[GOAL][:3] == paired(runs, GOAL, *ends)


@pytest.mark.parametrize(
    ("axes", "moving"),
    [
        ({"process.training": [0.1]}, []),
        ({"process.training": [0.1], "alignment.roles": [0.2, 1]}, []),
        ({"network.ties": [2, 4], "alignment.roles": [0.2]}, ["network.ties"]),
        ({"network.ties": [2, 4], "alignment.roles": [0.2], "influence.rate": [0, 0.1]},
         ["network.ties", "influence.rate"]),
    ],
)  # fmt: skip
def test_an_axis_of_one_value_changes_nothing_and_is_not_told_to(axes, moving):
    world = {"population.organisations": 2, "population.organisation_size": 6, "horizon": 6}
    made = sim.sweep(axes, world, replicates=2, progress="never")
    said = [b for b in made.told.blocks if isinstance(b, str) and b[0].isdigit() and "(key: " in b]
    assert [text.partition("(key: ")[2].partition(")")[0] for text in said] == moving[1:]
    assert ("has one value only" in made.told.summary[0]) == (not moving)
    drawn = (["sweep"], ["sweep", "heatmap"], ["sweep", "sweep_trust", "heatmap"])[len(axes) - 1]
    assert [figure.name for figure in study_of(made).figures(made)] == drawn


@pytest.fixture(scope="module")
def one_at_a_time():
    small = "replicates=5", "horizon=60", "population.organisations=5"
    return ran("+experiment=alignment_sweep", *small, "network.ties=[2,4]")


def at(result, **changed):
    """Return which runs are at the base point but for what is changed."""
    varied, runs = {path for axis in result.axes for path in axis.paths}, result.runs
    wanted = {path: result.values[path] for path in varied} | changed
    return np.logical_and.reduce([np.isclose(runs[p], v) for p, v in wanted.items()])


def test_one_factor_at_a_time_is_told_from_the_base_point(one_at_a_time):
    runs, found = one_at_a_time.runs, one_at_a_time.found
    assert {e.axis.name for e in found} == {axis.name for axis in one_at_a_time.axes}
    gains = [effect.change.estimate for effect in found]
    assert gains == sorted(gains, reverse=True)
    base = at(one_at_a_time)
    assert base.sum() == 5
    for effect in found:
        (*_, path) = effect.axis.paths
        factor = alignment.FACTOR.get(path)
        for name, there in effect.to.items():
            value = there.at
            chosen = at(one_at_a_time, **dict.fromkeys(effect.axis.paths, value))
            assert there.change[:3] == paired(runs, GOAL, base, chosen)
            if name in (alignment.CLOSED, alignment.OPEN):
                assert value == (factor.high if name == alignment.CLOSED else factor.low)
        assert effect.change == effect.to[alignment.END].change
        if factor is None:  # of no factor the better end
            other = effect.to[alignment.OTHER_END].change.estimate
            assert effect.change.estimate >= other and len(effect.to) == 2
        elif not effect.together:
            assert effect.to[alignment.END].at == max(effect.axis.values)
            assert effect.closed == (factor.baseline >= factor.high)
            assert (alignment.CLOSED in effect.to) != effect.closed


def test_what_is_closed_already_says_so(one_at_a_time):
    found = {effect.axis.name: effect for effect in one_at_a_time.found}
    head, *rows = alignment.table([*found.values()]).rows
    closed = {row[0] for row in rows if row[head.index(alignment.CLOSED)] == "closed already"}
    names = ("transparency", "value", "scope", "responsibility", "roles")
    names = [f"alignment.{name}" for name in names]
    assert closed == set(map(titles.short, names))
    opened = {row[0] for row in rows if row[head.index(alignment.OPEN)] == "open already"}
    assert opened == {titles.short(f"alignment.{n}") for n in ("privacy", "data_quality")}
    lost = {name: found[name].to[alignment.OPEN].change for name in names}
    most = min(names, key=lambda name: lost[name].estimate)
    told = f"{found[most].name} again costs most: {words.more_of_100(lost[most], 'professionals')}"
    assert told in " ".join(alignment.sentences([*found.values()]))


def test_gains_and_what_may_be_chance_are_told_apart(one_at_a_time):
    found = one_at_a_time.found
    text = "\n".join(alignment.sentences(found))
    assert one_at_a_time.told.summary[0].startswith(
        f"Most can still be gained by {found[0].step}: {found[0].more} use it five years from now."
    )
    chance = next(x for x in text.splitlines() if "may be chance" in x)
    for effect in found:
        if not effect.together:
            unclear = effect.change.low <= 0 <= effect.change.high
            assert (effect.name in chance) == unclear


@pytest.mark.parametrize("kind", ["one_at_a_time", "grid", "factorial"])
def test_one_run_claims_nothing_that_chance_may_have_made(kind):
    made = ran(
        "study=sweep", f"design.kind={kind}", "process.training=[0,0.5]", "alignment.roles=[0,1]",
        "replicates=1", "horizon=24", "population=small_team",
    )  # fmt: skip
    text = " ".join(" ".join(made.answer()).split())
    assert "chance" in text and "clearly" not in text and "runs in which" not in text
    assert not re.search(
        r"\([+-]?[\d.]+ to [+-]?[\d.]+( %)?\)", text.partition("The mean is")[2] or text
    )
    captions = " ".join(figure.caption for figure in study_of(made).figures(made))
    assert "interval" not in captions.replace("One run has no interval.", "")


def test_where_an_axis_does_most_is_looked_for_in_the_whole_grid(grid):
    runs, other = grid.runs, grid.found.others[0]
    name = grid.axes[other.number].name
    rest = ["development.ceiling.transparency", "process.hcp_cooperation"]
    means = runs.groupby([name, *rest])[GOAL].mean()
    changes = means.loc[1.0] - means.loc[0.0]
    place, most = other.most
    at = {grid.axes[n].name: grid.axes[n].values[position] for n, position in place.items()}
    assert tuple(at[path] for path in rest) == changes.abs().idxmax()
    assert most.estimate == pytest.approx(changes[changes.abs().idxmax()])


def test_a_sampled_space_is_told_by_its_points():
    made = ran(
        "study=sweep", "process.training={from:0,to:0.2,steps:3}", "alignment.roles=[0,1]",
        "design.kind=lhs", "design.samples=20", "replicates=2", "horizon=36",
        "population.organisations=3", "deployment.at_start=1",
    )  # fmt: skip
    means = made.runs.groupby("point")[[GOAL, "process.training", "alignment.roles"]].mean()
    space = made.found
    assert len(means) == 20 and space.best == means[GOAL].idxmax()
    told = f"at least 50 of 100 in {(means[GOAL] >= 0.5).sum()} of 20."
    assert told in " ".join(map(str, made.told.blocks))
    for axis, r in space.correlations:
        assert r.estimate == pytest.approx(means[axis.name].corr(means[GOAL], "spearman"))


def test_a_sample_crossed_with_policies_tells_each_of_them():
    result = ran(
        "study=sweep", "design.kind=sobol", "design.samples=8", "policy=[none,training]",
        "process.training={low:0,high:0.1}", "replicates=2", "horizon=24", "population.organisations=4",
        "deployment.at_start=0.5",
    )  # fmt: skip
    space, runs = result.found, result.runs
    assert [axis.name for axis, _ in space.correlations] == ["process.training"]
    means = runs.groupby(["policy", "process.training"])[GOAL].mean()
    assert [(axis.name, name) for axis, name, _ in space.by_name] == [
        ("policy", "none"), ("policy", "training"),
    ]  # fmt: skip
    for _, name, mean in space.by_name:
        assert mean[:3] == interval(means[name])
