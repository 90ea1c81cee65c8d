"""Which factors together are enough: the truth table against rows counted one by one."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from study_runs import SMALL, do, ran, with_outcomes

import sim
from sim.analysis.bundles import CONSISTENT, HIGH, LOW
from sim.outcomes.table import HEADLINE
from sim.reports import words
from sim.studies import factorial, sufficient
from sim.studies.grid import Grid
from sim.tables.factors import FACTORS

AXES = (
    "alignment.transparency", "process.hcp_cooperation", "process.training", "alignment.roles",
)  # fmt: skip
LEAVING = "turnover.nurse"
DESIGN = [
    *SMALL, "population.organisations=16", "population.organisation_size=20", "design.kind=factorial",
    "replicates=12", "seed=3",
]  # fmt: skip
LEVELS = [f"{path}=low_high" for path in AXES]


@pytest.fixture(scope="module")
def result():
    return ran(*DESIGN, *LEVELS, "thresholds=[0.1,0.3,1]")


@pytest.fixture(scope="module")
def tables(result):
    return sufficient.truth_tables(Grid(result))


def rows_of(result):
    """Return levels (0 or 1 of each factor) -> use with its interval, point by point."""
    ends = [axis.values for axis in result.axes]
    return {
        row: result.mean(
            HEADLINE,
            result.where({p: v[n] for p, v, n in zip(AXES, ends, row, strict=True)}),
        )
        for row in product((0, 1), repeat=len(AXES))
    }


def test_bundles_are_the_smallest_sets_that_are_enough_by_themselves_and_nearly_always(
    result, tables
):
    rows, names = rows_of(result), range(len(AXES))
    for table in tables:
        enough = {row for row, use in rows.items() if use.low >= table.threshold}
        assert table.rows == len(enough) and table.of == len(rows)
        good = []
        for size in range(len(AXES) + 1):
            for chosen in combinations(names, size):
                holding = [row for row in rows if all(row[n] for n in chosen)]
                alone = tuple(int(n in chosen) for n in names)
                share = np.mean([row in enough for row in holding])
                smaller = any(set(other) < set(chosen) for other in good)
                if alone in enough and share >= CONSISTENT and not smaller:
                    good.append(chosen)
        assert {tuple(n for n, _ in e.bundle.asked) for e in table.bundles} == set(good)
        for e in table.bundles:
            assert all(end == HIGH for _, end in e.bundle.asked)
            assert e.use == rows[e.bundle.row] and e.use.low >= table.threshold
        sizes = [e.size for e in table.bundles]
        assert sizes == sorted(sizes)
    assert tables[0].bundles and not tables[-1].bundles


def test_the_answer_begins_with_people_years_and_the_smallest_bundle(result, tables):
    first, last = result.told.blocks[0], result.told.blocks[2]
    use = tables[0].bundles[0].use
    assert first.startswith("Five years after a tool starts, at least 10 of 100 healthcare prof")
    assert all(name in first for name in tables[0].bundles[0].names)
    assert f"{100 * use.estimate:.0f} of 100 ({100 * use.low:.0f} to " in first
    assert last.startswith("No bundle of factors is enough for at least 100 of 100 to use it")


def test_kinds_of_factors_are_told_apart(result, tables):
    rows, found = rows_of(result), tables[0].by_kind
    assert AXES[0].startswith("alignment.") and AXES[3].startswith("alignment.")
    assert [*found.values()] == [
        rows[row] for row in ((0, 0, 0, 0), (1, 0, 0, 1), (0, 1, 1, 0), (1, 1, 1, 1))
    ]
    assert ["alignments" in name for name in found] == [False, True, False, False]
    told = " ".join(map(str, result.told.blocks[3:5]))
    assert all(f"{words.per_100(use)} with {name}" in told for name, use in found.items())


def test_of_what_harms_a_bundle_asks_for_little():
    result = ran(*DESIGN, *LEVELS[1:3], f"{LEAVING}=[0.5,0.05]", "thresholds=0.3")
    (table,) = sufficient.truth_tables(Grid(result))
    place = [axis.name for axis in table.axes].index(LEAVING)
    ends = {end for e in table.bundles for n, end in e.bundle.asked if n == place}
    assert ends == {LOW}
    assert any("5 %" in name for name in table.bundles[0].names)
    pairs = [
        p for p in factorial.interactions(Grid(result)) if LEAVING in (p.first.name, p.second.name)
    ]
    named = [pair for pair in pairs if pair.kind == factorial.COMPLEMENTS]
    assert named and all(pair.change.high < 0 < pair.better.low for pair in named)
    assert table.best == max(
        (result.mean(HEADLINE, n) for n in range(8)), key=lambda use: use.estimate
    )


def test_many_exceptions_that_may_each_be_chance_are_told(result):
    """Of eight combinations two in which roles lower use by three standard errors."""
    grid, runs = Grid(result), result.ensemble.outcomes[HEADLINE].shape[1]
    luck = np.tile([-1.0, 1.0], runs // 2)
    luck *= 0.01 / luck.std(ddof=1)
    use = np.zeros(result.ensemble.outcomes[HEADLINE].shape)
    for row in product((0, 1), repeat=len(AXES)):
        change = 3 * 0.01 / np.sqrt(runs) * (-1 if row[:2] == (0, 0) else 1)
        closed = change + luck if row[3] else 0
        use[grid.points[row]] = 0.3 + 0.1 * np.dot(row[:3], (1, 2, 3)) + closed
    made = with_outcomes(result, {HEADLINE: use})
    (table, *_) = sufficient.truth_tables(Grid(made))
    assert not table.mixed
    assert [(axis.name, share) for axis, share in table.against] == [("alignment.roles", 0.25)]
    assert table.bundles[0].size == 0 and "whatever the factors are" in sufficient.told([table])[0]
    told = next(str(t) for t in sufficient.told([table]) if "the other way" in str(t))
    assert "clear roles in 25 % of them, where chance alone makes 2.5 %" in told


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_an_axis_of_which_nothing_is_known_is_no_exception(result):
    use = result.ensemble.outcomes[HEADLINE].copy()
    use[Grid(result).points[0]] = np.nan  # one end of the first axis: all its runs failed
    (table, *_) = sufficient.truth_tables(Grid(with_outcomes(result, {HEADLINE: use})))
    assert result.axes[0] not in [axis for axis, _ in table.against]


def test_one_run_of_each_combination_is_enough_for_nothing():
    told = ran(*DESIGN, *LEVELS[:2], "replicates=1").told
    shared = next(block for block in told.blocks if "Shapley" in str(block))
    assert " %" in shared and " of 1" not in shared
    assert "none is known to be enough" in told.blocks[0]


def test_complements_and_substitutes_are_named_beyond_chance(result):
    found = factorial.interactions(Grid(result))
    assert len(found) == 6
    named = [pair for pair in found if pair.kind != factorial.CHANCE]
    assert all(pair.change.low > 0 or pair.change.high < 0 for pair in named)
    signs = {factorial.COMPLEMENTS: 1, factorial.SUBSTITUTES: -1}
    assert named and all(np.sign(pair.better.estimate) == signs[pair.kind] for pair in named)
    assert all(pair.better == pair.change for pair in named)  # each of these factors raises use


def test_where_nearly_all_use_it_two_factors_are_substitutes():
    closed = [f"{factor.path}={factor.high}" for factor in FACTORS if factor.path not in AXES[1:3]]
    kept = [*closed, "review.rate=0"]  # nothing is withdrawn
    (pair,) = factorial.interactions(Grid(ran(*DESIGN, *LEVELS[1:3], *kept)))
    assert pair.kind == factorial.SUBSTITUTES and pair.better.high < 0


def test_months_that_end_before_five_years_have_no_bundles(result):
    early = ran(*DESIGN, *LEVELS[:2], "horizon=36")
    assert factorial.outcome_of(result) == HEADLINE != factorial.outcome_of(early)
    assert set(factorial.tables(early)) == {"factors", "pairs", "shapley"}
    assert [figure.name for figure in factorial.figures(early)] == ["effects", "shapley"]
    assert not any("bundle" in str(block) for block in early.told.blocks)


def test_files_and_thresholds_of_a_result_on_disk(tmp_path, capsys, without_figures):
    out = tmp_path / "out"
    words = [*DESIGN, *LEVELS[:3], "replicates=3", "study=sweep", "thresholds=[0.1,0.2]"]
    done = do(out, capsys, *words)
    assert {p.name for p in out.glob("*.csv")} >= {"factors.csv", "pairs.csv", "bundles.csv"}
    assert len((out / "pairs.csv").read_text().splitlines()) == 1 + 3
    again = sim.read(out)
    assert again.options["thresholds"] == (0.1, 0.2)
    assert done.out.startswith(str(again))
    assert len(again.pairs) == len(again.factors) == 3
    assert "options:\n  thresholds:\n  - 0.1\n  - 0.2\n" in (out / "config.yaml").read_text()
