"""The same seed gives the same bits, whatever else differs. This module states it in one place.

Each test changes one circumstance and compares a digest of all outcomes of all runs with that of
the plain way; the negative control changes the seed.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.ensembles import run as ensembles
from sim.ensembles.chunk import Keep
from sim.ensembles.progress import Progress
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


def points(values=WORLD):
    changed = [{"process.training": x} for x in (0.0, 0.1)]
    return [engine.prepare({**defaults(), **values, **c}) for c in changed], changed


def digest(seed=5, replicates=REPLICATES, values=WORLD, **options) -> str:
    found = ensembles.run_ensemble(
        *points(values), seed=seed, replicates=replicates, **{"threads": 1, **options}
    )
    sums = hashlib.sha256()
    for name, column in found.outcomes.items():
        sums.update(name.encode() + column[:, :REPLICATES].tobytes())
    return sums.hexdigest()


PLAIN = digest()


def test_negative_control():
    assert digest(seed=6) != PLAIN
    assert digest(values={**WORLD, "training.gain": 0.26}) != PLAIN


def test_the_same_again():
    assert digest() == PLAIN


@pytest.mark.parametrize("threads", [2, 5])
def test_threads(threads):
    assert digest(threads=threads) == PLAIN


@pytest.mark.parametrize("seconds", [1e-9, 10.0])
def test_chunk_size(monkeypatch, seconds):
    monkeypatch.setattr(ensembles, "SECONDS_PER_CHUNK", seconds)
    assert digest(threads=2) == PLAIN


def test_more_replicates():
    assert digest(replicates=REPLICATES + 3) == PLAIN


def test_engine():
    assert digest(engine="agents") == PLAIN


def test_recording_of_months_and_organisations():
    assert digest(keep=Keep(paths=True, organisations=True, hcps=True)) == PLAIN


def test_progress_bar(capsys):
    assert digest(progress=Progress(1e6, 12, "always")) == PLAIN


@pytest.mark.parametrize("engine", ["kernel", "agents"])
def test_contracts(engine):
    assert digest(contracts=True, engine=engine) == PLAIN


def test_processes():
    assert digest(executor="local_processes", threads=2) == PLAIN


@pytest.mark.slow
@pytest.mark.parametrize(("executor", "package"), [("dask", "distributed"), ("ray", "ray")])
def test_clusters_of_two_workers(executor, package):
    pytest.importorskip(package)
    assert digest(executor=executor, threads=2) == PLAIN


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
