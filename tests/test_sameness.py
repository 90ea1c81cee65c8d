"""The same seed gives the same bits, whatever else differs. This module states it in one place.

Each test changes one circumstance and compares a digest of all that is kept of all runs with that of
the plain way; the negative control changes the seed.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.ensembles import run as ensembles
from sim.ensembles.chunk import Keep, Task
from sim.model import engine
from sim.tables.parameters import defaults

ROOT = Path(__file__).resolve().parent.parent
WORLD = {
    "population.organisations": 5,
    "population.organisation_size": 12,
    "population.size_spread": 0.5,
    "horizon": 30,
    "deployment.at_start": 0.3,
}
REPLICATES = 6
CHANGED = [{"process.training": 0.0}, {"population.organisations": 3, "horizon": 20}]
EVERYTHING = Keep(paths=True, organisations=True, hcps=True)


def points(values=WORLD, changed=CHANGED):
    return [engine.prepare({**defaults(), **values, **c}) for c in changed], changed


def made(values=WORLD, changed=CHANGED, **options):
    options = {
        "seed": 5, "replicates": REPLICATES, "threads": 1, "keep": EVERYTHING, **options,
    }  # fmt: skip
    return ensembles.run_ensemble(*points(values, changed), **options)


def digest(**options) -> str:
    """Return a digest of all that is kept of the first points and replicates."""
    found, sums = made(**options), hashlib.sha256()
    for name, column in {**found.outcomes, **found.paths}.items():
        sums.update(name.encode() + column[: len(CHANGED), :REPLICATES].tobytes())
    for table in found.entities.values():
        first = (table["point"] < len(CHANGED)) & (table["replicate"] < REPLICATES)
        for name, column in table.items():
            sums.update(f"{name} {column[first].tolist()}".encode())
    return sums.hexdigest()


PLAIN = digest()


def test_negative_control():
    assert digest(seed=6) != PLAIN
    assert digest(values={**WORLD, "training.gain": 0.26}) != PLAIN


@pytest.mark.parametrize(
    "circumstance",
    [
        {},  # the same again
        {"threads": 2},
        {"threads": 5},
        {"replicates": REPLICATES + 3},
        {"changed": [*CHANGED, {"alignment.roles": 0.1}]},  # one more point
        {"engine": "agents"},
        {"progress": "always"},
        {"contracts": True},
        {"contracts": True, "engine": "agents"},
        {"executor": "local_processes", "threads": 2},
        pytest.param({"executor": "dask", "threads": 2}, marks=pytest.mark.slow),
        pytest.param({"executor": "ray", "threads": 2}, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_whatever_else_differs(circumstance):
    if (executor := circumstance.get("executor")) in ("dask", "ray"):
        pytest.importorskip(executor)
    assert digest(**circumstance) == PLAIN


@pytest.mark.parametrize("size", [1, 2, 4, 6])
def test_chunk_size(monkeypatch, size):
    def tasks(points, *_):
        firsts = range(0, REPLICATES, size)
        return [Task(p, n, min(n + size, REPLICATES)) for p in range(len(points)) for n in firsts]

    monkeypatch.setattr(ensembles, "tasks_of", tasks)
    assert digest(threads=2) == PLAIN


def test_what_is_recorded():
    all_of_it, nothing = made().outcomes, made(keep=Keep()).outcomes
    assert all(nothing[n].tobytes() == column.tobytes() for n, column in all_of_it.items())


SCRIPT = (
    "import sys; sys.path[:0] = ['tests', '.']; import test_sameness; print(test_sameness.PLAIN)"
)


def digest_elsewhere(**environment) -> str:
    """Return the digest that another process computes."""
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout.strip()


@pytest.mark.parametrize("hash_seed", ["1", "4711"])
def test_python_hash_seed(hash_seed):
    assert digest_elsewhere(PYTHONHASHSEED=hash_seed) == PLAIN


@pytest.mark.slow
def test_fresh_cache(tmp_path):
    assert digest_elsewhere(NASSS_SIM_CACHE=str(tmp_path / "cache")) == PLAIN


@pytest.mark.slow
def test_generic_processor_without_its_vector_units(tmp_path):
    environment = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    assert digest_elsewhere(**environment, NASSS_SIM_CACHE=str(tmp_path / "cache")) == PLAIN
