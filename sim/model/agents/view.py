"""What the three kinds of agents have in common: they own nothing, they point into arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from sim.model.inputs import NEVER

if TYPE_CHECKING:
    from sim.model.model import AdoptionModel


class Level:
    """An attribute that is a number in [0, 1] in one column of the state's arrays."""

    def __init__(self, column: str, meaning: str) -> None:
        self.column = column
        self.__doc__ = meaning

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, view: Any, owner: type | None = None) -> Any:
        return self if view is None else float(view.row[self.column])

    def __set__(self, view: Any, value: float) -> None:
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"{self.name}={value!r}: a number from 0 to 1")
        view.row[self.column] = value
        view.changed()


class Month:
    """An attribute that is a month, None where it did not happen."""

    def __init__(self, column: str, meaning: str) -> None:
        self.column = column
        self.__doc__ = meaning

    def __get__(self, view: Any, owner: type | None = None) -> Any:
        if view is None:
            return self
        month = int(view.row[self.column])
        return None if month == NEVER else month


class View(mesa.Agent):
    """A Mesa agent that reads and writes one row of a structured array.

    Views are made when somebody first looks at `model.agents`; a run that nobody looks at makes
    none. They are not registered one by one, which is why `mesa.Agent.__init__` is not called.
    """

    __slots__ = ("index", "organisation_index", "row")

    def __init__(
        self, model: AdoptionModel, unique_id: int, rows: Any, index: int, organisation: int
    ) -> None:
        # mesa.Agent has a dict for these two; mypy sees the slots only
        self.model = model  # type: ignore[misc]
        self.unique_id = unique_id  # type: ignore[misc]
        self.index = index
        self.organisation_index = organisation
        # a one-element slice keeps the connection to the array; a plain item would be a copy
        self.row = rows[index : index + 1][0]

    @property
    def organisation(self) -> Any:
        """The organisation that the agent belongs to."""
        return self.model.organisations[self.organisation_index]

    def changed(self) -> None:
        """Tell others of a change from outside; views that others can see override it."""

    def remove(self) -> None:
        """Refuse: seats, experts and organisations stay for the whole run."""
        raise TypeError("agents of this model cannot be removed: a leaver's seat is filled")
