"""Sequential Monte Carlo finds posteriors that are known, and the same bits however it is cut."""

import numpy as np
import pytest

from sim.analysis import abc


def normal(batch, numbers, points, limit, spread=0.1, seen=0.6):
    """Return the distance of one noisy observation of the first parameter."""
    draws = [np.random.default_rng([7, batch, n]).normal() for n in numbers]
    return np.abs(points[:, 0] + spread * np.array(draws) - seen)


def stages(simulate=normal, **given):
    options = {"parameters": 2, "particles": 400, "seed": 3, "tolerance": 0.02, "most": 60_000}
    return list(abc.sequential(simulate, **{**options, **given}))


@pytest.mark.parametrize("parameters", [2, 20])
def test_the_posterior_of_a_normal_mean_is_found_and_of_others_nothing(parameters):
    found = stages(parameters=parameters)[-1]
    # flat prior: the posterior is normal around what was seen, with the deviation of the noise
    first = found.points[:, 0]
    assert found.tolerance == 0.02 and found.distinct > 250
    assert first.mean() == pytest.approx(0.6, abs=0.025)
    assert first.std() == pytest.approx(np.hypot(0.1, 0.02 / np.sqrt(3)), rel=0.2)
    others = found.points[:, 1:]
    assert np.abs(others.mean(axis=0) - 0.5).max() < 0.1
    learnt, *nothing = abc.shrinkage(found.points)
    assert learnt > 0.7 and np.abs(nothing).max() < 0.25


def test_two_parameters_known_by_their_sum_are_found_together():
    def total(batch, numbers, points, limit):
        return np.abs(points[:, 0] + points[:, 1] - 1.0)

    found = stages(total, tolerance=0.05)[-1]
    assert np.corrcoef(found.points.T)[0, 1] < -0.95
    assert found.points[:, 0].std() == pytest.approx(np.sqrt(1 / 12), rel=0.2)


def test_the_bits_do_not_depend_on_how_many_are_simulated_at_once():
    def one_by_one(batch, numbers, points, limit):
        each = range(len(points))[::-1]
        found = {n: normal(batch, numbers[[n]], points[[n]], limit)[0] for n in each}
        return np.array([found[n] for n in range(len(points))])

    few = {"particles": 40, "tolerance": 0.1, "most": 5000}
    before, after = stages(**few)[-1], stages(one_by_one, **few)[-1]
    assert before.tried == after.tried
    assert all(a.tobytes() == b.tobytes() for a, b in zip(before[:2], after[:2], strict=True))


def test_who_is_beyond_the_limit_need_not_be_measured():
    def roughly(batch, numbers, points, limit):
        found = normal(batch, numbers, points, limit)
        return np.where(found <= limit, found, np.inf)

    few = {"particles": 100, "tolerance": 0.05}
    for before, after in zip(stages(**few), stages(roughly, **few), strict=True):
        assert before.points.tobytes() == after.points.tobytes()
        assert before[2:] == after[2:]


def test_tolerances_fall_and_all_distances_lie_within():
    found = stages(particles=100, tolerance=0.01)
    limits = [stage.tolerance for stage in found]
    assert limits == sorted(limits, reverse=True) and limits[-1] == 0.01
    assert all((stage.distances <= stage.tolerance).all() for stage in found)
    assert all(((stage.points >= 0) & (stage.points <= 1)).all() for stage in found)


def test_where_the_proposals_end_the_last_whole_stage_stands():
    found = stages(particles=100, tolerance=0.0, most=1000)
    assert found[-1].tried <= 1000 and len(found) > 1
    assert stages(particles=100, most=50) == []


def test_where_hardly_anything_is_accepted_the_search_ends():
    def needle(batch, numbers, points, limit):
        return np.abs(points - 0.5).max(axis=1) if batch == 0 else np.ones(len(points))

    assert [stage.accepted for stage in stages(needle)] == [1.0, 0.0]


def test_what_has_no_distance_is_not_accepted():
    def broken(batch, numbers, points, limit):
        return np.where(points[:, 0] < 0.5, np.inf, points[:, 1])

    found = stages(broken, particles=50, tolerance=0.3)[-1]
    assert (found.points[:, 0] >= 0.5).all() and (found.points[:, 1] <= 0.3).all()
    assert len(stages(lambda batch, numbers, points, limit: np.full(len(points), np.nan))) == 1
