"""Where the words at the right of a panel stand: without overlap, with lines to what they name."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.reports import figure as data

TEXT = 9.0  # points: the smallest letters
LINE = 1.3 * TEXT  # the height of a line of words, with the room between two
LONGEST = 24  # letters in a line of words at the right of a panel; longer ones are broken
GAP = 0.05  # of the width of a panel, between its last point and the words, for leaders
HEAD = 0.8  # inches of a panel for its title, the numbers of its axis and its name, a line each
SIDE = 0.7  # inches left of a panel, for numbers of its axis and its name
LETTERS = 13.5  # of words, per inch; of titles, which are bold, fewer
BOLD = 0.82
STANDS = 0.3  # of a line: a word that is so near to its point needs no leader


Limits = tuple[tuple[float, float], tuple[float, float]]


class Word(NamedTuple):
    """A word at the right edge of a panel, with a line from its point where it stands elsewhere."""

    text: str
    look: int | None
    point: tuple[float, float]
    height: float  # of its middle, on the axis y
    room: float  # its own height, on the axis y
    led: bool


class Places(NamedTuple):
    """Limits of both axes, the words at the right, and where the axis ends and words begin."""

    x: tuple[float, float]
    y: tuple[float, float]
    words: list[Word]
    end: float

    @property
    def edge(self) -> float:
        """Where words begin, on the axis x."""
        return self.x[1]


def places(panel: data.Panel, limits: Limits, points: float) -> Places:
    """Return where things stand in a panel whose axes are so many points high."""
    x, y = limits
    named = list(_named(panel))
    if not named:
        return Places(x, y, [], x[1])
    line = LINE / points * (y[1] - y[0])
    texts = [broken(text) for text, *_ in named]
    rooms = [line * len(text.splitlines()) for text in texts]
    heights = [point[1] for *_, point, _ in named]
    words = [
        Word(texts[n], look, point, at, rooms[n], always or abs(at - point[1]) > STANDS * line)
        for n, at in apart(heights, rooms, *y)
        for _, look, point, always in [named[n]]
    ]
    return Places((x[0], x[1] + GAP * (x[1] - x[0])), y, words, x[1])


def broken(text: str) -> str:
    """Return a name in lines that are short enough for the right of a panel."""
    return "\n".join(textwrap.wrap(text, LONGEST))


def wrapped(text: str, inches: float) -> str:
    """Return a text in lines that are so wide."""
    longest = max(8, int(LETTERS * inches))
    parts = (textwrap.wrap(part, longest) for part in text.splitlines())
    return "\n".join(line for lines in parts for line in lines)


def room(content: data.Figure) -> float:
    """Return how many inches of paper there are above and below each panel for its words."""
    lines = (x for panel in content.panels for name in panel.y.names for x in name.splitlines())
    names = max(map(len, lines), default=0)
    if "y" not in content.shared:
        names *= content.wide
    return (data.WIDE - names / LETTERS) / content.wide - SIDE


def height(content: data.Figure) -> float:
    """Return the height of the axes of each panel in points: all words at its right fit."""
    needed = (
        sum(len(broken(text).splitlines()) for text, *_ in _named(panel))
        for panel in content.panels
    )
    return max(72 * (content.height - HEAD), LINE * max(needed, default=0))


def _named(
    panel: data.Panel,
) -> Iterator[tuple[str, int | None, tuple[float, float], bool]]:
    """Yield each word at the right of a panel: text, look, its point, and if it is always led."""
    for mark in panel.marks:
        match mark:
            case data.Curve() if mark.label:
                known = [n for n, found in enumerate(mark.found) if np.isfinite(found.estimate)]
                if known:
                    last = known[-1]
                    point = float(mark.x[last]), mark.found[last].estimate
                    yield mark.label, mark.look, point, last < len(mark.found) - 1
            case data.Dots() if mark.names:
                for name, look, x, y in zip(mark.names, mark.looks, mark.x, mark.y, strict=True):
                    if np.isfinite([x.estimate, y.estimate]).all():
                        yield name, look, (x.estimate, y.estimate), True
            case data.Area() if mark.label:
                yield mark.label, None, (float(mark.x[-1]), float(mark.high[-1])), False
            case data.Stack():
                for (low, high), label in zip(mark.edges, mark.labels, strict=True):
                    if label:
                        yield label, None, (float(mark.x[-1]), (low[-1] + high[-1]) / 2), False


def apart(
    heights: Sequence[float], rooms: Sequence[float], low: float, high: float
) -> list[tuple[int, float]]:
    """Return (number, height) of words, lowest first, none over another, from `low` to `high`.

    The least moves that keep words apart: those of an increasing fit to the heights less the room
    below each. So a word far from all others stays at its point.
    """
    order = sorted(
        (n for n in range(len(heights)) if np.isfinite(heights[n])), key=lambda n: heights[n]
    )
    if not order:
        return []
    from scipy.optimize import isotonic_regression

    room = np.array([rooms[n] for n in order])
    below = np.concatenate([[0.0], np.cumsum((room[1:] + room[:-1]) / 2)])
    least = isotonic_regression(np.array([heights[n] for n in order]) - below).x
    bottom = low + room[0] / 2
    top = high - room[-1] / 2 - below[-1]
    placed = np.clip(least, bottom, max(bottom, top)) + below
    return [(n, float(y)) for n, y in zip(order, placed, strict=True)]
