"""An answer: sentences and tables, said once and shown on the terminal and in the report."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

from sim.reports import words

NARROWEST = 40  # of a last column of text, before its cells are broken into lines


def _beside(line: str, texts: list[str]) -> list[tuple[str, str]]:
    """Return a line with the first of some texts, and each other text beneath."""
    first, *others = texts or [""]
    return [(line, first), *(("", text) for text in others)]


@dataclass(frozen=True)
class Table:
    """Cells in words.

    Attributes
    ----------
    rows : list of list of str
        The first row is the head, the first column names the rows.
    title, note : str
        A line above and a line below; empty for none.
    text_last : bool
        Whether the last column is text, such as units.
    left : int
        How many of the first columns are text.
    """

    rows: list[list[str]]
    title: str = ""
    note: str = ""
    text_last: bool = False
    left: int = 1

    def lines(self) -> list[str]:
        """Return the table as aligned lines."""
        cells = [row[:-1] for row in self.rows] if self.text_last else self.rows
        lines = words.grid_lines(cells, self.left)
        if self.text_last:
            width = max(len(line) for line in lines)
            room = max(NARROWEST, words.WIDTH - width - 2)
            lines = [
                f"{start.ljust(width)}  {text}".rstrip()
                for line, row in zip(lines, self.rows, strict=True)
                for start, text in _beside(line, textwrap.wrap(row[-1], room))
            ]
        above, below = (words.paragraph(text) for text in (self.title, self.note))
        return [*above, *lines, *below]


@dataclass(frozen=True)
class Answer:
    """What a study says.

    Attributes
    ----------
    title, question : str
        Untrusted text: a user's file may hold them.
    blocks : list of str or Table
        Paragraphs and tables, in reading order.
    summary : list of str
        What whoever reads nothing else has to know: paragraphs that stand first on a page, and
        last on the terminal, where the end is what is seen.
    """

    title: str
    question: str
    blocks: list[str | Table]
    summary: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the answer for the terminal: tables stand apart, paragraphs are wrapped."""
        lines = [f"{self.title}: {self.question}"]
        before: str | Table = ""
        for block in self.blocks:
            if isinstance(block, Table) or isinstance(before, Table):
                lines.append("")
            lines += block.lines() if isinstance(block, Table) else words.paragraph(block)
            before = block
        for text in self.summary:
            lines += ["", *words.paragraph(text)]
        return lines
