"""Whoever asks a result for a rate gets the pooled one."""

from __future__ import annotations

import numpy as np
import pytest
from study_runs import mean_of

from sim import compare, run, sweep
from sim.outcomes.table import OUTCOMES

QUIET = {"progress": "never"}
POOLED = [name for name, outcome in OUTCOMES.items() if outcome.over]


@pytest.fixture(scope="module")
def clinic():
    return run(scenario="small_clinic", replicates=64, **QUIET)


def test_every_rate_is_pooled_over_a_column_that_is_kept(clinic):
    assert {"lapse_rate", "abandonment", "use_after_5_years", "trust_gap", "sustainability"} <= {
        *POOLED
    }
    table = clinic.summary.set_index("outcome")
    for name in POOLED:
        expected = mean_of(clinic.runs, name)
        for found in (clinic.mean(name).estimate, table["mean"][name]):
            assert found == pytest.approx(expected, nan_ok=True), name
        mean = clinic.mean(name)
        row = table.loc[name, ["mean_low_95", "mean_high_95", "runs"]]
        assert row.tolist() == pytest.approx([mean.low, mean.high, mean.runs], nan_ok=True)
    runs, lapses = clinic.runs, clinic.mean("lapse_rate")
    counted = runs["use_after_5_years.adopters"].sum() / runs["use_after_5_years.hcps"].sum()
    assert clinic.mean("use_after_5_years").estimate == pytest.approx(counted)
    yearly = 12 * runs["lapses"].sum() / runs["adopter_months"].sum()
    assert lapses.estimate == pytest.approx(yearly) and lapses.low < yearly < lapses.high
    assert runs["lapse_rate"].mean() > 3 * yearly  # a mean of runs counts three adopters as 300


def test_where_everybody_is_adds_up_to_everybody(clinic):
    for at in ("month_60", "horizon"):
        places = [name for name in OUTCOMES if name.startswith("where.") and name.endswith(at)]
        assert len(places) == 7
        assert clinic.runs[places].sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert clinic.runs["where.adopters.horizon"].equals(clinic.runs["adopter_share.horizon"])


WORLD = {"population.organisations": 3, "population.organisation_size": 6, "horizon": 36}
WORLD |= {"deployment.at_start": 1.0}


def test_differences_and_comparisons_of_rates_are_mean_of():
    result = compare(
        {"none": {"policy": "none"}, "champions": {"policy": "champions"}},
        WORLD, replicates=6, **QUIET,
    )  # fmt: skip
    found = result.comparison.set_index("outcome")
    first, second = (result.runs[result.runs["point"] == n] for n in (0, 1))
    for name in POOLED:
        expected = mean_of(second, name) - mean_of(first, name)
        assert found["change"][name] == pytest.approx(expected, nan_ok=True), name
        assert result.difference(name, 1, 0).estimate == pytest.approx(expected, nan_ok=True)
    assert np.isfinite(found[["change", "change_low_95"]].loc["lapse_rate"]).all()
    columns = result.runs.select_dtypes("number")
    assert not np.isinf(columns.to_numpy(float)).any()


def test_a_result_of_its_own_is_compared_by_pooled_rates():
    few, many = (run({**WORLD, "process.training": t}, replicates=6, **QUIET) for t in (0, 0.1))
    found = many.difference("lapse_rate", 0, few)
    swept = sweep({"process.training": [0, 0.1]}, WORLD, replicates=6, **QUIET)
    assert found == swept.difference("lapse_rate", 1, 0)
    expected = mean_of(many.runs, "lapse_rate") - mean_of(few.runs, "lapse_rate")
    assert found.estimate == pytest.approx(expected)


def test_main_effects_of_rates_are_mean_of():
    from sim.studies.factorial import main_effects
    from sim.studies.grid import Grid

    axes = {"process.training": [0, 0.1], "process.hcp_cooperation": [0.1, 0.5]}
    swept = sweep(axes, WORLD, replicates=4, **QUIET)
    effects = {effect.axis.name: effect for effect in main_effects(Grid(swept))}
    runs = swept.runs
    for name, (low, high) in axes.items():
        ends = [mean_of(runs[runs[name] == value], "lapse_rate") for value in (low, high)]
        assert effects[name].also[1].estimate == pytest.approx(ends[1] - ends[0])
