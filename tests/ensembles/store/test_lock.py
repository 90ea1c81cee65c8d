"""One process in a folder at a time; a dead one is in nobody's way."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sim.ensembles.store import lock as module
from sim.ensembles.store.lock import Lock, is_locked, locks, started
from sim.tables.errors import UserError
from tests.ensembles.store_runs import run, start, sweep

WAITS = """
import sim.studies.session as m, time
def wait(self, *_): print(self.folder, flush=True); time.sleep(60)
m.Session.run = wait
"""


def put(folder, pid, start_time, host=None):
    path = folder / f"lock-{pid}-00000000.json"
    owner = {"pid": pid, "started": start_time, "host": host or platform.node()}
    path.write_text(json.dumps(owner))
    return path


@pytest.fixture
def dead():
    """Return the pid of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    return child.pid


def test_a_living_owner_is_named(tmp_path):
    put(tmp_path, os.getppid(), started(os.getppid()))
    with pytest.raises(UserError, match=f"process {os.getppid()}") as caught:
        Lock(tmp_path).acquire()
    assert len(caught.value.problems) == 1 and len(locks(tmp_path)) == 1


def test_release_gives_the_folder_back(tmp_path):
    with Lock(tmp_path):
        assert is_locked(tmp_path)
        with pytest.raises(UserError):
            Lock(tmp_path).acquire()
    Lock(tmp_path).acquire()


def test_a_dead_owner_does_not_block(tmp_path, dead):
    put(tmp_path, dead, "1")
    assert not is_locked(tmp_path)
    with Lock(tmp_path) as mine:
        assert locks(tmp_path) == [mine.path]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_pid_that_is_used_again_does_not_block(tmp_path):
    put(tmp_path, os.getppid(), "12345")
    Lock(tmp_path).acquire()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_killed_process_that_nobody_waited_for_does_not_block(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    put(tmp_path, child.pid, started(child.pid))
    assert is_locked(tmp_path)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, and a zombie
    assert not is_locked(tmp_path)
    child.wait()
    child.stdin.close()


def test_only_our_leftovers_are_removed(tmp_path, dead):
    half = f"{'0' * 32}.part"
    ours = (f".runs.parquet.{half}", f".writable-{'0' * 32}", f".lock-{dead}-01234567.json.{half}")
    # one that lives may be writing its lock just now
    others = {".hidden", "x.part", f"runs.{half}", f".lock-{os.getppid()}-01234567.json.{half}"}
    for name in (*ours, *others):
        (tmp_path / name).write_text("x")
    with Lock(tmp_path):
        pass
    assert {path.name for path in tmp_path.iterdir()} == others


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', '{"pid": -1}'])
def test_a_lock_that_can_not_be_read_is_nobodys(tmp_path, text):
    (tmp_path / "lock-7-00000000.json").write_text(text)
    Lock(tmp_path).acquire()


def test_an_owner_on_another_machine_is_taken_to_live(tmp_path):
    put(tmp_path, 2**22 + 5, "1", "elsewhere")
    with pytest.raises(UserError, match="on elsewhere.*remove lock-"):
        Lock(tmp_path).acquire()


def test_of_many_that_come_together_one_gets_it(tmp_path):
    for turn in range(5):
        folder = tmp_path / str(turn)
        folder.mkdir()
        gate, got = threading.Barrier(6), []

        def take(folder=folder, gate=gate, got=got):
            mine = Lock(folder)
            gate.wait()
            try:
                mine.acquire()
                got.append(mine.path)
            except UserError:
                pass

        threads = [threading.Thread(target=take) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(got) == 1 and locks(folder) == got


def test_no_lock_of_the_operating_system_is_used():
    assert "fcntl" not in Path(module.__file__).read_text(encoding="utf-8")


def test_the_second_process_is_refused_with_the_pid_of_the_first(tmp_path, capsys):
    out = tmp_path / "r"
    first = start(sweep(out), before=WAITS)
    try:
        assert first.stdout.readline() == f"{out}\n"
        assert run(out) == 2
        error = capsys.readouterr().err.splitlines()[-1]
        assert error.startswith("error: ") and f"process {first.pid};" in error
    finally:
        first.kill()
        first.communicate()
    assert run(out) == 0  # the dead one does not block
    assert not list(out.glob("lock*")) and not list(out.glob(".*"))


def test_two_launches_of_the_same_command_get_two_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    both = [start(sweep(None), before=WAITS, cwd=tmp_path) for _ in range(2)]
    folders = [process.stdout.readline() for process in both]
    for process in both:
        process.kill()
        process.communicate()
    assert len(set(folders)) == 2 and all(folders)
