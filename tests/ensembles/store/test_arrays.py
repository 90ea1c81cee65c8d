"""Arrow arrays made from bytes are those that pyarrow makes, without pandas."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sim.ensembles.store import arrays

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("n", [0, 1, 5])
def test_they_equal_those_of_pyarrow(n):
    x = np.arange(2 * n, dtype=float)[::2] / 3  # not contiguous
    made = arrays.numbers(x, np.float64)
    assert made.equals(pa.array(x, pa.float64())) and made.null_count == 0
    made = arrays.numbers(np.arange(n, dtype=np.int32), np.int64)
    assert made.equals(pa.array(list(range(n)), pa.int64()))
    words = ["", "ä month", "b"][:n] + ["x" * k for k in range(max(0, n - 3))]
    assert arrays.texts(words).equals(pa.array(words, pa.string()))
    hashes = [bytes([k]) * 4 for k in range(n)]
    assert arrays.fixed(hashes, 4).equals(pa.array(hashes, pa.binary(4)))
    for made in (arrays.texts(words), arrays.fixed(hashes, 4)):
        made.validate(full=True)


def test_what_is_not_a_number_keeps_its_bits():
    x = np.array([np.nan, -0.0, np.inf, 5e-324])
    made = arrays.numbers(x, np.float64)
    assert made.null_count == 0 and made.to_numpy().tobytes() == x.tobytes()


def test_lists_are_cut_by_their_lengths():
    made = arrays.lists(arrays.numbers(np.arange(5.0), np.float64), np.array([2, 0, 3]))
    assert made.to_pylist() == [[0, 1], [], [2, 3, 4]]
    made.validate(full=True)


def test_byte_strings_of_another_size_are_refused():
    with pytest.raises(ValueError, match="4 bytes"):
        arrays.fixed([b"1234", b"12345"], 4)


def test_pandas_is_not_imported():
    code = (
        "import sys, numpy as np; from sim.ensembles.store import arrays as a;"
        "a.lists(a.numbers(np.zeros(2), np.float64), np.array([2])); a.texts(['x']);"
        "a.fixed([b'ab'], 2); print('pandas' in sys.modules, 'pyarrow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "True"], done.stderr
