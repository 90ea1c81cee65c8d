"""Imports point down, from folder to folder: a lower one knows nothing of a higher one.

Read from the sources, so that imports inside functions count as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
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
# The version number: all who write what made a result say it.
BELOW_ALL = {"sim.__version__"}

# What the model must not know: files, configuration languages, plots, tables, the clock, chance.
NOT_IN_THE_MODEL = frozenset(
    "hydra omegaconf yaml matplotlib pandas pyarrow tqdm csv json io os pathlib shutil sqlite3 "
    "subprocess tempfile pickle random time datetime threading".split()
)
# Importing Mesa takes seconds; only Mesa's own view of a run needs it.
MAY_KNOW_MESA = (
    "sim.model.model",
    "sim.model.collecting",
    "sim.model.agents.mesa_agents",
    "sim.page.mesa_view",
)


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted((ROOT / "sim").rglob("*.py"))}


def imports(source: str, module: str, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of everything that a source imports, wherever it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            # `import sim` by itself: what is taken from it counts, see below
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name != "sim")
        elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "sim":
            yield node.lineno, f"sim.{node.attr}"
        elif isinstance(node, ast.ImportFrom):
            start = node.module or ""
            if node.level:
                above = module.split(".")
                above = above[: len(above) - node.level + is_package]
                start = ".".join([*above, start] if start else above)
            for alias in node.names:
                yield node.lineno, f"{start}.{alias.name}"
        elif isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            given = node.args[0] if node.args else None
            if name in ("import_module", "__import__") and isinstance(given, ast.Constant):
                yield node.lineno, str(given.value)


def rank(name: str) -> int:
    """Return the rank of the folder that a dotted name stands in; all else is the front door."""
    return RANK.get((*name.split("."), "")[1], FRONT_DOOR)


def upward(module: str, source: str, is_package: bool = False) -> list[str]:
    """Return one line for each import that points up."""
    return [
        f"{module}, line {line}: imports {name}, which stands higher"
        for line, name in imports(source, module, is_package)
        if name.split(".")[0] == "sim" and name not in BELOW_ALL and rank(name) > rank(module)
    ]


def sources() -> Iterator[tuple[str, str, bool]]:
    for module, path in MODULES.items():
        yield module, path.read_text(encoding="utf-8"), path.name == "__init__.py"


def test_imports_point_down():
    lines = [line for source in sources() for line in upward(source[0], *source[1:])]
    assert not lines, "\n".join(lines)


def test_every_folder_has_a_line():
    homeless = [m for m in MODULES if rank(m) == FRONT_DOOR and m not in ("sim", "sim.__main__")]
    assert not homeless, f"write a line for {', '.join(homeless)}"
    assert all((ROOT / "sim" / folder).is_dir() for folder in RANK)


def test_analysis_takes_numbers_and_nothing_else():
    wrong = [
        f"{module}, line {line}: imports {name}"
        for module, source, is_package in sources()
        if module.startswith("sim.analysis")
        for line, name in imports(source, module, is_package)
        if name.startswith("sim.")
        and not name.startswith(("sim.analysis", "sim.tables.errors", "sim.tables.compiled"))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_model_knows_no_files_no_configuration_and_no_plots():
    wrong = []
    for module, source, is_package in sources():
        # compiled code is kept in files; that is all that `compiled` is about
        if rank(module) > RANK["model"] or module == "sim.tables.compiled":
            continue
        wrong += [
            f"{module}, line {line}: imports {name}, which the model must not know"
            for line, name in imports(source, module, is_package)
            if name.split(".")[0] in NOT_IN_THE_MODEL
        ]
        wrong += [
            f"{module}, line {node.lineno}: opens a file"
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "open"
        ]
    assert not wrong, "\n".join(wrong)


def test_only_views_of_agents_know_mesa():
    wrong = [
        f"{module}, line {line}: imports {name}; only {', '.join(MAY_KNOW_MESA)} may"
        for module, source, is_package in sources()
        if not module.startswith(MAY_KNOW_MESA)
        for line, name in imports(source, module, is_package)
        if name.split(".")[0] == "mesa"
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("module", "source", "seen"),
    [
        ("sim.model.rules", "import sim.studies", "sim.studies"),
        ("sim.model.rules", "from sim import outcomes", "sim.outcomes"),
        ("sim.model.rules", "def f():\n    from sim.cli.compose import compose", "compose"),
        ("sim.model.rules", "from sim import run", "sim.run"),
        ("sim.model.rules", "import sim\nsim.run()", "sim.run"),
        ("sim.model.rules", "from ..ensembles import warm", "sim.ensembles.warm"),
        ("sim.outcomes.table", "import_module('sim.reports.folder')", "sim.reports.folder"),
        ("sim.tables.parameters", "from sim.model.rules import clip", "sim.model.rules.clip"),
    ],
)
def test_an_import_that_points_up_is_named(module, source, seen):
    (line,) = upward(module, source)
    assert module in line and seen in line


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("sim.model.model", "from sim.tables.checks import check_value"),
        ("sim.ensembles.run", "import sim\nprint(sim.__version__)"),
        ("sim.studies.sweep", "from sim.design.axes import Axis"),
        ("sim.model.kernel", "from . import rules"),
    ],
)
def test_an_import_that_points_down_is_not(module, source):
    assert upward(module, source) == []
