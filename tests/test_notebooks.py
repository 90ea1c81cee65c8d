"""Notebooks run from top to bottom, are kept without outputs, and equal their paired scripts.

In a notebook a mistake is the line of the command line, and the tab key knows the names.
"""

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
FORGET = "%reset -f"
FEW_PICTURES = "import sim.studies.film\nsim.studies.film.FRAMES = 2\ndel sim"


def read(path):
    return nbformat.read(path, as_version=4)


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
def test_a_notebook_runs_with_few_replicates(path, kernel):
    run(path, kernel, 3)


@each
def test_a_notebook_needs_nothing_that_the_wheel_does_not_bring(path):
    source = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    named = set(re.findall(r"^ *(?:import|from) (\w+)", source, flags=re.M))
    assert "sim" in named and not named & {"website", "tests", "benchmarks"}
    assert not re.search(r"\.\./|__file__", source)


@pytest.mark.slow
@each
def test_a_notebook_runs_in_full(path, kernel):
    run(path, kernel)


@pytest.fixture(scope="module")
def kernel():
    """Return a function that executes cells; all notebooks share one process, and start without names."""
    client = NotebookClient(
        nbformat.v4.new_notebook(), timeout=120, kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOKS[0].parent)}},
    )  # fmt: skip

    def execute(cells, allow_errors=False):
        client.nb, client.allow_errors = nbformat.v4.new_notebook(cells=cells), allow_errors
        for number, cell in enumerate(cells):
            if cell.cell_type == "code":
                client.execute_cell(cell, number)
        return cells

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        with client.setup_kernel():
            yield execute


def code(*sources):
    return [nbformat.v4.new_code_cell(source) for source in sources]


def run(path, kernel, replicates=None):
    """Run a notebook, with fewer replicates if a number is given, and look at what it shows."""
    notebook = read(path)
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert len(re.findall(REPLICATES, source, flags=re.M)) == 1
    kernel(code(FORGET))
    if replicates:
        kernel(code(FEW_PICTURES))
        for cell in notebook.cells:
            cell.source = re.sub(REPLICATES, f"REPLICATES = {replicates}", cell.source, flags=re.M)
    kernel(notebook.cells)
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


# ------------------------------------------------------------------ mistakes, names, results
WORLD = "{'horizon': 2, 'population.organisations': 1, 'population.organisation_size': 3}"
CELLS = (
    "import sim\nsim.run({'process.trainin': 0.1})",
    "sim.run(sede=3, replicates=0)",
    "sim.parameters.process.trainin",
    "ip = get_ipython()\nfrom IPython.core.completer import provisionalcompleter\n"
    "def tab(text):\n"
    "    with provisionalcompleter():\n"
    "        return [c.text.lstrip('.') for c in ip.Completer.completions(text, len(text))]\n"
    "print(tab('sim.parameters.proc'), tab('sim.parameters.process.'))",
    f"result = sim.run({WORLD}, replicates=2, progress='never')\nresult",
    "result.plot()",
    f"sim.AdoptionModel({WORLD})",
)


@pytest.fixture(scope="module")
def cells(kernel):
    kernel(code(FORGET))
    return kernel(code(*CELLS), allow_errors=True)


def shown(cell):
    (error,) = [o for o in cell.outputs if o.output_type == "error"]
    assert not [o for o in cell.outputs if o.get("name") == "stderr"]
    return error.traceback


def test_a_mistake_is_one_line(cells):
    (line,) = shown(cells[0])
    assert line.startswith("error: process.trainin=0.1: unknown parameter; did you mean process.tr")
    assert [x.split("=")[0] for x in shown(cells[1])] == ["error: sede", "error: replicates"]
    assert len(shown(cells[2])) == 1


def test_the_tab_key_knows_parameters(cells):
    (printed,) = cells[3].outputs
    assert "process" in printed.text and "'training'" in printed.text
    assert "PARAMETERS" not in printed.text


@pytest.mark.parametrize("number", [4, 6])
def test_results_are_shown_as_tables(cells, number):
    (output,) = [o for o in cells[number].outputs if o.output_type == "execute_result"]
    assert "<table>" in output.data["text/html"] and "organisation" in output.data["text/plain"]


def test_a_figure_is_shown_without_pyplot(cells):
    (output,) = [o for o in cells[5].outputs if o.output_type == "execute_result"]
    assert output.data["image/png"]
