"""How much memory this process has needed at most."""

from __future__ import annotations

from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_bytes() -> int | None:
    """Return the highest resident memory so far, or None where the system does not tell.

    Read from Linux's VmHWM: `ru_maxrss` also counts whoever started this process.
    """
    try:
        lines = STATUS.read_text().splitlines()
        return 1024 * int(next(x for x in lines if x.startswith("VmHWM")).split()[1])
    except (OSError, StopIteration, ValueError):
        return None
