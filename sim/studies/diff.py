"""`python -m sim diff DIR1 DIR2`: what differs between two finished results."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.ensembles.store import PROVENANCE, RUNS
from sim.outcomes.table import FIVE, OUTCOMES, label
from sim.reports import words
from sim.tables.checks import flatten
from sim.tables.errors import UserError
from sim.tables.layout import Table
from sim.tables.messages import show

TOLD = (*(outcome.name for outcome in FIVE), "lapse_rate", "trust")
MOST_KEYS, MOST_AXES, MOST_POINTS = 40, 12, 6
AXES = "design.axes."
# Words about the result that are no part of its configuration
NOT_COMPARED = ("title", "question")
ABSENT = "(not there)"


class Finished(NamedTuple):
    """A finished result folder."""

    name: str
    config: dict[str, Any]
    provenance: dict[str, Any]
    runs: dict[str, np.ndarray]

    @property
    def varied(self) -> list[str]:
        """Parameters that vary over its points."""
        names = list(self.runs)
        return names[names.index("point") + 1 : names.index("seed")]

    def points(self) -> dict[tuple[Any, ...], np.ndarray]:
        """Return the values of what varies at each point -> its rows, in order of replicates."""
        found = {}
        for point in np.unique(self.runs["point"]):
            rows = np.flatnonzero(self.runs["point"] == point)
            found[tuple(self.runs[name][rows[0]] for name in self.varied)] = rows
        return found


def read_finished(given: str) -> Finished:
    """Read a finished result folder.

    Raises
    ------
    UserError
        If it is none.
    """
    import pyarrow.parquet as pq
    import yaml

    folder = Path(given).expanduser()
    try:
        provenance = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
        config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
        table = pq.read_table(folder / RUNS)
        runs = {name: table.column(name).to_numpy() for name in table.column_names}
        if not isinstance(config, dict) or "point" not in runs or "seed" not in runs:
            raise ValueError
    except (OSError, ValueError, yaml.YAMLError):
        raise UserError(
            f"diff {show(given)}: is no finished result of this program; needed is a folder with "
            f"{PROVENANCE}, config.yaml and {RUNS}"
        ) from None
    return Finished(given, config, provenance, runs)


def diff(arguments: Sequence[str]) -> int:
    """Print what differs between two results, in configuration and in outcomes.

    Parameters
    ----------
    arguments : sequence of str
        Two folders.

    Returns
    -------
    int
        Exit code, 0.

    Raises
    ------
    UserError
        If there are not two finished results.
    """
    flags = [a for a in arguments if a.startswith("-")]
    if flags:
        raise UserError(
            f"diff {show(flags[0])}: takes no flags; allowed are two folders of results"
        )
    if len(arguments) != 2:
        given = ", ".join(map(show, arguments)) or "none"
        raise UserError(
            f"diff: needs two folders of finished results after it; {len(arguments)} given ({given})"
        )
    first, second = (read_finished(given) for given in arguments)
    lines = [f"1: {first.name}", f"2: {second.name}", "", *_configuration(first, second), ""]
    print("\n".join(lines + _outcomes(first, second)))
    return 0


def _configuration(first: Finished, second: Finished) -> list[str]:
    a, b = ({k: v for k, v in _flat(x.config) if k not in NOT_COMPARED} for x in (first, second))
    for name in ("model", "command"):
        a[name], b[name] = first.provenance.get(name), second.provenance.get(name)
    keys = [k for k in dict.fromkeys([*a, *b]) if a.get(k, ABSENT) != b.get(k, ABSENT)]
    if not keys:
        return ["The configurations are the same."]
    axes = [k for k in keys if k.startswith(AXES)]
    told, untold = axes[:MOST_AXES], set(axes[MOST_AXES:])  # as many as an uncertain world has
    keys = [k for k in keys if k not in untold]
    rows = [["What differs in the configuration", "1", "2"]]
    rows += [[k, _cell(a.get(k, ABSENT)), _cell(b.get(k, ABSENT))] for k in keys[:MOST_KEYS]]
    lines = Table(rows, left=3).lines()
    if len(keys) > MOST_KEYS:
        lines.append(f"... and {len(keys) - MOST_KEYS} more")
    if untold:
        lines.append(
            f"What varies differs in {len(axes)} parameters, of which {len(told)} stand here; all "
            "stand in config.yaml."
        )
    return lines


def _flat(config: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield (path, value); of the design, each axis by itself."""
    for key, value in flatten(config):
        if key != "design" or not isinstance(value, dict):
            yield key, value
            continue
        for name, part in value.items():
            if name == "axes" and isinstance(part, dict):
                yield from ((AXES + axis, form) for axis, form in part.items())
            elif part is not None:
                yield f"design.{name}", part


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        value = [f"{k}: {v}" for k, v in value.items()]
    text = ", ".join(map(words.value, value)) if isinstance(value, list) else words.value(value)
    return show(text) if len(text) <= 60 else show(text[:57]) + "..."


def _paired(first: Finished, second: Finished) -> bool:
    """Whether replicate r has the same luck in both."""
    same = ("seed", "model")
    return all(first.provenance.get(k) == second.provenance.get(k) for k in same) and all(
        x.config.get("design", {}).get("seeds", "common") == "common" for x in (first, second)
    )


def _change(
    first: Finished, second: Finished, name: str, a: np.ndarray, b: np.ndarray, paired: bool
) -> Interval:
    """Return the mean change of an outcome from the first to the second."""
    x, y = first.runs[name][a], second.runs[name][b]
    if not paired:
        return intervals.of_unpaired_difference(y, x)
    _, left, right = np.intersect1d(
        first.runs["replicate"][a], second.runs["replicate"][b], return_indices=True
    )
    return intervals.of_difference(y[right], x[left])


def _outcomes(first: Finished, second: Finished) -> list[str]:
    if _identical(first, second):
        return ["All runs are the same, to the bit."]
    names = [n for n in TOLD if n in first.runs and n in second.runs]
    ours, theirs = first.points(), second.points()
    if first.varied == second.varied:
        common = [p for p in ours if p in theirs]
    else:
        common = []
    if not common and len(ours) == len(theirs) == 1:  # one world against another
        ours, theirs = {(): next(iter(ours.values()))}, {(): next(iter(theirs.values()))}
        common = [()]
    if not common:
        return [
            "The two vary different parameters, or have no point in common: outcomes can not be "
            "compared point by point."
        ]
    paired = _paired(first, second)
    how = (
        "paired run by run: both have the same seed and model"
        if paired
        else "unpaired: seed or model differ"
    )
    changes = {
        p: {n: _change(first, second, n, ours[p], theirs[p], paired) for n in names} for p in common
    }
    goal = names[0]
    size = {p: abs(np.nan_to_num(changes[p][goal].estimate)) for p in common}
    shown = sorted(common, key=lambda p: -size[p])[:MOST_POINTS]
    heads = [_point_words(first.varied, p) for p in shown]
    rows = [["Change from 1 to 2 (95 % interval)", *heads]]
    for name in names:
        cells = [words.with_interval(changes[p][name], sign=True) for p in shown]
        rows.append([label(name), *cells])
    lines = [f"Outcomes, {how}."]
    if len(common) > len(shown):
        lines.append(
            f"{len(common)} points are in both; the {len(shown)} where {label(goal).lower()} "
            "changes most:"
        )
    return [*lines, *Table(rows).lines()]


def _point_words(varied: list[str], point: tuple[Any, ...]) -> str:
    if not point:
        return ""
    return ", ".join(
        f"{n.rpartition('.')[2]} {words.value(v)}" for n, v in zip(varied, point, strict=True)
    )


def _identical(first: Finished, second: Finished) -> bool:
    a, b = first.runs, second.runs
    if list(a) != list(b):
        return False
    for name in a:
        if a[name].shape != b[name].shape or (
            name in OUTCOMES and a[name].tobytes() != b[name].tobytes()
        ):
            return False
        if name not in OUTCOMES and not np.array_equal(a[name], b[name]):
            return False
    return True
