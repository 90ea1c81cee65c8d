"""The generated documentation: complete, and up to date."""

from __future__ import annotations

import shutil

import pytest

from sim.outcomes.table import OUTCOMES
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import SETTINGS
from website import document


def test_the_committed_files_are_up_to_date():
    stale = [path.name for path in document.outdated()]
    assert not stale, f"{', '.join(stale)} in docs/: out of date; run `make docs`"


@pytest.mark.parametrize(
    ("file", "names"),
    [("parameters.md", [*PARAMETERS, *SETTINGS]), ("outcomes.md", [*OUTCOMES])],
)
def test_every_row_is_in_the_committed_file_once(file, names):
    lines = (document.FOLDER / file).read_text(encoding="utf-8").splitlines()
    for name in names:
        rows = [line for line in lines if line.startswith(f"| `{name}` |")]
        assert len(rows) == 1, f"{name} has {len(rows)} rows in docs/{file}"


def test_rows_of_a_table_have_equally_many_cells():
    for page in document.BLOCKS:
        cells = 0
        for line in (document.FOLDER / page).read_text(encoding="utf-8").splitlines():
            found = line.replace("\\|", "").count("|") if line.startswith("|") else 0
            assert not cells or found in (0, cells), line
            cells = found


def test_default_source_and_meaning_stand_in_a_row():
    (row,) = (x for x in document._parameters("trust") if x.startswith("| `trust.success_gain` |"))
    assert str(PARAMETERS["trust.success_gain"].default) in row
    assert "assumption" in row and "gain of trust by a success" in row


def test_check_notices_a_changed_file(tmp_path, monkeypatch, capsys):
    shutil.copytree(document.FOLDER, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(document, "FOLDER", tmp_path)
    page = tmp_path / "parameters.md"
    page.write_text(page.read_text("utf-8").replace("| `horizon` |", "| `horizons` |"), "utf-8")
    before = page.read_bytes()
    assert document.main(["--check"]) == 1
    assert "parameters.md" in capsys.readouterr().err and page.read_bytes() == before
    assert document.main([]) == 0 and document.main(["--check"]) == 0


def test_mistakes_have_exit_code_2():
    assert document.main(["--chekc"]) == 2
