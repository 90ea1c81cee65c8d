"""A progress bar with time left, on the error stream, so that output can be piped."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from sim.tables.messages import counted

ON_A_TERMINAL, NEVER = "auto", "never"
FORMAT = "{desc} {percentage:3.0f}% |{bar:30}| {elapsed} gone, {remaining} left, {postfix}"


class Progress:
    """Counts the HCP-months of so many runs; "auto" shows them on a terminal and in a notebook."""

    def __init__(self, total: float, runs: int, wanted: str = ON_A_TERMINAL) -> None:
        self._bar: Any = None
        if wanted == NEVER or (wanted == ON_A_TERMINAL and not sys.stderr.isatty()):
            return
        from tqdm import tqdm

        self._bar = tqdm(
            total=max(total, 1.0),
            desc=counted(runs, "run"),
            file=sys.stderr,
            bar_format=FORMAT,
            ascii=not _speaks_unicode(),
            dynamic_ncols=True,
            leave=False,
            mininterval=0.2,
        )

    def show(self, done: float) -> None:
        """Move to so many HCP-months."""
        if self._bar is None:
            return
        self._bar.update(max(0.0, min(done, self._bar.total) - self._bar.n))
        rate = self._bar.format_dict["rate"]
        if rate:
            self._bar.set_postfix_str(f"{rate / 1e6:.0f} million HCP-months a second", False)

    def say(self, line: str, say: Callable[[str], None]) -> None:
        """Tell the user something above the bar."""
        if self._bar is not None:
            self._bar.clear()
        say(line)
        if self._bar is not None:
            self._bar.refresh()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()


def _speaks_unicode() -> bool:
    return "utf" in (getattr(sys.stderr, "encoding", "") or "").lower()
