"""Designs that sample a space instead of filling a grid, and lists of points from a file."""

from __future__ import annotations

import csv
import warnings
from typing import Any

from sim.design.axes import Axis, parse_axis
from sim.design.csv_files import NOT_UTF8, european, too_many
from sim.tables.errors import UserError
from sim.tables.messages import one_line, show, unknown
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import CROSSED_AXES
from sim.tables.validate import LIST_PARAMETERS

MOST_SAMPLES = 1_000_000
MOST_PROBLEMS = 10
DIGITS = 10  # of sampled values, so that tables and command lines can state them in full
CANNOT_EXTEND = (
    "a Latin hypercube cannot be extended: with another number of samples all points change; "
    "design.kind=sobol can be"
)


def sample(axes: tuple[Axis, ...], kind: str, samples: int, seed: int) -> list[dict[str, Any]]:
    """Return the points of a sampled design.

    Parameters
    ----------
    axes : tuple of Axis
        Numeric; each is sampled between its lowest and its highest value, on a logarithmic
        scale where the axis says so. Linked parameters get the same value.
    kind : {"lhs", "sobol"}
        Latin hypercube (McKay et al. 1979) or scrambled Sobol sequence (Sobol 1967, Owen 1998),
        both from scipy.stats.qmc. A Sobol sequence can be extended: more samples keep the first.
    samples : int
    seed : int

    Returns
    -------
    list of dict
        path -> value of each point.
    """
    from scipy.stats import qmc

    if kind == "lhs":
        unit = qmc.LatinHypercube(len(axes), rng=seed).random(samples)
    else:
        with warnings.catch_warnings():
            # any number is allowed; powers of two are balanced best, which the docs say
            warnings.simplefilter("ignore", UserWarning)
            unit = qmc.Sobol(len(axes), scramble=True, rng=seed).random(samples)
    return [
        {
            path: _scaled(axis, path, float(share))
            for axis, share in zip(axes, row, strict=True)
            for path in axis.paths
        }
        for row in unit
    ]


def _scaled(axis: Axis, path: str, share: float) -> Any:
    low, high = min(axis.values), max(axis.values)
    if axis.logarithmic:
        value = low * (high / low) ** share
    elif PARAMETERS[path].kind == "integer":
        # each whole number is equally likely, the ends included
        return min(int(high), int(low + share * (high - low + 1)))
    else:
        value = low + share * (high - low)
    if PARAMETERS[path].kind == "integer":
        return round(value)
    return min(high, max(low, float(f"{value:.{DIGITS}g}")))


def check_sampled(axes: tuple[Axis, ...], kind: str) -> list[str]:
    """Return what keeps axes from being sampled, one line each."""
    return [
        f"axis {axis.name}: design.kind={kind} samples between two numbers; allowed is "
        "{from: 0, to: 1} or {low: 0.2, high: 0.8}"
        for axis in axes
        if axis.name not in CROSSED_AXES
        if len(axis) < 2 or not all(isinstance(v, (int, float)) for v in axis.values)
    ]


def ends_only(axis: Axis) -> Axis:
    """Return an axis with its lowest and highest value only (first and last if not numbers)."""
    numbers = all(isinstance(v, (int, float)) for v in axis.values)
    order = sorted(range(len(axis)), key=axis.values.__getitem__) if numbers else range(len(axis))
    kept = list(dict.fromkeys((order[0], order[-1])))
    return Axis(
        axis.name,
        axis.paths,
        tuple(axis.values[k] for k in kept),
        tuple(axis.settings[k] for k in kept),
    )


def read_points(path: str) -> tuple[Axis, list[str]]:
    """Read a list of points from a CSV file: one column per parameter, one line per point.

    Returns
    -------
    axis : Axis
        One axis over all points, labelled by their number.
    notes : list of str

    Raises
    ------
    UserError
        With file and line of each mistake.
    """
    where = f"design.file={show(path)}"
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = [(reader.line_num, row) for reader in [csv.reader(file)] for row in reader]
    except (UnicodeDecodeError, csv.Error):
        raise UserError(f"{where}: {NOT_UTF8}; allowed is a CSV file") from None
    except OSError as error:
        raise UserError(f"{where}: {error.strerror}; allowed is a CSV file") from None
    rows = [(line, row) for line, row in rows if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise UserError(f"{where}: has no points; needed is a heading and a line for each point")
    heading = [cell.strip() for cell in rows[0][1]]
    wrong = european(heading)
    if wrong:
        raise UserError(f"{where}, line 1: {wrong}")
    problems = [
        f"{where}, line 1: {unknown(name, PARAMETERS, 'parameter', LIST_PARAMETERS)}"
        for name in heading
        if name not in PARAMETERS
    ]
    if len(set(heading)) < len(heading):
        problems.append(f"{where}, line 1: a parameter stands there twice")
    if problems:
        raise UserError(problems)
    settings: list[dict[str, Any]] = []
    for line, row in rows[1:]:
        if len(row) != len(heading):
            problems.append(f"{where}, line {line}: {too_many(row, heading)}")
            continue
        setting = {}
        for name, cell in zip(heading, row, strict=True):
            try:
                axis, _ = parse_axis(name, [_typed(cell.strip(), name)])
                setting[name] = axis.values[0]
            except UserError as error:
                problems.append(f"{where}, line {line}: {one_line(error.problems[0])}")
        settings.append(setting)
    if problems:
        raise UserError(problems[:MOST_PROBLEMS])
    distinct = list({tuple(s.items()): s for s in settings}.values())
    notes = []
    if len(distinct) < len(settings):
        repeated = len(settings) - len(distinct)
        notes.append(f"design.file: {repeated} repeated points are computed once")
    labels = tuple(f"point {n}" for n in range(1, len(distinct) + 1))
    return Axis("points", tuple(heading), labels, tuple(distinct)), notes


def _typed(cell: str, name: str) -> Any:
    """Return a cell as the type that its parameter has; what cannot be read stays text."""
    if not PARAMETERS[name].numeric:
        return cell
    if cell == "" or cell.lower() == "null":
        return None
    try:
        return int(cell) if PARAMETERS[name].kind == "integer" else float(cell)
    except ValueError:
        return cell
