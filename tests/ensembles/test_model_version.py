"""What decides results makes another model; what is only told of them does not."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from sim.__main__ import main
from sim.ensembles import model_version as module
from sim.ensembles.model_version import DECIDE, _hash_of, model_version
from sim.outcomes import columns
from sim.tables import parameters
from sim.tables.compiled import PACKAGE, kept_text

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
    ("old", "new"),
    [
        ("Return trust after a success.", "Say what trust is, with more words."),
        ('    """Return trust after a success."""\n', ""),
        ("# each success less", "# each success brings half of the last one"),
        ("too low", "allowed is 0 or more"),
        ("trust: float", "trust: np.float64"),
        ("gain * (1.0 - trust)", "gain  *  ((1.0 - trust))"),
        ('("a", "b")', '(\n    "a",\n    "b",\n)'),
    ],
)
def test_words_and_looks_of_code_do_not_count(old, new):
    assert old in RULE
    changed = RULE.replace(old, new)
    assert _hash_of({"a.py": changed.encode()}) == _hash_of({"a.py": RULE.encode()})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2.0", "2.5"),
        ("gain < 0.0", "gain <= 0.0"),
        ("trust + gain", "trust - gain"),
        ("range(3)", "range(3, 4)"),
        ("        gain = gain", "    gain = gain"),  # once, not in each turn
        ('"b"', '"c"'),
        ("min(1.0, trust)", "trust"),
        ("@compiled\n", ""),
        ("SimulationError", "ValueError"),
    ],
)
def test_whatever_code_does_counts(old, new):
    assert old in RULE
    changed = RULE.replace(old, new)
    assert _hash_of({"a.py": changed.encode()}) != _hash_of({"a.py": RULE.encode()})


def version_now(monkeypatch, name, table):
    """Return the version with another table in the place of one."""
    with monkeypatch.context() as patch:
        patch.setattr(module, name, table)
        return model_version.__wrapped__()


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"meaning": "other words"}, True),
        ({"source": "another paper"}, True),
        ({"unit": "per year"}, True),
        ({"high": 7.0}, True),
        ({"default": 0.081}, False),
        ({"kind": "integer"}, False),
        ({"path": "trust.gain_of_success"}, False),
    ],
)
def test_of_a_parameter_counts_what_is_computed_with(monkeypatch, change, same):
    row = replace(parameters.PARAMETERS["trust.success_gain"], **change)
    table = {(q := row if p == "trust.success_gain" else old).path: q
             for p, old in parameters.PARAMETERS.items()}  # fmt: skip
    assert (version_now(monkeypatch, "PARAMETERS", table) == model_version()) == same


@pytest.mark.parametrize(
    ("change", "same"),
    [({"meaning": "other words"}, True), ({"unit": "%"}, True), ({"dtype": object}, False)],
)
def test_of_a_column_counts_its_type(monkeypatch, change, same):
    of_hcps = columns.COLUMNS["hcps"]
    table = {**columns.COLUMNS, "hcps": {**of_hcps, "trust": of_hcps["trust"]._replace(**change)}}
    assert (version_now(monkeypatch, "COLUMNS", table) == model_version()) == same


def test_outcomes_and_how_code_is_compiled_count(monkeypatch):
    few = dict(list(module.OUTCOMES.items())[1:])
    fast = {**module.OPTIONS, "fastmath": True}
    versions = {
        version_now(monkeypatch, "OUTCOMES", few),
        version_now(monkeypatch, "OPTIONS", fast),
    }
    assert len({*versions, model_version()}) == 3


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


def test_mended_words_extend_a_store_and_a_mended_rule_does_not(tmp_path):
    """In a copy of the package."""
    copy = tmp_path / "sim"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PACKAGE.parent / "conf", tmp_path / "conf")

    def sweep(replicates):
        words = ["process.training=[0,0.1]", "population=small_team", "horizon=12"]
        return [*words, f"replicates={replicates}", "progress=never", f"out={tmp_path / 'r'}"]

    def extended_and_told(replicates):
        """Return the exit codes of an extension and of a story, and what they said."""
        commands = sweep(replicates), ["story", str(tmp_path / "r"), "--hcp", "1"]
        code = f"from sim.__main__ import main; print([main(c) for c in {commands}])"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        return done.stdout.splitlines()[-1:], done.stderr

    assert main(sweep(2)) == 0
    first = pq.read_table(tmp_path / "r" / "runs.parquet").to_pylist()
    edited(copy / "outcomes" / "table.py", "privacy and safety incidents", "incidents of all kinds")
    edited(copy / "outcomes" / "columns.py", "peers of the post", "peers of the person")
    edited(copy / "outcomes" / "compute.py", '"""Outcomes and months', '"""All outcomes and months')
    edited(
        copy / "policies" / "lever_table.py", "AI experts who know", "AI experts who have learnt"
    )
    for room in ("analysis", "reports", "studies", "story"):
        for path in (copy / room).rglob("*.py"):
            with open(path, "a", encoding="utf-8") as file:
                file.write("\nUNUSED = 1\n")
    codes, told = extended_and_told(3)
    assert codes == ["[0, 0]"], told
    extended = pq.read_table(tmp_path / "r" / "runs.parquet")
    assert b"all kinds" in extended.schema.field("incidents").metadata[b"meaning"]
    runs = extended.to_pylist()
    assert len(runs) == 6 and repr([r for r in runs if r["replicate"] < 2]) == repr(first)

    edited(copy / "outcomes" / "compute.py", "MONTHS_IN_YEAR = 12", "MONTHS_IN_YEAR = 13")
    codes, told = extended_and_told(4)
    assert codes == ["[2, 2]"] and "model: " in told
