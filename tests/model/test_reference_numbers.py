"""The reference figures of the specification, which an independent implementation gave.

Both sides are means over 64 replicates, so a difference has the standard error of one side times
sqrt(2); the figures are rounded to a hundredth.
"""

import numpy as np
import pytest
from model_runs import STANDARD_ERRORS, run

from sim.model.records import DECOMMISSIONED, EVER_DEPLOYED
from sim.model.state import LAPSES, N_CENSUS
from sim.tables.factors import QUALITY_NAMES
from website.known_answers import point_of, turnover

REPLICATES = 64
ROUNDING = 0.01
ADOPTERS = 2  # column of the census


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


def outcomes(changes, replicates=REPLICATES):
    """Return, per replicate, sustained adoption, decommissioned share and annual lapse rate."""
    point = point_of(changes)
    got = np.empty((replicates, 3))
    for replicate in range(replicates):
        record, s = run(point, 1, replicate, every=120)
        people = record.people.sum(axis=(1, 2))
        tools = record.tools[120].sum(axis=0)
        got[replicate] = (
            people[97:, ADOPTERS].mean() / s.hcps.size,
            tools[DECOMMISSIONED] / max(1, tools[EVER_DEPLOYED]),
            12 * people[:, N_CENSUS + LAPSES].sum() / max(1, people[:-1, ADOPTERS].sum()),
        )
    return got


def mean_and_error(values):
    return values.mean(), values.std(ddof=1) / np.sqrt(values.size)


def compare(name, values, known):
    """Print a row of the table, and require agreement within the error of both sides."""
    mean, error = mean_and_error(values)
    allowed = STANDARD_ERRORS * np.sqrt(2) * error + ROUNDING
    print(f"{name:26s} known {known:5.2f}  here {mean:.3f} +- {error:.3f}  allowed {allowed:.3f}")
    assert abs(mean - known) <= allowed, name


@pytest.fixture(scope="module")
def baseline():
    return outcomes({})


def test_baseline(baseline):
    compare("P(sustained)", (baseline[:, 0] >= 0.5).astype(float), 0.89)
    compare("decommissioned", baseline[:, 1], 0.20)
    compare("lapse a year", baseline[:, 2], 0.06)


@pytest.mark.parametrize("name", SUSTAINED)
def test_sustained_adoption(name):
    changes, known = SUSTAINED[name]
    compare(name, outcomes(changes)[:, 0], known)


def effect_of(quality, replicates):
    """Paired differences: both sides share all luck, so most of it cancels."""
    low, high = (
        outcomes({f"alignment.{quality}": level}, replicates)[:, 0] for level in (0.2, 0.8)
    )
    return high - low


@pytest.mark.parametrize("quality", EFFECTS)
def test_effect_of_one_alignment(quality):
    compare(f"{quality} .2 -> .8", effect_of(quality, REPLICATES), EFFECTS[quality])


@pytest.mark.slow
@pytest.mark.parametrize("quality", EFFECTS)
def test_every_alignment_helps(quality):
    mean, error = mean_and_error(effect_of(quality, 256))
    print(f"{quality:26s} {mean:+.4f} +- {error:.4f}")
    assert mean - 1.96 * error > 0.0
