"""Steps from where we stand: each number against the runs, and what is told of numbers made up."""

from __future__ import annotations

import numpy as np
import pytest
from study_runs import ran, with_outcomes

import sim
from sim.analysis import intervals
from sim.cli.compose import compose
from sim.outcomes.table import OUTCOMES
from sim.reports import words
from sim.studies.alignment import CLOSED, END, OPEN
from sim.studies.factorial import CHANCE, COMPLEMENTS, SUBSTITUTES
from sim.tables.factors import FACTORS
from sim.tables.parameters import PARAMETERS

USABILITY, ROLES, MEETINGS = "alignment.usability", "alignment.roles", "process.hcp_cooperation"
SMALL = (
    "study=from_here", f"{USABILITY}=[0.2,0.8,1]", f"{ROLES}=[0.2,0.8,1]", f"{MEETINGS}=[0.1,0.5]",
    "deployment.at_start=1", "horizon=72", "population.organisations=3",
    "population.organisation_size=10",
)  # fmt: skip
FIVE, TEN = "adopter_share.month_60", "adopter_share.horizon"


@pytest.fixture(scope="module")
def result(calibrated):
    return ran(*SMALL, "replicates=10", "worlds=5", f"posterior={calibrated}")


@pytest.fixture(scope="module")
def by_world(result):
    """Return (usability, roles, meetings) -> outcome -> means of the worlds, from the data frame."""
    means = result.runs.groupby([USABILITY, ROLES, MEETINGS, "decision.trust"], sort=False)
    means = means[[FIVE, TEN]].mean().reset_index("decision.trust")
    return lambda *at: means.loc[at].sort_values("decision.trust")


def test_a_step_is_a_paired_change_over_worlds(result, by_world):
    for found, outcome in zip(result.found, (FIVE, TEN), strict=True):
        base = by_world(0.3, 0.8, 0.2)[outcome].to_numpy()
        assert found.now == pytest.approx(intervals.of_mean(base, (0, 1)))
        told = {(s.axis.name, s.level): s.change for s in found.steps}
        want = {
            (USABILITY, OPEN): (0.2, 0.8, 0.2), (USABILITY, CLOSED): (0.8, 0.8, 0.2),
            (USABILITY, END): (1, 0.8, 0.2), (ROLES, OPEN): (0.3, 0.2, 0.2),
            (ROLES, END): (0.3, 1, 0.2), (MEETINGS, OPEN): (0.3, 0.8, 0.1),
            (MEETINGS, CLOSED): (0.3, 0.8, 0.5),
        }  # fmt: skip
        assert set(told) == set(want)  # roles are closed already; meetings go no further
        for name, at in want.items():
            change = by_world(*at)[outcome].to_numpy() - base
            assert told[name][:3] == pytest.approx(intervals.of_mean(change)[:3])
        gains = [effect.change.estimate for effect in found.effects]
        assert gains == sorted(gains, reverse=True)


def test_the_best_step_is_counted_world_by_world(result, by_world):
    found = result.found[0]
    ends = {USABILITY: (1, 0.8, 0.2), ROLES: (0.3, 1, 0.2), MEETINGS: (0.3, 0.8, 0.5)}
    use = np.array([by_world(*at)[FIVE].to_numpy() for at in ends.values()])
    for name, wins in zip(ends, use == use.max(axis=0), strict=True):
        assert found.best[name] == intervals.of_share(int(wins.sum()), 5)


def test_two_together_are_compared_with_the_sum_of_both(result, by_world):
    found = result.found[0]
    assert len(found.twos) == 3 * 2 + 3 * 2 + 2 * 2 and len(found.forward) == 3
    both = {(two.first.axis.name, two.second.axis.name): two for two in found.forward}
    two = both.get((MEETINGS, USABILITY)) or both[USABILITY, MEETINGS]
    base, one, other, together = (
        by_world(*at)[FIVE].to_numpy()
        for at in ((0.3, 0.8, 0.2), (1, 0.8, 0.2), (0.3, 0.8, 0.5), (1, 0.8, 0.5))
    )
    assert two.change[:3] == pytest.approx(intervals.of_mean(together - base)[:3])
    beyond = (together - base) - (one - base) - (other - base)
    assert two.beyond[:3] == pytest.approx(intervals.of_mean(beyond)[:3])


WORLDS = 24
GAIN = {USABILITY: {0.2: -0.05, 0.8: 0.05, 1: 0.1}, ROLES: {0.2: -0.2, 1: 0.02}, MEETINGS: {0.1: 0.0, 0.5: 0.2}}  # fmt: skip


@pytest.fixture(scope="module")
def one_world():
    return ran(*SMALL, "horizon=61", f"replicates={WORLDS}")


def made_up(result, beyond=0.0, gain=GAIN, noise=0.001, seed=5):
    """Return a result with known gains; `beyond` is what usability and meetings add together."""
    luck = np.random.default_rng(seed).normal(0, noise, (len(result.ensemble.points), WORLDS))
    use = []
    for point in result.ensemble.points:
        gains = [gain[path].get(point.values[path], 0) for path in GAIN]
        use.append(0.3 + sum(gains) + (beyond if gains[0] == 0.1 and gains[2] == 0.2 else 0))
    use = np.array(use)[:, None] + luck
    return with_outcomes(result, {FIVE: use, TEN: use})


@pytest.mark.parametrize(
    ("beyond", "kind"), [(0.05, COMPLEMENTS), (-0.05, SUBSTITUTES), (0.0, CHANCE)]
)
def test_known_gains_are_told_as_they_are(one_world, beyond, kind):
    found = made_up(one_world, beyond).found[0]
    assert [effect.axis.name for effect in found.effects] == [MEETINGS, USABILITY, ROLES]
    assert found.forward[0].kind == kind
    assert found.forward[0].change.estimate == pytest.approx(0.3 + beyond, abs=0.002)
    assert all(two.kind == CHANCE for two in found.twos if two is not found.forward[0])
    assert found.best[MEETINGS] == intervals.of_share(WORLDS, WORLDS)
    answer = made_up(one_world, beyond).told
    assert answer.blocks[0] == (
        "From where we stand, meetings between professionals and AI experts from 20 % a month to "
        f"50 % a month would bring most: {found.effects[0].more} use it after five years, and it is "
        "the best single step in 24 of 24 runs."
    )
    assert found.effects[0].change.estimate == pytest.approx(0.2, abs=0.001)
    text = " ".join(map(str, answer.blocks))
    (lost,) = (s for s in found.steps if s.axis.name == ROLES and s.level == OPEN)
    assert lost.change.estimate == pytest.approx(-0.2, abs=0.001)
    told = words.more_of_100(lost.change)
    assert f"what there is: experts' attention to clear roles down to 0.2, {told}" in text
    assert ("(complements)" in text, "(substitutes)" in text) == (
        kind == COMPLEMENTS, kind == SUBSTITUTES,
    )  # fmt: skip


def test_what_chance_could_have_made_is_no_step(one_world):
    nothing = {path: dict.fromkeys(gains, 0.0) for path, gains in GAIN.items()}
    text = " ".join(str(made_up(one_world, gain=nothing, noise=0.1)).split())
    assert "no single step clearly brings more use after five years" in text
    assert "may be chance" in text and "best single step" not in text
    assert "No two together bring more use beyond chance" in text


def test_of_many_steps_the_luckiest_is_no_finding(one_world):
    nothing = {path: dict.fromkeys(gains, 0.0) for path, gains in GAIN.items()}
    lucky = 0
    for seed in range(60):
        found = made_up(one_world, gain=nothing, noise=0.1, seed=seed).found[0]
        alone = any(words.differs(effect.change) for effect in found.effects)
        lucky += alone and not found.clear
        assert alone or not found.clear
    assert lucky  # by themselves they would be told


def test_one_run_says_that_it_is_one(one_world):
    text = str(ran(*SMALL, "replicates=1"))
    assert "In the one run of each point" in text and "nan" not in text


def test_a_sweep_of_pairs_from_python_is_told_alike():
    world = {"horizon": 6, "population.organisations": 2, "deployment.at_start": 1}
    axes = {USABILITY: [0.2, 1], MEETINGS: [0.5]}
    made = sim.sweep(axes, world, "pairs", replicates=3, progress="never")
    assert len(made.ensemble.points) == 1 + 2 + 1 + 2 and len(made.steps_of_two) == 2
    assert "Where we stand" in str(made) and made.plot("steps")


def test_tables_have_a_row_for_each_step_and_each_two(result):
    assert len(result.steps) == 2 * 7 and len(result.steps_of_two) == 2 * 16
    assert result.steps.attrs["columns"]["best_in"]["unit"] == "share of worlds"


def test_the_experiment_moves_every_factor_between_the_levels_of_its_table():
    request = compose(["+experiment=from_here"])
    values = {axis.name: axis.values for axis in request.axes}
    fully = {factor.path: (1.0,) if factor.kind == "quality" else () for factor in FACTORS}
    assert values == {f.path: (f.low, f.high, *fully[f.path]) for f in FACTORS}
    assert all(PARAMETERS[path].high == 1 for path in values) and OUTCOMES[FIVE]
    assert request.worlds.many and request.replicates > 1
