"""What decides results makes another model; what is only told of them does not."""

from __future__ import annotations

import ast
import shutil
from dataclasses import replace

import pytest

from sim.__main__ import main
from sim.cli import resume
from sim.ensembles import model_version as module
from sim.ensembles.model_version import DECIDE, _hash_of, model_version
from sim.ensembles.store import manifest
from sim.outcomes import columns
from sim.tables import parameters
from sim.tables.compiled import PACKAGE, kept_text
from tests.ensembles.store_runs import run, sweep

RULE = '''
@compiled
def trust_after(trust: float, gain, names=("a", "b")):
    """Return trust after a success."""
    if gain < 0.0:
        raise SimulationError(f"gain={gain}: too low")
    for n in range(3):
        trust = trust + gain * (1.0 - trust)
        gain = gain / 2.0  # each success less
    return min(1.0, trust)
'''


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("Return trust after a success.", "Say what trust is, with more words.", True),
        ('    """Return trust after a success."""\n', "", True),
        ("# each success less", "# each success brings half of the last one", True),
        ("too low", "allowed is 0 or more", True),
        ("trust: float", "trust: np.float64", True),
        ("gain * (1.0 - trust)", "gain  *  ((1.0 - trust))", True),
        ('("a", "b")', '(\n    "a",\n    "b",\n)', True),
        ("2.0", "2.5", False),
        ("gain < 0.0", "gain <= 0.0", False),
        ("trust + gain", "trust - gain", False),
        ("range(3)", "range(3, 4)", False),
        ("        gain = gain", "    gain = gain", False),  # once, not in each turn
        ('"b"', '"c"', False),
        ("min(1.0, trust)", "trust", False),
        ("@compiled\n", "", False),
        ("SimulationError", "ValueError", False),
    ],
)
def test_what_code_does_counts_and_not_its_words_and_looks(old, new, same):
    assert old in RULE
    changed = RULE.replace(old, new)
    assert (_hash_of({"a.py": changed.encode()}) == _hash_of({"a.py": RULE.encode()})) == same


def version_now(monkeypatch, name, table):
    """Return the version with another table in the place of one."""
    with monkeypatch.context() as patch:
        patch.setattr(module, name, table)
        return model_version.__wrapped__()


def with_parameter(**change):
    """Return PARAMETERS with another row in the place of one."""
    row = parameters.PARAMETERS["trust.success_gain"]
    rows = [replace(p, **change) if p is row else p for p in parameters.PARAMETERS.values()]
    return "PARAMETERS", {p.path: p for p in rows}


def with_column(**change):
    """Return COLUMNS with another column in the place of one."""
    of_hcps = columns.COLUMNS["hcps"]
    other = {**of_hcps, "trust": of_hcps["trust"]._replace(**change)}
    return "COLUMNS", {**columns.COLUMNS, "hcps": other}


@pytest.mark.parametrize(
    ("name_and_table", "same"),
    [
        (with_parameter(meaning="other words"), True),
        (with_parameter(source="another paper"), True),
        (with_parameter(unit="per year"), True),
        (with_parameter(high=7.0), True),
        (with_parameter(default=0.081), False),
        (with_parameter(kind="integer"), False),
        (with_parameter(path="trust.gain_of_success"), False),
        (with_column(meaning="other words"), True),
        (with_column(unit="%"), True),
        (with_column(dtype=object), False),
        (("OUTCOMES", dict(list(module.OUTCOMES.items())[1:])), False),
        (("OPTIONS", {**module.OPTIONS, "fastmath": True}), False),
    ],
)
def test_of_tables_counts_what_is_computed_with(monkeypatch, name_and_table, same):
    assert (version_now(monkeypatch, *name_and_table) == model_version()) == same


# What code that decides may use although it is not hashed: checks with their words, and tables of
# which the values are
CHECKS = {
    f"sim.tables.{name}" for name in ("errors", "messages", "limits", "checks", "settings", "plain")
}
TABLES = {"sim.tables.parameters", "sim.tables.factors", "sim.outcomes.columns"}
TABLES |= {"sim.outcomes.table", "sim.tables.compiled"}
# They make what a point holds (values, schedule, costs), which its own hash covers
INPUTS = {"sim.policies.policy", "sim.policies.schedule", "sim.policies.lever_table"}


def test_no_code_that_decides_is_forgotten():
    files = {path for pattern in DECIDE for path in PACKAGE.glob(pattern)}
    assert all(any(PACKAGE.glob(pattern)) for pattern in DECIDE)
    names = {".".join(p.relative_to(PACKAGE.parent).with_suffix("").parts) for p in files}
    names |= {name.removesuffix(".__init__") for name in names}
    used = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sim"):
                inside = {f"{node.module}.{alias.name}" for alias in node.names}
                modules = {
                    i for i in inside if (PACKAGE.parent / f"{i.replace('.', '/')}.py").exists()
                }
                used |= modules or {node.module}
    assert used - names <= CHECKS | TABLES | INPUTS


def test_a_text_is_made_once_and_anew_where_it_is_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.tables.compiled.cache_folder", lambda: tmp_path)
    made = []
    for content in (None, None, "", "hal"):
        if content is not None:
            (tmp_path / "a").write_text(content)
        assert kept_text("a", lambda: made.append(1) or "whole") == "whole"
    assert len(made) == 3 and [p.name for p in tmp_path.iterdir()] == ["a"]
    monkeypatch.setattr("sim.tables.compiled.cache_folder", lambda: None)
    assert kept_text("a", lambda: "anew") == "anew"


def edited(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_mended_words_make_the_same_model_and_a_mended_rule_another(tmp_path, monkeypatch):
    copy = tmp_path / "sim"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    edited(copy / "outcomes" / "compute.py", '"""Outcomes and months', '"""All outcomes and months')
    for room in ("analysis", "reports", "studies", "story"):
        for path in (copy / room).rglob("*.py"):
            path.write_text("CHANGED = 1\n")
    assert version_now(monkeypatch, "PACKAGE", copy) == model_version()
    edited(copy / "outcomes" / "compute.py", "MONTHS_IN_YEAR = 12", "MONTHS_IN_YEAR = 13")
    assert version_now(monkeypatch, "PACKAGE", copy) != model_version()


def test_a_store_of_another_model_is_refused(tmp_path, monkeypatch, capsys):
    out = tmp_path / "r"
    assert run(out, "hcps=all") == 0
    story = ["story", str(out), "--hcp", "1"]
    assert main(story) == 0
    for place in (manifest, resume):
        monkeypatch.setattr(place, "model_version", lambda: "another")
    for words, told in (
        (sweep(out, "hcps=all", replicates=7), "model: "),
        (story, "made by model"),
    ):
        assert main(words) == 2
        assert told in capsys.readouterr().err
