"""Where the words at the right of a panel stand: without overlap, with lines to what they name."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from sim.reports import figure as data

TEXT = 9.0  # points: the smallest letters
LINE = 1.3 * TEXT  # the height of a line of words, with the room between two
LONGEST = 24  # letters in a line of words at the right of a panel; longer ones are broken
LONGEST_ROW = 40  # letters in a line of the name of a row
GAP = 0.05  # of the width of a panel, between its last point and the words, for leaders
HEAD = 0.8  # inches of a panel for its title, the numbers of its axis and its name, a line each
SIDE = 0.7  # inches left of a panel, for numbers of its axis and its name
LETTERS = 13.5  # of words, per inch; of titles, which are bold, fewer
BOLD = 0.82
STANDS = 0.3  # of a line: a word that is so near to its point needs no leader


class Word(NamedTuple):
    """A word at the right edge of a panel, and what it names."""

    text: str  # in lines that are short enough
    look: int | None
    point: tuple[float, float]
    led: bool = False  # with a line to its point, wherever it stands


def standing(
    words: Sequence[Word], ends: tuple[float, float], points: float
) -> list[tuple[float, bool]]:
    """Return how high each word stands in a panel with these ends of y, so many points high, and if it is led."""
    low, high = ends
    line = LINE / points * (high - low)
    heights = [word.point[1] for word in words]
    at = apart(heights, [line * (1 + word.text.count("\n")) for word in words], low, high)
    return [
        (at[n], word.led or abs(at[n] - word.point[1]) > STANDS * line)
        for n, word in enumerate(words)
    ]


def broken(text: str, longest: int, most: int | None) -> str:
    """Return a text in lines of so many letters, of each line of it `most`: what is longer is cut."""
    parts = text.splitlines()
    lines = (textwrap.wrap(part, longest, max_lines=most, placeholder=" …") for part in parts)
    return "\n".join(chain.from_iterable(lines))


def row_name(text: str) -> str:
    """Return the name of a row, or of a look, in lines that leave room for what is drawn."""
    return broken(text, LONGEST_ROW, 2)


def wrapped(text: str, inches: float, most: int | None = None) -> str:
    """Return a text in lines that are so wide, and wide enough for a word."""
    return broken(text, max(14, int(LETTERS * inches)), most)


def room(content: data.Figure) -> float:
    """Return how many inches of paper there are above and below each panel for its words."""
    lines = (x for panel in content.panels for n in panel.y.names for x in row_name(n).splitlines())
    names = max(map(len, lines), default=0)
    if "y" not in content.shared:
        names *= content.wide
    return (data.WIDE - names / LETTERS) / content.wide - SIDE


def height(content: data.Figure) -> float:
    """Return the height of the axes of each panel in points: all words at its right fit."""
    needed = (sum(1 + w.text.count("\n") for w in words_of(panel)) for panel in content.panels)
    return max(72 * (content.height - HEAD), LINE * max(needed, default=0))


def words_of(panel: data.Panel) -> list[Word]:
    """Return the words at the right of a panel: of all that has a name there, and a place."""
    found = (Word(broken(text, LONGEST, 4), *more) for text, *more in _named(panel) if text)
    return [word for word in found if np.isfinite(word.point).all()]


def _named(panel: data.Panel) -> Iterator[tuple[Any, ...]]:
    """Yield text, look, point, and if it is always led to it."""
    for mark in panel.marks:
        match mark:
            case data.Curve():
                known = [n for n, found in enumerate(mark.found) if np.isfinite(found.estimate)]
                if known:
                    last = known[-1]
                    point = float(mark.x[last]), mark.found[last].estimate
                    yield mark.label, mark.look, point, last < len(mark.found) - 1
            case data.Dots() if mark.names:
                for name, look, x, y in zip(mark.names, mark.looks, mark.x, mark.y, strict=True):
                    yield name, look, (x.estimate, y.estimate), True
            case data.Area():
                yield mark.label, None, (float(mark.x[-1]), float(mark.high[-1]))
            case data.Stack():
                for (low, high), label in zip(mark.edges, mark.labels, strict=True):
                    yield label, None, (float(mark.x[-1]), (low[-1] + high[-1]) / 2)


def apart(
    heights: Sequence[float], rooms: Sequence[float], low: float, high: float
) -> dict[int, float]:
    """Return number -> height of words, lowest first, none over another, from `low` to `high`.

    The least moves that keep words apart: those of an increasing fit to the heights less the room
    below each. So a word far from all others stays at its point.
    """
    order = sorted(
        (n for n in range(len(heights)) if np.isfinite(heights[n])), key=lambda n: heights[n]
    )
    if not order:
        return {}
    from scipy.optimize import isotonic_regression

    room = np.array([rooms[n] for n in order])
    below = np.concatenate([[0.0], np.cumsum((room[1:] + room[:-1]) / 2)])
    least = isotonic_regression(np.array([heights[n] for n in order]) - below).x
    bottom = low + room[0] / 2
    top = high - room[-1] / 2 - below[-1]
    placed = np.clip(least, bottom, max(bottom, top)) + below
    return dict(zip(order, placed.tolist(), strict=True))
