"""Limits of appraisal and decision that have known answers (steps 8 and 9), and the trap."""

import numpy as np
import pytest
from model_runs import STANDARD_ERRORS, run, same_bits
from scipy import stats

from sim.model import rules
from website.known_answers import (
    DECISIONS,
    TRAP,
    USABILITY,
    VALUE,
    W,
    Walk,
    logistic,
    mean_of,
    of_groups,
    point_of,
    qualities,
    step_9,
)


# ------------------------------------------------------------------ the deterministic map
@pytest.mark.parametrize(
    "rho, systemic, trust, literacy, initial, level",
    [
        (-1.0, 0.3, 0.5, 0.25, 0.0, 0.4),
        (-1.0, 0.9, 0.6, 0.25, 0.5, 0.5),
        (0.0, 0.3, 0.5, 0.6, 0.1, 0.3),
        (1.0, 0.3, 0.4, 0.25, 0.9, 0.2),
        (-3.0, 0.0, 0.7, 1.0, 0.3, 0.6),
    ],
)
def test_decisions_in_a_large_mixed_world_follow_the_map(
    rho, systemic, trust, literacy, initial, level
):
    q = np.clip(level + np.array([0.1, -0.2, 0.15, 0.0, -0.1, 0.3, 0.05, -0.3]), 0.0, 1.0)
    changes = {
        **DECISIONS,
        **qualities("start", q),
        "appraisal.rho": rho,
        "appraisal.systemic": systemic,
        "population.initial_adopters": initial,
        **of_groups("population.{}.trust", trust),
        **of_groups("population.{}.literacy", literacy),
    }
    point = point_of(changes)
    n, repeats, months = 8000, 24, (1, 6, 24, 72)
    found = np.empty((repeats, len(months), 4))
    for replicate in range(repeats):
        walk = Walk(point, 1, replicate)
        walk.s.priorities[:] = W  # everybody alike, so that the shares are all there is
        walk.give(np.where(np.arange(n) < round(initial * n), rules.ADOPTER, 0))
        for row, month in enumerate(months):
            walk.on(month - walk.month)
            found[replicate, row] = np.bincount(walk.s.hcps["state"], minlength=4) / n
    shares = np.array([1 - initial, 0.0, initial, 0.0])
    for month in range(1, 73):
        shares = step_9(shares, q, W, trust, literacy, rho, systemic)
        if month not in months:
            continue
        row = months.index(month)
        error = found[:, row].std(axis=0, ddof=1) / np.sqrt(repeats)
        # means of a finite world differ from the map by some 1 / n
        assert np.all(np.abs(found[:, row].mean(axis=0) - shares) <= 4.5 * error + 2 / n)
        assert np.max(error) < 0.003


def test_first_decisions_weigh_everybodys_own_priorities():
    # One month, nobody adopting: the number of trials is a sum of known probabilities
    q = np.array([0.3, 0.1, 0.6, 0.2, 0.7, 0.5, 0.3, 0.95])
    changes = {**DECISIONS, **qualities("start", q), "decision.trial_rate": 1.0}
    changes |= {"population.organisation_size": 40_000}
    changes |= {"population.trust_spread": 0.4, "population.literacy_spread": 0.25}
    for rho in (-1.0, 0.0, 1.0):
        walk = Walk(point_of({**changes, "appraisal.rho": rho}), seed=2)
        hcps, w = walk.s.hcps, walk.s.priorities
        felt = np.tile(q, (hcps.size, 1))
        felt[:, USABILITY] += (1 - q[USABILITY]) * 0.5 * hcps["literacy"]
        felt[:, VALUE] *= 0.7
        u = np.array([mean_of(f, v, rho) for f, v in zip(felt, w, strict=True)])
        p = logistic(-3.85 + 4 * hcps["trust"] + 5 * u + hcps["literacy"])
        walk.on(1)
        tries = hcps["state"] == rules.TRIAL
        z = (tries - p).sum() / np.sqrt(np.sum(p * (1 - p)))
        assert abs(z) < STANDARD_ERRORS
        # and it is those whose probability is high
        slope = np.sum((tries - p) * (p - p.mean()))
        assert abs(slope) < STANDARD_ERRORS * np.sqrt(np.sum(p * (1 - p) * (p - p.mean()) ** 2))


# ------------------------------------------------------------------ the power mean
def usefulness(q, w, rho):
    weighted = sum(v * rules.power_term(x, rho, 0.02) for v, x in zip(w, q, strict=True))
    return rules.appraisal(weighted, rho)


@pytest.fixture(scope="module")
def appraisals():
    draw = np.random.default_rng(8)
    w = draw.gamma(4, 0.25, (200, 8)) * W
    return draw.uniform(0.0, 1.0, (200, 8)), w / w.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("rho", [1.0, 0.5, 0.0, -1.0, -2.5, -10.0])
def test_usefulness_is_the_power_mean(appraisals, rho):
    for q, w in zip(*appraisals, strict=True):
        assert usefulness(q, w, rho) == pytest.approx(mean_of(q, w, rho), rel=1e-13)


def test_rho_1_is_the_weighted_mean(appraisals):
    for q, w in zip(*appraisals, strict=True):
        assert usefulness(q, w, 1.0) == pytest.approx(np.sum(w * np.maximum(q, 0.02)), rel=1e-14)


def test_rho_0_is_the_geometric_mean_and_no_jump(appraisals):
    for q, w in zip(*appraisals, strict=True):
        logs = np.log(np.maximum(q, 0.02))
        middle = np.sum(w * logs)
        geometric = np.exp(middle)
        assert usefulness(q, w, 0.0) == pytest.approx(geometric, rel=1e-14)
        # first order: log U(rho) = mean log q + rho / 2 * variance of log q
        variance = np.sum(w * (logs - middle) ** 2)
        third = np.sum(w * np.abs(logs - middle) ** 3)
        for rho in (1e-2, 1e-4, 1e-6, 1e-8):
            for signed in (rho, -rho):
                exact = geometric * np.exp(signed / 2 * variance)
                allowed = (third + variance**2) * rho**2 + 4e-16 / rho
                assert abs(usefulness(q, w, signed) / exact - 1) <= allowed


def test_a_lower_rho_gives_weak_links_more_weight(appraisals):
    for q, w in zip(*appraisals, strict=True):
        values = [usefulness(q, w, rho) for rho in (-10, -2, -1, -0.1, 0, 0.1, 0.5, 1)]
        assert np.all(np.diff(values) > 0)
        assert np.maximum(q, 0.02).min() < values[0] and values[-1] < q.max()


def test_a_run_has_no_jump_at_rho_0():
    record = run(point_of({"appraisal.rho": 0.0}))[0]
    for rho in (1e-7, -1e-7):
        # the appraisals differ in the seventh digit: no decision of this run hangs on that
        assert same_bits(run(point_of({"appraisal.rho": rho}))[0].people, record.people)


# ------------------------------------------------------------------ one decision at a time
@pytest.mark.parametrize("state", [0, 1, 2, 3])
def test_frequencies_of_single_decisions(state):
    for x in (-3.0, 0.0, 1.5):
        draws = (np.arange(4000) + 0.5) / 4000
        cap = {0: 0.12, 1: 0.25, 2: 0.06, 3: 0.06}[state]
        assert rules.decision_cap(state, 0.12, 0.06, 0.25, 0.06) == cap
        new = [rules.next_state(state, d, cap, x, 0.4, 2.0) if d < cap else state for d in draws]
        share = np.bincount(new, minlength=4) / 4000
        p = logistic(x)
        expected = np.zeros(4)
        if state == rules.TRIAL:
            expected[[1, 2, 3]] = 0.75, 0.25 * p, 0.25 * (1 - p)
        elif state == rules.ADOPTER:
            leaves = 0.06 * logistic(-(x + 0.8))
            expected[[2, 3]] = 1 - leaves, leaves
        else:
            expected[[state, rules.TRIAL]] = 1 - cap * p, cap * p
        assert np.max(np.abs(share - expected)) <= 1 / 4000


# ------------------------------------------------------------------ the partial-adoption trap
def shares_at_the_end(systemic, initial, replicates):
    changes = {"appraisal.systemic": systemic, "population.initial_adopters": initial}
    point = point_of({**TRAP, **changes})
    got = [
        run(point, 1, r, every=240)[0].people[240, :, :, 2].sum() / 1000 for r in range(replicates)
    ]
    return np.array(got)


@pytest.mark.parametrize("initial, known", [(0.0, 0.05), (0.9, 0.76)])
def test_the_trap_has_two_ends(initial, known):
    shares = shares_at_the_end(0.9, initial, 16)
    error = shares.std(ddof=1) / 4
    # the known figures are rounded to a hundredth
    assert abs(shares.mean() - known) <= STANDARD_ERRORS * error + 0.01, shares.mean()


def test_the_boundary_of_the_trap():
    low, high = 0.0, 0.9
    while high - low > 0.02:
        middle = (low + high) / 2
        if np.mean(shares_at_the_end(0.9, middle, 8) > 0.4) > 0.5:
            high = middle
        else:
            low = middle
    assert abs((low + high) / 2 - 0.20) < 0.05, (low, high)


def test_with_a_small_systemic_part_there_is_no_trap():
    low, high = (shares_at_the_end(0.3, initial, 16) for initial in (0.0, 0.9))
    assert min(low.min(), high.min()) > 0.4
    assert stats.ks_2samp(low, high).pvalue > 1e-4
