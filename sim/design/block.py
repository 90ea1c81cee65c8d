"""The design block of a request: its kind, axes, samples and seeds, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sim.design.axes import Axis
from sim.design.csv_files import resolve_file
from sim.design.points import apply_overrides
from sim.design.sampling import CANNOT_EXTEND, MOST_SAMPLES, read_points
from sim.tables.errors import UserError
from sim.tables.messages import show, unknown
from sim.tables.settings import DESIGN_KEYS, DESIGN_KINDS, SAMPLED_KINDS, SEEDS


class Given(NamedTuple):
    """A design block, as far as it could be read.

    Attributes
    ----------
    kind, seeds : str
    samples : int or None
    axes : tuple of Axis
    notes, problems : list of str
        For the user; with problems, the rest need not be whole.
    """

    kind: str
    seeds: str
    samples: int | None
    axes: tuple[Axis, ...]
    notes: list[str]
    problems: list[str]


def name_of(key: str, value: Any, known: Mapping[str, str], problems: list[str]) -> str:
    """Return a name if it is known; otherwise add a problem and return an empty text."""
    if isinstance(value, str) and value in known:
        return value
    line = unknown(show(value), known, "name")
    problems.append(f"{key}={line}; allowed is one of {', '.join(known)}")
    return ""


def _samples(design: Mapping[str, Any], kind: str) -> tuple[int | None, list[str]]:
    """Return the checked number of samples, None where the design has none, and notes."""
    given = design.get("samples")
    if kind not in SAMPLED_KINDS:
        if given is not None:
            raise UserError(
                f"design.samples={show(given)}: design.kind={kind} takes no samples; allowed "
                f"with {' or '.join(SAMPLED_KINDS)}"
            )
        return None, []
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= MOST_SAMPLES:
        raise UserError(
            f"design.samples={show(given)}: design.kind={kind} needs it; allowed is a whole "
            f"number from 1 to {MOST_SAMPLES}"
        )
    return given, [CANNOT_EXTEND] if kind == "lhs" else []


def _listed(
    design: Mapping[str, Any],
    specs: Mapping[str, Any],
    new: Mapping[str, Any],
    folders: Sequence[Path],
) -> tuple[tuple[Axis, ...], list[str]]:
    """Return the one axis over the points of a file."""
    if specs or new:
        name = next(iter({**specs, **new}))
        raise UserError(f"axis {name}: design.kind=list takes its points from design.file alone")
    given = design.get("file")
    if not isinstance(given, str):
        raise UserError(
            f"design.file={show(given)}: design.kind=list needs it; allowed is the path of a CSV "
            "file"
        )
    axis, notes = read_points(resolve_file("design.file", given, folders))
    return (axis,), notes


def read_design(
    design: Any, axes: Mapping[str, Any], single: Mapping[str, Any], folders: Sequence[Path]
) -> Given:
    """Read the design block of an experiment, with what the command line changes of it.

    Parameters
    ----------
    design : object
        As it stands in the file.
    axes, single : mapping
        Parameter -> axis, or single value, from the command line.
    folders : sequence of Path
        Where data files may lie.
    """
    notes: list[str] = []
    problems: list[str] = []
    made: tuple[Axis, ...] = ()
    kind, seeds = "grid", "common"
    known = [f"design.{key}" for key in DESIGN_KEYS]
    samples: int | None = None
    try:
        if not isinstance(design, dict):
            raise UserError(f"design={show(design)}: needs kind and axes beneath it")
        kind = name_of("design.kind", design.get("kind", "grid"), DESIGN_KINDS, problems)
        for key in design:
            if key not in DESIGN_KEYS:
                problems.append(unknown(f"design.{key}", known, "key"))
        samples, more = _samples(design, kind)
        notes += more
        seeds = name_of("design.seeds", design.get("seeds", "common"), SEEDS, problems)
        specs = design.get("axes") or {}
        if kind == "list":
            made, more = _listed(design, specs, axes, folders)
        else:
            made, more = apply_overrides(specs, axes, single, kind)
            if kind in SAMPLED_KINDS and not made:
                raise UserError(f"design.kind={kind}: needs design.axes, or axes as arguments")
        notes += more
    except UserError as error:
        problems += error.problems
    return Given(kind, seeds, samples, made, notes, problems)
