"""Numbers in words: estimates always with their interval."""

from __future__ import annotations

import numpy as np

from sim.analysis.intervals import Interval
from sim.tables.messages import counted

NO_NUMBER = "no number"
# What every page says that may leave the hands of whoever made it
LEFT_OUT = (
    "This is not a forecast: it shows what follows from stated assumptions, and almost all numbers "
    "are assumptions. The model has one tool and one kind of organisation, no patients and no "
    "competition between tools. Users lapse too rarely in it, tools are given up too rarely and "
    "spread too fast, and peers matter too much, compared with published studies."
)
# Words for a change of a share. The limits are conventions of this program, not of the field.
SIZES = ((0.02, "hardly"), (0.05, "a little"), (0.15, "clearly"), (np.inf, "strongly"))


def number(x: float, digits: int = 2) -> str:
    """Return a number, in words where there is none; never -0.00."""
    if np.isnan(x):
        return NO_NUMBER
    text = f"{x:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text


def signed(x: float, digits: int = 2) -> str:
    """Return a difference with its sign."""
    text = number(x, digits)
    return text if text == NO_NUMBER or text.startswith("-") else "+" + text


def between(low: float, high: float, digits: int = 2, sign: bool = False) -> str:
    """Return `low to high`."""
    show = signed if sign else number
    return NO_NUMBER if np.isnan(low) else f"{show(low, digits)} to {show(high, digits)}"


def with_interval(x: Interval, digits: int = 2, sign: bool = False) -> str:
    """Return an estimate and its 95 % interval."""
    show = signed if sign else number
    if np.isnan(x.low):
        return show(x.estimate, digits)
    return f"{show(x.estimate, digits)} ({between(x.low, x.high, digits, sign)})"


def percent(x: Interval) -> str:
    """Return a share in percent and its 95 % interval."""
    if np.isnan(x.estimate):
        return NO_NUMBER
    if np.isnan(x.low):
        return f"{100 * x.estimate:.0f} %"
    return f"{100 * x.estimate:.0f} % ({100 * x.low:.0f} to {100 * x.high:.0f} %)"


def differs(x: Interval) -> bool:
    """Whether the interval of a difference lies on one side of 0."""
    return bool(x.low > 0 or x.high < 0)


def changes(change: Interval, what: str) -> str:
    """Say how much something changes a share; nothing clear if the interval includes 0."""
    if not differs(change):
        return f"does not clearly change {what}"
    size = next(word for limit, word in SIZES if abs(change.estimate) < limit)
    return f"hardly changes {what}" if size == "hardly" else f"changes {what} {size}"


def value(x: object) -> str:
    """Return a parameter's value as a user would type it."""
    if x is None:
        return "null"
    return f"{x:g}" if isinstance(x, (int, float)) else str(x)


def runs(n: int) -> str:
    """Return a number of runs."""
    return counted(n, "run")


def unit(name: str) -> str:
    """Return a unit of the outcome table in words: a range becomes a scale."""
    ends = name.strip("[]").split(", ")
    return f"scale from {ends[0]} to {ends[1]}" if name.startswith("[") else name
