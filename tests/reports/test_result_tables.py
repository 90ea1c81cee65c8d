"""Result tables from an ensemble made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.intervals import of_mean, of_share
from sim.ensembles.ensemble import Ensemble
from sim.model import engine
from sim.outcomes.columns import COLUMNS, ENTITIES
from sim.outcomes.entities import joined
from sim.outcomes.table import OUTCOMES
from sim.reports import months, result_tables
from sim.tables.parameters import defaults

NAN = np.nan
SETTINGS = [
    {"process.training": 0.1, "network.kind": "random"},
    {"process.training": 0.2, "network.kind": "modular"},
]
# two points, three replicates; the second run of the second point failed
SUSTAINED = np.array([[0.5, 0.4999, 0.9], [0.7, NAN, 0.2]])
TRUST = np.array([[0.1, 0.2, 0.6], [0.3, NAN, 0.5]])


def ensemble(threshold=0.5, paths=None):
    base = defaults() | {"outcome.sustained_threshold": threshold}
    points = [engine.prepare(base | setting) for setting in SETTINGS]
    outcomes = {name: np.full((2, 3), 0.25) for name in OUTCOMES}
    outcomes |= {"sustained_adoption": SUSTAINED, "trust": TRUST}
    outcomes["sustainability"] = np.full((2, 3), NAN)
    errors = np.array([["", "", ""], ["", "month 3: wrong", ""]], object)
    entities = {kind: joined(kind, []) for kind in ENTITIES}
    return Ensemble(SETTINGS, points, 7, 3, outcomes, errors, paths or {}, entities)


def test_runs_have_one_row_each_and_what_varies_in_the_order_of_the_parameter_table():
    columns = result_tables.runs(ensemble())
    assert list(columns)[:7] == [
        "point", "network.kind", "process.training", "seed", "replicate", "status", "error",
    ]  # fmt: skip
    assert list(columns)[7:] == list(OUTCOMES)
    assert columns["point"].tolist() == [0, 0, 0, 1, 1, 1]
    assert columns["network.kind"].tolist() == ["random"] * 3 + ["modular"] * 3
    assert columns["process.training"].tolist() == [0.1] * 3 + [0.2] * 3
    assert columns["process.training"].dtype == float
    assert columns["seed"].tolist() == [7] * 6 and columns["replicate"].tolist() == [0, 1, 2] * 2
    assert columns["status"].tolist() == ["good"] * 4 + ["failed", "good"]
    assert columns["error"].tolist() == [""] * 4 + ["month 3: wrong", ""]
    assert columns["trust"].tolist() == pytest.approx(TRUST.ravel().tolist(), nan_ok=True)


def test_the_summary_has_a_row_for_each_point_and_outcome():
    columns = result_tables.summary(ensemble())
    assert columns["outcome"].tolist() == ["probability_sustained", *OUTCOMES] * 2
    where = columns["outcome"] == "trust"
    for row, runs in zip(np.flatnonzero(where), TRUST, strict=True):
        expected = of_mean(runs, OUTCOMES["trust"].bounds)
        found = [columns[c][row] for c in ("mean", "mean_low_95", "mean_high_95", "runs")]
        assert found == pytest.approx(list(expected))
        assert columns["lowest_run"][row] == np.nanmin(runs)
        assert columns["highest_run"][row] == np.nanmax(runs)
    assert columns["runs"][where].tolist() == [3, 2]
    where = columns["outcome"] == "sustainability"
    assert np.isnan(columns["mean"][where]).all() and (columns["runs"][where] == 0).all()
    units = dict(zip(columns["outcome"], columns["unit"], strict=True))
    assert units["lapse_rate"] == "per year" and units["probability_sustained"] == "share of runs"


@pytest.mark.parametrize(("threshold", "hits"), [(0.5, (2, 1)), (0.4999, (3, 1)), (0.95, (0, 0))])
def test_sustained_is_at_or_above_the_threshold_and_failed_runs_do_not_count(threshold, hits):
    made = ensemble(threshold)
    for point, runs in ((0, 3), (1, 2)):
        found = made.probability_sustained(point)
        assert found == of_share(hits[point], runs)
        columns = result_tables.summary(made)
        row = np.flatnonzero(columns["outcome"] == "probability_sustained")[point]
        assert columns["mean"][row] == hits[point] / runs and columns["runs"][row] == runs


def test_months_have_one_row_per_run_and_month():
    path = np.arange(2 * 3 * 4, dtype=float).reshape(2, 3, 4)
    columns = months.kept(ensemble(paths={"adopters": path}), "all")
    assert columns["point"].tolist() == [0] * 12 + [1] * 12
    assert columns["replicate"].tolist() == ([0] * 4 + [1] * 4 + [2] * 4) * 2
    assert columns["month"].tolist() == [0, 1, 2, 3] * 6
    assert columns["adopters"].tolist() == list(range(24))
    assert columns["process.training"].tolist() == [0.1] * 12 + [0.2] * 12


def test_yearly_months_are_every_twelfth():
    path = np.arange(2 * 3 * 26, dtype=float).reshape(2, 3, 26)
    columns = months.kept(ensemble(paths={"adopters": path}), "yearly")
    assert columns["month"].tolist() == [0, 12, 24] * 6
    assert columns["adopters"].tolist() == path[:, :, [0, 12, 24]].ravel().tolist()


def test_quantiles_of_months_are_over_replicates():
    made = ensemble(paths={"adopters": np.zeros((2, 3, 121)), "trust": np.zeros((2, 3, 121))})
    random = np.random.default_rng(1)
    paths = {name: random.random((6, 121)) for name in made.paths}
    paths["adopters"][4] = NAN  # the failed run
    parts = [(range(n, n + 3), {k: v[n : n + 3] for k, v in paths.items()}) for n in (0, 3)]
    first, second = months.blocks(made, "quantiles", lambda size: parts)
    assert second["process.training"].tolist() == [0.2] * 242
    assert second["quantity"].tolist() == ["adopters"] * 121 + ["trust"] * 121
    assert second["month"].tolist() == list(range(121)) * 2
    assert set(second["runs"][:121]) == {2} and set(first["runs"]) == {3}
    good = paths["adopters"][[3, 5], 7]
    mean = of_mean(good, (0, 1))
    row = {name: second[name][7] for name in second}
    assert [row[k] for k in ("mean", "mean_low_95", "mean_high_95")] == pytest.approx(mean[:3])
    assert row["lowest_run"] == good.min() and row["highest_run"] == good.max()
    assert row["median"] == np.median(good)
    assert row["q05"] == pytest.approx(np.quantile(good, 0.05))
    assert row["q95"] == pytest.approx(np.quantile(good, 0.95))
    assert first["q25"][121 + 9] == pytest.approx(np.quantile(paths["trust"][:3, 9], 0.25))


def test_organisations_carry_their_names_where_they_have_some():
    table = {name: np.zeros(3, c.dtype) for name, c in COLUMNS["organisations"].items()}
    table["point"], table["organisation"] = np.array([0, 0, 1]), np.array([1, 2, 1])
    (columns,) = result_tables.entities(ensemble(), [table], [["North", "South"], []])
    assert columns["name"].tolist() == ["North", "South", "1"]


def test_what_was_not_kept_has_no_rows():
    assert months.kept(ensemble(), "all") == {}
    assert result_tables.frame({}, "months").empty


@pytest.mark.parametrize("kept", ["quantiles", "all", "yearly"])
def test_months_end_with_the_horizon_of_their_point(kept):
    import sim

    world = {"population.organisations": 2, "population.organisation_size": 5}
    swept = sim.sweep({"horizon": [0, 7, 14]}, world, months=kept, replicates=3, progress="never")
    months = swept.months
    found = months.groupby("point")["month"].max().tolist()
    assert found == ([0, 0, 12] if kept == "yearly" else [0, 7, 14])
    assert not months.isna().any().any()
    if kept == "quantiles":
        assert (months["runs"] == 3).all()
    else:
        rows = {"all": [1, 8, 15], "yearly": [1, 1, 2]}[kept]
        assert months.groupby(["point", "replicate"]).size().tolist() == np.repeat(rows, 3).tolist()
