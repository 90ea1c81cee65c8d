"""Shards: the runs of a design cut into parts, each with a folder and a lock of its own.

Runs are numbered point after point, replicate after replicate; shard k of n takes the k-th of n
equal stretches. A shard's folder is a store of the whole design in which the runs of the others
count as known, so nothing else has to know of shards; merging copies all runs into one store.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from sim.tables.errors import UserError
from sim.tables.messages import show

SHARD = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")
ALLOWED = "a number and how many there are, such as 3/16"


class Shard(NamedTuple):
    """Part `number` (from 1) of `total`."""

    number: int
    total: int

    @property
    def folder(self) -> str:
        """Name of its folder."""
        return f"shard-{self.number}-of-{self.total}"

    @property
    def words(self) -> str:
        """Return `3/16`."""
        return f"{self.number}/{self.total}"

    def elsewhere(self, points: int, replicates: int) -> np.ndarray:
        """Return (points, replicates) flags of the runs that belong to other shards."""
        runs = points * replicates
        first, last = (runs * k // self.total for k in (self.number - 1, self.number))
        flags = np.ones(runs, bool)
        flags[first:last] = False
        return flags.reshape(points, replicates)


def parse_shard(text: object) -> Shard | None:
    """Return the shard that `shard=3/16` names; None for null."""
    if text is None:
        return None
    found = SHARD.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise UserError(f"shard={show(text)}: allowed is {ALLOWED}, or null")
    shard = Shard(int(found[1]), int(found[2]))
    if not 1 <= shard.number <= shard.total:
        raise UserError(
            f"shard={show(text)}: shards are numbered from 1 to the number of shards; allowed is "
            f"{ALLOWED}"
        )
    return shard
