"""The first use: everything a run needs is compiled, and it is announced once."""

from __future__ import annotations

import numpy as np
import pytest

from sim.ensembles import warm
from sim.model import engine, kernel, records
from sim.tables import compiled
from sim.tables.parameters import NETWORK_KINDS, defaults


@pytest.mark.parametrize("kind", NETWORK_KINDS)
def test_nothing_is_left_to_compile_after_warming_up(kind):
    warm.warm_up(kind)
    compiled_before = {f: len(f.signatures) for f in (kernel.advance, records.write)}
    values = defaults() | {"horizon": 2, "population.organisations": 3}
    values |= {"population.organisation_size": 4}
    if kind != "file":
        values["network.kind"] = kind
    record = records.of_run(records.empty_record(1, 2), 0)
    engine.simulate(engine.prepare(values), 0, 0, record)
    # another run needs no other signature of the two big functions
    assert {f: len(f.signatures) for f in compiled_before} == compiled_before
    assert np.any(record.people[2])


@pytest.mark.parametrize("cold", [True, False])
def test_a_compilation_that_takes_long_is_announced(monkeypatch, cold):
    said = []
    monkeypatch.setattr(compiled, "is_cold", lambda: cold)
    monkeypatch.setattr(warm, "_compile_beside", lambda kind: None)
    warm.warm_up("modular", said.append)
    assert said == ([warm.ANNOUNCEMENT] if cold else [])


def test_a_second_process_that_cannot_start_does_no_harm(monkeypatch):
    def broken(*_, **__):
        raise OSError("no more processes")

    monkeypatch.setattr(warm.subprocess, "Popen", broken)
    monkeypatch.setattr(warm.os, "cpu_count", lambda: 2)
    assert warm._compile_beside("modular") is None
    monkeypatch.setattr(compiled, "is_cold", lambda: True)
    warm.warm_up("modular")


def test_the_second_process_fills_the_cache(monkeypatch):
    if compiled.cache_folder() is None:
        pytest.skip("no folder for compiled code here")
    monkeypatch.setattr(warm.os, "cpu_count", lambda: 2)
    helper = warm._compile_beside("random")
    assert helper is not None and helper.wait(timeout=120) == 0
    assert not compiled.is_cold()


def test_a_cache_is_cold_until_the_kernel_itself_is_there(monkeypatch, tmp_path):
    monkeypatch.setattr(compiled, "cache_folder", lambda: tmp_path)
    (tmp_path / "numerics.exp-1.py311.nbi").touch()
    assert compiled.is_cold()
    (tmp_path / "kernel.advance-1.py311.nbi").touch()
    assert not compiled.is_cold()


def test_a_point_is_prepared_without_compiling():
    """Else seconds of compilation would come before they are announced."""
    point = engine.prepare(defaults())
    assert "packed" not in vars(point)
    assert point.packed is point.packed
