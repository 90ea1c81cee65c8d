"""The compiled kernel and the stepped Mesa agents give the same bits."""

import pytest
from reference_worlds import WORLDS, schedule_of, world_of

from sim.model.model import AdoptionModel


@pytest.mark.parametrize("name", WORLDS)
def test_both_engines_go_through_the_same_history(name):
    changes, given, rows = WORLDS[name]
    changes = changes | {"horizon": 30} | ({"network.file": "ties.csv"} if given else {})
    kernel, agents = (
        AdoptionModel(
            changes, engine=engine, seed=5, schedule=schedule_of(rows), world=world_of(given)
        )
        for engine in ("kernel", "agents")
    )
    while kernel.running:
        kernel.step()
        agents.step()
        for array, other in zip(kernel.state, agents.state, strict=True):
            assert array.tobytes() == other.tobytes(), f"month {kernel.month}"
    for array, other in zip(kernel.record, agents.record, strict=True):
        assert array.tobytes() == other.tobytes()
