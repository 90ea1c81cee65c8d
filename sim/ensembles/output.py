"""Standard output and error that never stop the program: the files of a result matter more.

A stream may be closed from the start, or its reader be gone, or its disk full. What is told then
goes nowhere, and at the end it is said what was lost, unless files hold it as well.
"""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sim.tables.errors import StoppedError

AS_IT_CAN = "nasss-sim"  # name of what is done with letters that a stream does not have


def _as_it_can(error: UnicodeError) -> tuple[str | bytes, int]:
    """Return bytes of a file's name as they were, so that it can be typed; `?` for any other letter."""
    assert isinstance(error, UnicodeEncodeError)
    letter = error.object[error.start]
    raw = ord(letter) - 0xDC00
    return (bytes([raw]) if 0x80 <= raw <= 0xFF else "?"), error.start + 1


codecs.register_error(AS_IT_CAN, _as_it_can)


class Steady:
    """A stream that loses what can not be written."""

    def __init__(self, stream: Any) -> None:
        self.lost = ""  # why, if anything that somebody wanted to read
        self.kept = ""  # where else it stands
        self._stream = stream
        if stream is None:
            self._lose("closed")
        with suppress(AttributeError, ValueError, OSError):
            self._stream.reconfigure(errors=AS_IT_CAN)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text, if that is possible."""
        self._try("write", text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written, if that is possible."""
        self._try("flush")

    def _try(self, what: str, *given: str) -> None:
        try:
            getattr(self._stream, what)(*given)
        except (OSError, ValueError) as error:
            self._lose(error)

    def _lose(self, why: object) -> None:
        if not isinstance(why, BrokenPipeError):  # head or less has left
            self.lost = getattr(why, "strerror", None) or str(why)
        nowhere = open(os.devnull, "w", encoding="utf-8")
        with suppress(AttributeError, ValueError, OSError):  # what it still holds goes there, too
            os.dup2(nowhere.fileno(), self._stream.fileno())
        self._stream = nowhere


@contextmanager
def steady() -> Iterator[None]:
    """Keep the program going whatever happens to its streams."""
    with suppress(OSError):  # else a file of ours would be opened in the place of a closed stream
        while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
            os.set_inheritable(handle, True)
        os.close(handle)
    before = sys.stdout, sys.stderr
    ours = Steady(sys.stdout), Steady(sys.stderr)
    sys.stdout, sys.stderr = ours  # type: ignore[assignment]
    try:
        yield
    finally:
        for stream in ours:
            stream.flush()
        sys.stdout, sys.stderr = before


def kept_in(place: str) -> None:
    """Note that what is told stands in a file as well: then losing it is no failure."""
    if isinstance(sys.stdout, Steady):
        sys.stdout.kept = place


def check() -> None:
    """Say what could not be told; raises StoppedError if it stands nowhere else."""
    out = sys.stdout
    out.flush()
    if isinstance(out, Steady) and out.lost:
        if not out.kept:
            raise StoppedError(f"standard output: {out.lost}")
        print(f"note: standard output: {out.lost}; see {out.kept}", file=sys.stderr)
