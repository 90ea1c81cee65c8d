"""What a user is told of mistakes, for tests: each is one line that fits a screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.tables.errors import UserError


def problems(function: Callable[..., Any], *arguments: Any) -> list[str]:
    """Return what is told of all mistakes in a call."""
    with pytest.raises(UserError) as caught:
        function(*arguments)
    assert all("\n" not in line and len(line) < 600 for line in caught.value.problems)
    return caught.value.problems


def only_problem(function: Callable[..., Any], *arguments: Any) -> str:
    """Return what is told of the only mistake in a call."""
    (line,) = problems(function, *arguments)
    return line
