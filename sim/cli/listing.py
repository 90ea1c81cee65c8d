"""What `python -m sim list` prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import yaml

from sim.cli.arguments import take_config_dir
from sim.design.folders import available, folders_of, plural
from sim.design.yaml_file import LARGEST_FILE
from sim.outcomes.table import OUTCOMES
from sim.tables.errors import UserError
from sim.tables.layout import Table
from sim.tables.messages import one_line, show, unknown
from sim.tables.parameters import PARAMETERS, Parameter
from sim.tables.settings import OPTIONS, SETTINGS, STUDIES, Setting

TOLD = ("title", "question", "description")
LONGEST = 240  # letters of a line
Row = tuple[str, str]


def _summary(path: Path) -> str:
    """Return a file's title and what it asks or is, or its first comment, in one line.

    Nothing is checked: listing must not fail because of one broken file.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            text = file.read(LARGEST_FILE)
    except OSError:
        return "(can not be read)"
    try:
        said = yaml.load(text, yaml.BaseLoader)  # all values are texts, so that none can be wrong
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        return "(can not be read: no YAML)"
    values = [said.get(key) for key in TOLD] if isinstance(said, dict) else []
    told = [x for x in values if isinstance(x, str) and x not in ("", "null")]
    comments = (x for x in text.splitlines() if x.startswith("# ") and "@package" not in x)
    return one_line(": ".join(told) or next(comments, "# ")[2:].strip(), LONGEST)


def table_lines(rows: Sequence[Row]) -> list[str]:
    """Return names with what is said of them, as aligned lines."""
    return [f"  {line}" for line in Table(rows, left=2).lines()]


def _files(group: str, folders: Sequence[Path]) -> list[Row]:
    return [(name, _summary(path)) for name, path in sorted(available(group, folders).items())]


def parameter_rows(table: Mapping[str, Parameter]) -> list[Row]:
    """Return path and default of each parameter, with its unit, range and meaning."""
    rows = []
    for p in table.values():
        if isinstance(p, Setting) or p.kind in ("choice", "names"):
            allowed = p.allowed()
        elif p.kind == "file":
            allowed = "a path"
        else:
            allowed = f"{p.low:g} to {p.high:g} {p.unit}".rstrip()
        title = f"{p.title}: " if p.title else ""
        rows.append((f"{p.path}={show(p.default)}", f"{title}[{allowed}] {p.meaning}"))
    return rows


def _levers(_: Sequence[Path]) -> list[Row]:
    from sim.policies.lever_table import LEVERS  # not before it is asked for: it imports the model

    return [
        (x.name, f"{x.title}: [{x.kind}, 0 to {x.high:g} {x.unit}] {x.meaning}")
        for x in LEVERS.values()
    ]


TOPICS: dict[str, tuple[str, Callable[[Sequence[Path]], list[Row]]]] = {
    **{
        plural(group): (
            f"python -m sim {'+' * (group == 'experiment')}{group}=NAME",
            partial(_files, group),
        )
        for group in ("experiment", "scenario", "population", "network", "policy", "shock")
    },
    "studies": (
        "python -m sim study=NAME",
        lambda _: [(name, row.meaning) for name, row in STUDIES.items()],
    ),
    "levers": ("names for `lever:` in a file of policy/ or shock/", _levers),
    "outcomes": (
        "columns of runs.parquet; in Python result.mean(NAME)",
        lambda _: [(o.name, f"{o.title}: [{o.unit}] {o.meaning}") for o in OUTCOMES.values()],
    ),
    "settings": ("python -m sim NAME=VALUE", lambda _: parameter_rows(SETTINGS)),
    "options": (
        "python -m sim NAME=VALUE, with study=calibrate; thresholds with design.kind=factorial",
        lambda _: parameter_rows(OPTIONS),
    ),
    "parameters": (
        "python -m sim NAME=VALUE, or 'NAME=[A,B]' to sweep",
        lambda _: parameter_rows(PARAMETERS),
    ),
}

LONG = {"parameters": len(PARAMETERS), "outcomes": len(OUTCOMES)}  # listed where asked for


def listing(arguments: Sequence[str]) -> str:
    """Return the text of `list [TOPIC ...]`; without a topic all but the long ones."""
    words, own = take_config_dir(arguments)
    folders, topics = folders_of(own), []
    for word in words:
        found = [t for t in TOPICS if word in (t, t.removesuffix("s"), t[:-3] + "y")]
        if not found:
            raise UserError(f"list {unknown(word, TOPICS, 'topic')}")
        topics += found
    lines = []
    for topic in topics or [t for t in TOPICS if t not in LONG and t != "levers"]:
        how, rows = TOPICS[topic]
        lines += [f"{topic}:  {how}", *table_lines(rows(folders)), ""]
    if not topics:
        lines += ["levers: what policies and shocks are made of; see python -m sim list levers"]
        lines += [f"{t}: {number}; see python -m sim list {t}" for t, number in LONG.items()]
    return "\n".join(lines).rstrip()
