"""Imports point down, from folder to folder: a lower one knows nothing of a higher one.

Read from the sources, so that imports inside functions count as well.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# One line for each folder of sim/, the lowest first; folders on one line may import each other.
FOLDERS = """
tables
analysis
model
outcomes policies
design
ensembles
evidence
reports
studies story
cli page
""".split("\n")[1:-1]
RANK = {name: rank for rank, line in enumerate(FOLDERS) for name in line.split()}
FRONT_DOOR = len(FOLDERS)  # sim/__init__.py and sim/__main__.py

# What the model must not know: files, configuration languages, plots, tables, the clock, chance.
NOT_IN_THE_MODEL = frozenset(
    "hydra omegaconf yaml matplotlib pandas pyarrow tqdm csv json io os pathlib shutil sqlite3 "
    "subprocess tempfile pickle random time datetime threading open".split()
)
# Importing Mesa takes seconds; only Mesa's own view of a run needs it.
MAY_KNOW_MESA = (
    "sim.model.model",
    "sim.model.collecting",
    "sim.model.agents.mesa_agents",
    "sim.page.mesa_view",
)
NUMBERS = ("sim.analysis", "sim.tables.errors", "sim.tables.compiled")


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {name_of(path): path.read_text("utf-8") for path in sorted(ROOT.glob("sim/**/*.py"))}


def rank(name: str) -> int:
    """Return the rank of the folder that a dotted name stands in; all else is the front door."""
    return RANK.get((*name.split("."), "")[1], FRONT_DOOR)


def imports(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of all that is imported, wherever it stands; ruff bans relative imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "open":
            yield node.lineno, "open"


# What a module must not import
RULES: dict[str, Callable[[str, str], bool]] = {
    "imports point down": lambda module, name: (
        name.split(".")[0] == "sim" and rank(name) > rank(module)
    ),
    "analysis takes numbers and nothing else": lambda module, name: (
        module.startswith("sim.analysis") and name.startswith("sim.") and not name.startswith(NUMBERS)
    ),
    # compiled code is kept in files; that is all that `compiled` is about
    "the model knows no files, no configuration and no plots": lambda module, name: (
        rank(module) <= RANK["model"] and module != "sim.tables.compiled" and name.split(".")[0] in NOT_IN_THE_MODEL
    ),
    "only views of agents know Mesa": lambda module, name: (
        name.split(".")[0] == "mesa" and not module.startswith(MAY_KNOW_MESA)
    ),
}  # fmt: skip


def broken(rule: str, module: str, source: str) -> list[str]:
    """Return one line for each import that breaks a rule."""
    found = imports(source)
    return [f"{module}, line {n}: imports {name}" for n, name in found if RULES[rule](module, name)]


@pytest.mark.parametrize("rule", RULES)
def test_rules_of_imports_hold(rule):
    lines = [line for module, source in SOURCES.items() for line in broken(rule, module, source)]
    assert not lines, "\n".join(lines)


def test_every_folder_has_a_line():
    homeless = [m for m in SOURCES if rank(m) == FRONT_DOOR and m not in ("sim", "sim.__main__")]
    assert not homeless, f"write a line for {', '.join(homeless)}"
    assert all((ROOT / "sim" / folder).is_dir() for folder in RANK)


DOWN, NUMBERS_ALONE, NO_FILES, MESA = RULES


@pytest.mark.parametrize(
    ("rule", "module", "source", "seen"),
    [
        (DOWN, "sim.model.rules", "import sim.studies", "sim.studies"),
        (DOWN, "sim.model.rules", "from sim import outcomes", "sim.outcomes"),
        (DOWN, "sim.model.rules", "def f():\n    from sim.cli.compose import compose", "compose"),
        (DOWN, "sim.model.rules", "from sim import run", "sim.run"),
        (DOWN, "sim.model.rules", "import sim\nsim.run()", "sim"),
        (DOWN, "sim.tables.parameters", "from sim.model.rules import clip", "sim.model.rules.clip"),
        (DOWN, "sim.studies.sweep", "from sim.design.axes import Axis", ""),
        (NUMBERS_ALONE, "sim.analysis.value", "from sim.tables.factors import FACTORS", "FACTORS"),
        (NO_FILES, "sim.model.rules", "from pathlib import Path", "pathlib"),
        (NO_FILES, "sim.model.rules", "open('x')", "open"),
        (MESA, "sim.model.engine", "import mesa", "mesa"),
        (MESA, "sim.model.model", "import mesa", ""),
    ],
)
def test_an_import_that_breaks_a_rule_is_named(rule, module, source, seen):
    lines = broken(rule, module, source)
    assert len(lines) == bool(seen)
    assert all(module in line and seen in line for line in lines)
