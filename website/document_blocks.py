"""Parts of pages that derive from tables: written between markers, the rest is written by hand.

A part stands between `<!-- written by make docs: NAME -->` and `<!-- end of NAME -->`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

import yaml

from sim.cli.listing import TOPICS, listing
from sim.design.folders import shipped_folder
from sim.ensembles.store import PROVENANCE
from sim.policies.lever_table import LEVERS
from sim.policies.policy import PolicyFile, TimedLever
from sim.reports.figure import Figure
from sim.reports.meanings import FILES, FRAMES, PROVENANCE_KEYS
from sim.tables.messages import show
from sim.tables.nasss import MAPPED, MAPPING, QUESTIONS, RATINGS
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

CITATION = Path(__file__).resolve().parents[1] / "CITATION.cff"
SHIPPED = ("experiments", "scenarios", "populations", "networks", "policies", "shocks")


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [heading, ["---"] * len(heading), *rows]
    return ["| " + " | ".join(_cell(c) for c in row) + " |" for row in lines]


def _cell(text: str) -> str:
    # <time> would be taken for a tag, and vanish; within `code` it is what it is
    parts = text.replace("|", "\\|").split("`")
    return "`".join(p if n % 2 else p.replace("<", "&lt;") for n, p in enumerate(parts))


def value(content: object) -> str:
    """Return a value as it is written in a configuration file."""
    number = isinstance(content, (int, float)) and not isinstance(content, bool)
    return f"{content:.12g}" if number else show(content)


def _levers() -> list[str]:
    rows = (
        [f"`{x.name}`", x.kind, f"0 to {value(x.high)} {x.unit}", x.meaning,
         "yes" if x.by_group else "no", "yes" if x.early else "no", x.source]
        for x in LEVERS.values()
    )  # fmt: skip
    return table(
        (
            "Lever",
            "Of a",
            "Strength",
            "What it does",
            "By group",
            "Acts before the tool's start",
            "Source",
        ),
        rows,
    )


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
BLOCKS: dict[str, dict[str, Callable[[], list[str]]]] = {
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


def filled(text: str, parts: dict[str, Callable[[], list[str]]], by: str = "make docs") -> str:
    """Return a page with its parts, name -> their lines, written anew between their markers."""
    for name, lines in parts.items():
        begin, end = f"<!-- written by {by}: {name} -->", f"<!-- end of {name} -->"
        new = "\n".join([begin, "", *lines(), "", end])
        pattern = re.escape(begin) + r".*?" + re.escape(end)
        text, times = re.subn(pattern, lambda _, new=new: new, text, flags=re.DOTALL)  # type: ignore[misc]
        if times != 1:
            raise ValueError(f"the markers of the part {name!r} stand in the page {times} times")
    return text


def rewritten(page: Path, parts: dict[str, Callable[[], list[str]]], by: str = "make docs") -> bool:
    """Write the parts of a page anew; return whether any has changed."""
    old = page.read_text(encoding="utf-8")
    new = filled(old, parts, by)
    if new != old:
        page.write_text(new, encoding="utf-8", newline="\n")
    return new != old


def draw_picture(content: Figure, stem: Path, seed: int, heading: str = "") -> None:
    """Write a figure as PNG."""
    from sim.reports.draw_figures import draw, save_figure

    stamp = {"seed": str(seed)}
    save_figure(draw(content, heading), stem, heading or content.title, stamp)
    stem.with_suffix(".svg").unlink()


def publish(
    page: Path,
    part: str,
    lines: list[str],
    figures: Mapping[Path, Figure],
    seed: int,
    heading: str = "",
) -> int:
    """Write a part of a page, and its figures, if the numbers have changed."""
    changed = rewritten(page, {part: lambda: lines})
    if changed or not all(stem.with_suffix(".png").is_file() for stem in figures):
        for stem, content in figures.items():
            draw_picture(content, stem, seed, heading)
        print(f"{page.parent.name}/{page.name} written")
    return 0


def pages(folder: Path) -> dict[Path, str]:
    """Return path -> content of every page with such parts, in a folder that holds them all."""
    return {
        folder / page: filled((folder / page).read_text(encoding="utf-8"), parts)
        for page, parts in BLOCKS.items()
        if (folder / page).is_file()
    }
