"""Figures of what changes month by month: where everybody is, adopters, trust, running tools."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

import numpy as np

from sim.outcomes.table import MIDWAY, PLACES
from sim.reports.figure import Curve, Figure, Mark, Panel, Rule, Scale, Stack, exact, scale_of

QUANTITIES = (
    ("adopters", "Use it", "share of professionals"),
    ("lapsed", "Tried or used it, and stopped", "share of professionals"),
    ("trust", "Trust", "mean, 0 to 1"),
    ("running", "Organisations that have the tool", "share of organisations"),
)
MONTHS = Scale("months since the start", each="month")
# Of PLACES, in their order: neighbours differ in lightness, and none by red and green alone
COLOURS_OF_PLACES = (
    "#0072B2", "#8CCBF2", "#B34A00", "#F0B84A", "#E2E2E2", "#555555", "#F6F6F6",
)  # fmt: skip
SEEN = 0.5  # of 100: a place that never holds as many is not named
LONG = 3  # months: a mean is outside of most runs for less only by chance
NEAR, NEAR_TOLD = 0.1, "a tenth of the axis"  # of the mean at the end
FEW, MANY = 0.1, 10  # share of runs that end near their mean; runs that it takes to say so


def months_axis(months: int) -> Scale:
    """Return the axis of so many months, the same in all figures of an answer."""
    return Scale(MONTHS.label, (0, max(1, months)), each=MONTHS.each)


def where_figure(paths: Mapping[str, np.ndarray], caption: str) -> Figure:
    """Return where everybody is in each month, of (runs, months) shares by place."""
    with warnings.catch_warnings():  # where all runs failed, there is nothing to tell
        warnings.simplefilter("ignore", RuntimeWarning)
        shares = [100 * np.nanmean(np.asarray(paths[place.name]), axis=0) for place in PLACES]
    months = len(shares[0]) - 1
    labels = [
        f"{place.title}: {'under 1' if 0 < share[-1] < SEEN else f'{share[-1]:.0f}'}"
        if np.nanmax(share, initial=0) >= SEEN
        else ""
        for place, share in zip(PLACES, shares, strict=True)
    ]
    names = [place.title for place in PLACES]
    marks: list[Mark] = [Stack(range(months + 1), shares, names, COLOURS_OF_PLACES, labels)]
    if months > MIDWAY:
        marks.append(Rule(MIDWAY, dash="dotted"))
        caption += f" Dotted: month {MIDWAY}."
    panel = Panel("", marks, months_axis(months), Scale("of 100 professionals", (0, 100)))
    told = f"Numbers at the right: of 100 professionals, in month {months}. {caption}"
    return Figure("where", "Where everybody is", told, [panel], height=3.6)


def month_figure(
    name: str, caption: str, marks_of: Callable[[str, str], list[Mark]], months: int
) -> Figure:
    """Return a panel for each quantity, with the marks of its column and title."""
    panels = [
        Panel(title, marks_of(column, title), months_axis(months), scale_of(unit, (0, 1)))
        for column, title, unit in QUANTITIES
    ]
    return Figure(name, "Month by month", caption, panels, 2, shared="x")


def history_figure(paths: Mapping[str, np.ndarray]) -> Figure:
    """Return the months of one run, which has no intervals."""

    def marks_of(column: str, title: str) -> list[Mark]:
        path = paths[column]
        return [Curve(range(len(path)), [exact(x) for x in path], 0, title)]

    months = len(paths["adopters"]) - 1
    return month_figure("history", "One run, so there are no intervals.", marks_of, months)


def unlike_told(runs: np.ndarray, what: str) -> str:
    """Say how the mean of (runs, months) shares is unlike its runs; nothing where it is like them."""
    good = runs[~np.isnan(runs).any(axis=1)]
    if len(good) < 2:
        return ""
    mean, said = good.mean(axis=0), ""
    low, high = np.percentile(good, [10, 90], axis=0)
    outside = np.flatnonzero((mean < low) | (mean > high))
    if len(outside) >= LONG:
        above = (mean > high).sum() > (mean < low).sum()
        side, far = ("above", "higher") if above else ("below", "lower")
        said = (
            f" {what}: in months {outside[0]} to {outside[-1]} the mean lies {side} 80 % of the "
            f"runs, for a few histories are far {far} than all others."
        )
    near = (np.abs(good[:, -1] - mean[-1]) <= NEAR).sum()
    if len(good) >= MANY and near < FEW * len(good):
        said += (
            f" {what}: the mean describes hardly any history, {near} of {len(good)} runs end "
            f"less than {NEAR_TOLD} from it."
        )
    return said
