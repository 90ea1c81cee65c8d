"""The generated documentation: complete, and up to date."""

from __future__ import annotations

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
    for text in document.documents().values():
        cells = 0
        for line in text.splitlines():
            if not line.startswith("|"):
                cells = 0
                continue
            found = line.replace("\\|", "").count("|")
            assert cells in (0, found), line
            cells = found


def test_default_source_and_meaning_stand_in_a_row():
    row = next(
        line
        for line in document.parameters_text().splitlines()
        if line.startswith("| `trust.success_gain` |")
    )
    assert (
        str(PARAMETERS["trust.success_gain"].default) in row
        and "assumption" in row
        and "gain of trust by a success" in row
    )


def test_check_notices_a_changed_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(document, "FOLDER", tmp_path)
    assert document.main(["--check"]) == 1
    assert "parameters.md" in capsys.readouterr().err and not list(tmp_path.iterdir())
    assert document.main([]) == 0
    assert document.main(["--check"]) == 0
    (tmp_path / "parameters.md").write_text("old", encoding="utf-8")
    assert document.main(["--check"]) == 1


def test_mistakes_have_exit_code_2(tmp_path, monkeypatch, capsys):
    assert document.main(["--chekc"]) == 2
    monkeypatch.setattr(document, "FOLDER", tmp_path / "nowhere")
    assert document.main([]) == 2
    assert "docs/" in capsys.readouterr().err
