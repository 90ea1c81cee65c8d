"""Files that are whole or not there: temporary name, flush to the disk, rename."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path whose content takes the place of `path` at the end, whole.

    After an OSError nothing is left behind.
    """
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):  # the first error is the one to tell
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def write_atomic(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader sees the old one or the whole new one; text as UTF-8.

    Names of files that are no text are written as JSON and YAML read them: \\udce9.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    with replacing(path) as temporary, open(temporary, "xb") as file:
        file.write(data)


def json_object(path: Path) -> dict[str, Any]:
    """Return what a file holds; nothing if it holds no object, or can not be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _sync_folder(folder: Path) -> None:
    """Make a rename outlive a power failure, where the system can."""
    with suppress(OSError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
