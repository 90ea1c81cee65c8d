"""`diff`: what differed in the configuration, what in the outcomes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.__main__ import main
from sim.analysis import intervals
from sim.outcomes.table import OUTCOMES
from sim.reports import words
from sim.studies.diff import MOST_AXES, configuration_changes, outcome_changes, read_finished
from sim.tables.errors import UserError

SMALL = ["population.organisations=4", "population.organisation_size=8", "horizon=24"]
SMALL += ["deployment.at_start=1", "progress=never", "replicates=6"]

pytestmark = pytest.mark.usefixtures("no_figures_here")


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


def both(folders, *names):
    return [read_finished(str(folders / name)) for name in names]


def test_what_a_policy_and_a_data_file_of_the_same_name_do_otherwise_is_named(tmp_path, capsys):
    mine, people = tmp_path / "policy" / "mine.yaml", tmp_path / "people.csv"
    mine.parent.mkdir()
    title, lever = "title: Evening school\n", "levers:\n  - {lever: training, strength: "
    for name, strength, hcps in (("one", 0.1, 4), ("two", 0.2, 5)):
        mine.write_text(f"{title}{lever}{strength}}}\n")
        people.write_text(f"organisation,hcps\nNorth,{hcps}\n")
        words = ["policy=none,mine", "horizon=3", "replicates=2", "progress=never"]
        words += [f"population.file={people}", f"out={tmp_path / name}"]
        assert main(["--config-dir", str(tmp_path), *words]) == 0
    found = configuration_changes(*both(tmp_path, "one", "two"))
    assert found.pop("policy mine: levers[1].strength") == (0.1, 0.2)
    first, second = found.pop(f"content of {people}")
    assert first != second and found.keys() <= {"command"}
    mine.unlink()  # its title stands in the results
    outcomes = told(tmp_path, "one", "two", capsys).partition("Outcomes, ")[2]
    assert "Evening school" in outcomes and "mine" not in outcomes


def test_the_same_runs_are_the_same_to_the_bit(folders, capsys):
    a, same = both(folders, "a", "same")
    assert configuration_changes(a, same).keys() <= {"command", "out"}
    assert outcome_changes(a, same).identical
    assert "All runs are the same, to the bit." in told(folders, "a", "same", capsys)
    one_bit = {**same.runs, "trust": np.nextafter(same.runs["trust"], 1)}
    assert not outcome_changes(a, same._replace(runs=one_bit)).identical


@pytest.mark.parametrize(
    ("other", "paired", "change_of"),
    [
        ("trained", True, intervals.of_difference),
        ("seed", False, intervals.of_unpaired_difference),
    ],
)
def test_the_change_of_outcomes(folders, capsys, other, paired, change_of):
    first, second = both(folders, "a", other)
    found = outcome_changes(first, second)
    assert found.paired == paired and list(found.changes) == [()]
    change = change_of(second.runs["trust"], first.runs["trust"])
    levels = [intervals.of_mean(x.runs["trust"], (0, 1)) for x in (first, second)]
    assert found.changes[()]["trust"] == (*levels, change)
    lines = told(folders, "a", other, capsys).splitlines()
    line = next(x for x in lines if x.startswith(OUTCOMES["trust"].title))
    shown = [words.with_interval(levels[0]), words.with_interval(levels[1])]
    shown += [words.with_interval(change, sign=True), words.unit(OUTCOMES["trust"].unit)]
    assert " ".join(shown) in " ".join(line.split())


def test_one_parameter_that_differs_is_told_and_a_rate_is_that_of_all_runs_together(folders):
    first, second = both(folders, "a", "trained")
    changes = configuration_changes(first, second)
    assert changes.pop("process.training") == (0.02, 0.5)
    assert changes.keys() <= {"command", "out"}
    found = outcome_changes(first, second).changes[()]["lapse_rate"]
    rates = [12 * x.runs["lapses"].sum() / x.runs["adopter_months"].sum() for x in (first, second)]
    assert (found.first.estimate, found.second.estimate) == pytest.approx(tuple(rates))


def test_sweeps_are_compared_at_their_common_points(folders, capsys):
    first, second = both(folders, "sweep", "sweep2")
    assert first.varied == second.varied == ["process.training"]
    assert list(outcome_changes(first, second).changes) == [(0.5,)]
    assert "design.axes.process.training" in configuration_changes(first, second)
    assert "Trained each month 50 %" in told(folders, "sweep", "sweep2", capsys)
    assert outcome_changes(*both(folders, "a", "sweep")).changes == {}
    assert "can not be compared" in told(folders, "a", "sweep", capsys)


def test_what_is_no_result_is_refused(folders, tmp_path):
    assert main(["diff", str(folders / "a"), str(tmp_path)]) == 2
    with pytest.raises(UserError, match="no finished result"):
        read_finished(str(tmp_path))


def test_what_is_uncertain_does_not_hide_the_rest(folders, capsys):
    more = ["policy=none,training", "study=compare", "uncertainty=assumptions", "worlds=4"]
    assert main([*SMALL, *more, f"out={folders / 'worlds'}"]) == 0
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
