"""What the columns of result tables mean. Outcomes and parameters are told by their own tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.outcomes.files import COLUMNS, PATHS, PROVENANCE
from sim.outcomes.table import OUTCOMES, Outcome
from sim.tables.errors import NoSuchNameError
from sim.tables.layout import Table
from sim.tables.messages import unknown
from sim.tables.parameters import PARAMETERS, Parameter


@dataclass(frozen=True)
class Column:
    """The meaning of a column.

    Attributes
    ----------
    name, unit, meaning : str
        No unit: text, or a pure number.
    more : tuple of (str, str)
        What else is known of it, such as the default of a parameter.
    """

    name: str
    unit: str
    meaning: str
    more: tuple[tuple[str, str], ...] = ()

    def rows(self) -> list[list[str]]:
        """Return what is known as names with their texts."""
        known = (("unit", self.unit), ("meaning", self.meaning), *self.more)
        return [[key, text] for key, text in known if text]

    def __repr__(self) -> str:
        unit = f" ({self.unit})" if self.unit else ""
        lines = [f"{key}: {text}" for key, text in self.more if text]
        return "\n".join([f"{self.name}{unit}: {self.meaning}", *lines])

    def _repr_html_(self) -> str:
        return Table([[self.name, ""], *self.rows()], text_last=1)._repr_html_()


# Frame of a result -> the columns that are neither outcomes nor parameters, or differ from them
FRAMES = {
    Path(file).stem: {name: Column(*told) for name, told in columns.items()}
    for file, columns in COLUMNS.items()
    if file not in (PATHS, PROVENANCE)
}
BETTER = {1: "more", -1: "less", 0: ""}


def describe(name: str, frame: str = "") -> Column:
    """Return the meaning of a column, an outcome or a parameter.

    Parameters
    ----------
    name : str
    frame : str, optional
        One of FRAMES; without it an outcome is meant before the column of a frame.

    Raises
    ------
    NoSuchNameError
        If there is none of that name.
    """
    if frame and name in FRAMES[frame]:
        return FRAMES[frame][name]
    if name in OUTCOMES:
        return _of_outcome(OUTCOMES[name])
    if name in PARAMETERS:
        return _of_parameter(PARAMETERS[name])
    for own in FRAMES.values():
        if name in own:
            return own[name]
    known = [*OUTCOMES, *PARAMETERS, *(c for own in FRAMES.values() for c in own)]
    raise NoSuchNameError(unknown(name, known, "column", "`result.columns`"))


def _of_outcome(outcome: Outcome) -> Column:
    letter = "" if outcome.letter == "explaining" else outcome.letter
    more = (("letter of NASSS", letter), ("better is", BETTER[outcome.better]))
    return Column(outcome.name, outcome.unit, outcome.meaning, more)


def _of_parameter(parameter: Parameter) -> Column:
    default = "null" if parameter.default is None else str(parameter.default)
    more = (("default", default), ("allowed", parameter.allowed()), ("source", parameter.source))
    return Column(parameter.path, parameter.unit, parameter.meaning, more)
