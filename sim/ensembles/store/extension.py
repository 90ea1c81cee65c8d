"""What keeps a request from extending a store: the first key that differs, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.ensembles.store.manifest import FILES, Manifest
from sim.policies.kinds import KINDS, names_in
from sim.policies.policy import differences
from sim.tables.messages import one_line, show


def difference(
    old: Manifest, new: Manifest, files: Mapping[str, str], asked: str = "asked for"
) -> str | None:
    """Name the first key that keeps a request from extending a store, with both its values.

    More points and more replicates extend it. Anything else would mix results, or lose some.
    `files` are the data files of the new one, with the hash of their content.
    """
    found = _difference(old, new, asked)
    for file, content in files.items() if found else ():
        found = found and found.replace(f"sha256:{content}", one_line(file))
    return found


def _difference(old: Manifest, new: Manifest, asked: str) -> str | None:
    if old.shard != new.shard:
        return _changed("shard", old.shard, new.shard, asked)
    for key in {**old.head, **new.head}:
        if old.head.get(key) != new.head.get(key):
            return _changed(key, old.head.get(key), new.head.get(key), asked)
    wanted = set(new.points)
    lost = [n for n, point in enumerate(old.points) if point not in wanted]
    if lost:
        return _changed_point(old, new, lost, asked)
    if new.replicates < old.replicates:
        return _changed("replicates", old.replicates, new.replicates, asked)
    return None


def _changed_point(old: Manifest, new: Manifest, lost: list[int], asked: str) -> str:
    """Name what changed between a point of the store and the nearest one that is asked for."""
    known = set(old.points)
    if lost[0] < old.described and not known.issuperset(new.points):
        mine = old.point(lost[0])
        candidates = []
        for number in range(new.described):
            if new.points[number] in known:
                continue
            other = new.point(number)
            changed = [p for p in {**mine, **other} if mine.get(p) != other.get(p)]
            candidates.append((len(changed), number, changed))
        count, number, changed = min(candidates, default=(0, 0, []))
        if count:
            more = f" (and {count - 1} more keys)" if count > 1 else ""
            key = changed[0]
            return _changed(key, mine.get(key), new.point(number).get(key), asked) + more
        for kind in KINDS:
            for name in names_in(mine[kind]):
                found = differences(*(x.policies.get(kind, {}).get(name, {}) for x in (old, new)))
                for key, (there, now) in found.items():
                    return _changed(f"{kind} {name}: {key}", there, now, asked)
    values = old.point(lost[0]) if lost[0] < old.described else {}
    told = ", ".join(f"{path}={show(values[path])}" for path in old.varied if values)
    which = f" ({'' if len(lost) == 1 else 'the first: '}{one_line(told)})" if told else ""
    are = "is" if len(lost) == 1 else "are"
    return f"the design: {len(lost)} of its {len(old.points)} points {are} not {asked}{which}"


def _changed(key: str, old: Any, new: Any, asked: str) -> str:
    if key in FILES and old and new:
        return f"{key}: other content there, that of {new} {asked}"
    return f"{one_line(key)}: {show(old)} there, {show(new)} {asked}"
