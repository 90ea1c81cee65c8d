"""A figure as data: panels with marks. Studies make it once; files and pages draw the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.reports import words

Numbers = Sequence[float] | np.ndarray
THIN_LINES = 25
MOST_NUMBERS = 60  # cells with a number in them
WIDE = 7.3  # inches of a figure on paper: as the text of an A4 page


@dataclass(frozen=True)
class Curve:
    """A line with its band; `name` is told where it is pointed at, `label` stands at its end."""

    x: Numbers
    found: Sequence[Interval]
    look: int = 0
    name: str = ""
    label: str = ""
    strong: bool = False  # a dark band, within a light one


@dataclass(frozen=True)
class Dots:
    """Estimates with intervals along x, y or both; `tips` is what is told of each of them."""

    x: Sequence[Interval]
    y: Sequence[Interval]
    looks: Sequence[int]
    tips: Sequence[tuple[str, Sequence[str]]]
    middle: Sequence[tuple[float, float]] = ()  # the thick part of each bar along x
    names: Sequence[str] = ()  # right of the panel, each with a line to its dot
    values: Sequence[str] = ()  # beside each bar
    small: bool = False


@dataclass(frozen=True)
class Heat:
    """Shares as the colours of cells, the lowest row first."""

    rows: Sequence[Sequence[Interval]]
    name: str
    unit: str

    @property
    def numbered(self) -> bool:
        """Whether there is room for a number in each cell."""
        return sum(map(len, self.rows)) <= MOST_NUMBERS


@dataclass(frozen=True)
class Bars:
    """Numbers as upright bars."""

    x: Numbers
    heights: Numbers
    look: int
    name: str


@dataclass(frozen=True)
class Area:
    """A light band: where most single runs are."""

    x: Numbers
    low: Numbers
    high: Numbers
    label: str = ""  # stands at the end of its upper edge


@dataclass(frozen=True)
class Stack:
    """Shares of a whole, one on the other, each with a label at its end; the first lies lowest."""

    x: Numbers
    shares: Sequence[Numbers]
    names: Sequence[str]
    colours: Sequence[str]
    labels: Sequence[str]  # an empty one: not written

    @property
    def edges(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The lower and the upper edge of each."""
        tops = np.cumsum(np.asarray(self.shares, float), axis=0)
        return list(zip([np.zeros(tops.shape[1]), *tops[:-1]], tops, strict=True))


@dataclass(frozen=True)
class Faint:
    """Grey lines without words, such as single runs."""

    lines: Sequence[tuple[Numbers, Numbers]]
    alpha: float = 0.25
    dash: str = "solid"


@dataclass(frozen=True)
class Rule:
    """A line across the panel where x (or y) has a value; a grey stretch if it lasts `until`."""

    at: float
    of: str = "x"
    dash: str = "solid"
    label: str = ""
    until: float | None = None


Mark = Curve | Dots | Heat | Bars | Area | Stack | Faint | Rule


@dataclass(frozen=True)
class Scale:
    """An axis of a panel; with `names`, they stand at 0, 1, 2 and so on."""

    label: str = ""
    limits: tuple[float, float] | None = None
    names: Sequence[str] = ()
    thousands: bool = False
    log: bool = False  # of x only
    each: str = ""  # what one value is called, if not as the axis
    hundred: bool = False  # shares, told as numbers of 100

    def told(self, value: float) -> str:
        """Return a value of this axis in words."""
        if self.names:
            return self.names[int(value)]
        if self.hundred:
            return f"{100 * value:g} %"
        return f"{value:,.0f}" if self.thousands else f"{value:g}"


def scale_of(unit: str, limits: tuple[float, float] | None = None) -> Scale:
    """Return an axis in a unit of the tables."""
    return Scale(words.unit(unit), limits, hundred=unit.startswith(words.SHARE))


def professionals(top: float = 1.0) -> Scale:
    """Return an axis of shares of professionals."""
    return scale_of("share of HCPs", (0, top))


def rows_of(names: Sequence[str]) -> Scale:
    """Return an axis of rows, the first name at the bottom."""
    return Scale("", (-0.6, len(names) - 0.4), names)


class Row(NamedTuple):
    """What was found of one thing; rows of one name are drawn on one line."""

    name: str
    found: Interval
    told: str  # where one points at it
    look: int = 0
    value: str = ""  # beside it
    apart: float = 0.0  # from the middle of its line, upwards
    what: str = ""  # told in the place of the name where one points at it


@dataclass(frozen=True)
class Panel:
    """Marks on two axes."""

    title: str
    marks: Sequence[Mark]
    x: Scale = field(default_factory=Scale)
    y: Scale = field(default_factory=Scale)


@dataclass(frozen=True)
class Figure:
    """Panels that are read together, row by row; `key` says what looks mean that no word at a line does."""

    name: str  # of its files
    title: str
    caption: str
    panels: Sequence[Panel]
    columns: int = 1
    height: float = 2.6  # of a panel, inches on paper
    shared: str = ""  # "x", "y" (within a row) or both
    key: Sequence[tuple[str, int]] = ()

    @property
    def wide(self) -> int:
        """How many panels stand beside each other."""
        return min(self.columns, len(self.panels))

    @property
    def legend(self) -> list[tuple[str, int]]:
        """What of the key is drawn."""
        marks = [mark for panel in self.panels for mark in panel.marks]
        looks = [getattr(mark, "looks", [getattr(mark, "look", None)]) for mark in marks]
        drawn = {look for each in looks for look in each}
        return [(name, look) for name, look in self.key if look in drawn]


def rows_panel(
    rows: Sequence[Row],
    across: str,
    *,
    tips: tuple[str, str] = ("what", "change"),
    title: str = "",
    right: float = 0.05,
    limits: tuple[float, float] | None = None,
    rules: Sequence[Rule] = (Rule(0),),
) -> Panel:
    """Return rows about what `rules` mark, the first on top; `tips` say what name and number are where one points at them."""
    rows = rows[::-1]
    found, names = [row.found for row in rows], [row.name for row in rows]
    lines = list(dict.fromkeys(names))
    heights = [exact(lines.index(row.name) + row.apart) for row in rows]
    values = [row.value for row in rows] if any(row.value for row in rows) else ()
    told = [row.what or row.name for row in rows], [row.told for row in rows]
    each = list(zip(tips, told, strict=True))
    dots = Dots(found, heights, [row.look for row in rows], each, values=values)
    scale = Scale(across, limits or around(found, right))
    return Panel(title, [*rules, dots], scale, rows_of(lines))


def exact(x: float) -> Interval:
    """Return a number that has no interval."""
    return Interval(float(x), np.nan, np.nan, 1)


def of_100(share: Interval) -> Interval:
    """Return a share as a number of 100."""
    return Interval(100 * share.estimate, 100 * share.low, 100 * share.high, share.runs)


def around(found: Iterable[Interval], right: float = 0.05) -> tuple[float, float]:
    """Return limits that hold intervals and 0, with some room beyond them."""
    known = [x for i in found for x in i[:3] if np.isfinite(x)]
    low, high = min([0.0, *known]), max([0.0, *known])
    width = (high - low) or 1.0
    return low - 0.05 * width, high + right * width


def mean_of_runs(runs: np.ndarray) -> list[Interval]:
    """Return the mean of (runs, months) shares in each month, with its interval."""
    columns = (x.tolist() for x in intervals.of_columns(runs, (0, 1)))
    return [Interval(*month) for month in zip(*columns, strict=True)]


def single_runs(
    x: Numbers, runs: np.ndarray, name: str, labels: tuple[str, str] = ("", "")
) -> list[Mark]:
    """Return mean and interval of (runs, months), 80 % of the runs, and some of them.

    `labels` stand at the ends of the 80 % and of the mean.
    """
    good = runs[~np.isnan(runs).all(axis=1)]  # a failed run has no months
    marks: list[Mark] = []
    if len(good) > 1:
        thin = good[:THIN_LINES].astype(np.float32)
        marks.append(Faint([(x, line) for line in thin]))
        low, high = np.nanpercentile(good, [10, 90], axis=0)
        marks.append(Area(x, low, high, labels[0]))
    return [*marks, Curve(x, mean_of_runs(runs), 0, name, labels[1], strong=True)]
