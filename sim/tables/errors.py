"""Errors that are written for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class _Plain(Exception):
    """An error that says all that matters; where in the program it was raised does not help."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows instead of a traceback (IPython asks for it)."""
        return [f"error: {line}" for line in str(self).splitlines() or [type(self).__name__]]


class UserError(_Plain, ValueError):
    """A mistake in what the user asked for: one line per mistake, exit code 2.

    Parameters
    ----------
    problems : str or sequence of str
        Each one line: the key, the value, what is allowed and the nearest valid name.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))

    def __str__(self) -> str:
        # of a KeyError, Python would show the quoted text
        return "\n".join(self.problems)


@contextmanager
def all_at_once(problems: list[str] | None = None) -> Iterator[list[str]]:
    """Yield a list for mistakes, which are raised at the end; a list of the caller's raises nothing."""
    found: list[str] = [] if problems is None else problems
    yield found
    if problems is None and found:
        raise UserError(found)


@contextmanager
def collected(problems: list[str]) -> Iterator[None]:
    """Add the mistakes that come up inside to others, so that all of them are told at once."""
    try:
        yield
    except UserError as error:
        problems += error.problems


class NoSuchNameError(UserError, KeyError):
    """A name that a result does not have; a `KeyError` for programs."""


class NoSuchAttributeError(UserError, AttributeError):
    """A name after a dot that does not exist; an `AttributeError` for programs."""


class SimulationError(_Plain, RuntimeError):
    """A run that could not go on: names the quantity, the entity and the month."""


class StoppedError(_Plain, RuntimeError):
    """Work that something outside the runs stopped, such as a full disk: one line, exit code 1."""
