"""Which folders hold a store, and whether it is finished."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.ensembles.store import MANIFEST, PROVENANCE
from sim.ensembles.store.lock import is_locked
from sim.ensembles.store.manifest import Manifest, read_manifest


def tables_of_finished(folder: Path, manifest: Manifest | None) -> dict[str, str] | None:
    """Return name -> hash of the result tables of a finished store; None if it is not finished.

    A store is finished when `provenance.json`, which is written last, is of the same runs as
    `store.json`, which is written first.
    """
    if manifest is None:
        return None
    try:
        found: Any = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(found, dict) or found.get("identity") != manifest.identity:
        return None
    tables = found.get("tables")
    return tables if isinstance(tables, dict) else None


def newest_unfinished(parent: Path, identity: str) -> Path | None:
    """Return the folder of the newest store of these runs that is neither finished nor in use."""
    try:
        folders = [p for p in parent.iterdir() if f"-{identity[:8]}" in p.name and p.is_dir()]
    except OSError:
        return None
    dated = []
    for folder in folders:
        manifest = read_manifest(folder)
        if manifest is None or manifest.identity != identity:
            continue
        if tables_of_finished(folder, manifest) is None and not is_locked(folder):
            dated.append(((folder / MANIFEST).stat().st_mtime_ns, folder.name, folder))
    return max(dated)[2] if dated else None
