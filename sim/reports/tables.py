"""Result tables as columns: name -> array. Files and data frames are made from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.ensembles.run import FAILED, GOOD, Ensemble
from sim.outcomes.table import OUTCOMES
from sim.tables.parameters import PARAMETERS

if TYPE_CHECKING:
    import pandas as pd

SUSTAINED = "probability_sustained"
SHARE_OF_RUNS = "share of runs"
Columns = dict[str, np.ndarray]


def varied(ensemble: Ensemble) -> list[str]:
    """Return the parameters that vary over the design, in the order of the table."""
    paths = {path for setting in ensemble.settings for path in setting}
    return [path for path in PARAMETERS if path in paths]


def _repeat(ensemble: Ensemble, per_point: list[Any], times: int) -> np.ndarray:
    parameter_values = np.empty(len(per_point), object)
    parameter_values[:] = per_point
    if all(isinstance(v, (int, float)) for v in per_point):
        parameter_values = parameter_values.astype(float)
    return np.repeat(parameter_values, times)


def design_columns(ensemble: Ensemble, times: int) -> Columns:
    """Return point and what varies, each row so many times."""
    columns = {"point": np.repeat(np.arange(len(ensemble.points)), times)}
    for path in varied(ensemble):
        columns[path] = _repeat(ensemble, [p.values[path] for p in ensemble.points], times)
    return columns


def run_columns(ensemble: Ensemble) -> Columns:
    """One row per run."""
    n = len(ensemble.points)
    columns = design_columns(ensemble, ensemble.replicates)
    columns["seed"] = np.full(n * ensemble.replicates, ensemble.seed, np.int64)
    columns["replicate"] = np.tile(np.arange(ensemble.replicates), n)
    errors = ensemble.errors.ravel()
    columns["status"] = np.where(errors == "", GOOD, FAILED).astype(object)
    columns["error"] = errors
    return columns | {name: x.ravel() for name, x in ensemble.outcomes.items()}


def entity_columns(ensemble: Ensemble, kind: str, names: list[list[str]]) -> Columns:
    """One row per run and entity of a kind; no rows unless they were kept."""
    table = ensemble.entities[kind]
    if not table["point"].size:
        return {}
    return {**table, "name": _names(names, table)}


def _names(names: list[list[str]], table: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.array(
        [
            names[p][o - 1] if names[p] else str(o)
            for p, o in zip(table["point"], table["organisation"], strict=True)
        ],
        object,
    )


def entity_blocks(
    names: list[list[str]], blocks: Iterable[tuple[range, Mapping[str, np.ndarray]]]
) -> Iterator[Columns]:
    """Yield the rows of `entity_columns` for blocks of runs."""
    for _, table in blocks:
        yield {**table, "name": _names(names, table)}


def probability_sustained(ensemble: Ensemble, point: int) -> Interval:
    """Return the share of a point's runs that sustain adoption."""
    sustained = ensemble.outcomes["sustained_adoption"][point]
    sustained = sustained[~np.isnan(sustained)]
    threshold = ensemble.points[point].values["outcome.sustained_threshold"]
    return intervals.of_share(int((sustained >= threshold).sum()), sustained.size)


def summary_columns(ensemble: Ensemble) -> Columns:
    """One row per point and outcome."""
    names = [SUSTAINED, *OUTCOMES]
    n = len(ensemble.points)
    columns = design_columns(ensemble, len(names))
    # (points, outcomes): all points of an outcome at once, which are many in a large design
    made = np.full((6, n, len(names)), np.nan)
    for point in range(n):
        made[:4, point, 0] = probability_sustained(ensemble, point)
    for place, (name, outcome) in enumerate(OUTCOMES.items(), 1):
        runs = ensemble.outcomes[name].T
        made[:4, :, place] = intervals.of_columns(runs, outcome.bounds)
        known = ~np.isnan(runs).all(axis=0)
        made[4, known, place] = np.nanmin(runs[:, known], axis=0)
        made[5, known, place] = np.nanmax(runs[:, known], axis=0)
    estimate, low, high, runs, lowest, highest = made.reshape(6, -1)
    columns["outcome"] = np.array(names * len(ensemble.points), object)
    units = [SHARE_OF_RUNS, *(o.unit for o in OUTCOMES.values())]
    columns["unit"] = np.array(units * len(ensemble.points), object)
    return columns | {
        "mean": estimate,
        "mean_low_95": low,
        "mean_high_95": high,
        "lowest_run": lowest,
        "highest_run": highest,
        "runs": runs.astype(np.int64),
    }


def frame(columns: Columns, kind: str) -> pd.DataFrame:
    """Return columns as a pandas data frame; its `attrs["columns"]` say what they mean.

    Parameters
    ----------
    columns : dict of str to array
    kind : str
        Which frame of a result it is, see `sim.reports.columns`.
    """
    import pandas as pd

    from sim.reports.columns import describe

    made = pd.DataFrame(columns)
    made.attrs["columns"] = {
        name: {"unit": told.unit, "meaning": told.meaning}
        for name, told in ((name, describe(name, kind)) for name in columns)
    }
    return made
