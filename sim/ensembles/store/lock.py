"""One process in a folder at a time, without locks of the operating system.

Each process puts down a file of its own, named by itself, and then looks for others. Of two that
come together at least one sees the other, and files of dead processes can be removed without a
race, since nobody else ever writes them. So it works on any file system, and on Windows.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from sim.ensembles.store.atomic import json_object, write_atomic
from sim.tables.errors import UserError
from sim.tables.messages import one_line

LOCK = re.compile(r"lock-[0-9]+-[0-9a-f]{8}\.json")
# What a killed process may leave behind; only names of this form are ever removed.
LEFTOVER = re.compile(
    r"\.(?:lock-([0-9]+)-)?[A-Za-z0-9_.-]+\.[0-9a-f]{32}\.part|\.writable-[0-9a-f]{32}"
)
SECONDS_TO_GIVE_WAY = 1.0
STILL_ACTIVE = 259  # exit code of a Windows process that has not ended


class Lock:
    """The right to write to a folder, from `acquire` to `release`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / f"lock-{os.getpid()}-{uuid4().hex[:8]}.json"

    def acquire(self) -> None:
        """Take the folder; a UserError names the pid of another process that lives and has it."""
        owner = {"pid": os.getpid(), "started": started(os.getpid()), "host": platform.node()}
        write_atomic(self.path, json.dumps(owner))
        # Of two that come together, the one whose name sorts first waits for the other to leave.
        end = time.monotonic() + SECONDS_TO_GIVE_WAY
        while other := self._other():
            if other.name < self.path.name or time.monotonic() > end:
                self.release()
                raise UserError(_busy(self.folder, other))
            time.sleep(0.02)
        self._remove_leftovers()

    def release(self) -> None:
        """Give the folder back; harmless if it is not held."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Lock:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _remove_leftovers(self) -> None:
        """Remove temporary files of processes that were killed while they wrote."""
        with suppress(OSError):
            for path in list(self.folder.iterdir()):
                left = LEFTOVER.fullmatch(path.name)
                # somebody who is being refused may be writing a lock just now
                if left and path.is_file() and not (left[1] and _exists(int(left[1]))):
                    path.unlink(missing_ok=True)

    def _other(self) -> Path | None:
        for path in locks(self.folder):
            if path.name == self.path.name:
                continue
            if alive(path):
                return path
            with suppress(OSError):
                path.unlink(missing_ok=True)
        return None


def locks(folder: Path) -> list[Path]:
    """Return the lock files of a folder."""
    with suppress(OSError):
        return sorted(p for p in folder.iterdir() if LOCK.fullmatch(p.name))
    return []


def is_locked(folder: Path) -> bool:
    """Whether a process that lives writes to the folder."""
    return any(alive(path) for path in locks(folder))


def alive(path: Path) -> bool:
    """Whether the owner of a lock file lives: its pid, and the time at which that pid started."""
    owner = json_object(path)
    pid = owner.get("pid")
    if not isinstance(pid, int) or pid <= 0:
        return False
    if owner.get("host") != platform.node():
        return True  # on another machine: nobody here can tell
    if not _exists(pid):
        return False
    return owner.get("started") in (None, started(pid))


def _busy(folder: Path, lock: Path) -> str:
    owner = json_object(lock)
    where = f"{one_line(str(folder))}: is in use by process {owner.get('pid')}"
    if owner.get("host") != platform.node():
        host = one_line(str(owner.get("host")))
        return f"{where} on {host}; wait for it, or remove {lock.name} if it is gone"
    return f"{where}; wait for it, stop it, or give another folder with out=DIR"


def started(pid: int) -> str | None:
    """Return when a process started, where the system tells: a pid alone may be used again."""
    told = _told(pid)
    return told[19] if told else None


def _told(pid: int) -> list[str]:
    """Return what Linux tells of a process after its name, its state first; nothing elsewhere."""
    with suppress(OSError):
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return text.rpartition(")")[2].split()
    return []


def _exists(pid: int) -> bool:
    if sys.platform == "win32":
        return _exists_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return _told(pid)[:1] not in (["Z"], ["X"])  # dead, but not yet buried


def _exists_on_windows(pid: int) -> bool:
    """Not tested on Windows. (os.kill would end the process there.)"""
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    handle = kernel.OpenProcess(0x1000, False, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    known = kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return not known or code.value == STILL_ACTIVE
