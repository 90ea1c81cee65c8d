"""Imports point down: a lower layer knows nothing of a higher one.

    cli, studies, reports -> ensembles -> design -> outcomes, policies -> model -> tables

Read from the sources, so that imports inside functions count as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Layers, lowest first. A module belongs to the layer that holds its longest prefix; it may import
# from its own layer and from lower ones.
LAYERS: list[tuple[str, tuple[str, ...]]] = [
    ("tables", ("sim.tables", "sim.__version__")),
    ("analysis", ("sim.analysis",)),
    ("model", ("sim.model",)),
    ("outcomes, policies", ("sim.outcomes", "sim.policies")),
    ("design", ("sim.design",)),
    ("ensembles", ("sim.ensembles",)),
    ("reports, studies, cli", ("sim.reports", "sim.studies", "sim.cli")),
    ("front door", ("sim", "sim.__main__")),
]
RANK = {prefix: rank for rank, (_, prefixes) in enumerate(LAYERS) for prefix in prefixes}
MODEL_RANK = RANK["sim.model"]

# What the model and all beneath it must not know: files, configuration languages, plots, tables.
NOT_IN_THE_MODEL = frozenset(
    "hydra omegaconf yaml matplotlib pandas pyarrow tqdm csv json io os pathlib shutil sqlite3 "
    "subprocess tempfile pickle random time datetime threading".split()
)
# Compiled code is kept in files; that is all that `sim.tables.compiled` is about.
MAY_KNOW_FILES = frozenset({"sim.tables.compiled"})
# Importing Mesa takes seconds; only Mesa's own view of a run needs it.
MAY_KNOW_MESA = ("sim.model.model", "sim.model.agents", "sim.app")


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


def layer(name: str) -> int:
    """Return the rank of a module, or of a name inside one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        # `from sim import run` reaches for the front door, `sim.<anything unknown>` as well
        if prefix in RANK:
            return RANK[prefix]
    raise LookupError(name)


def upward(module: str, source: str, is_package: bool = False) -> list[str]:
    """Return one line for each import that points up."""
    mine = layer(module)
    return [
        f"{module}, line {line}: layer '{LAYERS[mine][0]}' imports {name} of the higher layer "
        f"'{LAYERS[layer(name)][0]}'"
        for line, name in imports(source, module, is_package)
        if name.split(".")[0] == "sim" and layer(name) > mine
    ]


def found(module: str) -> list[tuple[int, str]]:
    path = MODULES[module]
    return list(imports(path.read_text(encoding="utf-8"), module, path.name == "__init__.py"))


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module):
    path = MODULES[module]
    source = path.read_text(encoding="utf-8")
    lines = upward(module, source, path.name == "__init__.py")
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("module", [m for m in MODULES if layer(m) <= MODEL_RANK])
def test_the_model_knows_no_files_no_configuration_and_no_plots(module):
    if module in MAY_KNOW_FILES:
        return
    wrong = [
        f"{module}, line {line}: imports {name}, which the model must not know"
        for line, name in found(module)
        if name.split(".")[0] in NOT_IN_THE_MODEL
    ]
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    wrong += [
        f"{module}, line {node.lineno}: opens a file"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "open"
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", MODULES)
def test_only_views_of_agents_know_mesa(module):
    if module.startswith(MAY_KNOW_MESA):
        return
    wrong = [
        f"{module}, line {line}: imports {name}; only {', '.join(MAY_KNOW_MESA)} may"
        for line, name in found(module)
        if name.split(".")[0] == "mesa"
    ]
    assert not wrong, "\n".join(wrong)


def test_every_module_has_a_layer_of_its_own():
    # a new top-level module would count as front door, and could import everything
    allowed = {"sim", "sim.__main__"}
    unknown = [m for m in MODULES if layer(m) == RANK["sim"] and m not in allowed]
    assert not unknown, f"name the layer of {', '.join(unknown)} in {Path(__file__).name}"


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
    assert module in line and seen in line and "higher layer" in line


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("sim.model.model", "from sim.tables.validate import resolve"),
        ("sim.cli.help_text", "from sim import __version__"),
        ("sim.ensembles.run", "import sim\nprint(sim.__version__)"),
        ("sim.studies.sweep", "from sim.cli.compose import compose"),
        ("sim.model.kernel", "from . import rules"),
    ],
)
def test_an_import_that_points_down_is_not(module, source):
    assert upward(module, source) == []
