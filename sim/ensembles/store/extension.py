"""What keeps a request from extending a store: the first key that differs, in words."""

from __future__ import annotations

from typing import Any

from sim.ensembles.store.manifest import Manifest
from sim.policies.kinds import KINDS, names_in
from sim.policies.policy import differences
from sim.tables.messages import one_line, show


def difference(old: Manifest, new: Manifest) -> str | None:
    """Name the first key that keeps a request from extending a store, with both its values.

    More points and more replicates extend it. Anything else would mix results, or lose some.
    """
    if old.shard != new.shard:
        return _changed("shard", old.shard, new.shard)
    for key in {**old.head, **new.head}:
        if old.head.get(key) != new.head.get(key):
            return _changed(key, old.head.get(key), new.head.get(key))
    wanted = set(new.points)
    lost = [n for n, point in enumerate(old.points) if point not in wanted]
    if lost:
        return _changed_point(old, new, lost)
    if new.replicates < old.replicates:
        return _changed("replicates", old.replicates, new.replicates)
    return None


def _changed_point(old: Manifest, new: Manifest, lost: list[int]) -> str:
    """Name what changed between a point of the store and the nearest one that is asked for."""
    if lost[0] < old.described:
        mine, there = old.point(lost[0]), set(old.points)
        candidates = []
        for number in range(new.described):
            other = new.point(number)
            changed = [p for p in {**mine, **other} if mine.get(p) != other.get(p)]
            # A point that is new is a likelier successor than one that was there before.
            candidates.append((len(changed), new.points[number] in there, number, changed))
        count, _, number, changed = min(candidates)
        if count:
            more = f" (and {count - 1} more keys)" if count > 1 else ""
            key = changed[0]
            return _changed(key, mine.get(key), new.point(number).get(key)) + more
        for kind in KINDS:
            for name in names_in(mine[kind]):
                found = differences(*(x.policies.get(kind, {}).get(name, {}) for x in (old, new)))
                for key, (there, asked) in found.items():
                    return _changed(f"{kind} {name}: {key}", there, asked)
    return f"the design: {len(lost)} of its {len(old.points)} points are not asked for now"


def _changed(key: str, old: Any, new: Any) -> str:
    return f"{one_line(key)}: {show(old)} there, {show(new)} asked for"
