"""Contracts see what they are there to see, and nothing in a sound run."""

import numpy as np
import pytest

from sim.model import engine, records
from sim.model.model import AdoptionModel
from sim.model.state import LEFT_NON_ADOPTERS, MEETINGS, RETURNS
from sim.tables.errors import SimulationError
from sim.tables.parameters import defaults

WORLD = {
    "population.organisations": 3,
    "population.organisation_size": 8,
    "horizon": 24,
    "deployment.at_start": 0.7,
    "population.initial_adopters": 0.5,
}


def test_a_sound_run_holds_them_and_keeps_its_bits():
    point = engine.prepare({**defaults(), **WORLD, "review.grace_months": 3})
    ends = []
    for contracts in (False, True):
        record = records.of_run(records.empty_record(1, 24), 0)
        state = engine.simulate(point, 4, 0, record, contracts=contracts)
        ends.append(state.hcps.tobytes() + record.people.tobytes())
    assert ends[0] == ends[1]


def break_trust(s):
    s.hcps["trust"][3] = 1.0 + 1e-12


def break_quality(s):
    # not running: nothing else would notice
    o = int(np.argmax(s.organisations["status"] == 0))
    s.organisations["quality"][o, 2] = np.nan


def break_priorities(s):
    s.priorities[2, 0] += 0.1


def break_attention(s):
    s.experts["attention"][0, :] = 0.5


def break_census(s):
    s.organisations["census"][0, 1, 0] += 1


def break_state(s):
    i = int(np.argmax(s.hcps["state"] == 2))
    s.hcps["ever"][i] = 0


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (break_trust, "out of its range"),
        (break_quality, "out of its range"),
        (break_priorities, "out of its range"),
        (break_attention, "out of its range"),
        (break_census, "census"),
        (break_state, "census"),
    ],
)
def test_each_contract_is_seen_when_broken(broken, words):
    from sim.model import contracts

    model = AdoptionModel(WORLD, seed=4)
    model.step()
    before = contracts.copy_census(model.state.organisations)
    broken(model.state)
    contracts.check(1, model.state, before)
    with pytest.raises(SimulationError, match=words):
        engine.raise_failure(model.state)


# not `returns`, a part of the retrials, and not non-adopters who leave: a newcomer replaces them
COUNTED = [n for n in range(MEETINGS) if n not in (RETURNS, LEFT_NON_ADOPTERS)]


@pytest.mark.parametrize("column", COUNTED)
def test_a_flow_that_was_not_counted_is_seen(column):
    from sim.model import contracts

    model = AdoptionModel(WORLD, seed=4)
    before = contracts.copy_census(model.state.organisations)
    model.step()
    contracts.check(1, model.state, before)
    engine.raise_failure(model.state)
    model.state.organisations["flows"][0, 1, column] += 1
    contracts.check(1, model.state, before)
    with pytest.raises(SimulationError, match=r"flows|census"):
        engine.raise_failure(model.state)
