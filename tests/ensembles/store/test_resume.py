"""Interrupted, out of disk, with failing runs: what is done is kept, and the user told."""

from __future__ import annotations

import errno
import io
import os
import re
import signal

import pandas as pd
import pytest

import sim.ensembles.run as ensemble_run
import sim.ensembles.store.store as store
import sim.studies.session as session
from sim import sweep as python_sweep
from sim.__main__ import main
from sim.ensembles import pilot
from sim.ensembles.pilot import Measured, estimate
from sim.tables.errors import SimulationError, UserError
from tests.ensembles.store_runs import AXIS, TINY, frames, run, same, stop_at_write, table

FULL = OSError(errno.ENOSPC, "No space left on device")
READ_ONLY = OSError(errno.EROFS, "Read-only file system")
CURRENT_STORE = re.compile(r"go on with: python -m sim resume (\S+)")


def stopped(out, capsys, *more, code, **design):
    """Run a sweep that is stopped; return its one line."""
    capsys.readouterr()
    assert run(out, *more, **design) == code
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return captured.err.strip().splitlines()[-1]


def names(folder):
    return {p.name for p in folder.iterdir()}


@pytest.mark.parametrize("error", [FULL, READ_ONLY], ids=["full", "read-only"])
def test_a_disk_that_fails_while_runs_are_made(tmp_path, capsys, monkeypatch, whole, error):
    out = tmp_path / "r"
    with monkeypatch.context() as patch:
        stop_at_write(patch, 3, error)
        line = stopped(out, capsys, code=1)
    assert line.startswith("error: ") and error.strerror in line
    kept = int(re.search(r"(\d+) of 12 runs are kept", line)[1])
    assert 0 < kept < 12 and CURRENT_STORE.search(line)[1] == str(out)
    assert names(out) == {"store.json", "runs.unfinished"}
    assert len(frames(out)) == 2
    assert main(["resume", str(out)]) == 0
    same(out, whole)


def test_a_disk_that_is_full_at_once_leaves_nothing(tmp_path, capsys, monkeypatch):
    with monkeypatch.context() as patch:
        stop_at_write(patch, 1, FULL)
        line = stopped(tmp_path / "r", capsys, code=1)
    assert line.endswith("No space left on device; no run is kept")
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("number", range(1, 6))
def test_a_disk_that_fails_while_tables_are_written(tmp_path, capsys, monkeypatch, whole, number):
    """Whichever file it is: it is whole or not there, and resume writes it."""
    out = tmp_path / "r"
    count = [0]
    real = os.replace

    def failing(source, target):
        if "lock" not in str(target):
            count[0] += 1
            if count[0] > number:  # the first is store.json
                raise FULL
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", failing)
        line = stopped(out, capsys, code=1)
    assert "12 of 12 runs are kept" in line
    assert not any(name.startswith(".") for name in names(out)) and frames(out)
    assert "provenance.json" not in names(out)
    assert main(["resume", str(out)]) == 0
    same(out, whole)
    assert names(out) == names(whole)


@pytest.mark.parametrize(
    ("place", "name", "error", "code", "said"),
    [
        (session.Lock, "acquire", READ_ONLY, 1, "Read-only file system; nothing was begun"),
        (session, "execute", KeyboardInterrupt(), 130, "stopped; no run is kept"),
    ],
)
def test_before_anything_is_done_no_run_is_kept(
    tmp_path, capsys, monkeypatch, place, name, error, code, said
):
    def failing(*_):
        raise error

    monkeypatch.setattr(place, name, failing)
    assert stopped(tmp_path / "r", capsys, code=code).endswith(said)
    assert not list(tmp_path.glob("r/*"))


def test_memory_that_is_too_small_is_no_result_of_a_run(tmp_path, capsys, calls, whole):
    out = tmp_path / "r"
    calls.failing[0.5, 5] = MemoryError()
    line = stopped(out, capsys, code=1)
    assert "not enough memory" in line and "are kept" in line
    calls.failing.clear()
    assert main(["resume", str(out)]) == 0
    same(out, whole)


def interrupt_after(monkeypatch, runs):
    """Press Ctrl-C when so many runs have been added to the store."""
    add, count = store.Store.add, [0]

    def adding(self, task, chunk):
        add(self, task, chunk)
        count[0] += task.last - task.first
        if runs <= count[0] < 10**6:
            count[0] = 10**6
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(store.Store, "add", adding)


@pytest.mark.parametrize("runs", [1, 5])
def test_ctrl_c_keeps_what_is_done(tmp_path, capsys, monkeypatch, whole, calls, runs):
    out = tmp_path / "r"
    calls.begun = runs
    with monkeypatch.context() as patch:
        interrupt_after(patch, runs)
        line = stopped(out, capsys, code=130)
    calls.begun = None
    assert line.startswith("stopped; ") and CURRENT_STORE.search(line)[1] == str(out)
    kept = int(re.search(r"(\d+) of 12 runs are kept", line)[1])
    assert kept == runs and names(out) == {"store.json", "runs.unfinished"}
    calls.made.clear()
    assert main(["resume", str(out)]) == 0
    assert len(calls.made) == 12 - kept
    same(out, whole)


def test_the_same_command_goes_on_without_naming_the_folder(
    tmp_path, capsys, monkeypatch, whole, calls
):
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as patch:
        interrupt_after(patch, 3)
        assert run(None) == 130
    (begun,) = (tmp_path / "outputs" / "baseline").iterdir()
    made = len(calls.made)
    assert run(None, "seed=1") == 0  # other runs do not go there
    calls.made.clear()
    assert run(None) == 0
    assert made + len(calls.made) <= 12 + 2  # what was being made by two threads is made again
    same(begun, whole)
    assert run(None) == 0  # finished: a new folder
    assert len(list((tmp_path / "outputs" / "baseline").iterdir())) == 3


def test_resume_of_a_finished_store_says_so(tmp_path, capsys, whole, calls):
    before = {p: p.stat().st_mtime_ns for p in whole.rglob("*")}
    calls.made.clear()
    capsys.readouterr()
    assert main(["resume", str(whole)]) == 0
    assert "is finished: all 12 runs are there" in capsys.readouterr().out
    assert calls.made == [] and {p: p.stat().st_mtime_ns for p in whole.rglob("*")} == before


def own_experiment(folder):
    """Write an experiment of the user's into folder/conf; return its file."""
    file = folder / "conf" / "experiment" / "mine.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(
        f"# @package _global_\nstudy: sweep\ndesign:\n  axes:\n    {AXIS}: [0.2, 0.5]\n"
    )
    return file


def test_resume_needs_no_working_directory(tmp_path, monkeypatch, calls):
    """Relative paths of the command start where it was given; the folder may have moved."""
    own_experiment(tmp_path)
    monkeypatch.chdir(tmp_path)
    base = ["--config-dir", "conf", "+experiment=mine", *TINY, "replicates=6"]
    with monkeypatch.context() as patch:
        interrupt_after(patch, 3)
        assert main([*base, "out=a"]) == 130
    (tmp_path / "a").rename(tmp_path / "b")
    monkeypatch.chdir("/")
    assert main(["resume", str(tmp_path / "b"), "threads=1"]) == 0
    monkeypatch.chdir(tmp_path)
    assert main([*base, "out=c"]) == 0
    same("b", "c")


def test_resume_refuses_what_has_changed_meanwhile(tmp_path, monkeypatch, capsys):
    mine = own_experiment(tmp_path)
    out = tmp_path / "r"
    with monkeypatch.context() as patch:
        interrupt_after(patch, 3)
        arguments = ["--config-dir", str(tmp_path / "conf"), "+experiment=mine", *TINY]
        assert main([*arguments, f"out={out}", "replicates=6"]) == 130
    mine.write_text(mine.read_text().replace("0.5", "0.6"))
    assert main(["resume", str(out)]) == 2
    assert f"{AXIS}: 0.5 there, 0.6 asked for" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "needs the folder"),
        (["nowhere"], "holds no store.json"),
        (["nowhere", "seed=2"], "seed=2: unknown setting of resume"),
    ],
)
def test_mistakes_of_resume_are_one_line(capsys, words, said):
    assert main(["resume", *words]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_failing_runs_are_told_kept_and_not_tried_again(tmp_path, capsys, calls, monkeypatch):
    # the press comes while the last runs are kept: that they failed must be told by then
    out = tmp_path / "r"
    calls.failing[0.5, 2] = SimulationError("month 3: trust is not a number")
    calls.failing[0.2, 4] = ZeroDivisionError("division by zero")
    with monkeypatch.context() as patch:
        interrupt_after(patch, 12)  # after the last run
        assert run(out) == 130
    told = capsys.readouterr().err
    where = f"failed: {AXIS}=0.5, seed 0, replicate 2: month 3: trust is not a number"
    assert where in told.splitlines()
    assert f"failed: {AXIS}=0.2, seed 0, replicate 4: ZeroDivisionError: division by zero" in told
    calls.made.clear()
    assert main(["resume", str(out)]) == 1
    assert calls.made == []
    captured = capsys.readouterr()
    assert "2 of 12 runs failed; all this rests on the others." in captured.out
    assert "2 of 12 runs failed; the first:" in captured.err
    found = table(out).to_pandas().set_index([AXIS, "replicate"])
    bad = found.loc[(0.5, 2)]
    assert bad["status"] == "failed" and bad["error"] == "month 3: trust is not a number"
    assert found.loc[(0.2, 4), "error"] == "ZeroDivisionError: division by zero"
    assert (found["status"] == "good").sum() == 10 and found["trust"].isna().sum() == 2
    summary = pd.read_csv(out / "summary.csv")
    assert set(summary[summary["outcome"] == "trust"]["runs"]) == {5}


def test_only_the_first_failures_are_told_in_full(tmp_path, capsys, calls):
    calls.failing = {(0.2, n): SimulationError(f"no {n}") for n in range(30)}
    assert run(tmp_path / "r", replicates=30) == 1
    told = [x for x in capsys.readouterr().err.splitlines() if x.startswith("failed:")]
    assert len(told) == 4 and told[-1] == "failed: 10 runs so far"


def test_fail_fast_stops_at_the_first(tmp_path, capsys, calls):
    out = tmp_path / "r"
    calls.failing[0.2, 0] = SimulationError("month 1: broken")
    line = stopped(out, capsys, "fail_fast=true", code=1, replicates=40)
    assert line.startswith(f"error: fail_fast=true: {AXIS}=0.2, seed 0, replicate 0: month 1")
    assert CURRENT_STORE.search(line) and len(calls.made) < 40
    made = len(calls.made)
    # a failure is a result: resume goes on after it
    assert main(["resume", str(out)]) == 1
    assert (0.2, 0) not in calls.made[made:]
    assert table(out)["status"].to_pylist().count("failed") == 1
    with pytest.raises(SimulationError, match="replicate 0: month 1"):
        python_sweep(
            {AXIS: [0.2, 0.5]}, {"horizon": 6}, replicates=2, fail_fast=True, progress="never"
        )


@pytest.mark.parametrize(  # nothing is left where the run that was tried was all
    ("design", "said"), [({}, True), ({"points": (0.2,), "replicates": 1}, False)]
)
def test_a_sweep_says_first_what_it_will_take(tmp_path, capsys, design, said):
    assert run(tmp_path / "r", "progress=auto", **design) == 0
    line = r"^12 runs: about \d+ s.*, then tables and figures, about \d+ s; \d+ kB on the disk$"
    told = capsys.readouterr().err
    assert bool(re.search(line, told, re.MULTILINE)) == ("then tables and figures" in told) == said


def test_much_work_is_confirmed_first_and_the_pilot_is_kept(
    tmp_path, capsys, monkeypatch, whole, calls
):
    out = tmp_path / "r"
    monkeypatch.setattr(pilot, "SECONDS", 1e-9)  # a single run
    monkeypatch.setattr(
        pilot, "estimate", lambda *a: estimate(*a)._replace(seconds=7200.0, slowest=7200.0)
    )
    capsys.readouterr()
    assert run(out) == 2
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    assert line.startswith("error: confirm=false: 12 runs: about 2.0 hours")
    assert "most_minutes=60" in line and "confirm=true" in line
    assert len(calls.made) == 1 and frames(out)
    assert main(["resume", str(out), "confirm=true"]) == 0
    assert len(calls.made) == 12
    same(out, whole)
    assert run(tmp_path / "more", "most_minutes=121") == 0


@pytest.mark.parametrize(
    ("steps", "replicates", "runs"), [(1500, 64, "48,000,000"), (2, 900_000, "1,200,000")]
)
def test_a_big_design_is_refused_before_its_points_are_made(
    steps, replicates, runs, tmp_path, capsys, monkeypatch
):
    def never(request):
        raise UserError("all points are made")

    monkeypatch.setattr(session, "design_of", never)
    axes = [f"{x}={{from:0,to:1,steps:{steps}}}" for x in ("process.training", AXIS)]
    words = [*axes, "population=small_team", f"replicates={replicates}", f"out={tmp_path / 'r'}"]
    assert main([*words, "shard=2/3", "most_minutes=0"]) == 2
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    assert line.startswith(f"error: confirm=false: {runs} runs: about ")
    assert line.endswith("add confirm=true to go on") and not os.listdir(tmp_path)
    assert main([*words, "most_minutes=1000000"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "error: all points are made"


HUGE = [
    "population.organisations=50000",
    "population.organisation_size=200",
    "replicates=1",
    "horizon=240",
]


def test_a_huge_run_is_asked_for_before_it_begins(tmp_path, capsys, monkeypatch):
    words = [*HUGE, "threads=1", "most_minutes=1", f"out={tmp_path / 'r'}"]
    assert main(words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: confirm=false: 1 run: about 4 minutes")
    assert "2.0 GB of memory" in line and not os.listdir(tmp_path)

    def begins(*made):
        raise UserError("it begins")

    monkeypatch.setattr(session, "manifest_of", begins)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    for said, then in (("y\n", "it begins"), ("n\n", "add confirm=true"), ("", "add confirm=true")):
        typed = io.StringIO(said)
        typed.isatty = lambda: True  # type: ignore[method-assign]
        monkeypatch.setattr("sys.stdin", typed)
        assert main(words) == 2
        told = capsys.readouterr().err
        assert "of memory. Begin? [y/N] " in told and then in told.splitlines()[-1]
    assert main([*words, "confirm=true"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told[-2].endswith("of memory") and told[-1].endswith("it begins")


@pytest.mark.parametrize(
    ("threads", "cores", "load", "at_once", "slower"),
    [(2, 2, 0.0, 2, 1.0), (2, 2, 2.0, 2, 2.0), (1, 4, 1.0, 1, 1.0), (8, 2, 0.0, 2, 1.0)],
)
def test_the_estimate_is_about_right(monkeypatch, threads, cores, load, at_once, slower):
    monkeypatch.setattr(pilot, "available_cores", lambda: cores)
    monkeypatch.setattr(pilot, "load", lambda: load)
    measured = [Measured(1, 100, 5.0, 900), Measured(4, 400, 0.04, 2000)]
    found = estimate(measured, points=2000, runs=1000, known=10, months=1e6, threads=threads)
    # the first, cold, does not count
    assert found.seconds == pytest.approx(1e6 * 0.04 / 400 / at_once)
    assert found.slowest == pytest.approx(slower * found.seconds)
    assert found.after == pytest.approx(slower * (2.5 + 2000 * 0.003))
    assert ("busy" in found.words()) == (slower > 1) and found.bytes == 500 * 1000
    soon = found._replace(seconds=0.2, slowest=1.2)  # in whole seconds, that is as long
    assert "about 1 s, then" in soon.words()
    alone = estimate(measured[:1], 1, 10, 0, 1000, threads)
    assert alone.seconds == pytest.approx(50 / at_once)


def test_few_files_however_many_runs(tmp_path, monkeypatch):
    most = [0]
    flush = store.Store.flush

    def counted(self):
        flush(self)
        most[0] = max(most[0], len(names(self.folder)))

    monkeypatch.setattr(store, "SECONDS_BETWEEN_WRITES", 0.0)  # a frame for each task
    monkeypatch.setattr(store.Store, "flush", counted)
    monkeypatch.setattr(ensemble_run, "SECONDS_PER_CHUNK", 0.0)  # a task for each run
    assert run(tmp_path / "r", replicates=60) == 0
    assert most[0] == 3  # store.json, the runs, the lock
    assert len(names(tmp_path / "r")) == 6  # with the what-if page


def test_blocks_of_any_size_hold_the_same_runs(tmp_path, monkeypatch):
    more = ("months=all", "organisations=all", "hcps=all")
    monkeypatch.setattr(ensemble_run, "SECONDS_PER_CHUNK", 0.0)
    plain, cut = tmp_path / "plain", tmp_path / "cut"
    assert run(plain, *more, replicates=20) == 0
    monkeypatch.setattr(store, "BYTES_BETWEEN_WRITES", 0)
    monkeypatch.setattr(store, "RUNS_IN_A_BLOCK", 7)
    monkeypatch.setattr(store, "RUNS_WITH_HCPS", 3)
    monkeypatch.setattr(store, "MOST_OPEN", 1)
    assert run(cut, *more, replicates=20) == 0
    for name in ("runs.parquet", "months.parquet", "organisations.parquet", "hcps.parquet"):
        same(plain, cut, name)


def test_months_are_not_held_in_memory(tmp_path, monkeypatch):
    seen = []
    execute = session.execute

    def watched(*arguments):
        result = execute(*arguments)
        seen.append((dict(result.ensemble.paths), result.ensemble.organisations["point"].size))
        return result

    monkeypatch.setattr(session, "execute", watched)
    assert run(tmp_path / "r", "months=all", "organisations=all") == 0
    assert seen == [({}, 0)]
