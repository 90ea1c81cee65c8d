"""Contracts see what they are there to see, and nothing in a sound run."""

import numpy as np
import pytest

from sim.model import engine
from sim.model.contracts import check
from sim.model.model import AdoptionModel
from sim.model.state import LEFT_NON_ADOPTERS, MEETINGS, RETURNS
from sim.tables.errors import SimulationError

WORLD = {
    "population.organisations": 3,
    "population.organisation_size": 8,
    "horizon": 24,
    "deployment.at_start": 0.7,
    "population.initial_adopters": 0.5,
}


def idle(s):
    """An organisation that does not run the tool, of which nothing else would notice."""
    return int(np.argmax(s.organisations["status"] == 0))


def put(array, place, value):
    array[place] = value


BREAKS = {
    "trust": lambda s: put(s.hcps["trust"], 3, 1.0 + 1e-12),
    "quality": lambda s: put(s.organisations["quality"], (idle(s), 2), np.nan),
    "priorities": lambda s: put(s.priorities, (2, 0), s.priorities[2, 0] + 0.1),
    "attention": lambda s: put(s.experts["attention"], 0, 0.5),
    "census": lambda s: put(s.organisations["census"], (0, 1, 0), 99),
    "ever": lambda s: put(s.hcps["ever"], np.argmax(s.hcps["state"] == 2), 0),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_each_contract_is_seen_when_broken(broken):
    model = AdoptionModel(WORLD, seed=4)
    model.step()
    before = model.state.organisations["census"].copy()
    BREAKS[broken](model.state)
    check(1, model.state, before)
    with pytest.raises(
        SimulationError, match="census" if broken in ("census", "ever") else "out of its range"
    ):
        engine.raise_failure(model.state)


# not `returns`, a part of the retrials, and not non-adopters who leave: a newcomer replaces them
COUNTED = [n for n in range(MEETINGS) if n not in (RETURNS, LEFT_NON_ADOPTERS)]


@pytest.mark.parametrize("column", COUNTED)
def test_a_flow_that_was_not_counted_is_seen(column):
    model = AdoptionModel(WORLD, seed=4)
    before = model.state.organisations["census"].copy()
    model.step()
    check(1, model.state, before)
    engine.raise_failure(model.state)
    model.state.organisations["flows"][0, 1, column] += 1
    check(1, model.state, before)
    with pytest.raises(SimulationError, match=r"flows|census"):
        engine.raise_failure(model.state)
