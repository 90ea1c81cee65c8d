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
# A solution is folded away until somebody opens it; nothing else may hang on a cell.
SOLUTION = {"tags": ["solution"], "jupyter": {"source_hidden": True}}
REPLICATES = r"^REPLICATES = \d+"
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
    ours, theirs = ([(c.cell_type, c.source) for c in n.cells] for n in (read(path), script))
    told = f"write it anew: jupytext --sync {path.relative_to(ROOT).as_posix()}"
    assert ours == theirs, told
    solutions = [[c.metadata == SOLUTION for c in n.cells] for n in (read(path), script)]
    assert solutions[0] == solutions[1], told


@each
def test_a_notebook_teaches(path):
    notebook = read(path)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for part in (
        "You will be able to",
        "## Questions for discussion",
        "## What the model leaves out",
    ):
        assert part in text, f"{part} is missing"
    exercises = len(re.findall(r"^### Exercise \d", text, flags=re.M))
    solutions = sum(cell.metadata == SOLUTION for cell in notebook.cells)
    assert exercises == solutions > 1


@each
def test_a_notebook_runs_with_few_replicates(path, monkeypatch):
    run(path, monkeypatch, 3)


@each
def test_a_notebook_needs_nothing_that_the_wheel_does_not_bring(path):
    source = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    named = set(re.findall(r"^ *(?:import|from) (\w+)", source, flags=re.M))
    assert "sim" in named and not named & {"website", "tests", "benchmarks"}
    assert not re.search(r"\.\./|__file__", source)


@pytest.mark.slow
@each
def test_a_notebook_runs_in_full(path, monkeypatch):
    run(path, monkeypatch)


def run(path, monkeypatch, replicates=None):
    """Run a notebook, with fewer replicates if a number is given, and look at what it shows."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = read(path)
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert len(re.findall(REPLICATES, source, flags=re.M)) == 1
    for cell in notebook.cells:
        if cell.cell_type == "code" and replicates:
            few = f"REPLICATES = {replicates}"
            cell.source = re.sub(REPLICATES, few, cell.source, flags=re.M)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        told = [output.text for output in cell.outputs if output.get("name") == "stderr"]
        # Mesa's progress bar asks for a package that a notebook may do without
        told = [text for text in told if "TqdmWarning" not in text]
        assert not told, f"cell {number} warns: {told}"
        kinds = [set(output.get("data", {})) for output in cell.outputs]
        images = sum("image/png" in kind for kind in kinds)
        assert cell.source.count("plt.show()") <= images, f"cell {number} shows no figure"
        shown = sum(bool(kind & {"image/png", "text/html"}) for kind in kinds)
        assert cell.source.count("display(") <= shown, f"cell {number} shows too little"
        drawn = cell.source.count(".plot()") + cell.source.count('.plot("')
        assert "axes" in cell.source or drawn <= images, f"cell {number} draws and does not show"
        printed = "".join(o.text for o in cell.outputs if o.get("name") == "stdout")
        one = re.search(r"(?<![\d.,])1 (months|years|qualities|runs|worlds)\b", printed)
        assert not one, f"cell {number} says {one}"
        prints = any(output.get("name") == "stdout" for output in cell.outputs)
        assert prints or "print(" not in cell.source
