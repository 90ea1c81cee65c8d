"""A file that only grows: frames of arrays, each with a checksum of its own.

A frame begins with a mark, its length and a hash of what follows. One that was cut short, altered
or written for other runs is passed over, and the next mark is looked for: damage costs what it
hits. Nothing is pickled: arrays lie in NumPy's own format, text as UTF-8.
"""

from __future__ import annotations

import hashlib
import io
import mmap
import os
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

MARK = b"\x93nasss-sim runs\n"
HEAD = struct.Struct("<16sQ32s")

Arrays = Mapping[str, np.ndarray]


class Frame(NamedTuple):
    """Where the content of a frame lies."""

    start: int
    size: int


class FrameFile:
    """Appends frames and reads them; `key` tells the frames of one store from another's."""

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self._key = key.encode()
        self._end = 0  # of the last whole frame

    def scan(self) -> Iterator[tuple[Frame, Arrays] | None]:
        """Yield all whole frames in order, and None for each stretch that holds none."""
        if not self.path.exists():
            return
        with open(self.path, "rb") as file:
            length, place = os.fstat(file.fileno()).st_size, 0
            while place < length:
                found = self._frame_at(file, place, length)
                if found is None:
                    place = _next_mark(file, place + 1, length)
                else:
                    place = self._end = found[0].start + found[0].size
                yield found

    def _frame_at(self, file: BinaryIO, place: int, length: int) -> tuple[Frame, Arrays] | None:
        file.seek(place)
        head = file.read(HEAD.size)
        if len(head) < HEAD.size:
            return None
        mark, size, checksum = HEAD.unpack(head)
        start = place + HEAD.size
        if mark != MARK or size > length - start:
            return None
        content = file.read(size)
        return (Frame(start, size), unpacked(content)) if self._sum(content) == checksum else None

    def _sum(self, content: bytes) -> bytes:
        made = hashlib.sha256(self._key)
        made.update(content)
        return made.digest()

    def append(self, tables: Sequence[Arrays]) -> list[Frame]:
        """Write a frame for each table; after an OSError the file is what it was before."""
        frames, end = [], self._end
        try:
            with open(self.path, "r+b" if self.path.exists() else "xb") as file:
                file.truncate(end)  # a killed process may have left a part of a frame
                file.seek(end)
                for table in tables:
                    content = packed(table)
                    file.write(HEAD.pack(MARK, len(content), self._sum(content)) + content)
                    frames.append(Frame(end + HEAD.size, len(content)))
                    end += HEAD.size + len(content)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            with suppress(OSError):
                os.truncate(self.path, self._end)
            raise
        self._end = end
        return frames

    def read(self, frame: Frame) -> Arrays:
        """Return what a frame holds."""
        with open(self.path, "rb") as file:
            file.seek(frame.start)
            return unpacked(file.read(frame.size))

    def copy(self, frames: Iterable[Frame], target: BinaryIO) -> None:
        """Write frames as they are to another file."""
        with open(self.path, "rb") as file:
            for frame in frames:
                file.seek(frame.start - HEAD.size)
                target.write(file.read(HEAD.size + frame.size))


def packed(arrays: Arrays) -> bytes:
    """Return named arrays as bytes."""
    sink = io.BytesIO()
    plain = {
        name: np.char.encode(a.astype(str), "utf-8") if a.dtype == object else a
        for name, a in arrays.items()
    }
    np.savez(sink, **plain)  # type: ignore[arg-type, unused-ignore]
    return sink.getvalue()


def unpacked(content: bytes) -> Arrays:
    """Return the arrays of `packed`, each read when it is asked for; texts as bytes."""
    arrays: Arrays = np.load(io.BytesIO(content), allow_pickle=False)
    return arrays


def decoded(texts: np.ndarray) -> np.ndarray:
    """Return the texts that `packed` wrote as bytes; texts as they are."""
    return texts if texts.dtype == object else np.char.decode(texts, "utf-8").astype(object)


def _next_mark(file: BinaryIO, place: int, length: int) -> int:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = content.find(MARK, place)
    return length if found < 0 else found
