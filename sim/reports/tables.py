"""Result tables as columns: name -> array. Files and data frames are made from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.ensembles.run import FAILED, GOOD, Ensemble
from sim.outcomes import intervals
from sim.outcomes.intervals import Interval
from sim.outcomes.table import OUTCOMES
from sim.parameters import PARAMETERS

if TYPE_CHECKING:
    import pandas as pd

SUSTAINED = "probability_sustained"
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


def _design_columns(ensemble: Ensemble, times: int) -> Columns:
    columns = {"point": np.repeat(np.arange(len(ensemble.points)), times)}
    for path in varied(ensemble):
        columns[path] = _repeat(ensemble, [p.values[path] for p in ensemble.points], times)
    return columns


def run_columns(ensemble: Ensemble) -> Columns:
    """One row per run."""
    n = len(ensemble.points)
    columns = _design_columns(ensemble, ensemble.replicates)
    columns["seed"] = np.full(n * ensemble.replicates, ensemble.seed, np.int64)
    columns["replicate"] = np.tile(np.arange(ensemble.replicates), n)
    errors = ensemble.errors.ravel()
    columns["status"] = np.where(errors == "", GOOD, FAILED).astype(object)
    columns["error"] = errors
    return columns | {name: x.ravel() for name, x in ensemble.outcomes.items()}


def month_columns(ensemble: Ensemble) -> Columns:
    """One row per run and month (0 is the start); no rows unless months were kept."""
    if not ensemble.paths:
        return {}
    months = next(iter(ensemble.paths.values())).shape[2]
    columns = _design_columns(ensemble, ensemble.replicates * months)
    runs = len(ensemble.points) * ensemble.replicates
    replicate = np.tile(np.arange(ensemble.replicates), len(ensemble.points))
    columns["replicate"] = np.repeat(replicate, months)
    columns["month"] = np.tile(np.arange(months), runs)
    return columns | {name: x.ravel() for name, x in ensemble.paths.items()}


def organisation_columns(ensemble: Ensemble, names: list[list[str]]) -> Columns:
    """One row per run and organisation; no rows unless organisations were kept."""
    table = ensemble.organisations
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


def month_blocks(
    ensemble: Ensemble, blocks: Iterable[tuple[range, Mapping[str, np.ndarray]]]
) -> Iterator[Columns]:
    """Yield the rows of `month_columns` for blocks of runs.

    Parameters
    ----------
    ensemble : Ensemble
        Its own months are not used.
    blocks : iterable of (runs, dict)
        Numbers of runs, counted over points and replicates, and name -> (runs, months) array.
    """
    design = _design_columns(ensemble, 1)
    for runs, paths in blocks:
        months = next(iter(paths.values())).shape[1]
        point, replicate = np.divmod(np.repeat(np.array(runs), months), ensemble.replicates)
        columns = {name: column[point] for name, column in design.items()}
        columns["replicate"] = replicate
        columns["month"] = np.tile(np.arange(months), len(runs))
        yield columns | {name: path.ravel() for name, path in paths.items()}


def organisation_blocks(
    names: list[list[str]], blocks: Iterable[tuple[range, Mapping[str, np.ndarray]]]
) -> Iterator[Columns]:
    """Yield the rows of `organisation_columns` for blocks of runs."""
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
    columns = _design_columns(ensemble, len(names))
    rows = []
    for point in range(len(ensemble.points)):
        rows.append((*probability_sustained(ensemble, point), np.nan, np.nan))
        for name, outcome in OUTCOMES.items():
            runs = ensemble.outcomes[name][point]
            rows.append((*intervals.of_mean(runs, outcome.bounds), *intervals.single_runs(runs)))
    estimate, low, high, runs, lowest, highest = (np.array(c) for c in zip(*rows, strict=True))
    columns["outcome"] = np.array(names * len(ensemble.points), object)
    units = ["share of runs", *(o.unit for o in OUTCOMES.values())]
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
