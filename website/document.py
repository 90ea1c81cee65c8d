"""`python -m website.document [--check]`: writes the parts of docs/ that derive from tables.

With `--check` nothing is written; the exit code is 1 if a page is out of date.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import yaml

from sim.cli.listing import TOPICS, listing
from sim.design.folders import shipped_folder
from sim.design.scenarios import Scenario, teaching_scenarios
from sim.ensembles.store import PROVENANCE
from sim.outcomes.table import OUTCOMES
from sim.policies.lever_table import LEVERS
from sim.policies.policy import PolicyFile, TimedLever
from sim.reports.meanings import FILES, FRAMES, PROVENANCE_KEYS
from sim.tables.factors import FACTORS, Factor
from sim.tables.nasss import MAPPED, MAPPING, QUESTIONS, RATINGS
from sim.tables.only_with import ONLY_WITH, in_words
from sim.tables.parameters import PARAMETERS, Parameter
from sim.tables.plausible import plausible
from sim.tables.settings import (
    DESIGN_KEYS,
    DESIGN_KINDS,
    HELD_KEYS,
    OF_MIXES,
    OF_SCREENING,
    OF_SEARCHES,
    OF_TIPPING,
    OF_TRUTH_TABLES,
    SETTINGS,
    STUDIES,
    TEXT_KEYS,
    Setting,
)
from website.document_blocks import Parts, filled, table, value

FOLDER = Path(__file__).resolve().parents[1] / "docs"
CITATION = FOLDER.parent / "CITATION.cff"
SHIPPED = ("experiments", "scenarios", "populations", "networks", "policies", "shocks")
HEADING = ("Default", "Unit", "Allowed", "Meaning")
FACTOR_HEADING = (
    "Factor", "Parameter", "Kind", "In the paper", "NASSS domain", "Low", "Default", "High",
)  # fmt: skip


def _range(parameter: Parameter) -> str:
    if parameter.kind in ("choice", "file", "names") or isinstance(parameter, Setting):
        return parameter.allowed()
    either = " or null" if parameter.kind == "optional" else ""
    whole = "whole, " if parameter.kind == "integer" else ""
    return f"{whole}{value(parameter.low)} to {value(parameter.high)}{either}"


def _row(p: Parameter) -> list[str]:
    needs = ONLY_WITH.get(p.path)
    meaning = f"{p.meaning}; only with {in_words(needs)}" if needs else p.meaning
    row = [value(p.default), p.unit or "–", _range(p), meaning]
    key = f"`{p.path}`"
    if isinstance(p, Setting):
        return [key, *row]
    vague = p.assumed and p.kind == "float"
    likely = " to ".join(map(value, plausible(p.path))) if vague else "–"
    return [key, p.title, *row[:3], likely, *row[3:], p.source]


def _factor(f: Factor) -> list[str]:
    levels = map(value, (f.low, f.baseline, f.high))
    return [f.theme, f"`{f.path}`", f.kind, f.in_the_paper, f.domain, *levels]


def _count() -> list[str]:
    assumed = sum(p.assumed for p in PARAMETERS.values())
    return [
        f"The model has {len(PARAMETERS)} parameters. {assumed} of them are assumptions, and say "
        "so in the last column; where a direction is known (from the paper, say), the number is "
        "still an assumption. Vary it before you rely on it."
    ]


def _parameters(group: str) -> list[str]:
    members = (p for path, p in PARAMETERS.items() if path.split(".")[0] == group)
    heading = ("Parameter", "Title", *HEADING[:3], "Plausible", HEADING[3], "Source")
    return table(heading, map(_row, members))


def _outcomes(letter: str) -> list[str]:
    rows = (
        [f"`{o.name}`", o.title, o.unit, o.meaning, o.over and f"`{o.over}`"]
        for o in OUTCOMES.values()
        if o.letter == letter
    )
    return table(["Outcome", "Title", "Unit", "Meaning", "Pooled over"], rows)


def _scenarios() -> list[str]:
    return [line for one in teaching_scenarios() for line in (*_scenario(one), "")][:-1]


def _code(language: str, *lines: str) -> list[str]:
    return [f"```{language}", *lines, "```", ""]


def _scenario(scenario: Scenario) -> list[str]:
    """Return the section of a scenario."""
    words = scenario.words
    rows = []
    for path, content in scenario.parameters.items():
        p = PARAMETERS[path]
        rows.append([f"`{path}`", value(content), value(p.default), p.unit or "–", p.meaning])
    lines = [f"## {words.title}", "", f"**{words.question}**", "", words.story, ""]
    lines += _code("sh", scenario.command)
    lines += table(["Parameter", "Here", "Default", "Unit", "Meaning"], rows)
    if handout := words.handout:
        asked = (*handout.reading, handout.what_if.question)
        lines += ["", *(f"{n}. {text}" for n, text in enumerate(asked, 1)), ""]
        lines += _code("sh", scenario.what_if_command)[:-1]
    return lines


def _levers() -> list[str]:
    rows = (
        [f"`{x.name}`", x.kind, f"0 to {value(x.high)} {x.unit}", x.meaning,
         "yes" if x.by_group else "no", "yes" if x.early else "no", x.source]
        for x in LEVERS.values()
    )  # fmt: skip
    heading = ("Lever", "Of a", "Strength", "What it does", "By group", "Acts before the tool's start", "Source")  # fmt: skip
    return table(heading, rows)


def _settings(rows: Mapping[str, Setting], heading: str) -> list[str]:
    cells = ([f"`{s.path}={value(s.default)}`", s.allowed(), s.meaning] for s in rows.values())
    return table((f"{heading} and default", "Allowed", "Meaning"), cells)


def _named(names: dict[str, str], heading: str) -> list[str]:
    return table((heading, "What it is"), ([f"`{n}`", words] for n, words in names.items()))


def _topics() -> list[str]:
    rows = ([f"`python -m sim list {topic}`", how] for topic, (how, _) in TOPICS.items())
    return table(("Command", "How the names are used"), rows)


def _shipped() -> list[str]:
    shipped_folder()  # says it plainly where the files are missing
    return ["```text", *listing(SHIPPED).splitlines(), "```"]


def _files() -> list[str]:
    return table(("File", "What it holds"), ([f"`{f}`", words] for f, words in FILES.items()))


def _columns(frame: str) -> list[str]:
    rows = ([f"`{n}`", c.unit or "–", c.meaning] for n, c in FRAMES[frame].items())
    return table(("Column", "Unit", "Meaning"), rows)


def _provenance() -> list[str]:
    rows = ([f"`{n}`", unit or "–", words] for n, (unit, words) in PROVENANCE_KEYS.items())
    return table(("Key", "Unit", "Meaning"), rows)


def _people(entry: dict[str, object]) -> str:
    authors = entry["authors"]
    assert isinstance(authors, list)
    return " & ".join(a.get("name") or a["family-names"] for a in authors)


def _citation() -> list[str]:
    cited = yaml.safe_load(CITATION.read_text(encoding="utf-8"))
    lines = ["The software, with its version:", ""]
    lines += [f"> {_people(cited)}. {cited['title']}, version {cited['version']}."]
    for paper in cited["references"]:
        lines += ["", f"{paper['scope']}:", ""]
        lines += [f"> {_people(paper)}. {paper['title']}. {paper['journal']}, {paper['year']}."]
        lines += [f"> doi {paper['doi']}"]
    return lines


def _studies() -> dict[str, str]:
    designs = {
        name: "" if row.searches else f" (designs: {', '.join(row.designs)})"
        for name, row in STUDIES.items()
    }
    return {name: row.meaning + designs[name] for name, row in STUDIES.items()}


def _questions() -> list[str]:
    rows = (
        [f"`{domain}`", f"`{name}`", q.asks, q.simple, q.complex]
        for q in QUESTIONS.values()
        for domain, _, name in [q.name.partition(".")]
        if q.name in MAPPED
    )
    return table(("Domain", "Question", "Asks", "Simple", "Complex"), rows)


def _mapping() -> list[str]:
    rows = []
    for line in MAPPING:
        alike: dict[tuple[float, ...], list[str]] = {}
        for path in line.paths:
            alike.setdefault(tuple(line.levels(path).values()), []).append(f"`{path}`")
        rows += [
            [f"`{line.question}`", ", ".join(paths), *map(value, levels), line.reasoning]
            for levels, paths in alike.items()
        ]
    return table(("Question", "Parameters", *(r.capitalize() for r in RATINGS), "Assumption"), rows)


# Page -> name of the part -> its lines
BLOCKS: dict[str, Parts] = {
    "parameters.md": {
        "count": _count,
        "factors": lambda: table(FACTOR_HEADING, map(_factor, FACTORS)),
        **{group: partial(_parameters, group) for group in {p.split(".")[0] for p in PARAMETERS}},
        "settings": lambda: table(("Parameter", *HEADING), map(_row, SETTINGS.values())),
    },
    "outcomes.md": {x: partial(_outcomes, x) for x in {o.letter for o in OUTCOMES.values()}},
    "scenarios.md": {"scenarios": _scenarios},
    "policies.md": {
        "policy keys": lambda: _named(PolicyFile.keys(), "Key of a policy"),
        "lever keys": lambda: _named(TimedLever.keys(), "Key of a lever"),
        "levers": _levers,
    },
    "command_line.md": {
        "topics": _topics,
        "settings": lambda: _settings(SETTINGS, "Setting"),
        "studies": lambda: _named(_studies(), "`study=`"),
        "shipped": _shipped,
    },
    "own_data.md": {"options": lambda: _settings(OF_SEARCHES, "Option")},
    "own_experiment.md": {
        "keys": lambda: _named(TEXT_KEYS | HELD_KEYS, "Key"),
        "design keys": lambda: _named(DESIGN_KEYS, "Key under `design`"),
        "factorial options": lambda: _settings(OF_TRUTH_TABLES, "Option"),
        "sensitivity options": lambda: _settings(OF_SCREENING, "Option"),
        "tipping options": lambda: _settings(OF_TIPPING, "Option"),
        "mix options": lambda: _settings(OF_MIXES, "Option"),
        "design kinds": lambda: _named(
            {name: row.meaning for name, row in DESIGN_KINDS.items()}, "`design.kind`"
        ),
    },
    "files.md": {
        "files": _files,
        **{
            file: partial(_columns, frame)
            for file in FILES
            for frame in FRAMES
            if file in (f"{frame}.parquet", f"{frame}.csv")
        },
        PROVENANCE: _provenance,
    },
    "rating.md": {"questions": _questions, "mapping": _mapping},
    "citing.md": {"citation": _citation},
}


def outdated() -> dict[Path, str]:
    """Return path -> what it should be, of the pages that differ from their tables."""
    found = {}
    for page, parts in BLOCKS.items():
        text = (FOLDER / page).read_text(encoding="utf-8")
        if (made := filled(text, parts)) != text:
            found[FOLDER / page] = made
    return found


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them; return the exit code: 1 out of date, 2 a mistake."""
    if list(arguments) not in ([], ["--check"]):
        print("error: allowed is --check, or nothing", file=sys.stderr)
        return 2
    stale = outdated()
    for path, text in stale.items():
        name = f"{FOLDER.name}/{path.name}"
        if arguments:
            print(f"{name} is out of date; run `make docs`", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{name} written")
    return 1 if arguments and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
