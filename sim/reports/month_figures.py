"""Figures of what changes month by month: adopters, lapsed, trust, organisations running the tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from sim.reports.figure import Curve, Figure, Mark, Panel, Scale, exact

QUANTITIES = (
    ("adopters", "Adopters", "share of HCPs"),
    ("lapsed", "Lapsed (stopped using)", "share of HCPs"),
    ("trust", "Trust", "mean of HCPs, 0 to 1"),
    ("running", "Organisations running the tool", "share of organisations"),
)
MONTHS = Scale("months since the start", each="month")


def month_figure(
    name: str,
    caption: str,
    marks_of: Callable[[str, str], list[Mark]],
    key: Sequence[tuple[str, int]] = (),
) -> Figure:
    """Return a panel for each quantity, with the marks of its column and title."""
    panels = [
        Panel(title, marks_of(column, title), MONTHS, Scale(unit, (0, 1)))
        for column, title, unit in QUANTITIES
    ]
    return Figure(name, "Month by month", caption, panels, 2, shared="x", key=key)


def history_figure(paths: Mapping[str, np.ndarray]) -> Figure:
    """Return the months of one run, which has no intervals."""

    def marks_of(column: str, title: str) -> list[Mark]:
        path = paths[column]
        return [Curve(range(len(path)), [exact(x) for x in path], 0, title)]

    return month_figure("history", "One run, so there are no intervals.", marks_of)
