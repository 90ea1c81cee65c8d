"""Two outcomes are found where runs have two, and invented nowhere."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.split import split

# Sustained adoption of 64 runs of a single clinic of twenty
CLINIC = np.array(
    [0.0] * 18 + [0.054, 0.398] + [0.629] + [0.71, 0.75, 0.79, 0.8, 0.82, 0.85, 0.88] * 6 + [0.94]
)


def test_a_clinic_either_keeps_its_tool_or_loses_it():
    found = split(CLINIC)
    lower = CLINIC < 0.5
    assert found.low == pytest.approx(CLINIC[lower].mean())
    assert found.high == pytest.approx(CLINIC[~lower].mean())
    assert found.lower.estimate == lower.mean() and found.lower.runs == CLINIC.size
    assert not ((CLINIC > 0.4) & (CLINIC < 0.6)).any()  # the mean is there


ONE_OUTCOME = {
    "everywhere alike": lambda rng, n: rng.random(n),
    "around one": lambda rng, n: np.clip(rng.normal(0.57, 0.1, n), 0, 1),
    "leaning on none": lambda rng, n: rng.beta(0.5, 2.0, n),
    "leaning on all": lambda rng, n: rng.beta(4.0, 0.7, n),
    "falling": lambda rng, n: np.clip(rng.exponential(0.2, n), 0, 1),
    "a slope": lambda rng, n: rng.triangular(0, 1, 1, n),
}


@pytest.mark.parametrize("runs", [5, 16, 64, 512])
@pytest.mark.parametrize("shape", ONE_OUTCOME)
def test_a_single_outcome_is_hardly_ever_told_as_two(shape, runs):
    rng = np.random.default_rng(3)
    told = [split(ONE_OUTCOME[shape](rng, runs)) is not None for _ in range(200)]
    assert np.mean(told) <= 0.02


@pytest.mark.parametrize(("runs", "often"), [(32, 0.8), (64, 0.95), (256, 0.99)])
def test_two_outcomes_are_mostly_found(runs, often):
    rng = np.random.default_rng(4)

    def made():
        lost = rng.random(runs) < 0.35
        return np.where(lost, rng.beta(1, 15, runs), rng.normal(0.75, 0.08, runs))

    assert np.mean([split(made()) is not None for _ in range(200)]) >= often


@pytest.mark.parametrize(
    "runs",
    [
        [],
        [0.4],
        [0.4] * 64,
        [np.nan] * 8,
        [0.0] * 3 + [0.9] * 3,  # few runs
        [0.0] * 8 + [0.9] * 112,  # less than one of ten
        np.r_[np.full(32, 0.50), np.full(32, 0.65)],  # no different histories
    ],
)
def test_little_is_no_split(runs):
    assert split(np.array(runs, float)) is None


def test_failed_runs_are_left_out():
    assert split(np.r_[CLINIC, np.nan]) == split(CLINIC)
