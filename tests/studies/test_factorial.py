"""Main effects of a factorial design, against sums written out by hand."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.analysis.intervals import of_mean
from sim.reports import titles
from sim.studies import factorial
from sim.studies.grid import Grid

LEVELS = {
    "process.training": (0, 0.1),
    "process.hcp_cooperation": (0.1, 0.5),
    "alignment.roles": (0.2, 0.8),
}
AXES = dict.fromkeys(LEVELS, "low_high")
SMALL = {"horizon": 36, "population.organisations": 4, "population.organisation_size": 12}
SMALL |= {"deployment.at_start": 1.0}
RUNS = 5


@pytest.fixture(scope="module")
def result():
    made = sim.sweep(AXES, SMALL, "factorial", replicates=RUNS, seed=3, progress="never")
    assert made.design_kind == "factorial" and len(made.ensemble.points) == 8
    return made


def of(result, outcome="sustained_adoption"):
    """Return level of each factor -> (replicates,) outcome, from the data frame."""
    groups = result.runs.sort_values("replicate").groupby(list(LEVELS))[outcome]
    return {
        tuple(LEVELS[p].index(x) for p, x in zip(LEVELS, values, strict=True)): runs.to_numpy()
        for values, runs in groups
    }


@pytest.mark.parametrize("outcome", ["sustained_adoption", "trust"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_main_effect_is_the_mean_over_all_combinations(result, number, outcome):
    runs = of(result, outcome)
    each = 2 * np.mean([(1 if place[number] else -1) * y for place, y in runs.items()], axis=0)
    found = Grid(result).changes(number, outcome)
    assert factorial.over_combinations(found) == pytest.approx(of_mean(each))


def test_an_interaction_is_a_difference_of_differences(result):
    runs = of(result)
    names = list(LEVELS)
    found = {
        (names.index(pair.first.name), names.index(pair.second.name)): pair.change
        for pair in factorial.interactions(Grid(result))
    }
    assert set(found) == {(0, 1), (0, 2), (1, 2)}
    for (a, b), change in found.items():
        signs = {place: (1 if place[a] == place[b] else -1) for place in runs}
        each = np.sum([signs[place] * y for place, y in runs.items()], axis=0) / 2
        assert change == pytest.approx(of_mean(each))


def test_in_how_many_combinations_a_factor_raises_the_mean_and_in_how_many_it_clearly_lowers_it():
    world = {"horizon": 48, "deployment.at_start": 1}
    world |= {"population.organisations": 16, "population.organisation_size": 20}
    axes = {"turnover.nurse": [0.05, 0.5], "process.hcp_cooperation": "low_high"}
    made = sim.sweep(axes, world, "factorial", replicates=12, seed=3, progress="never")
    found = {effect.axis.name: effect for effect in factorial.main_effects(Grid(made))}
    changes = [made.difference("sustained_adoption", *pair) for pair in ((2, 0), (3, 1))]
    leaving = found["turnover.nurse"]
    assert leaving.lowers == np.mean([change.high < 0 for change in changes]) > 0
    assert leaving.raises == np.mean([change.estimate > 0 for change in changes])
    assert found["process.hcp_cooperation"].lowers == 0


def test_the_answer_tells_the_largest_effect_with_its_interval(result):
    assert any("8 combinations x 5 runs" in str(block) for block in result.told.blocks)
    assert all(titles.short(name) in str(result) for name in AXES)
    assert result.plot()._repr_png_().startswith(b"\x89PNG")


def test_the_variance_is_shared_out_among_the_factors(result):
    grid = Grid(result)
    found = factorial.shares(grid, factorial.outcome_of(result))
    assert sum(share.estimate for _, share in found) == pytest.approx(1)
    assert {axis.name for axis, _ in found} == set(LEVELS)
    table = result.shapley
    assert table[table.outcome == factorial.outcome_of(result)].share.tolist() == pytest.approx(
        [share.estimate for _, share in found]
    )
    short = {**SMALL, "horizon": 0}
    same = sim.sweep(AXES, short, "factorial", replicates=3, progress="never")
    assert "it is the same in all combinations" in " ".join(str(same).split())


def test_failed_runs_are_left_out():
    x = np.array([[[1.0, 2.0, np.nan]], [[3.0, 6.0, np.nan]]])
    found = factorial.over_combinations(x)
    assert found.estimate == 3.0 and found.runs == 2
