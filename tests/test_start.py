"""What is imported when: the first answer must not wait for anything it does not need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim.__main__ import main

ROOT = Path(__file__).resolve().parent.parent
SLOW = ("mesa", "pandas", "matplotlib", "jinja2")
# Writes, at each print to the terminal, which slow modules were there by then.
HOOK = """
import json, sys

class Watched:
    def __init__(self, stream):
        self.stream, self.seen = stream, []
    def write(self, text):
        if text.strip():
            self.seen.append([text, [m for m in {slow!r} if m in sys.modules]])
        return self.stream.write(text)
    def flush(self):
        self.stream.flush()

out = sys.stdout = Watched(sys.stdout)
from sim.__main__ import main
if {without_figures!r}:
    from sim.studies import result_files
    result_files.save_figures = result_files.save_report = lambda *_: None
code = main({arguments!r})
late = [m for m in {slow!r} if m in sys.modules]
print(json.dumps([code, out.seen, late]), file=sys.stderr)
"""
SMALL = ["replicates=2", "horizon=3", "population.organisations=2", "progress=never"]


def watch(arguments, slow, without_figures=False):
    """Return the exit code, all prints with the modules there by then, and those at the end."""
    code = HOOK.format(slow=slow, arguments=arguments, without_figures=without_figures)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stderr.splitlines()[-1])


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["study=sweep", "process.training=[0,0.1]", "network.ties=[2,3]"],
        ["study=alignment", "design.kind=one_at_a_time", "process.training=[0,0.1]"],
    ],
    ids=["baseline", "sweep", "alignment"],
)
def test_the_answer_is_printed_before_anything_slow_is_imported(arguments, tmp_path):
    code, printed, late = watch([*arguments, *SMALL, f"out={tmp_path}"], SLOW, without_figures=True)
    assert code == 0
    answer, files = printed[0], printed[-1]
    assert ": " in answer[0] and answer[0].count("\n") > 5  # the whole answer, at once
    assert answer[1] == []
    # tables come after it, and bring pandas by the end: the hook sees imports
    assert files[0].strip().startswith("Files: ") and "pandas" in late and "mesa" not in late


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "parameters"],
        ["--help"],
        ["+experiment=trust_swep"],
        ["seed=x", "alignment.roles=7"],
    ],
    ids=" ".join,
)
def test_help_lists_and_mistakes_import_nothing_slow(arguments):
    slow = (*SLOW, "pyarrow", "numba", "scipy", "numpy", "tqdm", "networkx")
    code, _, late = watch(arguments, slow)
    assert code in (0, 2) and late == []


def test_a_story_imports_neither_mesa_nor_what_draws(tmp_path, without_figures):
    assert main([*SMALL, f"out={tmp_path}"]) == 0
    code, printed, late = watch(["story", str(tmp_path), "--hcp", "1"], (*SLOW, "scipy.spatial"))
    assert code == 0 and "Professional 1" in printed[0][0] and late == []
    told = ["story", str(tmp_path), "--organisation", "1"]
    code, printed, late = watch(told, SLOW)
    assert code == 0 and "Organisation 1" in printed[0][0] and printed[0][1] == []
    assert "Figure: " in printed[-1][0] and late == ["matplotlib"]


@pytest.mark.parametrize(
    ("statement", "not_needed"),
    [
        ("import sim", ("numba", "numpy", "scipy", "pyarrow", *SLOW)),
        ("from sim import run, sweep, compare, load", SLOW),
        ("from sim import AdoptionModel", ("matplotlib", "hydra")),
    ],
)
def test_python_users_import_only_what_they_use(statement, not_needed):
    code = f"{statement}\nimport sys; print([m for m in {not_needed!r} if m in sys.modules])"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_outside_of_the_environment_one_line_says_what_to_do():
    command = [sys.executable, "-S", "-m", "sim"]  # -S: none of the packages that are installed
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=ROOT)
    assert done.returncode == 2 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "make setup" in line and ".venv/bin/python -m sim" in line
