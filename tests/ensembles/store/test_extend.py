"""An extended sweep makes only what is new, and changes nothing that was there."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from sim.__main__ import main
from sim.studies import result_files
from tests.ensembles.store_runs import AXIS, TINY, run, same, stop_at_write, sweep, table

ALL = ("months=all", "organisations=all", "hcps=all")
YEARLY = ("months=yearly",)
QUANTILES = ("months=quantiles",)


@pytest.fixture
def extended(tmp_path, calls):
    """Return a function that makes a sweep, extends it, and compares it with the same made anew.

    It returns both folders, and the runs that were made to extend the first.
    """

    def made(first, then, meanwhile=lambda out: None):
        out, fresh = tmp_path / "r", tmp_path / "fresh"
        assert main([*first, f"out={out}"]) == 0
        calls.made.clear()
        meanwhile(out)
        assert main([*then, f"out={out}"]) == 0
        runs = sorted(calls.made)
        assert main([*then, f"out={fresh}"]) == 0
        assert {p.name for p in out.iterdir()} == {p.name for p in fresh.iterdir()}
        for path in fresh.glob("*.parquet"):
            same(out, fresh, path.name)
        return out, fresh, runs

    return made


@pytest.mark.parametrize(
    "more",
    [(), ALL, *(pytest.param(x, marks=pytest.mark.slow) for x in (YEARLY, QUANTILES))],
    ids=["outcomes", "all", "yearly", "quantiles"],
)
@pytest.mark.parametrize(
    ("new", "design"),
    [
        pytest.param({(0.2, 6), (0.5, 6), (0.2, 7), (0.5, 7)}, {"replicates": 8}, marks=pytest.mark.slow),
        pytest.param({(0.3, n) for n in range(6)}, {"points": (0.2, 0.3, 0.5)}, marks=pytest.mark.slow),
        ({(0.9, n) for n in range(7)} | {(0.2, 6), (0.5, 6)}, {"points": (0.9, 0.5, 0.2), "replicates": 7}),
        (set(), {}),
    ],
    ids=["replicates", "points", "both", "nothing"],
)  # fmt: skip
def test_only_what_is_new_is_made(extended, more, new, design):
    *_, made = extended(sweep(None, *more), sweep(None, *more, **design))
    assert made == sorted(new)


def test_figures_of_a_study_that_draws_months_are_the_same_when_it_is_extended(
    extended, monkeypatch
):
    seen = []
    monkeypatch.setattr(
        result_files, "save_figures", lambda _, figures, *rest: seen.append(figures)
    )
    out, _, made = extended([*TINY, "replicates=6"], [*TINY, "replicates=8"])
    assert [r for _, r in made] == [6, 7] and (out / "paths.parquet").exists()
    with np.printoptions(threshold=sys.maxsize):
        first, then, anew = map(repr, seen)
    assert first != then == anew


def test_points_of_different_horizons(extended):
    base = [*TINY, "replicates=3", "months=all"]
    *_, made = extended([*base, "horizon=[6,12]"], [*base, "horizon=[6,12,18]"])
    assert len(made) == 3


@pytest.mark.parametrize("name", ["runs.parquet", "months.parquet"])
def test_an_altered_result_table_is_not_built_on(extended, capsys, name):
    def alter(out):
        content = bytearray((out / name).read_bytes())
        content[len(content) // 2] ^= 1
        (out / name).write_bytes(content)

    first, then = (sweep(None, "months=all", replicates=n) for n in (6, 7))
    *_, made = extended(first, then, alter)
    assert f"{name} is missing or was altered" in capsys.readouterr().err
    assert len(made) == 14


def test_an_extension_that_is_interrupted_keeps_both(tmp_path, calls, monkeypatch):
    out, fresh = tmp_path / "r", tmp_path / "fresh"
    assert run(out) == 0
    before = (out / "runs.parquet").read_bytes()
    with monkeypatch.context() as patch:
        # two frames are made of the old table
        stop_at_write(patch, 4, OSError(28, "No space left on device"))
        assert run(out, replicates=9) == 1
    assert (out / "runs.parquet").read_bytes() == before
    calls.made.clear()
    assert main(["resume", str(out)]) == 0
    assert 0 < len(calls.made) < 6 and min(r for _, r in calls.made) >= 6
    assert run(fresh, replicates=9) == 0
    same(out, fresh)


@pytest.mark.parametrize("months", ["all", "yearly", "quantiles"])
def test_months_and_entities_are_those_held_in_memory(tmp_path, months):
    """What is streamed through chunks equals what the Python interface holds."""
    from sim import sweep

    out = tmp_path / "r"
    more = {"months": months, "organisations": "all", "hcps": "all"}
    assert run(out, *(f"{key}={value}" for key, value in more.items())) == 0
    held = sweep(
        {AXIS: [0.2, 0.5]},
        {
            "population.organisations": 2, "population.organisation_size": 5, "horizon": 24,
            "deployment.at_start": 1.0,
        },
        replicates=6, progress="never", **more,
    )  # fmt: skip
    for name in ("months", "organisations", "hcps"):
        frame = getattr(held, name)
        read = table(out, f"{name}.parquet").to_pandas()
        assert list(read.columns) == list(frame.columns) and len(read) == len(frame)
        for column in frame:
            a, b = read[column].to_numpy(), frame[column].to_numpy()
            if a.dtype == float:
                a, b = a.view(np.int64), b.astype(float).view(np.int64)
            assert (a == b).all(), column
