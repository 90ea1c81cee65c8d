"""`python -m sim diff DIR1 DIR2`: what differs between two finished results."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.analysis import intervals, pooled
from sim.analysis.intervals import Interval
from sim.design.folders import plural, user_path
from sim.ensembles.store import PROVENANCE, RUNS
from sim.ensembles.store.rows import read_table
from sim.outcomes.table import FIVE, GOAL, HEADLINE, OUTCOMES
from sim.policies.kinds import KINDS
from sim.policies.policy import Policy, differences
from sim.reports import titles, words
from sim.tables.checks import flatten
from sim.tables.errors import UserError
from sim.tables.layout import Table, paragraph
from sim.tables.messages import one_line, show
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import HELD_KEYS

TOLD = (HEADLINE, *(outcome.name for outcome in FIVE), "lapse_rate", "trust")
MOST_KEYS, MOST_AXES, MOST_POINTS = 40, 12, 6
AXES = "design.axes."
# Words about the result that are no part of its configuration
NOT_COMPARED = ("title", "question")
ABSENT = "(not there)"
Point = tuple[Any, ...]  # values of what varies


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
        design = names[names.index("point") + 1 : names.index("seed")]
        return [
            name
            for name in design
            if name in PARAMETERS and (name not in KINDS or len(set(self.runs[name])) > 1)
        ]

    @property
    def policies(self) -> dict[tuple[str, str], Policy]:
        """The policies and shocks that it holds, whose titles may be found nowhere else."""
        return {
            (kind, name): Policy(name, one_line(str(held.get("title") or name)), "", (), kind)
            for kind in KINDS
            for name, held in (self.config.get(plural(kind)) or {}).items()
        }

    def points(self) -> dict[Point, np.ndarray]:
        """Return the values of what varies at each point -> its rows, in order of replicates."""
        found = {}
        for point in np.unique(self.runs["point"]):
            rows = np.flatnonzero(self.runs["point"] == point)
            found[tuple(self.runs[name][rows[0]] for name in self.varied)] = rows
        return found


class Levels(NamedTuple):
    """An outcome in both results, and how much more it is in the second."""

    first: Interval
    second: Interval
    change: Interval


class OutcomeChanges(NamedTuple):
    """What the outcomes of one result are more than those of another."""

    identical: bool  # all runs, to the bit
    paired: bool  # run by run, for they share their luck
    changes: dict[Point, dict[str, Levels]]  # at points of both, by outcome; the largest first


def read_finished(given: str) -> Finished:
    """Read a finished result folder; a UserError if it is none."""
    import yaml

    folder = user_path("diff", given)
    try:
        provenance = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
        config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
        runs = read_table(folder / RUNS)
        if not isinstance(config, dict) or "point" not in runs or "seed" not in runs:
            raise ValueError
    except (OSError, ValueError, yaml.YAMLError):
        raise UserError(
            f"diff {show(given)}: is no finished result of this program; needed is a folder with "
            f"{PROVENANCE}, config.yaml and {RUNS}"
        ) from None
    return Finished(given, config, provenance, runs)


def diff(arguments: Sequence[str]) -> int:
    """Print what differs between two results, in configuration and in outcomes."""
    for flag in (a for a in arguments if a.startswith("-")):
        raise UserError(f"diff {show(flag)}: takes no flags; allowed are two folders of results")
    if len(arguments) != 2:
        given = ", ".join(map(show, arguments)) or "none"
        raise UserError(
            f"diff: needs two folders of finished results after it; {len(arguments)} given ({given})"
        )
    first, second = (read_finished(given) for given in arguments)
    configuration = _configuration(configuration_changes(first, second))
    outcomes = _outcomes(first, outcome_changes(first, second))
    print("\n".join([f"1: {first.name}", f"2: {second.name}", "", *configuration, "", *outcomes]))
    return 0


def configuration_changes(first: Finished, second: Finished) -> dict[str, tuple[Any, Any]]:
    """Return key -> values in both, of what differs; ABSENT where one has none."""
    left_out = {*NOT_COMPARED, *HELD_KEYS}
    a, b = ({k: v for k, v in _flat(x.config) if k not in left_out} for x in (first, second))
    for name in ("model", "command"):
        a[name], b[name] = first.provenance.get(name), second.provenance.get(name)
    pairs = {k: (a.get(k, ABSENT), b.get(k, ABSENT)) for k in dict.fromkeys([*a, *b])}
    found = {key: (x, y) for key, (x, y) in pairs.items() if x != y}
    return {**found, **_held_changes(first.config, second.config)}


def _held_changes(first: dict[str, Any], second: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what differs in policies, shocks and data files of the same names."""
    found: dict[str, tuple[Any, Any]] = {}
    for kind in KINDS:
        ours, theirs = (x.get(plural(kind)) or {} for x in (first, second))
        for name in ours.keys() & theirs.keys():
            for key, (x, y) in differences(ours[name], theirs[name]).items():
                a, b = (ABSENT if v is None else v for v in (x, y))
                found[f"{kind} {name}: {key}"] = a, b
    ours, theirs = (
        {one["file"]: one["sha256"] for one in x.get("data_files") or []} for x in (first, second)
    )
    files = [f for f in ours if f in theirs and ours[f] != theirs[f]]
    return found | {f"content of {f}": (ours[f], theirs[f]) for f in files}


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


def outcome_changes(first: Finished, second: Finished) -> OutcomeChanges:
    """Return what the outcomes of the second are more than those of the first."""
    # earlier versions did not keep what some outcomes are pooled over
    both = {"", *first.runs} & {"", *second.runs}
    names = [n for n in TOLD if n in both and OUTCOMES[n].over in both]
    ours, theirs = first.points(), second.points()
    common = [p for p in ours if p in theirs] if first.varied == second.varied else []
    if not common and len(ours) == len(theirs) == 1:  # one world against another
        ours, theirs = {(): next(iter(ours.values()))}, {(): next(iter(theirs.values()))}
        common = [()]
    paired = _paired(first, second)
    found = {
        p: {n: _levels(first, second, n, ours[p], theirs[p], paired) for n in names} for p in common
    }
    most_first = sorted(found, key=lambda p: -abs(np.nan_to_num(found[p][GOAL].change.estimate)))
    return OutcomeChanges(_identical(first, second), paired, {p: found[p] for p in most_first})


def _paired(first: Finished, second: Finished) -> bool:
    """Whether replicate r has the same luck in both."""
    same = ("seed", "model")
    return all(first.provenance.get(k) == second.provenance.get(k) for k in same) and all(
        x.config.get("design", {}).get("seeds", "common") == "common" for x in (first, second)
    )


def _levels(
    first: Finished, second: Finished, name: str, a: np.ndarray, b: np.ndarray, paired: bool
) -> Levels:
    """Return the means of an outcome, pooled where its table says so, and its mean change."""
    over, bounds = OUTCOMES[name].over, OUTCOMES[name].bounds

    def level(of: Finished, rows: np.ndarray) -> Interval:
        x = of.runs[name][rows]
        return pooled.of_mean(x, of.runs[over][rows]) if over else intervals.of_mean(x, bounds)

    levels = level(first, a), level(second, b)
    if paired:
        replicates = first.runs["replicate"][a], second.runs["replicate"][b]
        _, left, right = np.intersect1d(*replicates, return_indices=True)
        a, b = a[left], b[right]
    x, y = first.runs[name][a], second.runs[name][b]
    if over:
        change = pooled.of_difference(y, second.runs[over][b], x, first.runs[over][a], paired)
    else:
        change = (intervals.of_difference if paired else intervals.of_unpaired_difference)(y, x)
    return Levels(*levels, change)


def _identical(first: Finished, second: Finished) -> bool:
    """Whether all runs are the same, outcomes to the bit."""

    def same(name: str) -> bool:
        a, b = first.runs[name], second.runs[name]
        if name in OUTCOMES:
            return a.shape == b.shape and a.tobytes() == b.tobytes()
        return np.array_equal(a, b)

    return list(first.runs) == list(second.runs) and all(map(same, first.runs))


def _configuration(changes: dict[str, tuple[Any, Any]]) -> list[str]:
    if not changes:
        return ["The configurations are the same."]
    axes = [k for k in changes if k.startswith(AXES)]
    told, untold = axes[:MOST_AXES], set(axes[MOST_AXES:])  # as many as an uncertain world has
    keys = [k for k in changes if k not in untold]
    rows = [[key, *map(_cell, changes[key])] for key in keys[:MOST_KEYS]]
    lines = Table([["What differs in the configuration", "1", "2"], *rows], left=3).lines()
    if len(keys) > MOST_KEYS:
        lines.append(f"... and {len(keys) - MOST_KEYS} more")
    if untold:
        lines.append(
            f"What varies differs in {len(axes)} parameters, of which {len(told)} stand here; all "
            "stand in config.yaml."
        )
    return lines


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        value = [f"{k}: {v}" for k, v in value.items()]
    text = ", ".join(map(words.value, value)) if isinstance(value, list) else words.value(value)
    return show(text) if len(text) <= 60 else show(text[:57]) + "..."


def _outcomes(first: Finished, found: OutcomeChanges) -> list[str]:
    if found.identical:
        return ["All runs are the same, to the bit."]
    if not found.changes:
        return [
            "The two vary different parameters, or have no point in common: outcomes can not be "
            "compared point by point."
        ]
    how = "unpaired: seed or model differ"
    if found.paired:
        how = "paired run by run: both have the same seed and model"
    lines = [f"Outcomes, {how}. In brackets: 95 % intervals."]
    points = {
        p: titles.settings_told(dict(zip(first.varied, p, strict=False)), first.policies)
        for p in list(found.changes)[:MOST_POINTS]
    }
    if (number := len(found.changes)) > 1:
        more = f" The {len(points)} where it changes most:" if number > len(points) else ""
        lines += paragraph(f"{titles.title(GOAL)} at {number} points of both.{more}")
        lines += _table([(told, GOAL, found.changes[p][GOAL]) for p, told in points.items()])
        lines.append("")
    shown, told = next(iter(points.items()))
    if told:
        lines.append(f"All outcomes at {told}:")
    changes = found.changes[shown].items()
    return lines + _table([(titles.title(name), name, levels) for name, levels in changes])


def _table(changes: Sequence[tuple[str, str, Levels]]) -> list[str]:
    """Return the lines of what changes: what it is called, the outcome, and its levels."""
    rows = [["", "1", "2", "change from 1 to 2", ""]]
    for what, name, levels in changes:
        unit = OUTCOMES[name].unit
        told = [words.in_unit(x, unit) for x in (levels.first, levels.second)]
        change = words.in_unit(levels.change, unit, sign=True)
        rows.append([what, *told, change, words.unit(unit)])
    return Table(rows, text_last=1).lines()
