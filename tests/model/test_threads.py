"""One run on several threads gives the bits of one thread."""

import numpy as np
import pytest

from sim.model import engine, records
from sim.model import threads as on_threads
from sim.tables.errors import SimulationError
from tests.model.model_runs import point_of, same_bits

BIG = {"population.organisations": 37, "population.size_spread": 1.0, "horizon": 30}


def run(changes: dict, threads: int) -> tuple:
    point = point_of({**BIG, **changes})
    record = records.of_run(records.empty_record(1, 30, every=5, single=37), 0)
    state = engine.simulate(point, 3, 1, record, threads=threads)
    return state, record


@pytest.mark.parametrize("kind", ["modular", "scale_free", "well_mixed"])
@pytest.mark.parametrize("threads", [2, 3, 100])
def test_bits_do_not_depend_on_threads(kind, threads, monkeypatch):
    monkeypatch.setattr(on_threads, "FEWEST_HCPS", 1)
    changes = {"network.kind": kind}
    assert same_bits(run(changes, 1), run(changes, threads))


def test_parts_cover_all_organisations_once():
    state, _ = run({}, 1)
    for number in (1, 2, 5, 1000):
        parts = on_threads.parts_of(state, number)
        assert [o for first, last in parts for o in range(first, last)] == list(range(37))
        assert len(parts) <= number


def test_the_first_failure_is_named_as_on_one_thread(monkeypatch):
    monkeypatch.setattr(on_threads, "FEWEST_HCPS", 1)
    point = point_of({**BIG, "deployment.at_start": 1.0})
    point.packed["development_erosion"][:] = np.linspace(0.9, 1.2, 8)
    messages = []
    for threads in (1, 4):
        record = records.of_run(records.empty_record(1, 30), 0)
        with pytest.raises(SimulationError) as error:
            engine.simulate(point, 0, 0, record, threads=threads)
        messages.append(str(error.value))
    assert messages[0] == messages[1]


def test_a_stop_flag_ends_the_run(monkeypatch):
    monkeypatch.setattr(on_threads, "FEWEST_HCPS", 1)
    done, stop = np.zeros(1, np.int64), np.ones(1, np.int64)
    record = records.of_run(records.empty_record(1, 30), 0)
    engine.simulate(point_of(BIG), 0, 0, record, stop, done, threads=2)
    assert done[0] == 0
