"""What HCPs, AI experts and organisations have in common: they point into arrays, own nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.inputs import NEVER
from sim.tables.factors import QUALITY_NAMES
from sim.tables.messages import show
from sim.tables.parameters import SUM_TOLERANCE


class Level:
    """An attribute that is a number in [0, 1] in one column of the state's arrays."""

    def __init__(self, column: str, meaning: str) -> None:
        self.column = column
        self.__doc__ = meaning

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, view: Any, owner: type | None = None) -> Any:
        return self if view is None else float(view._row[self.column])

    def __set__(self, view: Any, value: float) -> None:
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"{self.name}={value!r}: a number from 0 to 1")
        view._row[self.column] = value
        view.changed()


def month(column: str, meaning: str) -> Any:
    """Return an attribute that is a month, None where it did not happen."""

    def of(view: Any) -> int | None:
        found = int(view._row[column])
        return None if found == NEVER else found

    return property(of, doc=meaning)


def snapshot(row: Any) -> Any:
    """Return a read-only copy of a record or an array, which nobody takes for the model's own."""
    copied = np.asarray(row).copy()
    copied.flags.writeable = False
    return copied[()]


def weights_of(given: Any, name: str, least: float) -> np.ndarray:
    """Return eight weights of the qualities, checked: their sum is from `least` to 1."""
    weights = np.asarray(given, float)
    good = weights.shape == (len(QUALITY_NAMES),) and (weights >= 0).all()
    if not good or not least - SUM_TOLERANCE <= weights.sum() <= 1 + SUM_TOLERANCE:
        total = "1" if least == 1 else f"{least:g} to 1"
        raise ValueError(
            f"{name}={show(given)}: {len(QUALITY_NAMES)} numbers from 0 to 1 that sum to {total}"
        )
    return weights


class View:
    """One row of a structured array, read and written where it stands."""

    __slots__ = ("_row", "index", "model", "organisation_index", "unique_id")

    def __init__(
        self, model: Any, unique_id: int, rows: Any, index: int, organisation: int
    ) -> None:
        self.model = model  # the society that made it
        self.unique_id = unique_id
        self.index = index
        self.organisation_index = organisation
        # a one-element slice keeps the connection to the array; a plain item would be a copy
        self._row = rows[index : index + 1][0]

    def __getstate__(self) -> dict[str, Any]:
        """Return all but the row, which a copy would cut off from the array of its society."""
        own = {name for kind in type(self).__mro__ for name in getattr(kind, "__slots__", ())}
        own |= set(getattr(self, "__dict__", ()))
        own.discard("_row")
        return {name: getattr(self, name) for name in own if hasattr(self, name)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take what was kept; the society of the copy gives the row."""
        for name, value in state.items():
            setattr(self, name, value)

    @property
    def row(self) -> np.void:
        """All that is known of it, column by column: a read-only copy."""
        return snapshot(self._row)

    @property
    def organisation(self) -> Any:
        """The organisation that the agent belongs to."""
        return self.model.organisations[self.organisation_index]

    def __repr__(self) -> str:
        where = f"of organisation {self.organisation_index + 1}"
        return f"{type(self).__name__} {self.unique_id} {where}: {self._told()}"

    def _told(self) -> str:
        """Say in a few words how it stands."""
        raise NotImplementedError

    def changed(self) -> None:
        """Tell others of a change from outside; views that others can see override it."""
