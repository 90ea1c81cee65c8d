"""The reference figures of the specification, which an independent implementation gave.

Both sides are means over 64 replicates, so a difference has the standard error of one side times
sqrt(2); the figures are rounded to a hundredth.
"""

import numpy as np
import pytest
from model_runs import STANDARD_ERRORS

from sim.model import engine, records
from sim.outcomes.compute import compute
from sim.tables.factors import QUALITY_NAMES
from website.known_answers import point_of, turnover

REPLICATES = 64
ROUNDING = 0.01


def alignments(level):
    return {f"alignment.{name}": level for name in QUALITY_NAMES}


# name: (changes, figure of the specification)
SUSTAINED = {
    "baseline": ({}, 0.59),
    "all alignments 0": (alignments(0.0), 0.15),
    "all alignments 1": (alignments(1.0), 0.71),
    "hcp_cooperation .05": ({"process.hcp_cooperation": 0.05}, 0.35),
    "hcp_cooperation .5": ({"process.hcp_cooperation": 0.5}, 0.77),
    "training 0": ({"process.training": 0.0}, 0.49),
    "training .1": ({"process.training": 0.1}, 0.75),
    "C 0": ({"process.interorganisational_cooperation": 0.0}, 0.49),
    "C 1": ({"process.interorganisational_cooperation": 1.0}, 0.71),
    "shared_understanding 0": ({"process.shared_understanding": 0.0}, 0.57),
    "shared_understanding .5": ({"process.shared_understanding": 0.5}, 0.66),
    "transparency ceiling .2": ({"development.ceiling.transparency": 0.2}, 0.01),
    "transparency ceiling .5": ({"development.ceiling.transparency": 0.5}, 0.22),
    "funding_dependence 0": ({"development.funding_dependence": 0.0}, 0.71),
    "funding_dependence 1": ({"development.funding_dependence": 1.0}, 0.48),
    "annual turnover .05": (turnover(0.05), 0.64),
    "annual turnover .3": (turnover(0.30), 0.45),
}
EFFECTS = {
    "transparency": 0.13,
    "roles": 0.08,
    "responsibility": 0.06,
    "usability": 0.03,
    "data_quality": 0.02,
    "privacy": 0.02,
    "value": 0.02,
    "scope": 0.02,
}


def outcomes(changes):
    """Return outcome -> its number in each replicate."""
    point = point_of(changes)
    kept = records.empty_record(REPLICATES, 120, every=120)
    for replicate in range(REPLICATES):
        engine.simulate(point, 1, replicate, records.of_run(kept, replicate))
    return compute(kept, point.values)


def agrees(values, known):
    """Whether a mean is as near to a known one as the errors of both sides let it be."""
    error = values.std(ddof=1) / np.sqrt(values.size)
    return abs(values.mean() - known) <= STANDARD_ERRORS * np.sqrt(2) * error + ROUNDING


def test_baseline():
    found = outcomes({})
    assert agrees((found["sustained_adoption"] >= 0.5).astype(float), 0.89)
    assert agrees(found["abandonment"], 0.20)
    assert agrees(found["lapse_rate"], 0.06)


@pytest.mark.parametrize("changes, known", SUSTAINED.values(), ids=SUSTAINED)
def test_sustained_adoption(changes, known):
    assert agrees(outcomes(changes)["sustained_adoption"], known)


@pytest.mark.parametrize("quality, known", EFFECTS.items())
def test_effect_of_one_alignment(quality, known):
    low, high = (
        outcomes({f"alignment.{quality}": level})["sustained_adoption"] for level in (0.2, 0.8)
    )
    assert agrees(high - low, known)  # paired: both sides share all luck
