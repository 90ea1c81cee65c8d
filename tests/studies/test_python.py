"""The Python interface: the same numbers as the command line, frames, figures, mistakes."""

from __future__ import annotations

import pandas as pd
import pytest
from study_runs import do

import sim
from sim.model.agents import HCP
from sim.outcomes.table import OUTCOMES
from sim.studies.result import Result
from sim.tables.errors import StoppedError, UserError

WORLD = {"horizon": 8, "population.organisations": 3, "population.organisation_size": 6}
FEW = {"replicates": 3, "threads": 1, "progress": "never"}
AS_TYPED = ["horizon=8", "population.organisations=3", "population.organisation_size=6"]
AS_TYPED += ["replicates=3", "progress=never"]


def problems(function, *arguments, **options):
    with pytest.raises(UserError) as caught:
        function(*arguments, **options)
    return caught.value.problems


@pytest.fixture(scope="module")
def swept():
    return sim.sweep({"process.training": [0.0, 0.1], "network.ties": [2, 4]}, WORLD, **FEW)


def test_run_gives_one_row_per_run():
    result = sim.run(WORLD, seed=5, organisations="all", **FEW)
    assert isinstance(result, Result)
    runs = result.runs
    assert len(runs) == 3 and (runs["seed"] == 5).all() and (runs["status"] == "good").all()
    assert runs["replicate"].tolist() == [0, 1, 2] and set(OUTCOMES) <= set(runs)
    assert len(result.months) == 3 * 9 and result.months["month"].max() == 8
    assert len(result.organisations) == 9
    assert result.organisations["name"].tolist() == ["1", "2", "3"] * 3
    assert result.mean("trust").estimate == pytest.approx(runs["trust"].mean())


def test_sweep_gives_the_numbers_of_the_command_line(swept, tmp_path, capsys, without_figures):
    axes = ["study=sweep", "process.training=[0,0.1]", "network.ties=[2,4]"]
    done = do(tmp_path / "out", capsys, *axes, *AS_TYPED)
    pd.testing.assert_frame_equal(swept.runs, done.runs, check_dtype=False)
    summary = pd.read_csv(done.folder / "summary.csv")
    pd.testing.assert_frame_equal(
        swept.summary, summary, check_dtype=False, rtol=1e-8, check_exact=False
    )


def test_load_gives_the_numbers_of_the_command_line(tmp_path, capsys, without_figures):
    shorter = ["development.ceiling.transparency=[0.2,1]", *AS_TYPED]
    done = do(tmp_path / "out", capsys, "+experiment=trust_sweep", *shorter)
    mine = sim.load("trust_sweep", *shorter)
    assert mine.title == "Trust sweep" and str(mine).splitlines()[0] == done.out.splitlines()[0]
    pd.testing.assert_frame_equal(mine.runs, done.runs, check_dtype=False)


def test_a_sweep_from_python_is_what_was_asked_for(capsys):
    for axes in ({"process.training": [0, 0.1]}, {"policy": ["none", "training"]}):
        sim.sweep(
            axes, {"population.organisations": 1, "horizon": 2}, replicates=2, progress="never"
        )
    assert "instead of simulate" not in capsys.readouterr().out


def test_sweep_has_a_point_for_each_combination(swept):
    points = swept.runs.groupby("point")[["process.training", "network.ties"]].first()
    assert points.to_numpy().tolist() == [[0, 2], [0, 4], [0.1, 2], [0.1, 4]]
    assert swept.where({"process.training": 0.1, "network.ties": 2}) == 2
    with pytest.raises(KeyError):
        swept.where({"process.training": 0.3})
    assert set(swept.summary["outcome"]) == {"probability_sustained", *OUTCOMES}
    assert (swept.summary["runs"] <= 3).all() and len(swept.months) == 0


@pytest.mark.parametrize(
    ("other", "said"), [("process.training", True), ("alignment.usability", False)]
)
def test_alignments_and_processes_are_on_no_common_scale(other, said):
    result = sim.sweep({other: [0, 0.1], "alignment.roles": [0, 1]}, WORLD, "one_at_a_time", **FEW)
    assert result.study == "alignment" and ("no equal steps" in str(result)) == said


def test_compare_is_paired_with_the_first():
    scenarios = {"as it is": {}, "more training": {"process": {"training": 0.5}}}
    result = sim.compare(scenarios, WORLD | {"deployment.at_start": 1.0}, **FEW)
    trust = result.runs.pivot(index="replicate", columns="point", values="literacy")
    change = result.difference("literacy", 1, 0)
    assert change.estimate == pytest.approx((trust[1] - trust[0]).mean()) and change.estimate > 0


TWICE = {"process": {"training": 0.1}, "process.training": 0.2}
MISTAKE = {"mine": {"levers": [{"lever": "training", "strength": 0.1, "from": 0}]}}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        # all mistakes at once
        (lambda: sim.run({"alignment.usabilty": 0.3, "horizon": -1}), ["alignment.usability?", "horizon=-1"]),
        (lambda: sim.run(WORLD, replicates=0, sede=3), ["did you mean seed?", "replicates=0"]),
        (lambda: sim.sweep({"process.trainin": [0, 1], "alignment.roles": [0, 2]}),
         ["process.trainin", "alignment.roles=2"]),
        (lambda: sim.compare({"a": {}, "b": {"horizon": -1}, "c": {"typo": 1}}), ["(scenario b)", "(scenario c)"]),
        # one in a setting does not hide one in a parameter
        (lambda: sim.run({"horizon": -1}, address="x:1"), ["executor=local", "horizon=-1"]),
        (lambda: sim.sweep({"process.training": [0, 1]}, {"horizon": -1}, address="x:1"),
         ["executor=local", "horizon=-1"]),
        (lambda: sim.compare(["none", "training"], {"horizon": -1}, address="x:1"), ["executor=local", "horizon=-1"]),
        # policies are parameters of a run
        (lambda: sim.run(policy="training"), ["{'policy': 'training'}"]),
        (lambda: sim.run({"policy": ["none", "training"]}), ["with sweep or compare"]),
        # a misspelt name is told before that it is alone
        (lambda: sim.compare(["trainin"]), ["did you mean training?"]),
        (lambda: sim.compare({"a": {"scenario": "small_clinik"}}), ["did you mean small_clinic?"]),
        (lambda: sim.AdoptionModel(engine="agnts"), ["did you mean agents?"]),
        (lambda: sim.load("trust_swep"), ["trust_sweep"]),
        # one with a mistake is not unknown as well
        (lambda: sim.compare(["none", "mine"], policies=MISTAKE), ["policy mine: levers[1].from=0: "]),
        (lambda: sim.compare(["none", "mine+trainin"], policies=MISTAKE), ["from=0", "did you mean training?"]),
        # too few, or none at all
        (lambda: sim.sweep({}), ["at least one"]),
        (lambda: sim.compare({"a": {}}), ["at least two"]),
        (lambda: sim.compare({}), ["at least two"]),
        (lambda: sim.compare(["training"]), ["two or more"]),
        # what is not for Python, or not for this door
        (lambda: sim.run(WORLD, out="somewhere"), ["command line only"]),
        (lambda: sim.load("calibrate_patterns"), ["+experiment=calibrate_patterns"]),
        (lambda: sim.load("trust_sweep", 3), ["needed is a text"]),
        (lambda: sim.sweep({"horizon": [1]}, kind="random"), ["one of grid, one_at_a_time"]),
        (lambda: sim.compare({"a": {}, "b": 0.1}), ["b=0.1: needed is a mapping"]),
        (lambda: sim.compare(["none", "training"], {"policy": "co_design"}), ["policy=co_design: would be replaced"]),
        (lambda: sim.run(WORLD, replicates=1e9), ["replicates=1000000000: is above"]),
        (lambda: sim.compare([{}, {"horizon": 3}]), ["scenarios=[{}, {'horizon': 3}]: needed is a list of policies"]),
        # one value, one name, whole numbers
        (lambda: sim.run(TWICE), ["process.training=0.2: is also given as 0.1; allowed is one value"]),
        (lambda: sim.compare({"a": {}, "b": TWICE}), ["process.training=0.2: is also given as 0.1; allowed is one value (scenario b)"]),
        (lambda: sim.AdoptionModel({"policy": "training"}, policy="champions"),
         ["policy=champions: is also given as training; allowed is one value"]),
        *((lambda name=name: sim.compare({name: {}, "b": {"process.training": 0.1}}),
           ["is not a name; allowed is a text of one line"]) for name in ("a\nb", "", " ", 3, None, "x" * 81)),
        *((lambda key=key, number=number: sim.AdoptionModel(**{key: number}),
           [f"{key}={str(number).lower()}: allowed is a whole number"])
          for key in ("seed", "replicate") for number in (-1, 1.5, "x", True, 2**63)),
        # behaviour of one's own
        (lambda: sim.run(WORLD, hcp_class=Never), ["engine='agents'"]),
        (lambda: sim.run(WORLD, hcp_class=int, engine="agents"), ["needed is a subclass"]),
        (lambda: sim.AdoptionModel(WORLD, hcp_class="HCP"), ["needed is a subclass"]),
    ],
)  # fmt: skip
def test_mistakes_are_a_line_each(wrong, told):
    with pytest.raises(UserError) as caught:
        wrong()
    lines = caught.value.problems
    assert len(lines) == len(told)
    assert all(any(words in line for line in lines) for words in told)


def test_a_name_that_the_package_has_not():
    with pytest.raises(AttributeError, match="sim.*has no attribute 'rum'"):
        sim.rum  # noqa: B018


def test_a_parameter_given_twice_alike_is_given_once():
    same = sim.AdoptionModel({"process": {"training": 1}, "process.training": 1.0})
    assert same.values["process.training"] == 1
    # the rest of a group that a keyword names again stays
    both = sim.AdoptionModel({"process": {"training": 0.3}}, process={"hcp_cooperation": 0.4})
    assert (both.values["process.training"], both.values["process.hcp_cooperation"]) == (0.3, 0.4)


def test_points_that_are_not_there(swept):
    last = len(swept.ensemble.points) - 1
    for point in (last + 1, -last - 2, 1.0, "a", None, True):
        (line,) = problems(swept.outcome, "trust", point)
        assert line.startswith("point=") and f"from 0 to {last}" in line
    assert problems(swept.difference, "trust", 0, last + 1)[0].startswith(f"point={last + 1}: ")
    assert swept.outcome("trust", -1).tolist() == swept.outcome("trust", last).tolist()


def test_who_is_asked_nothing_is_told_what_to_do():
    few = ["population.organisations=2", "horizon=1", "progress=never"]
    (line,) = problems(sim.load, "world_scale", *few)
    assert line.startswith("most_minutes=2: ") and '"confirm=true" to load' in line
    assert "1 run" in str(sim.load("world_scale", *few, "confirm=true"))
    assert problems(sim.run, WORLD, most_minutes=2) == [line]
    huge = {"population.organisations": 1_000_000, "population.organisation_size": 1_000_000}
    (line,) = problems(sim.run, huge, replicates=1)
    assert line.startswith("confirm=false: 1 run: ") and "GB of memory" in line
    with pytest.raises(StoppedError, match="^not enough memory$"):
        sim.run(huge, replicates=1, confirm=True)
    assert sim.run(WORLD | {"horizon": 1}, most_minutes=2, confirm=True, **FEW).study == "simulate"


def test_a_series_is_a_mapping_of_scenarios_or_a_list_of_policies():
    scenarios = {"as it is": {}, "more": {"process.training": 0.1}}
    assert sim.compare(pd.Series(scenarios), WORLD, **FEW) == sim.compare(scenarios, WORLD, **FEW)
    policies = ["none", "training"]
    for held in (policies, dict(zip("ab", policies, strict=True))):
        assert sim.compare(pd.Series(held), WORLD, **FEW).compared.names == policies


def test_runs_write_no_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sim.run(WORLD, **FEW)
    sim.load("own_world", "replicates=2", "horizon=3")
    assert list(tmp_path.iterdir()) == []


class Same(HCP):
    """Nothing of its own."""

    def decide(self):
        return super().decide()


class Never(HCP):
    """Tries nothing."""

    def decide(self):
        return self.row["state"]


def test_own_behaviour_runs_in_studies_and_pairs_with_the_model():
    world = WORLD | {"horizon": 24, "deployment.at_start": 1.0}
    plain = sim.run(world, seed=1, **FEW)
    same = sim.run(world, seed=1, engine="agents", hcp_class=Same, **FEW)
    pd.testing.assert_frame_equal(same.runs, plain.runs)
    never = sim.run(world, seed=1, engine="agents", hcp_class=Never, **FEW)
    change = never.difference("sustained_adoption", other=plain)
    assert change.estimate == pytest.approx(-plain.outcome("sustained_adoption").mean())
    assert change.estimate < 0
    swept = sim.sweep(
        {"process.training": [0, 0.1]}, world, engine="agents", hcp_class=Never, **FEW
    )
    assert not swept.outcome("sustained_adoption", 1).any()
    for other in (sim.run(world, seed=2, **FEW), sim.run(world, seed=1, **FEW | {"replicates": 2})):
        with pytest.raises(UserError, match="pair with those of"):
            same.difference("trust", other=other)


def test_what_holds_for_all_scenarios_holds_in_each_until_one_changes_it():
    result = sim.compare(
        {
            "base": {},
            "clinic": {"scenario": "small_clinic"},
            "trained": {"scenario": "small_clinic", "process.training": 0.2},
        },
        {"process.training": 0.07, "horizon": 3},
        scenario="all_gaps_open",
        **FEW,
    )
    points = [point.values for point in result.ensemble.points]
    assert [p["process.training"] for p in points] == [0.07, 0.07, 0.2]
    assert [p["population.organisations"] for p in points] == [20, 1, 1]
    assert {p["alignment.usability"] for p in points} == {0.2}
