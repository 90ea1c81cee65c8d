"""Values as NumPy, pandas and iterators hold them, made Python's own at the doors of the program."""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Mapping, ValuesView
from decimal import Decimal
from itertools import islice
from typing import Any, NoReturn

from sim.tables.errors import UserError
from sim.tables.messages import show

MOST_TAKEN = 1_000_000  # of an iterator, which may never end


def plain(value: Any) -> Any:
    """Return arrays, series, ranges and iterators as lists, NumPy's numbers as Python's; others as they are."""
    tolist = getattr(value, "tolist", None)
    if callable(tolist) and not isinstance(value, type):
        import numpy as np  # whoever has such a value has imported it

        array = np.asarray(value)
        # 0.1 of 32 bits is meant as 0.1, not as the 0.10000000149 that it is of 64
        narrow = array.dtype.kind == "f" and array.dtype.itemsize < 8
        made = array.astype(str).astype(float).tolist() if narrow else tolist()
        return made if type(made) is type(value) else plain(made)
    if isinstance(value, Decimal):
        return float(value)
    if type(value).__name__ == "NAType":  # of pandas, which says neither yes nor no to any ==
        return None
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (range, Iterator, KeysView, ValuesView)):
        value = list(islice(value, MOST_TAKEN))
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def named(value: Any, what: str) -> Any:
    """Return names with their values: of a mapping, or of a series by its index."""
    value = by_index(value, what)
    if not isinstance(value, Mapping):
        raise UserError(f"{what}={show(value)}: needed are names with their values")
    return plain(value)


def by_index(value: Any, what: str) -> Any:
    """Return a series as a mapping; another value as it is."""
    if not hasattr(value, "iloc") or getattr(value, "ndim", 0) not in (1, 2):
        return value
    if value.ndim == 2:
        raise UserError(f"{what}: is a table; give one row of it (df.iloc[0]) or a mapping")
    made = dict(zip(value.index, plain(value), strict=True))
    if len(made) < len(value):
        raise UserError(f"{what}: a name of the index stands there twice; allowed is each once")
    return made


class ReadOnly(dict[Any, Any]):
    """A dictionary that can not be changed: what a result was made from."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("what a result was made from can not be changed; dict(...) gives a copy")

    __setitem__ = __delitem__ = __ior__ = _refuse  # type: ignore[assignment]
    clear = pop = popitem = setdefault = update = _refuse  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type, tuple[dict[Any, Any]]]:
        return ReadOnly, (dict(self),)
