"""Who is there at the start, and who comes later: the distributions of the specification."""

import numpy as np
import pytest
from model_runs import STANDARD_ERRORS
from scipy import stats

from sim.model import engine, inputs, population, rules, streams
from sim.tables.factors import QUALITY_NAMES
from website.known_answers import STILL, W, Walk, point_of, turnover

TOO_RARE = 1e-4
LARGE = {"population.organisations": 20, "population.organisation_size": 1000, "network.ties": 0}


def fits(sample, distribution):
    return stats.kstest(sample, distribution).pvalue > TOO_RARE


def two_alike(a, b):
    return stats.ks_2samp(a, b).pvalue > TOO_RARE


@pytest.fixture(scope="module")
def large():
    return engine.start(point_of(LARGE), 3, 0)[1]


@pytest.fixture(scope="module")
def newcomers():
    """A world in which nothing happens but that nearly half of the staff is new."""
    changes = {**STILL, **LARGE, **turnover(0.999), "population.initial_adopters": 1.0}
    walk = Walk(point_of(changes), 3).on(1)
    return walk.s, walk.s.hcps["hired"] == 1


@pytest.mark.parametrize("who", ["start", "newcomers"])
def test_levels_of_hcps(large, newcomers, who):
    hcps = large.hcps if who == "start" else newcomers[0].hcps[newcomers[1]]
    assert hcps.size > 8000
    assert fits(hcps["trust"], stats.uniform(0.35, 0.3).cdf)
    assert fits(hcps["literacy"], stats.uniform(0.10, 0.3).cdf)
    assert fits(hcps["engagement"], stats.uniform(0.25, 0.5).cdf)
    levels = np.column_stack([hcps[c] for c in ("trust", "literacy", "engagement", "group")])
    r = np.corrcoef(levels.T)[np.triu_indices(4, 1)]
    assert np.all(np.abs(r) * np.sqrt(hcps.size) < STANDARD_ERRORS)


@pytest.mark.parametrize("who", ["start", "newcomers"])
def test_priorities_are_scaled_gamma_variables(large, newcomers, who):
    w = large.priorities if who == "start" else newcomers[0].priorities[newcomers[1]]
    assert np.allclose(w.sum(axis=1), 1.0, atol=1e-14, rtol=0)
    assert w.min() > 0.0
    g = np.random.default_rng(5).gamma(4.0, 0.25, (200_000, 8)) * W
    g /= g.sum(axis=1, keepdims=True)
    for k in range(8):
        assert two_alike(w[:, k], g[:, k]), QUALITY_NAMES[k]
    # Dividing by the sum draws the means a little together; near W they remain
    error = w.std(axis=0) / np.sqrt(w.shape[0])
    assert np.all(np.abs(w.mean(axis=0) - g.mean(axis=0)) < STANDARD_ERRORS * 1.1 * error)
    assert np.all(np.abs(w.mean(axis=0) - W) < 0.01)


@pytest.mark.parametrize("shape", [1, 3, 4, 5, 50])
def test_gamma_variables_of_whole_shape(shape):
    keys = [np.uint64(streams.run_key(9, i)) for i in range(8000)]
    for first in (0, 7 * shape):
        got = [population.standard_gamma(key, shape, first) for key in keys]
        assert fits(got, stats.gamma(shape).cdf)


def test_newcomers_owe_nothing_to_their_seat(large, newcomers):
    s, new = newcomers
    assert np.array_equal(s.hcps["group"], large.hcps["group"])
    for column in ("trust", "literacy", "engagement"):
        stayed = s.hcps[column][~new]
        assert np.array_equal(stayed, large.hcps[column][~new])
        r = np.corrcoef(s.hcps[column][new], large.hcps[column][new])[0, 1]
        assert abs(r) * np.sqrt(new.sum()) < STANDARD_ERRORS
    assert np.all(s.hcps["adopted"][new] == inputs.NEVER)
    for column in ("state", "ever", "trained", "meetings"):
        assert np.all(s.hcps[column][new] == 0)
    assert np.all(s.hcps["state"][~new] == rules.ADOPTER)


def test_onboarding_is_at_most_certain():
    assert point_of({"process.training": 0.5}).packed["turnover_onboarding"] == 1.0
    assert point_of({"process.training": 0.05}).packed["turnover_onboarding"] == 0.5


def test_groups_have_their_shares(large):
    counts = np.bincount(large.hcps["group"], minlength=3)
    assert stats.chisquare(counts, 20_000 * np.array([0.25, 0.50, 0.25])).pvalue > TOO_RARE


def organisations(**changes):
    changes = {"population.organisations": 20_000} | {
        k.replace("__", "."): v for k, v in changes.items()
    }
    point = point_of(changes)
    return population.draw_organisations(point.packed, point.world, np.uint64(77))


def test_organisations_at_the_start():
    org = organisations()
    assert fits(org["readiness"], "uniform")
    assert fits(np.log(org["resources"]), stats.norm(0, 0.35).cdf)
    assert fits(org["membership_draw"], "uniform")
    assert np.array_equal(org["member"] == 1, org["membership_draw"] < 0.5)
    levels = np.column_stack([org["readiness"], np.log(org["resources"]), org["membership_draw"]])
    r = np.corrcoef(levels.T)[np.triu_indices(3, 1)]
    assert np.all(np.abs(r) * np.sqrt(org.size) < STANDARD_ERRORS)
    assert np.all(org["quality"] == [0.15, 0.15, 0.3, 0.3, 0.15, 0.15, 0.35, 0.15])
    assert np.all(org["status"] == rules.NOT_DEPLOYED)
    assert fits(
        organisations(population__readiness_low=0.2, population__readiness_high=0.6)["readiness"],
        stats.uniform(0.2, 0.4).cdf,
    )


def test_some_run_the_tool_from_the_start():
    runs = organisations(deployment__at_start=0.3)["status"] == rules.PROJECT
    assert stats.binomtest(int(runs.sum()), runs.size, 0.3).pvalue > TOO_RARE
    s = engine.start(
        point_of({**LARGE, "deployment.at_start": 0.5, "population.initial_adopters": 0.2}), 1, 0
    )[1]
    running = np.repeat(s.organisations["status"] == rules.PROJECT, 1000)
    adopter = s.hcps["state"] == rules.ADOPTER
    assert not np.any(adopter & ~running)
    assert stats.binomtest(int(adopter.sum()), int(running.sum()), 0.2).pvalue > TOO_RARE


@pytest.mark.parametrize("spread", [0.3, 0.8])
def test_spread_of_sizes_keeps_the_mean(spread):
    # so many that cutting off instead of rounding would show
    org = organisations(population__size_spread=spread, population__organisations=300_000)
    size = org["last_hcp"] - org["first_hcp"]
    assert size.min() >= 1
    assert abs(size.mean() - 50) < STANDARD_ERRORS * size.std() / np.sqrt(size.size)
    # large enough that rounding does not show
    org = organisations(population__size_spread=spread, population__organisation_size=10**6)
    size = org["last_hcp"] - org["first_hcp"]
    assert fits(np.log(size / 1e6), stats.norm(-(spread**2) / 2, spread).cdf)
