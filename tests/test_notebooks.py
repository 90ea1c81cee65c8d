"""Notebooks run from top to bottom, are kept without outputs, and equal their paired scripts."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# The only metadata that a cell may have: a solution is folded away, and runs like any other cell.
SOLUTION = {"tags": ["solution"], "jupyter": {"source_hidden": True}}
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def test_there_are_notebooks():
    assert NOTEBOOKS


@each
def test_a_notebook_is_kept_without_outputs(path):
    notebook = read(path)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            assert cell.metadata in ({}, SOLUTION)
    assert set(notebook.metadata) <= {"jupytext", "kernelspec"}


@each
def test_a_solution_follows_its_exercise(path):
    cells = read(path).cells
    for before, cell in pairwise(cells):
        if cell.metadata == SOLUTION and before.metadata != SOLUTION:
            assert before.cell_type == "markdown" and "Exercise" in before.source
    assert cells[0].metadata != SOLUTION


@each
def test_a_notebook_equals_its_script(path):
    script = jupytext.read(path.with_suffix(".py"))
    cells = [(cell.cell_type, cell.source, dict(cell.metadata)) for cell in read(path).cells]
    assert cells == [(cell.cell_type, cell.source, dict(cell.metadata)) for cell in script.cells], (
        f"write it anew: jupytext --sync {path.relative_to(ROOT).as_posix()}"
    )


@pytest.mark.slow
@each
def test_a_notebook_runs(path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = read(path)
    shortened = 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source, times = re.subn(
                r"^REPLICATES = \d+", "REPLICATES = 3", cell.source, flags=re.M
            )
            shortened += times
    assert shortened == 1
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources=resources).execute()
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        told = [output.text for output in cell.outputs if output.get("name") == "stderr"]
        # Mesa's progress bar asks for a package that a notebook may do without
        told = [text for text in told if "TqdmWarning" not in text]
        assert not told, f"cell {number} warns: {told}"
        kinds = [output.get("data", {}) for output in cell.outputs]
        figures = sum("image/png" in kind for kind in kinds)
        tables = sum("text/html" in kind for kind in kinds)
        shown = cell.source.count("plt.show()")
        assert shown <= figures, f"cell {number} shows no figure"
        shown += cell.source.count("display(")
        assert shown <= figures + tables, f"cell {number} shows no figure or table"
        prints = any(output.get("name") == "stdout" for output in cell.outputs)
        assert prints or "print(" not in cell.source
