"""In a notebook a mistake is the line of the command line; the tab key knows the names."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
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
def cells(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    resources = {"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}}
    client = NotebookClient(
        notebook, timeout=120, allow_errors=True, kernel_name="python3", resources=resources
    )

    client.execute()
    patch.undo()
    return notebook.cells


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
