"""Arrow arrays from NumPy arrays and words.

`pyarrow.array` first imports pandas, where it is installed, to see whether it was given something
of pandas. That takes about a second, before the first answer. These arrays are made from bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def numbers(values: np.ndarray, kind: type[np.float64] | type[np.int64]) -> Any:
    """Return an Arrow array of float64 or int64; what is not a number stays a number's bits."""
    import pyarrow as pa

    plain = np.ascontiguousarray(values, kind)
    return pa.Array.from_buffers(
        pa.float64() if kind is np.float64 else pa.int64(), plain.size, [None, pa.py_buffer(plain)]
    )


def fixed(values: Sequence[bytes], size: int) -> Any:
    """Return an Arrow array of byte strings that all have the same size."""
    import pyarrow as pa

    content = b"".join(values)
    if len(content) != size * len(values):
        raise ValueError(f"all must have {size} bytes")
    return pa.Array.from_buffers(pa.binary(size), len(values), [None, pa.py_buffer(content)])


def texts(values: Sequence[str]) -> Any:
    """Return an Arrow array of text."""
    import pyarrow as pa

    encoded = [str(value).encode() for value in values]
    ends = np.concatenate(([0], np.cumsum([len(e) for e in encoded]))).astype(np.int32)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def lists(values: Any, lengths: np.ndarray) -> Any:
    """Return an Arrow array of lists of given lengths, cut from `values` one after another."""
    import pyarrow as pa

    ends = np.concatenate(([0], np.cumsum(lengths)))
    return pa.LargeListArray.from_arrays(numbers(ends, np.int64), values)
