"""What a study finds is printed and kept, or the disk that refuses it is named."""

from __future__ import annotations

import errno

import numpy as np
import pytest

from sim.reports import findings
from sim.reports.answer import Answer
from sim.reports.figure import Figure, Panel, Rule
from sim.reports.findings import Findings
from sim.tables.errors import StoppedError

FOUND = Findings(
    Answer("Title", "question?", ["It is 3."]), {"numbers": {"x": np.array([3.0])}},
    [Figure("drawn", "", "", [Panel("", [Rule(3)])])], 7,
)  # fmt: skip


def test_what_is_printed_is_kept_with_tables_and_figures(tmp_path, capsys):
    FOUND.deliver(tmp_path / "new" / "out")
    *told, empty, files = capsys.readouterr().out.splitlines()
    kept = {path.name: path for path in (tmp_path / "new" / "out").iterdir()}
    assert sorted(kept) == ["answer.txt", "drawn.png", "drawn.svg", "numbers.csv"]
    assert kept["answer.txt"].read_text(encoding="utf-8").splitlines() == told
    assert (empty, files) == ("", f"Files: {tmp_path / 'new' / 'out'}")


def test_a_full_disk_is_told_with_its_folder_after_the_answer(tmp_path, capsys, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(findings, "write_csv", full)
    with pytest.raises(StoppedError, match=f"^{tmp_path}: No space left on device$"):
        FOUND.deliver(tmp_path)
    assert "It is 3." in capsys.readouterr().out
