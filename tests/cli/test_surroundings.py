"""Names that are no text, homes that nobody has, what a notebook asks of figures, handouts."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

import sim
from sim.__main__ import main

SMALL = ("population=small_team", "replicates=2", "horizon=12", "progress=never")
NO_TEXT = os.fsdecode(b"caf\xe9")
posix = pytest.mark.skipif(sys.platform != "linux", reason="names of files are text elsewhere")


@posix
def test_a_folder_whose_name_is_no_text(tmp_path, monkeypatch, capfdbinary):
    folder = tmp_path / NO_TEXT
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert main([*SMALL, f"out={NO_TEXT}", "months=all"]) == 0
    assert main(["resume", NO_TEXT]) == 0  # finished
    assert main([*SMALL, f"out={NO_TEXT}", "months=all", "replicates=3"]) == 0  # extended
    assert main(["diff", NO_TEXT, NO_TEXT]) == 0
    assert main(["story", NO_TEXT, "--hcp", "1"]) == 0
    assert main([*SMALL, f"title={NO_TEXT}"]) == 2
    assert capfdbinary.readouterr().err.splitlines()[-1].endswith(b"allowed is text in UTF-8")


@posix
def test_a_locale_without_letters_reads_a_title_as_it_was_typed(tmp_path):
    plain = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "MPLBACKEND": "none"}
    command = [sys.executable, "-m", "sim", *SMALL, "title=F\u00fcr alle", "out=\u00fc"]
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, **plain}, capture_output=True)
    assert done.returncode == 0, done.stderr
    config = (tmp_path / "\u00fc" / "config.yaml").read_text(encoding="utf-8")
    assert "title: F\u00fcr alle" in config


@pytest.mark.parametrize(
    "command",
    [
        (*SMALL, "out={}"),
        ("handouts", "small_clinic", "out={}"),
        ("--config-dir", "{}"),
        ("study=calibrate", "out={}"),
        ("validate", "out={}"),
        ("hindcast", "out={}"),
        ("rate", "{}"),
        ("rate", "--template", "{}"),
        ("resume", "{}"),
        ("merge", "{}"),
        ("story", "{}", "--hcp", "1"),
        ("diff", "{}", "{}"),
        ("population.file={}",),
    ],
)
def test_a_home_that_nobody_has(command, capsys):
    assert main([word.format("~nobody_of_that_name/x") for word in command]) == 2
    told = capsys.readouterr().err
    assert "no user of that name is known" in told and "Traceback" not in told


def test_handouts_spare_results_and_what_was_edited(tmp_path, capsys):
    result, pages = tmp_path / "result", tmp_path / "pages"
    assert main([*SMALL, f"out={result}"]) == 0
    small = ("handouts", "small_clinic", "replicates=2", "progress=never")
    assert main([*small, f"out={result}"]) == 2
    assert main(["resume", str(result)]) == 0
    assert main([*small, f"out={pages}"]) == 0
    page = pages / "small_clinic.html"
    page.write_text(page.read_text(encoding="utf-8").replace("clinic", "practice"), "utf-8")
    edited = page.read_bytes()
    assert main([*small, f"out={pages}"]) == 2
    assert "was changed since it was made" in capsys.readouterr().err
    assert page.read_bytes() == edited


def test_a_full_disk_is_told_with_its_place(tmp_path, monkeypatch, capsys):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for command in (["page", "open=false"], ["handouts", "small_clinic", "replicates=1"]):
        assert main([*command, f"out={tmp_path}"]) == 1
        told = capsys.readouterr().err.splitlines()[-1]
        assert told.startswith(f"error: {tmp_path}") and told.endswith(": No space left on device")
        assert "Errno" not in told


def test_jobs_in_a_folder_that_may_not_be_written(tmp_path, monkeypatch, capsys):
    (tmp_path / "multirun").write_text("")  # also for root
    monkeypatch.chdir(tmp_path)
    assert main(["-m", "seed=1,2"]) == 1
    assert capsys.readouterr().err == "error: multirun: File exists\n"


@pytest.mark.parametrize("number", ["0", "-1", "2.5", ""])
def test_threads_that_the_compiler_can_not_have(number, monkeypatch, capsys):
    monkeypatch.setenv("NUMBA_NUM_THREADS", number)
    assert main([*SMALL]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"error: NUMBA_NUM_THREADS={number}: allowed is a whole number from 1")
    assert told.count("\n") == 1
    with pytest.raises(sim.UserError, match="^NUMBA_NUM_THREADS=[^\n]*$"):
        sim.run()
