"""One run on several threads gives the bits of one thread."""

import numpy as np
import pytest

from sim.model import engine, kernel
from sim.model import threads as on_threads
from sim.tables.errors import SimulationError
from tests.model.model_runs import run, same_bits
from website.known_answers import point_of

BIG = {"population.organisations": 37, "population.size_spread": 1.0, "horizon": 30}


def run_big(changes: dict, threads: int) -> tuple:
    return run(point_of({**BIG, **changes}), 3, 1, single=37, every=5, threads=threads)


@pytest.mark.parametrize("kind", ["modular", "scale_free", "well_mixed"])
@pytest.mark.parametrize("threads", [2, 3, 100])
def test_bits_do_not_depend_on_threads(kind, threads, monkeypatch):
    monkeypatch.setattr(on_threads, "FEWEST_HCPS", 1)
    changes = {"network.kind": kind}
    assert same_bits(run_big(changes, 1), run_big(changes, threads))


def test_parts_cover_all_organisations_once():
    _, state = run_big({}, 1)
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
        with pytest.raises(SimulationError) as error:
            run(point, 0, threads=threads)
        messages.append(str(error.value))
    assert messages[0] == messages[1]


def test_a_stop_flag_ends_the_run(monkeypatch):
    monkeypatch.setattr(on_threads, "FEWEST_HCPS", 1)
    done, stop = np.zeros(1, np.int64), np.ones(1, np.int64)
    run(point_of(BIG), 0, stop=stop, done=done, threads=2)
    assert done[0] == 0


@pytest.mark.parametrize("peers", [3, 40])  # fewer altogether than are asked for ahead, and more
def test_words_beyond_the_cache_are_heard_as_those_within(peers):
    point = point_of(BIG)
    _, s = engine.start(point, 0, 0)
    random = np.random.default_rng(0)
    many = random.integers(0, 2**32, (2, kernel.CACHED_WORDS + 1), np.uint32)
    n = 30
    first = np.arange(s.hcps.size + 1) * peers
    own = random.integers(0, many.shape[1], first[-1], np.uint32)
    big = s._replace(words=many, first_peer=first, peers=own)
    heard = np.empty(n * peers + 1, np.int64)
    kernel.influence(0, n, 1, point.packed, kernel.look_around(1, point.packed, s), big, heard)
    assert n * peers > kernel.AHEAD or peers == 3
    words = (many[0][own[: n * peers]] >> 2).astype(np.int64)
    np.testing.assert_array_equal(heard, [0, *np.cumsum(words)])
