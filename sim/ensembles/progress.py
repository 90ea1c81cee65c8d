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
        from tqdm import tqdm

        self._bar: Any = tqdm(
            total=max(total, 1.0),
            desc=counted(runs, "run"),
            file=sys.stderr,
            disable=None if wanted == ON_A_TERMINAL else wanted == NEVER,
            bar_format=FORMAT,
            dynamic_ncols=True,
            leave=False,
            mininterval=0.2,
        )

    def show(self, done: float) -> None:
        """Move to so many HCP-months."""
        self._bar.update(max(0.0, min(done, self._bar.total) - self._bar.n))
        rate = self._bar.format_dict["rate"]
        if rate:
            self._bar.set_postfix_str(f"{rate / 1e6:.0f} million HCP-months a second", False)

    def say(self, line: str, say: Callable[[str], None]) -> None:
        """Tell the user something above the bar."""
        self._bar.clear()
        say(line)
        self._bar.refresh()

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()
