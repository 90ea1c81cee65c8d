"""Tables of months: every month, every year, or means and quantiles over replicates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from sim.analysis import intervals
from sim.ensembles.ensemble import Ensemble
from sim.outcomes.compute import MONTHS_IN_YEAR
from sim.reports.meanings import SHARES
from sim.reports.result_tables import Columns, design

# Numbers of runs, counted over points and replicates, and name -> (runs, months) array
Blocks = Iterator[tuple[range, Mapping[str, np.ndarray]]]


def kept(ensemble: Ensemble, kind: str) -> Columns:
    """Return the table of an ensemble that holds its months; no rows unless they were kept."""
    if not ensemble.paths:
        return {}
    total = ensemble.errors.size
    flat = {name: path.reshape(total, -1) for name, path in ensemble.paths.items()}

    def read(size: int | None) -> Blocks:
        for first in range(0, total, size or total):
            runs = range(first, first + (size or total))
            yield runs, {name: path[runs.start : runs.stop] for name, path in flat.items()}

    parts = list(blocks(ensemble, kind, read))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def blocks(
    ensemble: Ensemble, kind: str, read: Callable[[int | None], Blocks]
) -> Iterator[Columns]:
    """Yield the rows of a table of months ("none" as "all").

    `read` yields all runs in order, so many at a time, or as many as it likes.
    """
    if kind == "quantiles":
        return _quantiles(ensemble, read(ensemble.replicates))
    return _single_runs(ensemble, kind, read(None))


def _single_runs(ensemble: Ensemble, kind: str, found: Blocks) -> Iterator[Columns]:
    """One row per run and month up to its horizon (0 is the start)."""
    horizons = np.array([int(point.values["horizon"]) for point in ensemble.points])
    per_point = design(ensemble)
    step = MONTHS_IN_YEAR // ensemble.every if kind == "yearly" else 1
    for runs, paths in found:
        shown = {name: path[:, ::step] for name, path in paths.items()}
        n = next(iter(shown.values())).shape[1]
        point, replicate = np.divmod(np.repeat(np.array(runs), n), ensemble.replicates)
        month = np.tile(np.arange(n) * (ensemble.every * step), len(runs))
        lived = month <= horizons[point]  # points may have other horizons
        table = {name: column[point[lived]] for name, column in per_point.items()}
        table |= {"replicate": replicate[lived], "month": month[lived]}
        yield table | {name: path.ravel()[lived] for name, path in shown.items()}


def _quantiles(ensemble: Ensemble, found: Blocks) -> Iterator[Columns]:
    """One row per point, quantity and month; a point after another."""
    per_point = design(ensemble)
    for place, paths in found:
        point = place.start // ensemble.replicates
        months = np.arange(int(ensemble.points[point].values["horizon"]) + 1)
        rows = len(paths) * months.size
        table = {name: np.repeat(column[[point]], rows) for name, column in per_point.items()}
        table["quantity"] = np.repeat(np.array(list(paths), object), months.size)
        table["month"] = np.tile(months, len(paths))
        runs = np.concatenate([path[:, : months.size] for path in paths.values()], axis=1)
        *means, counts = intervals.of_columns(runs, (0, 1))
        table |= dict(zip(("mean", "mean_low_95", "mean_high_95"), means, strict=True))
        good = runs[~np.isnan(runs).all(axis=1)]  # a failed run has no months
        shares = [share for share, _ in SHARES.values()]
        unknown = np.full((len(shares), rows), np.nan)
        known = np.nanquantile(good, shares, axis=0) if len(good) else unknown
        table |= dict(zip(SHARES, known, strict=True))
        table["runs"] = counts
        yield table
