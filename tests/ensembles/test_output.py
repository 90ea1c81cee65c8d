"""Standard output and error that are closed, full or unread: the files of a result come first."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from sim.__main__ import main
from sim.ensembles import output

SMALL = ("population=small_team", "replicates=2", "horizon=12")


def closed():
    return None


def full():
    return open("/dev/full", "w")  # noqa: SIM115


def unread():
    reader, writer = os.pipe()
    os.close(reader)
    return open(writer, "w")  # noqa: SIM115


WRONG = [closed, full, unread]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs POSIX devices")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_result_is_whole_whatever_becomes_of_what_is_told(
    tmp_path, monkeypatch, capsys, wrong, stream
):
    monkeypatch.setattr(sys, stream, wrong())
    assert main([*SMALL, f"out={tmp_path}"]) == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert "provenance.json" in names and not [n for n in names if n.startswith("lock-")]
    told = capsys.readouterr()
    assert f"Files: {tmp_path}" in told.out or stream == "stdout"
    if stream == "stdout" and wrong is not unread:
        assert told.err.splitlines()[-1].startswith("note: standard output: ")


@pytest.mark.parametrize("wrong", WRONG)
def test_what_stands_nowhere_else_is_missed_unless_nobody_reads_it(monkeypatch, capsys, wrong):
    monkeypatch.setattr(sys, "stdout", wrong())
    assert main(["list", "parameters"]) == (0 if wrong is unread else 1)  # more than is buffered
    told = capsys.readouterr().err
    assert told.count("\n") == (0 if wrong is unread else 1) and "Traceback" not in told


@pytest.mark.parametrize("wrong", WRONG)
def test_a_mistake_keeps_its_exit_code_when_it_can_not_be_told(monkeypatch, wrong):
    monkeypatch.setattr(sys, "stderr", wrong())
    assert main(["seed=x"]) == 2


def test_files_never_take_the_place_of_closed_streams(tmp_path):
    code = (
        "import os, sys; from sim.ensembles import output\n"
        "with output.steady():\n"
        f"    open({str(tmp_path / 'place')!r}, 'w').write(str(os.open(os.devnull, os.O_RDONLY)))"
    )
    command = f'{sys.executable} -c "$CODE" <&- >&- 2>&-'
    subprocess.run(command, shell=True, check=True, env={**os.environ, "CODE": code})
    assert int((tmp_path / "place").read_text()) > 2


def test_letters_that_a_stream_lacks_and_names_that_are_no_text(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    with output.steady():
        print("\u03b1 " + os.fsdecode(b"caf\xe9"))
    assert raw.getvalue() == b"? caf\xe9\n"


def test_a_fault_of_the_program_is_told_in_a_line(monkeypatch, capsys):
    from sim.studies import session

    def faulty(_):
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(session, "perform", faulty)
    assert main([]) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: ZeroDivisionError: by nothing (line ") and told.count("\n") == 1
