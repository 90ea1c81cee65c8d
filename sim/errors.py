"""Errors that are written for people."""

from __future__ import annotations

from collections.abc import Sequence


class UserError(ValueError):
    """A mistake in what the user asked for: one line per mistake, exit code 2.

    Parameters
    ----------
    problems : str or sequence of str
        Each one line: the key, the value, what is allowed and the nearest valid name.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class SimulationError(RuntimeError):
    """A run that could not go on: names the quantity, the entity and the month."""


class StoppedError(RuntimeError):
    """Work that something outside the runs stopped, such as a full disk: one line, exit code 1."""
