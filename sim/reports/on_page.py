"""A figure on a page: the picture of its panels, and what is told where it is pointed at."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn
from PIL import Image

from sim.reports import words
from sim.reports.draw_files import unwarned
from sim.reports.figure import Bars, Curve, Dots, Figure, Heat, Panel, Stack

FEW_COLOURS = 96  # of a picture: a third of its size
NEAR = 8  # points around a dot that are its own
WHOLE = 10_000  # parts of the width, and of the height, of a picture

Box = tuple[float, float, float, float]  # left, bottom, right, top


class OnPage(NamedTuple):
    """A figure as a page shows it; `spots` are left, top, right, bottom in parts of WHOLE, and a text."""

    title: str
    caption: str
    address: str  # a picture that holds its own data
    spots: Sequence[tuple[int, int, int, int, str]]


@unwarned()  # text that is measured is looked up letter by letter
def on_page(content: Figure, drawn: Drawn, file: Path) -> OnPage:
    """Return a drawn figure, saved as the PNG `file`, without its caption, which the page tells in words."""
    top = min([1.0, *(text.get_window_extent().y0 / drawn.bbox.height for text in drawn.texts)])
    with Image.open(file) as image:
        panels = image.crop((0, round(image.height * (1 - top)), *image.size))
    address = address_of(panels.convert("RGB").quantize(FEW_COLOURS))
    across, up = WHOLE / drawn.bbox.width, WHOLE / (top * drawn.bbox.height)
    spots = [
        (round(left * across), round(WHOLE - high * up), round(right * across), round(WHOLE - low * up), text)
        for panel, view in zip(content.panels, drawn.axes, strict=False)
        for (left, low, right, high), text in told_in(panel, view)
    ]  # fmt: skip
    return OnPage(content.title, content.caption, address, spots)


def address_of(picture: Image.Image, **options: int) -> str:
    """Return an address that holds a picture."""
    content = io.BytesIO()
    picture.save(content, "png", optimize=True, **options)
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode("ascii")


def told_in(panel: Panel, view: Axes) -> Iterator[tuple[Box, str]]:
    """Yield what is told in a panel, and where, in pixels: all lines at an x in one box."""
    at = view.transData.transform
    lines: dict[float, list[str]] = {}

    def tell(name: str, x: Sequence[float] | np.ndarray, values: Iterator[str]) -> None:
        for place, value in zip(map(float, x), values, strict=True):
            lines.setdefault(place, []).append(f"{name}: {value}")

    for mark in panel.marks:
        match mark:
            case Curve():
                told_as = words.per_100 if panel.y.shares else words.with_interval
                tell(mark.name, mark.x, map(told_as, mark.found))
            case Stack():
                for name, share in zip(reversed(mark.names), reversed(mark.shares), strict=True):
                    tell(name, mark.x, (f"{x:.1f}" for x in share))
            case Bars():
                tell(mark.name, mark.x, (f"{x:g}" for x in mark.heights))
    if lines:
        places = sorted(lines)
        x = at([(place, view.get_ylim()[0]) for place in places])[:, 0]
        edges = [view.bbox.x0, *(x[1:] + x[:-1]) / 2, view.bbox.x1]
        head = panel.x.each or panel.x.label
        for n, place in enumerate(places):
            box = edges[n], view.bbox.y0, edges[n + 1], view.bbox.y1
            yield box, "\n".join([f"{head}: {panel.x.told(place)}", *lines[place]])
    for mark in panel.marks:
        match mark:
            case Heat():
                for j, row in enumerate(mark.rows):
                    for i, found in enumerate(row):
                        (left, low), (right, high) = at([(i - 0.5, j - 0.5), (i + 0.5, j + 0.5)])
                        where = f"{panel.x.label}, {panel.y.label}: {panel.x.told(i)}, {panel.y.told(j)}"
                        told = f"{where}\n{mark.name}: {words.per_100(found)}"
                        yield (left, low, right, high), told
            case Dots():
                for n, middle in enumerate(zip(mark.x, mark.y, strict=True)):
                    x, y = at([i.estimate for i in middle])
                    told = "\n".join(f"{name}: {values[n]}" for name, values in mark.tips)
                    if np.isfinite([x, y]).all():
                        yield (x - NEAR, y - NEAR, x + NEAR, y + NEAR), told
