"""The compiled kernel and the stepped Mesa agents give the same bits."""

import numpy as np
import pytest

from sim.model import inputs, levers, networks
from sim.model.model import AdoptionModel
from sim.tables.factors import PROCESSES, QUALITIES
from sim.tables.parameters import NETWORK_KINDS

MONTHS = 60
RANDOM_SETS = 20


def random_parameters(number: int) -> dict:
    """Draw a small world with busy organisations, so that every rule has its turn."""
    draw = np.random.default_rng(number)
    chosen = {f.path: draw.uniform(0, 1) for f in QUALITIES}
    chosen |= {f.path: draw.uniform(0, 2 * f.high if f.high < 0.5 else 1) for f in PROCESSES}
    start = float(draw.integers(0, 2)) * draw.uniform(0.3, 1)
    return chosen | {
        "horizon": MONTHS,
        "population.organisations": int(draw.integers(1, 7)),
        "population.organisation_size": int(draw.integers(1, 15)),
        "population.size_spread": float(draw.choice([0.0, 0.6])),
        "population.initial_adopters": draw.uniform(0, 1) if start else 0.0,
        "population.priority_shape": int(draw.choice([1, 4, 9])),
        "population.nurse.emphasis.usability": draw.uniform(0.5, 3),
        "deployment.at_start": start,
        "deployment.privacy_gate": float(draw.choice([0.0, 5.0])),
        "development.funding_months": int(draw.choice([6, 30])),
        "incident.rate": draw.uniform(0, 0.3),
        "trust.transparency_strength": draw.uniform(0, 1),
        "appraisal.rho": float(draw.choice([-3.0, -1.0, 0.0, 0.4, 1.0])),
        "appraisal.critical_exponent": float(draw.choice([4.0, 2.7])),
        "turnover.nurse": draw.uniform(0, 0.6),
        "review.grace_months": int(draw.choice([3, 24])),
        "review.threshold": draw.uniform(0, 0.5),
        "network.ties": int(draw.integers(0, 6)),
    }


def file_world() -> inputs.World:
    """Three organisations of a user, with ties across them."""
    first, peers = networks.from_pairs(12, np.array([[0, 1], [1, 5], [4, 11], [2, 3], [6, 7]]))
    return inputs.World(
        sizes=np.array([4, 3, 5]),
        readiness=np.array([0.9, np.nan, 0.2]),
        resources=np.array([np.nan, 2.0, 1.0]),
        member=np.array([1, -1, 0], np.int8),
        deployed=np.array([-20, inputs.NEVER, 0]),
        shares=np.array([[0.5, 0.5, 0.0], [np.nan] * 3, [0.1, 0.2, 0.7]]),
        first_peer=first,
        peers=peers,
    )


def assert_same_histories(parameters: dict, **options) -> AdoptionModel:
    """Step both engines side by side and compare all of the state, to the bit."""
    kernel = AdoptionModel(parameters, engine="kernel", seed=5, **options)
    agents = AdoptionModel(parameters, engine="agents", seed=5, **options)
    while kernel.running:
        kernel.step()
        agents.step()
        for name, array in kernel.state._asdict().items():
            other = getattr(agents.state, name)
            assert array.tobytes() == other.tobytes(), f"{name} in month {kernel.month}"
    for name, array in kernel.record._asdict().items():
        assert array.tobytes() == getattr(agents.record, name).tobytes(), name
    return kernel


@pytest.mark.parametrize("number", range(RANDOM_SETS))
def test_random_parameter_sets(number):
    kind = [k for k in NETWORK_KINDS if k != "file"][number % 5]
    assert_same_histories(random_parameters(number) | {"network.kind": kind})


@pytest.mark.parametrize("kind", NETWORK_KINDS)
def test_every_network_kind(kind):
    world = file_world() if kind == "file" else None
    chosen = random_parameters(100) | {"network.kind": kind}
    if kind == "file":
        chosen["network.file"] = "ties.csv"
    assert_same_histories(chosen, world=world)


def test_every_lever():
    rows = np.zeros(levers.N_LEVERS, levers.ROW)
    rows["lever"] = np.arange(levers.N_LEVERS)
    rows["first_month"] = 2
    rows["last_month"] = 40
    rows["strength"] = 0.05
    rows["share"] = np.linspace(0.4, 1, levers.N_LEVERS)
    rows["members_only"][::3] = 1
    schedule = levers.Schedule(rows, np.zeros(0, np.int64))
    assert_same_histories(random_parameters(7), schedule=schedule)


def test_the_comparison_sees_a_difference():
    chosen = random_parameters(3)
    other = chosen | {"training.gain": 0.26}
    ends = []
    for parameters in (chosen, other):
        model = AdoptionModel(parameters, seed=5)
        model.run_model()
        ends.append(model.state.hcps.tobytes())
    assert ends[0] != ends[1]
