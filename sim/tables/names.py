"""Names of parameters to point at, for tab completion: `sim.parameters.process.training`.

A `Name` is the dotted path itself, a text, so it can be a key wherever a path can be one. It
knows what the parameter table says of it. Everything here derives from that table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from sim.tables.errors import NoSuchAttributeError
from sim.tables.layout import Table
from sim.tables.messages import did_you_mean
from sim.tables.parameters import PARAMETERS, Parameter

HEADING = ("parameter", "default", "unit", "allowed", "meaning")
ATTRIBUTES = ("default", "unit", "low", "high", "choices", "meaning", "source", "path")


class Name(str):
    """The path of a parameter; what its row of the table says of it are its attributes."""

    __slots__ = ("parameter",)
    parameter: Parameter

    def __new__(cls, parameter: Parameter) -> Name:
        name = super().__new__(cls, parameter.path)
        name.parameter = parameter
        return name

    def __getnewargs__(self) -> Any:
        return (self.parameter,)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "parameter":  # while it is copied
            raise AttributeError(name)
        if not hasattr(self.parameter, name):
            has = ", ".join(ATTRIBUTES)
            raise NoSuchAttributeError(f"{self}.{name}: unknown; a parameter has {has}")
        return getattr(self.parameter, name)

    def __dir__(self) -> list[str]:
        return list(ATTRIBUTES)

    def __repr__(self) -> str:
        p = self.parameter
        unit = f" {p.unit}" if p.unit else ""
        return f"{p.path}={_value(p.default)}{unit}: {p.meaning}; allowed is {p.allowed()}"

    def _repr_html_(self) -> str:
        return _table([self])._repr_html_()


class Names:
    """The parameters of a group, as attributes; shown, a table of them.

    `prefix` is the path of the group with a dot at its end, or "" for all parameters.
    """

    __slots__ = ("_inside", "_prefix")

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._inside = [p for p in PARAMETERS.values() if p.path.startswith(prefix)]

    def __dir__(self) -> list[str]:
        cut = len(self._prefix)
        return list(dict.fromkeys(p.path[cut:].split(".")[0] for p in self._inside))

    def __getattr__(self, name: str) -> Name | Names:
        if name.startswith("_"):  # while it is copied there is no prefix yet
            raise AttributeError(name)
        path = self._prefix + name
        if path in PARAMETERS:
            return Name(PARAMETERS[path])
        if any(p.path.startswith(path + ".") for p in self._inside):
            return Names(path + ".")
        near = did_you_mean(path, list(self)) or did_you_mean(path, PARAMETERS)
        hint = near or f"; there are {', '.join(dir(self))}"
        raise NoSuchAttributeError(f"{path}: unknown parameter{hint}")

    def __iter__(self) -> Iterator[Name]:
        return (Name(p) for p in self._inside)

    def __len__(self) -> int:
        return len(self._inside)

    def __str__(self) -> str:
        # so that it can stand for the group: {parameters.process: {"training": 0.1}}
        return self._prefix.removesuffix(".")

    def __repr__(self) -> str:
        return "\n".join(_table(self).lines())

    def _repr_html_(self) -> str:
        return _table(self)._repr_html_()


def _value(value: object) -> str:
    return "null" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _table(names: Iterable[Name]) -> Table:
    rows = [
        (p.path, _value(p.default), p.unit,
         f"{p.low:g} to {p.high:g}" if p.numeric else p.allowed(), p.meaning)
        for p in (name.parameter for name in names)
    ]  # fmt: skip
    return Table([HEADING, *rows], left=len(HEADING))


@cache
def everything() -> Names:
    """Return all parameters."""
    return Names("")
