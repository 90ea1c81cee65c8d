"""Numbers in words: estimates always with their interval."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.analysis.intervals import Interval
from sim.tables.messages import counted

NO_NUMBER = "no number"
SHARE = "share of "  # in units of the tables; what is told of it are numbers of 100
MORE = 3  # digits that are added at most to tell a number from nothing
# What every page says that may leave the hands of whoever made it
LEFT_OUT = (
    "This is not a forecast: it shows what follows from stated assumptions, and almost all numbers "
    "are assumptions. The model has one tool and one kind of organisation, no patients and no "
    "competition between tools. Twenty numbers were fitted to published patterns, and many sets of "
    "them fit; of the patterns that were held out most are not met, and much hangs on peers."
)
# Words for a change of a share. The limits are conventions of this program, not of the field.
SIZES = ((0.02, "hardly"), (0.05, "a little"), (0.15, "clearly"), (np.inf, "strongly"))


def digits_of(numbers: Iterable[float], least: int = 2, whole: float = 1.0) -> int:
    """Return the fewest digits that tell numbers from nothing, from the whole, and from each other.

    The fewest is `least`. Numbers that are nearer than MORE further digits show count as equal.
    """
    x = np.array([*numbers, 0.0, whole], float)
    x = x[np.abs(x) < 1e9]  # a number without end, or none, has no digits to add
    for digits in range(least, least + MORE):
        shown = np.unique(np.round(x, digits)).size
        if shown == np.unique(np.round(x, least + MORE)).size:
            return digits
    return least + MORE


def number(x: float, digits: int = 2, sign: bool = False) -> str:
    """Return a number, in words where there is none; never 0.00 for what is not nothing."""
    return _shown(x, digits_of([x], digits), sign)


def _shown(x: float, digits: int, sign: bool = False) -> str:
    if np.isnan(x):
        return NO_NUMBER
    text = f"{x:.{digits}f}"
    text = text.lstrip("-") if float(text) == 0 else text
    return text if text.startswith("-") or not sign else "+" + text


def between(low: float, high: float, digits: int = 2, sign: bool = False) -> str:
    """Return `low to high`."""
    if np.isnan(low):
        return NO_NUMBER
    digits = digits_of([low, high], digits)
    return f"{_shown(low, digits, sign)} to {_shown(high, digits, sign)}"


def with_interval(x: Interval, digits: int = 2, sign: bool = False) -> str:
    """Return an estimate and its 95 % interval."""
    digits = digits_of(x[:3], digits)
    if np.isnan(x.low):
        return _shown(x.estimate, digits, sign)
    return f"{_shown(x.estimate, digits, sign)} ({between(x.low, x.high, digits, sign)})"


def percent(x: Interval, of: str = "") -> str:
    """Return a share in percent and its 95 % interval, `of` what; a count where it is of one."""
    if x.runs == 1:
        return f"{x.estimate:.0f} of 1{f' {of[:-1]}' if of else ''}"
    told = _hundred(x, " %", " %")
    return f"{told} of {of}" if of and not np.isnan(x.estimate) else told


def share(x: float) -> str:
    """Return a share without an interval in percent: 100 % if it is all, 0 % if it is none."""
    return percent(Interval(x, np.nan, np.nan, 0))


def of_100(x: Interval, of: str = "") -> str:
    """Return a share as a count: `57 of 100 professionals (55 to 60)`, where `of` names them."""
    return _hundred(x, f" of 100 {of}".rstrip())


def per_100(x: Interval, sign: bool = False) -> str:
    """Return a share, or its change with a sign, as a count whose head says of whom."""
    return _hundred(x, sign=sign)


def _hundred(x: Interval, after: str = "", within: str = "", sign: bool = False) -> str:
    if np.isnan(x.estimate):
        return NO_NUMBER
    shares = [100 * share for share in x[:3]]
    # of a small change two digits are told
    digits = digits_of(shares, int(sign and abs(shares[0]) < 10), 100.0)
    share, low, high = (_shown(part, digits, sign) for part in shares)
    return f"{share}{after}" + ("" if np.isnan(x.low) else f" ({low} to {high}{within})")


def more_of_100(x: Interval, of: str = "") -> str:
    """Return a change of a share as a count: `21 more of 100 professionals (18 to 24)`.

    Fewer where it is negative; both words where its interval holds either.
    """
    if np.isnan(x.estimate):
        return NO_NUMBER
    parts = [100 * part for part in x[:3]]
    digits = digits_of(parts, int(abs(parts[0]) < 10), 100.0)

    def size(part: float) -> str:
        return _shown(abs(part), digits)

    estimate, low, high = parts
    text = f"{size(estimate)} {'fewer' if estimate < 0 else 'more'} of 100 {of}".rstrip()
    if np.isnan(low):
        return text
    if low < 0 < high:
        return f"{text} ({size(low)} fewer to {size(high)} more)"
    near, far = sorted((low, high), key=abs)  # one word is enough; the smaller number first
    return f"{text} ({size(near)} to {size(far)})"


def differs(x: Interval) -> bool:
    """Whether the interval of a difference lies on one side of 0."""
    return bool(x.low > 0 or x.high < 0)


def changes(change: Interval, what: str) -> str:
    """Say how much something changes a share; nothing clear if the interval includes 0."""
    if change.runs == 1:
        return f"changes {what} by {number(change.estimate, sign=True)} in the one run, which may be chance"
    if not differs(change):
        return f"does not clearly change {what}"
    size = next(word for limit, word in SIZES if abs(change.estimate) < limit)
    return f"hardly changes {what}" if size == "hardly" else f"changes {what} {size}"


def drawn(runs: int, of_several: str) -> str:
    """Return what a caption says of intervals, which one run has not."""
    return of_several if runs > 1 else "One run has no interval."


def value(x: object) -> str:
    """Return a parameter's value as a user would type it."""
    if x is None:
        return "null"
    return f"{x:g}" if isinstance(x, (int, float)) else str(x)


def runs(n: int) -> str:
    """Return a number of runs."""
    return counted(n, "run")


def unit(name: str) -> str:
    """Return a unit of the tables in words: a range becomes a scale, a share `of 100`."""
    ends = name.strip("[]").split(", ")
    if name.startswith("["):
        return f"scale from {ends[0]} to {ends[1]}"
    told = name.replace("HCPs", "professionals").replace("HCP", "professional")
    return f"of 100 {told.removeprefix(SHARE)}" if told.startswith(SHARE) else told


def in_unit(x: Interval, unit: str, sign: bool = False) -> str:
    """Return an estimate with its interval as a number of what `unit` says in words."""
    return (per_100 if unit.startswith(SHARE) else with_interval)(x, sign=sign)


def apart_in(x: Interval, unit: str) -> list[str]:
    """Return an estimate, and apart from it its interval, as numbers of what `unit` says in words."""
    return [in_unit(x._replace(low=np.nan, high=np.nan), unit), range_in(*x[1:3], unit)]


def range_in(low: float, high: float, unit: str) -> str:
    """Return `low to high` as numbers of what `unit` says in words."""
    return between(100 * low, 100 * high, 0) if unit.startswith(SHARE) else between(low, high)
