"""What this machine has: cores, memory, room on a disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sim.tables.errors import UserError
from sim.tables.messages import show

THREADS = "NUMBA_NUM_THREADS"


def check_surroundings() -> None:
    """Refuse what the compiler would end with, or tell a page about, as soon as it is imported."""
    given = os.environ.get(THREADS)
    if given is not None and not (given.strip().isdecimal() and int(given) > 0):
        raise UserError(
            f"{THREADS}={show(given)}: allowed is a whole number from 1; or unset it, this program "
            "takes threads=NUMBER"
        )


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
        lines = Path("/proc/self/status").read_text().splitlines()
        return 1024 * int(next(x for x in lines if x.startswith("VmHWM")).split()[1])
    except (OSError, StopIteration, ValueError):
        return None


def free_bytes(folder: Path) -> int | None:
    """Return the space that is left on the folder's disk, where the system tells."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
