"""Builds month.c and calls it on a state of the model."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from sim.model import inputs, kernel, rules, state, streams
from sim.model.engine import Point
from sim.model.state import State

HERE = Path(__file__).resolve().parent
# No contraction into fused multiply-add: the bits would differ from the kernel's.
# For this processor, as numba compiles.
COMPILE = ("cc", "-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC", "-w")
C_TYPES = {"f8": "double", "i8": "int64_t", "i4": "int32_t", "u2": "uint16_t", "i1": "int8_t"}
RECORDS = {
    "Organisation": state.ORGANISATION,
    "Hcp": state.HCP,
    "Expert": state.EXPERT,
    "Parameters": inputs.RECORD,
}


def layout() -> str:
    """Return the C header of the model's records and numbers, so that they cannot drift apart."""
    lines = ["#pragma once", "#include <stdint.h>"]
    for module in (inputs, rules, state, streams, kernel):
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, int | float | np.uint64):
                lines += [f"#undef {name}", f"#define {name} {value}"]
    for name, dtype in RECORDS.items():
        fields = []
        for field in dtype.names or ():
            base, shape = dtype[field].base, dtype[field].shape
            fields.append(f"{C_TYPES[base.str[1:]]} {field}{''.join(f'[{n}]' for n in shape)};")
        lines.append(f"typedef struct {{ {' '.join(fields)} }} {name};")
        lines.append(f'_Static_assert(sizeof({name}) == {dtype.itemsize}, "{name}");')
    return "\n".join(lines) + "\n"


def build() -> ctypes.CDLL:
    """Compile month.c into a temporary folder and load it."""
    folder = Path(tempfile.mkdtemp(prefix="nasss-sim-bench-"))
    (folder / "layout.h").write_text(layout())
    library = folder / "month.so"
    sources = (f"-I{folder}", str(HERE / "month.c"), "-o", str(library))
    subprocess.run([*COMPILE, *sources], check=True)
    return ctypes.CDLL(str(library))


def advance(library: ctypes.CDLL, first: int, last: int, run: int, point: Point, s: State) -> None:
    """Compute months first..last of a run in C, in place."""
    packed = np.array(point.packed, inputs.RECORD)

    def at(array: np.ndarray) -> ctypes.c_void_p:
        return ctypes.c_void_p(array.ctypes.data)

    ties = np.diff(s.first_peer[np.append(s.organisations["first_hcp"], s.hcps.size)])
    heard = np.empty(ties.max() + 1, np.int64)
    seats = int(np.diff(s.organisations["first_hcp"], append=s.hcps.size).max())
    keys, happens = np.empty(seats, np.uint64), np.empty(seats, np.uint8)
    visits = np.empty(seats + 1, np.int64)
    library.months(
        ctypes.c_int64(first), ctypes.c_int64(last), ctypes.c_uint64(int(run)), at(packed),
        ctypes.c_int64(s.organisations.size), at(s.organisations),
        ctypes.c_int64(s.hcps.size), at(s.hcps), at(s.priorities), at(s.words), at(s.experts),
        at(s.first_peer), at(s.peers), at(heard), at(keys), at(happens), at(visits),
    )  # fmt: skip
