"""`diff`: what differed in the configuration, what in the outcomes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.__main__ import main
from sim.analysis import intervals
from sim.studies.diff import MOST_AXES, read_finished
from sim.tables.errors import UserError

SMALL = ["population.organisations=4", "population.organisation_size=8", "horizon=24"]
SMALL += ["deployment.at_start=1", "progress=never", "replicates=6"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    base = tmp_path_factory.mktemp("diff")
    for name, more in {
        "a": [],
        "same": [],
        "trained": ["process.training=0.5"],
        "seed": ["seed=3"],
        "sweep": ["process.training=[0.02,0.5]"],
        "sweep2": ["process.training=[0.5,0.9]", "process.hcp_cooperation=0.9"],
    }.items():
        assert main([*SMALL, *more, f"out={base / name}"]) == 0
    return base


def told(folders, first, second, capsys):
    capsys.readouterr()
    assert main(["diff", str(folders / first), str(folders / second)]) == 0
    return capsys.readouterr().out


def test_the_same_runs_are_the_same_to_the_bit(folders, capsys):
    assert "All runs are the same, to the bit." in told(folders, "a", "same", capsys)


def test_one_parameter_and_the_paired_change(folders, capsys):
    text = told(folders, "a", "trained", capsys)
    assert "process.training" in text and "0.02" in text and "0.5" in text
    assert "paired run by run" in text and "seed" not in text.split("Outcomes")[0]
    a, b = (read_finished(str(folders / n)).runs["trust"] for n in ("a", "trained"))
    change = intervals.of_difference(b, a)
    assert f"{change.estimate:+.2f}" in next(x for x in text.splitlines() if x.startswith("Trust"))


def test_other_seeds_are_not_paired(folders, capsys):
    text = told(folders, "a", "seed", capsys)
    assert "unpaired" in text
    a, b = (read_finished(str(folders / n)).runs["trust"] for n in ("a", "seed"))
    welch = intervals.of_unpaired_difference(b, a)
    assert f"{welch.low:+.2f}" in next(x for x in text.splitlines() if x.startswith("Trust"))


def test_sweeps_are_compared_at_their_common_points(folders, capsys):
    text = told(folders, "sweep", "sweep2", capsys)
    assert "training 0.5" in text and "training 0.9" not in text.split("Outcomes")[1]
    assert "design.axes.process.training" in text
    assert "can not be compared" in told(folders, "a", "sweep", capsys)


def test_what_is_no_result_is_refused(folders, tmp_path):
    for arguments in (["diff"], ["diff", "x"], ["diff", str(folders / "a"), str(tmp_path)]):
        assert main(arguments) == 2
    with pytest.raises(UserError, match="no finished result"):
        read_finished(str(tmp_path))


def test_what_is_uncertain_does_not_hide_the_rest(folders, capsys):
    more = [
        "policy=none,training",
        "study=compare",
        "uncertainty=assumptions",
        "worlds=4",
        f"out={folders / 'worlds'}",
    ]
    assert main([*SMALL, *more]) == 0
    text = told(folders, "a", "worlds", capsys)
    assert text.count("design.axes.") == MOST_AXES and "stand here; all stand in" in text
    assert "uncertainty" in text and "can not be compared" in text


def test_welch_by_hand():
    from scipy import stats

    rng = np.random.default_rng(4)
    a, b = rng.normal(1, 1, 12), rng.normal(0, 3, 30)
    found = intervals.of_unpaired_difference(a, b)
    low, high = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "0 given (none)"),
        (["a"], "1 given (a)"),
        (["a", "b", "c"], "3 given (a, b, c)"),
        (["a", "b", "--point=3"], "--point=3: takes no flags"),
    ],
)
def test_two_folders_are_needed(capsys, arguments, said):
    assert main(["diff", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
