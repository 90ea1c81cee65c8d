"""One line per mistake: key, value, what is allowed, nearest valid name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sim.tables.parameters import Parameter

LONGEST_VALUE = 80
LONGEST_NAMES = 12
ALIKE = 0.75  # from which share of letters in common on a name may be another one mistyped
DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")  # as much of Europe writes decimals


def printable(text: str) -> str:
    """Return a text without characters that move the cursor, or that no XML may hold."""
    return "".join(c if c.isprintable() else " " for c in text)


def one_line(text: str, longest: int = 400) -> str:
    """Return `text` without line breaks and control characters, shortened.

    A value comes from a stranger's file: it must not move the cursor or forge a second line.
    """
    safe = printable(" ".join(text.split()))
    return safe if len(safe) <= longest else safe[: longest - 3] + "..."


def show(value: Any) -> str:
    """Return a value as a user would type it, on one line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        value = list(value)
    if getattr(value, "ndim", 0) == 2:
        value = "a table"
    try:
        text = value if isinstance(value, str) else str(value)
    except ValueError:  # an integer of more than 4300 digits
        text = "a huge number"
    return one_line(text, LONGEST_VALUE)


def within(title: str) -> str:
    """Return a title as it stands within a sentence."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def as_words(name: str) -> str:
    """Return a user's own name as the title that it has not."""
    said = name.replace("_", " ")
    return said[:1].upper() + said[1:]


def listed(names: Sequence[str], last: str = "and") -> str:
    """Return names as they stand in a sentence: a, b and c."""
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def reason(error: OSError) -> str:
    """Return what the system says, with the file that it is about, if any."""
    said = error.strerror or str(error) or type(error).__name__
    return one_line(f"{error.filename}: {said}" if isinstance(error.filename, str) else said)


def counted(number: int, noun: str) -> str:
    """Return a number of things, such as `1 run` or `2,048 runs`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def first_of(lines: Sequence[str], noun: str = "value") -> str:
    """Return the first of alike mistakes, and how many more there are."""
    more = len(lines) - 1
    if not more:
        return lines[0]
    return f"{lines[0]}; and {more:,} more {noun}{' is' if more == 1 else 's are'} wrong"


def nearest(name: str, known: Sequence[str]) -> str | None:
    """Return the known name that begins like `name`, or is nearest to it or by its last part; none if far."""
    begun = [k for k in known if k.startswith(name) and len(name) > 3]
    if begun:
        return min(begun, key=len)
    whole = difflib.get_close_matches(name, known, 1, ALIKE)
    if whole:
        return whole[0]
    leaves = {k.rsplit(".", 1)[-1]: k for k in sorted(known, key=len, reverse=True)}
    leaf = difflib.get_close_matches(name.rsplit(".", 1)[-1], list(leaves), 1, ALIKE)
    return leaves[leaf[0]] if leaf else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the end of a line that asks for the nearest known name; empty if all are far."""
    near = nearest(name, list(known))
    return f"; did you mean {show(near)}?" if near else ""


def problem(parameter: Parameter, value: Any, reason: str) -> str:
    """Return the line for a value that its parameter does not allow."""
    if parameter.kind == "integer" and isinstance(value, float) and value.is_integer():
        value = int(value)  # 1e9 is no mistake of its own
    line = f"{parameter.path}={show(value)}: {reason}; allowed is {parameter.allowed()}"
    return line + (did_you_mean(value, parameter.choices) if isinstance(value, str) else "")


def unknown(name: object, known: Iterable[str], noun: str, see: str = "", value: str = "") -> str:
    """Return the line for a name that does not exist: the nearest that does, or all if few.

    `see` says where all valid names can be read, `value` what was given to it, in words.
    """
    names, name = list(known), name if isinstance(name, str) else show(name)
    head = f"{one_line(name, LONGEST_VALUE)}{'=' + value if value else ''}: unknown {noun}"
    if near := did_you_mean(name, names):
        return head + near
    if names and len(names) <= LONGEST_NAMES:
        return f"{head}; allowed: {', '.join(sorted(names))}"
    return f"{head}; see {see}" if see else head
