"""Sequential Monte Carlo finds posteriors that are known, and the same bits however it is cut."""

import numpy as np
import pytest

from sim.analysis import abc


def normal(generation, first, points, spread=0.1, seen=0.6):
    """Return the distance of one noisy observation of the first parameter."""
    draws = [np.random.default_rng([7, generation, first + n]).normal() for n in range(len(points))]
    return np.abs(points[:, 0] + spread * np.array(draws) - seen)


def last(**given):
    options = {"parameters": 2, "particles": 400, "seed": 3, "tolerance": 0.02, "most": 60_000}
    return list(abc.sequential(normal, **{**options, **given}))[-1]


def test_the_posterior_of_a_normal_mean_is_found():
    found = last()
    # flat prior: the posterior is normal around what was seen, with the deviation of the noise
    mean = found.weights @ found.points[:, 0]
    deviation = np.sqrt(found.weights @ (found.points[:, 0] - mean) ** 2)
    assert found.tolerance == 0.02 and found.effective > 150
    assert mean == pytest.approx(0.6, abs=0.025)
    assert deviation == pytest.approx(np.hypot(0.1, 0.02 / np.sqrt(3)), rel=0.2)
    # of the second parameter nothing can be learnt
    assert found.weights @ found.points[:, 1] == pytest.approx(0.5, abs=0.06)
    learnt, nothing = abc.shrinkage(found.points, found.weights)
    assert learnt > 0.7 and abs(nothing) < 0.25


def test_weights_undo_the_choice_of_proposals():
    """Without a tolerance the second generation is a sample of the prior again."""
    generations = abc.sequential(
        lambda g, first, points: np.zeros(len(points)), 1, 2000, 5, tolerance=-1.0, most=4000
    )
    second = list(generations)[1]
    assert second.weights @ second.points[:, 0] == pytest.approx(0.5, abs=0.03)
    assert abc.shrinkage(second.points, second.weights)[0] == pytest.approx(0, abs=0.08)


@pytest.mark.parametrize("batch", [1, 17, 5000])
def test_the_bits_do_not_depend_on_how_many_are_simulated_at_once(monkeypatch, batch):
    few = {"particles": 40, "tolerance": 0.1, "most": 5000}
    before = last(**few)
    monkeypatch.setattr(abc, "BATCH", batch)
    after = last(**few)
    assert before.tried == after.tried
    assert all(a.tobytes() == b.tobytes() for a, b in zip(before[:3], after[:3], strict=True))


def test_tolerances_fall_and_all_distances_lie_within():
    generations = list(abc.sequential(normal, 2, 100, 1, tolerance=0.01, most=20_000))
    limits = [g.tolerance for g in generations]
    assert limits == sorted(limits, reverse=True) and limits[-1] == 0.01
    assert all((g.distances <= g.tolerance).all() for g in generations)
    assert all(g.weights.sum() == pytest.approx(1) for g in generations)


def test_where_the_proposals_end_the_last_whole_generation_stands():
    generations = list(abc.sequential(normal, 2, 100, 1, tolerance=0.0, most=1000))
    assert sum(g.tried for g in generations) <= 1000 and len(generations) > 1
    assert list(abc.sequential(normal, 2, 100, 1, most=50)) == []


def test_what_has_no_distance_is_not_accepted():
    def broken(generation, first, points):
        return np.where(points[:, 0] < 0.5, np.nan, 0.0)

    only = next(abc.sequential(broken, 1, 50, 1, most=500))
    assert (only.points >= 0.5).all()


def test_weighted_quantiles():
    points = np.array([[3.0, 1.0], [1.0, 2.0], [2.0, 3.0]])
    weights = np.array([0.5, 0.25, 0.25])
    found = abc.quantiles(points, weights, (0.25, 0.5, 0.9))
    assert found.tolist() == [[1.0, 1.0], [2.0, 1.0], [3.0, 3.0]]
