"""What a search has tried: a line for each, kept at once, so that an interrupted search goes on to the same bits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sim.ensembles.store.atomic import write_atomic
from sim.tables.errors import UserError

Key = tuple[int, ...]
Found = tuple[float, ...]


def identity_of(told: object) -> str:
    """Return the name of a search, by all that what is tried, and what is found, hang on."""
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:16]


class Tried:
    """A file of whole numbers (`keys` of them, that name what was tried) and numbers (what was found).

    Its first line names the search, so that the file of another one is not taken for it.
    """

    def __init__(
        self,
        path: Path | None,
        identity: str,
        columns: list[str],
        keys: int,
        overwrite: bool = False,
    ) -> None:
        self.path = path
        self.known: dict[Key, Found] = {}
        if path is None:  # nothing is kept
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        head = f"# {identity}\n"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        whole = text[: text.rfind("\n") + 1]  # a killed process may have left half a line
        if not text.startswith(head):
            if text and not overwrite:
                raise UserError(
                    f"{path.name}: holds a search with other values, settings, seed or version; give another out="
                )
            whole = f"{head}{','.join(columns)}\n"
        if whole != text:
            write_atomic(path, whole)
        self.known.update(rows(whole.splitlines()[2:], keys))

    def add(self, key: Key, found: Found) -> None:
        """Keep what was found."""
        self.known[key] = found
        if self.path is None:
            return
        with open(self.path, "a", encoding="utf-8") as log:
            log.write(",".join(map(repr, (*key, *found))) + "\n")


def rows(lines: list[str], keys: int) -> dict[Key, Found]:
    """Return what lines of such a file say."""
    cells = (line.split(",") for line in lines)
    return {tuple(map(int, row[:keys])): tuple(map(float, row[keys:])) for row in cells}


@contextmanager
def kept(known: Mapping[Key, Found], what: str) -> Iterator[None]:
    """Tell whoever interrupts a search that it goes on from what is known."""
    try:
        yield
    except KeyboardInterrupt as error:
        error.add_note(f"{len(known):,} {what} are kept; the same command goes on")
        raise
