"""What this machine has: cores, memory, room on a disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

STATUS = Path("/proc/self/status")


def available_cores() -> int:
    """Return the cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def load() -> float:
    """Return how many programs want to compute, mean of a minute; 0 where the system does not tell."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):
        return 0.0


def peak_bytes() -> int | None:
    """Return the highest resident memory so far, or None where the system does not tell.

    Read from Linux's VmHWM: `ru_maxrss` also counts whoever started this process.
    """
    try:
        lines = STATUS.read_text().splitlines()
        return 1024 * int(next(x for x in lines if x.startswith("VmHWM")).split()[1])
    except (OSError, StopIteration, ValueError):
        return None


def free_bytes(folder: Path) -> int | None:
    """Return the space that is left on the folder's disk, where the system tells."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
