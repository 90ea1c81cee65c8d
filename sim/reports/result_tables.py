"""Result tables as columns: name -> array. Files and data frames are made from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis import intervals, pooled
from sim.analysis.intervals import Interval
from sim.ensembles.ensemble import FAILED, GOOD, Ensemble
from sim.outcomes.table import OUTCOMES
from sim.policies.kinds import KINDS
from sim.reports.meanings import FRAMES, told_of
from sim.tables.checks import NONE
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import CROSSED_AXES

if TYPE_CHECKING:
    import pandas as pd

    from sim.design.axes import Axis

# What is compared is the first of these that varies
COMPARED = {"policy": "policies", "scenario": "scenarios", "shock": "shocks"}
Columns = dict[str, np.ndarray]


def varied(ensemble: Ensemble) -> list[str]:
    """Return the parameters that vary over the design, in the order of the table."""
    paths = {path for setting in ensemble.settings for path in setting}
    return [path for path in PARAMETERS if path in paths]


def design(ensemble: Ensemble, times: int = 1) -> Columns:
    """Return point and what varies, each row so many times."""
    columns = {"point": np.arange(len(ensemble.points))}
    for path in varied(ensemble):
        values = [point.values[path] for point in ensemble.points]
        numbers = all(isinstance(v, (int, float)) for v in values)
        columns[path] = np.array(values, float if numbers else object)
    return {name: np.repeat(column, times) for name, column in columns.items()}


def compared_axis(axes: Sequence[Axis]) -> Axis | None:
    """Return the axis that is compared, of policies, scenarios or shocks."""
    return next((axis for name in COMPARED for axis in axes if axis.name == name), None)


def carried(ensemble: Ensemble, axes: Sequence[Axis], drawn: bool = False) -> Columns:
    """Return what a table says of the point of its row: scenario, policy and world among it.

    A world is all that is set beside what is compared. If it was `drawn`, its number stands for it.
    """
    columns = design(ensemble)
    for kind in KINDS:
        names = [point.values[kind] for point in ensemble.points]
        if kind not in columns and set(names) != {NONE}:
            columns[kind] = np.array(names, object)
    compared = compared_axis(axes)
    if compared is not None and compared.name == "scenario":
        columns["scenario"] = np.array(
            [str(compared.values[compared.position(p.values)]) for p in ensemble.points], object
        )
    if compared is not None:
        rest = [
            tuple((p, v) for p, v in setting.items() if p not in compared.paths)
            for setting in ensemble.settings
        ]
        if any(rest):
            numbers = {setting: n for n, setting in enumerate(dict.fromkeys(rest))}
            columns["world"] = np.array([numbers[setting] for setting in rest])
    left_out = set(varied(ensemble)) - set(CROSSED_AXES) if drawn else set()
    return {name: column for name, column in columns.items() if name not in left_out}


def runs(ensemble: Ensemble, axes: Sequence[Axis] = ()) -> Columns:
    """One row per run."""
    points, replicates = ensemble.errors.shape
    errors = ensemble.errors.ravel()
    return {
        **{k: np.repeat(column, replicates) for k, column in carried(ensemble, axes).items()},
        "seed": np.full(errors.size, ensemble.seed, np.int64),
        "replicate": np.tile(np.arange(replicates), points),
        "status": np.where(errors == "", GOOD, FAILED).astype(object),
        "error": errors,
        **{name: column.ravel() for name, column in ensemble.outcomes.items()},
    }


def entities(
    ensemble: Ensemble,
    tables: Iterable[Mapping[str, np.ndarray]],
    names: list[list[str]],
    axes: Sequence[Axis] = (),
    drawn: bool = False,
) -> Iterator[Columns]:
    """Yield one row per run and entity, with what is carried of its point and the place's name."""
    of_points = carried(ensemble, axes, drawn)
    for rows in tables:
        places = zip(rows["point"], rows["organisation"], strict=True)
        named = [names[p][o - 1] if names[p] else str(o) for p, o in places]
        of_rows = {name: column[rows["point"]] for name, column in of_points.items()}
        yield {**of_rows, **rows, "name": np.array(named, object)}


def summary(ensemble: Ensemble) -> Columns:
    """One row per point and outcome."""
    units = {"probability_sustained": "share of runs"}
    units |= {name: outcome.unit for name, outcome in OUTCOMES.items()}
    n = len(ensemble.points)
    # (points, outcomes): all points of an outcome at once, which are many in a large design
    made = np.full((6, n, len(units)), np.nan)
    for point in range(n):
        made[:4, point, 0] = ensemble.probability_sustained(point)
    for place, (name, outcome) in enumerate(OUTCOMES.items(), 1):
        values = ensemble.outcomes[name].T
        if outcome.over:
            found = pooled.of_columns(values, ensemble.outcomes[outcome.over].T)
        else:
            found = intervals.of_columns(values, outcome.bounds)
        made[:4, :, place] = found
        known = ~np.isnan(values).all(axis=0)
        made[4, known, place] = np.nanmin(values[:, known], axis=0)
        made[5, known, place] = np.nanmax(values[:, known], axis=0)
    estimate, low, high, rests_on, lowest, highest = made.reshape(6, -1)
    return {
        **design(ensemble, len(units)),
        "outcome": np.array([*units] * n, object),
        "unit": np.array([*units.values()] * n, object),
        "mean": estimate,
        "mean_low_95": low,
        "mean_high_95": high,
        "lowest_run": lowest,
        "highest_run": highest,
        "runs": rests_on.astype(np.int64),
    }


def of_frame(kind: str, rows: Sequence[tuple[Any, ...]]) -> Columns:
    """Return rows as the columns of a frame; an interval has three, that of given worlds needs some."""
    parts = ((x[:3] if isinstance(x, Interval) else (x,) for x in row) for row in rows)
    cells = list(zip(*(chain.from_iterable(row) for row in parts), strict=True))
    named = zip(FRAMES[kind].values(), cells or [()] * len(FRAMES[kind]), strict=True)
    return {c.name: np.array(x, c.dtype) for c, x in named if c.name != "given_world" or any(x)}


def of_rows(names: str, rows: Sequence[tuple[Any, ...]]) -> Columns:
    """Return rows, one at least, as columns of these names."""
    cells = zip(*rows, strict=True)
    return {name: np.array(x, type(x[0])) for name, x in zip(names.split(), cells, strict=True)}


def frame(columns: Columns, kind: str) -> pd.DataFrame:
    """Return columns as a data frame of a result; its `attrs["columns"]` say what they mean."""
    import pandas as pd

    made = pd.DataFrame(columns)
    made.attrs["columns"] = told_of(columns, kind)
    return made
