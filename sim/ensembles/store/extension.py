"""What keeps a request from extending a store: the first key that differs, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.ensembles.store.manifest import FILES, Manifest
from sim.policies.kinds import KINDS, names_in
from sim.policies.policy import changes, differences
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
    shared = ({"shard": of.shard, **of.head} for of in (old, new))
    for key, (there, now) in changes(*shared).items():
        return _changed(key, there, now, asked)
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
        others = [new.point(n) for n in range(new.described) if new.points[n] not in known]
        changed = min((changes(mine, other) for other in others), key=len, default={})
        for key, (there, now) in changed.items():
            more = f" (and {len(changed) - 1} more keys)" if len(changed) > 1 else ""
            return _changed(key, there, now, asked) + more
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
