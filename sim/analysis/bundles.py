"""Which conditions together are enough: the shortest terms of a truth table.

Qualitative comparative analysis (Ragin 1987, The Comparative Method; consistency and coverage: Ragin
2006, doi 10.1093/pan/mpj019). A factorial design leaves no combination out, so each of the 3 ** n terms
can be looked at, and none that is shorter is missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

LOW, HIGH, EITHER = range(3)  # what a term says of a condition
CONSISTENT = 0.9  # share of the rows of a term that are enough, at least


class Bundle(NamedTuple):
    """A term of which no shorter one is enough."""

    term: tuple[int, ...]  # LOW, HIGH or EITHER for each condition
    row: tuple[int, ...]  # its worst: what it leaves open is at its worse end
    consistency: float  # share of its rows that are enough
    coverage: float  # share of all rows that are enough that it holds

    @property
    def asked(self) -> list[tuple[int, int]]:
        """Number and end of the conditions that it asks for."""
        return [(n, end) for n, end in enumerate(self.term) if end != EITHER]


def bundles(
    enough: np.ndarray, ends: Sequence[Sequence[int]], consistency: float = CONSISTENT
) -> list[Bundle]:
    """Return the shortest terms that are enough, in no order that means anything.

    `enough` is (2,) * conditions: whether each row, of conditions that are LOW or HIGH, is enough. `ends` are those
    that a term may ask for, of each condition; only HIGH where more of it never harms. A term is enough if its worst
    row is, with all other conditions at their worse end, and so is a share of its rows of `consistency`, in (0, 1]:
    one row may be lucky.
    """
    worse = [worse_end(may) for may in ends]
    hits, rows = _summed(enough.astype(np.int32)), _summed(np.ones(enough.shape, np.int32))
    good = hits >= consistency * rows - 1e-9
    alone = enough
    for n, end in enumerate(worse):
        alone = np.concatenate([alone, alone.take([end], n)], n)
        for other in {LOW, HIGH} - set(ends[n]):
            good[_at(n, other)] = False
    good &= alone
    reached, longer = good.copy(), np.zeros_like(good)  # it, or a shorter one, is good
    for n in range(enough.ndim):
        reached[_at(n, slice(EITHER))] |= reached.take([EITHER], n)
    for n in range(enough.ndim):
        longer[_at(n, slice(EITHER))] |= reached.take([EITHER], n)
    found = []
    for term in map(tuple, np.argwhere(good & ~longer).tolist()):
        row = tuple(e if end == EITHER else end for end, e in zip(term, worse, strict=True))
        share, covered = hits[term] / rows[term], hits[term] / hits[(EITHER,) * enough.ndim]
        found.append(Bundle(term, row, float(share), float(covered)))
    return found


def worse_end(may: Sequence[int]) -> int:
    """Return the end that a condition is at where nobody cares for it: LOW unless only LOW helps."""
    return HIGH if list(may) == [LOW] else LOW


def _summed(rows: np.ndarray) -> np.ndarray:
    """Return (3,) * conditions: the sum of the rows of each term."""
    for n in range(rows.ndim):
        rows = np.concatenate([rows, rows.sum(n, keepdims=True, dtype=rows.dtype)], n)
    return rows


def _at(axis: int, place: int | slice) -> tuple[int | slice, ...]:
    return (slice(None),) * axis + (place,)


def needed(enough: np.ndarray) -> np.ndarray:
    """Return (conditions, 2): the share of the rows that are enough with each LOW, and with each HIGH.

    A condition with a share of 1 is necessary. NaN where no row is enough.
    """
    rows = enough.sum() or np.nan
    shares = [[enough.take(end, n).sum() / rows for end in (LOW, HIGH)] for n in range(enough.ndim)]
    return np.array(shares, float)
