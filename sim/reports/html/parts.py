"""Pieces of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from sim.reports.answer import Answer
from sim.reports.figures.style import COLOURS
from sim.reports.html.plots import DASHES, Group
from sim.reports.html.text import kind_of, tag
from sim.tables.layout import Table

_DASHES = {"solid": "none", "dashed": "6 3", "dotted": "2 3", "dashdot": "6 3 2 3"}


def paragraphs(answer: Answer) -> str:
    """Return the sentences and tables of an answer, in its order."""
    return "\n".join(
        table(block) if isinstance(block, Table) else tag("p", block) for block in answer.blocks
    )


def table(content: Table, text_columns: Sequence[int] = ()) -> str:
    """Return a table that sorts on a click on its head; `text_columns` are aligned left."""
    head, *rows = content.rows
    left = {*range(content.left), *text_columns} | ({len(head) - 1} if content.text_last else set())
    kinds = ["text" if n in left else "" for n in range(len(head))]
    heads = "".join(_head(h, k) for h, k in zip(head, kinds, strict=True))
    body = "\n".join(
        "<tr>" + "".join(tag("td", c, k) for c, k in zip(row, kinds, strict=True)) + "</tr>"
        for row in rows
    )
    above = tag("p", content.title) if content.title else ""
    below = tag("p", content.note, "note") if content.note else ""
    return (
        f'{above}<div class="scroll"><table><thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>{below}"
    )


def _head(name: str, kind: str) -> str:
    if not name:
        return f"<td{kind_of(kind)}></td>"
    button = f'<button type="button" title="sort">{escape(name)}</button>'
    return f'<th scope="col"{kind_of(kind)}>{button}</th>'


def pairs(content: Mapping[str, str], code: Sequence[str] = ()) -> str:
    """Return names with their values; those in `code` as something to type."""
    rows = [
        tag("dt", name)
        + (f"<dd><code>{escape(value)}</code></dd>" if name in code else tag("dd", value))
        for name, value in content.items()
    ]
    return "<dl>\n" + "\n".join(rows) + "\n</dl>"


def group(content: Group, places: Sequence[str]) -> str:
    """Return the places that the figures of a group are drawn into, with caption and key."""
    two = content.wide or len(places) == 2
    wide = "panels one" if len(places) == 1 else "panels wide" if two else "panels"
    names = "".join(f'<div id="{escape(p)}"></div>' for p in places)
    return (
        f"<section>{tag('h3', content.title)}{tag('p', content.caption, 'caption')}"
        f'{_key(content)}<div class="{wide}">{names}</div></section>'
    )


def _key(content: Group) -> str:
    items = "".join(
        '<li><svg width="26" height="8" aria-hidden="true"><line x1="0" y1="4" x2="26" y2="4" '
        f'stroke="{COLOURS[number % len(COLOURS)]}" stroke-width="3" '
        f'stroke-dasharray="{_dash(number) if content.dashed else "none"}"/></svg>'
        f"{escape(name)}</li>"
        for name, number in content.key
    )
    return f'<ul class="key">{items}</ul>' if items else ""


def _dash(number: int) -> str:
    return _DASHES[DASHES[number % len(DASHES)]]
