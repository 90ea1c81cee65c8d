"""How figures on paper look, whatever a user's matplotlibrc says: letters, lines, numbers of axes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from warnings import catch_warnings, filterwarnings

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names
from matplotlib.style import context
from matplotlib.ticker import FuncFormatter, LogFormatter

from sim.reports.looks import FAINT, INK
from sim.reports.places import TEXT

# Whatever a user's matplotlibrc says. Titles and names are a user's text: a $ in them is no mathematics
STYLE = {
    "font.size": TEXT,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "nasss-sim",
    "text.parse_math": False,
}
# Of letters that matplotlib's own font lacks: what Linux, Windows and macOS bring
OTHER_SCRIPTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Zen Hei",
    "Microsoft YaHei", "Yu Gothic", "PingFang SC", "Hiragino Sans", "Arial Unicode MS",
)  # fmt: skip


@cache
def _families() -> list[str]:
    """Return the families of letters: what the first has not is looked for in the others that are here."""
    return ["sans-serif", *(name for name in OTHER_SCRIPTS if name in get_font_names())]


@contextmanager
def styled(**more: Any) -> Iterator[None]:
    """Return the context in which figures are made and saved; it leaves a user's own as they are."""
    with context(["default", STYLE | {"font.family": _families()} | more]), unwarned():
        yield


@contextmanager
def unwarned() -> Iterator[None]:
    """Return the context in which nothing is said of letters that no font here has: a box says it."""
    with catch_warnings():
        filterwarnings("ignore", r"Glyph \d+ .*missing from", UserWarning)
        yield


HUNDRED = FuncFormatter(lambda share, _: f"{100 * share:g}")


class PlainLog(LogFormatter):
    """Numbers of a logarithmic axis as they are written, where matplotlib has mathematics."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def _num_to_string(self, x: float, vmin: float, vmax: float) -> str:
        return f"{self.times * x:g}"


class ShownFigure(Figure):
    """A figure that a notebook shows, also one that has not been told to use matplotlib."""

    def draw(self, renderer: Any) -> None:
        """Draw without a word about letters, also where a user saves it."""
        with unwarned():
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        content = io.BytesIO()
        with styled():
            self.savefig(content, format="png")
        return content.getvalue()


def new_figure(rows: int, columns: int, size: tuple[float, float], **options: Any) -> Any:
    """Return a figure (without pyplot's global state) and its axes, shape (rows, columns)."""
    figure = ShownFigure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def describe(figure: Figure, text: str) -> None:
    """Say above all panels what they show."""
    figure.suptitle(text, fontsize=TEXT, color=INK, x=0.01, ha="left")
