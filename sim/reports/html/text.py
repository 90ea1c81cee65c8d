"""Text and tables as HTML, for pages and notebooks; without the library that draws figures.

A result that is shown in a notebook, and a handout, need no more than this.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from sim.reports.answer import Answer, Table


def tag(name: str, text: str, kind: str = "") -> str:
    """Return an element with escaped text."""
    return f"<{name}{kind_of(kind)}>{escape(text)}</{name}>"


def kind_of(kind: str) -> str:
    """Return the class of an element, escaped; nothing where it has none."""
    return f' class="{escape(kind)}"' if kind else ""


def notebook(answer: Answer) -> str:
    """Return an answer for the cell of a notebook, which has neither our style nor our script."""
    blocks = [
        plain_table(block)
        if isinstance(block, Table)
        else f'<p style="max-width: 46em">{escape(block)}</p>'
        for block in (*answer.summary, *answer.blocks)
    ]
    head = f"<p><strong>{escape(answer.title)}</strong>: {escape(answer.question)}</p>"
    return f"<div>{head}\n" + "\n".join(blocks) + "</div>"


def plain_table(content: Table) -> str:
    """Return a table that carries its style with it."""
    width = len(content.rows[0])
    left = set(range(content.left)) | ({width - 1} if content.text_last else set())

    def row(cells: Sequence[str], name: str) -> str:
        return "".join(
            f'<{name} style="text-align: {"left" if n in left else "right"}; '
            f'padding: 0.2em 0.7em">{escape(c)}</{name}>'
            for n, c in enumerate(cells)
        )

    head, *rows = content.rows
    body = "\n".join(f"<tr>{row(cells, 'td')}</tr>" for cells in rows)
    above = f"<p>{escape(content.title)}</p>" if content.title else ""
    below = f"<p><small>{escape(content.note)}</small></p>" if content.note else ""
    return (
        f"{above}<table><thead><tr>{row(head, 'th')}</tr></thead>\n"
        f"<tbody>{body}</tbody></table>{below}"
    )
