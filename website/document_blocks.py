"""Parts of pages that are written anew, and the tables and figures in them; the rest is written by hand.

A part stands between `<!-- written by make docs: NAME -->` and `<!-- end of NAME -->`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from sim.reports.figure import Figure
from sim.tables.messages import show

Parts = Mapping[str, Callable[[], list[str]]]  # name -> what makes its lines


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


def filled(text: str, parts: Parts, by: str = "make docs") -> str:
    """Return a page with its parts written anew between their markers."""
    for name, lines in parts.items():
        begin, end = f"<!-- written by {by}: {name} -->", f"<!-- end of {name} -->"
        new = "\n".join([begin, "", *lines(), "", end])
        pattern = re.escape(begin) + r".*?" + re.escape(end)
        text, times = re.subn(pattern, lambda _, new=new: new, text, flags=re.DOTALL)  # type: ignore[misc]
        if times != 1:
            raise ValueError(f"the markers of the part {name!r} stand in the page {times} times")
    return text


def rewritten(page: Path, parts: Parts, by: str = "make docs") -> bool:
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
