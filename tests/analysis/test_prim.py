"""PRIM finds a box that was hidden, and invents none."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis import prim


@pytest.fixture(scope="module")
def worlds():
    return np.random.default_rng(5).random((2000, 6))


def test_a_hidden_box_is_found(worlds):
    cases = (worlds[:, 1] > 0.6) & (worlds[:, 4] < 0.5)
    box = prim.describe(worlds, cases, dense=0.97)
    assert box.restricted == [1, 4]
    assert box.limits[1, 0] == pytest.approx(0.6, abs=0.05) and np.isinf(box.limits[1, 1])
    assert box.limits[4, 1] == pytest.approx(0.5, abs=0.05)
    assert box.density > 0.8 and box.coverage > 0.8


def test_coverage_density_and_mass_are_those_of_the_box(worlds):
    cases = worlds[:, 0] + worlds[:, 2] > 1.2
    for box in prim.peel(worlds, cases):
        within = prim.inside(worlds, box.limits)
        assert box.mass == within.mean()
        assert box.density == cases[within].mean()
        assert box.coverage == (cases & within).sum() / cases.sum()


def test_peeling_is_patient(worlds):
    cases = worlds[:, 3] > 0.98  # fewer than the smallest box holds
    masses = [box.mass for box in prim.peel(worlds, cases)]
    steps = np.array(masses[1:]) / np.array(masses[:-1])
    assert masses[0] == 1.0 and np.all(steps < 1) and np.all(steps > 0.93)
    assert masses[-1] >= prim.SMALLEST


def test_without_cases_there_is_no_box(worlds):
    assert prim.describe(worlds, np.zeros(2000, bool)) is None
    assert prim.describe(worlds, np.ones(2000, bool)) is None


def test_among_many_parameters_only_those_that_matter_are_kept():
    rng = np.random.default_rng(8)
    x = rng.random((128, 90))
    x[:, 7] = 0.5  # does not vary
    outcome = x[:, 3] - x[:, 60] + 0.2 * rng.normal(size=128)
    assert prim.screened(x, outcome) == [3, 60]
    assert prim.screened(x, np.ones(128)) == []
    # of what goes with nothing, hardly ever one is kept: 5 % over all parameters together
    wrong = [len(prim.screened(x, rng.normal(size=128))) for _ in range(15)]
    assert np.mean(np.array(wrong) > 0) < 0.15


@pytest.mark.slow
def test_the_same_box_as_the_ema_workbench(worlds):
    """Peeling alone (no pasting), with its classic objective."""
    analysis = pytest.importorskip("ema_workbench.analysis.prim")
    import pandas as pd

    cases = (worlds[:, 1] > 0.6) & (worlds[:, 4] < 0.5)
    theirs = analysis.Prim(
        pd.DataFrame(worlds, columns=[f"x{k}" for k in range(6)]), cases.astype(int),
        threshold=0.8, peel_alpha=prim.PEEL, mass_min=prim.SMALLEST,
        obj_function=analysis.PRIMObjectiveFunctions.ORIGINAL,
    ).find_box()  # fmt: skip
    trajectory = theirs.peeling_trajectory
    good = trajectory[trajectory["density"] >= 0.8]
    row = good.loc[good["coverage"].idxmax()]
    boxes = [b for b in prim.peel(worlds, cases) if b.density >= 0.8]
    box = max(boxes, key=lambda b: b.coverage)
    assert box.coverage == pytest.approx(row["coverage"], abs=0.05)
    assert box.density == pytest.approx(row["density"], abs=0.05)
    own = theirs.box_lims[int(row["id"])]
    for k in range(6):
        low, high = own[f"x{k}"]
        assert max(box.limits[k, 0], 0) == pytest.approx(low, abs=0.05)
        assert min(box.limits[k, 1], 1) == pytest.approx(high, abs=0.05)


@pytest.mark.parametrize("few", [1, prim.FEWEST - 1])
def test_few_cases_have_no_box_where_chance_may_have_put_them(few):
    x = np.linspace(0, 1, 64)[:, None]
    cases = x[:, 0] < x[few, 0]
    assert (
        cases.sum() == few and prim.describe(x, cases) is None and prim.describe(x, ~cases) is None
    )
    assert prim.describe(x, x[:, 0] < x[prim.FEWEST, 0]) is not None
