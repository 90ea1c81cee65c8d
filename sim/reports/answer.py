"""What a study found, as data: the words and tables that tell it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from sim.tables.layout import Table, in_notebook, paragraph


@dataclass(frozen=True)
class Answer:
    """What a study says. All texts are untrusted: a user's file may hold them."""

    title: str
    question: str
    blocks: Sequence[str | Table]  # paragraphs and tables, in reading order
    summary: Sequence[str] = ()  # for whoever reads no more: first, paragraphs apart

    def lines(self) -> list[str]:
        """Return the answer for the terminal: tables stand apart, paragraphs are wrapped."""
        lines = [f"{self.title}: {self.question}"]
        before: str | Table = ""
        for n, block in enumerate((*self.summary, *self.blocks)):
            apart = 0 < n <= len(self.summary)
            if apart or isinstance(block, Table) or isinstance(before, Table):
                lines.append("")
            lines += block.lines() if isinstance(block, Table) else paragraph(block)
            before = block
        return lines

    def _repr_html_(self) -> str:
        """Return the answer for the cell of a notebook."""
        head = f"<p><strong>{escape(self.title)}</strong>: {escape(self.question)}</p>"
        blocks = (
            block.__html__() if isinstance(block, Table) else f"<p>{escape(block)}</p>"
            for block in (*self.summary, *self.blocks)
        )
        return in_notebook(head, *blocks)


class Answered:
    """What a study found; printed, or as the last line of a notebook's cell, it is its answer."""

    @property
    @abstractmethod
    def told(self) -> Answer:
        """The sentences, and the tables."""

    def __str__(self) -> str:
        return "\n".join(self.told.lines())

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return self.told._repr_html_()


@dataclass(frozen=True)
class Section:
    """More that a page tells below its answer."""

    title: str  # empty: it goes on with the section before
    blocks: Sequence[str | Table]
    folded: str = ""  # where not empty, hidden until these words are clicked
