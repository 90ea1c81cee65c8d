"""Tables of texts, laid out once: as aligned lines for terminals, as HTML for pages and notebooks."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain, zip_longest

WIDTH = 96
NARROWEST = 40  # of a last column of text, before its cells are broken into lines
FILLER = "\0"  # after a letter that takes two columns, while a text is broken into lines
BESIDE_NUMBERS = 60  # letters of a cell, before it is broken into lines
STYLE = """<style>
.nasss-sim th, .nasss-sim td { text-align: right; padding: 0.2em 0.7em; }
.nasss-sim .text { text-align: left; }
.nasss-sim p { max-width: 46em; }
.nasss-sim table { margin: 0.6em 0; }
.nasss-sim .note { font-size: smaller; }
</style>"""  # of what stands in a notebook, which has none of ours


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese letters, say, take two each."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(letter: str) -> int:
    wide = unicodedata.east_asian_width(letter) in "WF"
    return 1 + wide - (unicodedata.category(letter) in ("Mn", "Me"))


def filled(text: str, width: int) -> str:
    """Return a text with blanks after it, so many columns wide."""
    return text + " " * (width - columns(text))


def broken(text: str, width: int, first: str = "", other: str = "") -> list[str]:
    """Return a text broken into lines, the first and the others indented as said."""
    wide = text if text.isascii() else "".join(c + FILLER * (_columns(c) - 1) for c in text)
    lines = textwrap.wrap(wide, width, initial_indent=first, subsequent_indent=other)
    return [line.replace(FILLER, "") for line in lines]


def paragraph(text: str) -> list[str]:
    """Return a sentence or more, broken into lines."""
    return broken(text, WIDTH)


def beside(left: Sequence[str], right: Sequence[str], width: int) -> list[str]:
    """Return lines with other lines beside them; whichever are fewer are filled up."""
    pairs = zip_longest(left, right, fillvalue="")
    return [f"{filled(a, width)}  {b}".rstrip() for a, b in pairs]


def in_notebook(*parts: str) -> str:
    """Return HTML for the cell of a notebook."""
    return f'<div class="nasss-sim">{STYLE}\n' + "\n".join(parts) + "</div>"


@dataclass(frozen=True)
class Table:
    """Cells in words. The first row is the head; title and note are a line above and below."""

    rows: Sequence[Sequence[str]]
    title: str = ""
    note: str = ""
    left: int = 1  # so many first columns are text; those between are numbers
    text_last: int = 0  # so many last columns are text, broken into lines where wide

    def lines(self) -> list[str]:
        """Return the table as aligned lines."""
        rows = self._aligned([row[:-1] for row in self.rows] if self.text_last else self.rows)
        if self.text_last:
            width = max(columns(line) for lines in rows for line in lines)
            room = max(NARROWEST, WIDTH - width - 2)
            rows = [
                beside(lines, broken(row[-1], room), width)
                for lines, row in zip(rows, self.rows, strict=True)
            ]
        return [*paragraph(self.title), *chain.from_iterable(rows), *paragraph(self.note)]

    def _aligned(self, rows: Sequence[Sequence[str]]) -> list[list[str]]:
        """Return the lines of each row; a cell may be whatever a user's names are."""
        numbers = not all(map(self._is_text, range(len(self.rows[0]))))
        most = BESIDE_NUMBERS if numbers else WIDTH
        apart = [
            [(broken(c, most) or [""]) if columns(c) > most else [c] for c in row] for row in rows
        ]
        widths = [max(columns(x) for c in column for x in c) for column in zip(*apart, strict=True)]
        return [
            [self._line(cells, widths) for cells in zip_longest(*row, fillvalue="")]
            for row in apart
        ]

    def _line(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        return "  ".join(
            filled(cell, width) if self._is_text(n) else filled("", width - columns(cell)) + cell
            for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()

    def _is_text(self, column: int) -> bool:
        return column < self.left or column >= len(self.rows[0]) - self.text_last

    def __html__(self) -> str:
        """Return the table as HTML, escaped: templates put it into a page as it is."""

        def row(cells: Sequence[str], name: str) -> str:
            start = 'th scope="col"' if name == "th" else name
            kinds = (' class="text"' if self._is_text(n) else "" for n in range(len(cells)))
            made = (f"<{start}{k}>{escape(c)}</{name}>" for k, c in zip(kinds, cells, strict=True))
            return f"<tr>{''.join(made)}</tr>"

        head, *body = self.rows
        rows = "\n".join(row(cells, "td") for cells in body)
        above = f"<p>{escape(self.title)}</p>" if self.title else ""
        below = f'<p class="note">{escape(self.note)}</p>' if self.note else ""
        return (
            f'{above}<div class="scroll" tabindex="0"><table><thead>{row(head, "th")}</thead>\n'
            f"<tbody>\n{rows}\n</tbody></table></div>{below}"
        )

    def _repr_html_(self) -> str:
        return in_notebook(self.__html__())
