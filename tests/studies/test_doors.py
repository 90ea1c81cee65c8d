"""What NumPy, pandas and wrong types meet at the doors of the Python interface: an answer or one line."""

from __future__ import annotations

import array
import copy
import itertools
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import sim
from sim import UserError
from sim.studies import study_of

WORLD = {"horizon": 3, "population.organisations": 2, "population.organisation_size": 5}
FEW = {"replicates": 2, "threads": 1, "progress": "never"}
TRAINING = "process.training"


def swept(values, **more):
    return sim.sweep({TRAINING: values}, WORLD, **FEW, **more)


def one_line(function, *arguments, **options):
    with pytest.raises(UserError) as caught:
        function(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(scope="module")
def plain():
    return swept([0.0, 0.5])


@pytest.fixture(scope="module")
def alone():
    return sim.run(WORLD | {TRAINING: 0.5}, **FEW)


# ------------------------------------------------------------------ what comes in
@pytest.mark.parametrize(
    "values",
    [
        np.linspace(0, 0.5, 2), np.array([0, 0.5], "f4"), pd.Series([0, 0.5], index=["b", "a"]),
        pd.Index([0, 0.5]), pd.array([0, 0.5]), pd.Categorical([0, 0.5]), (0, 0.5),
        array.array("d", [0, 0.5]), [np.int8(0), np.float32(0.5)], [Fraction(0), Fraction(1, 2)],
        [Decimal(0), Decimal("0.5")],
        {"from": np.float64(0), "to": np.array(0.5), "steps": np.int64(2)},
    ],
    ids=lambda values: type(values).__name__,
)  # fmt: skip
def test_values_of_an_axis(values, plain):
    assert swept(values) == plain


@pytest.mark.parametrize(
    "values",
    [
        np.array([0.1, 0.3], "f4"), [np.float32(0.1), np.float32(0.3)], pd.Series([0.1, 0.3], dtype="f4"),
        {"from": np.float32(0.1), "to": np.float32(0.3), "steps": 2}, np.array([0.1, 0.3], "f2"),
    ],
    ids=["array", "list", "series", "range", "16 bits"],
)  # fmt: skip
def test_values_of_few_bits_are_what_they_are_shown_as(values):
    found = swept(values)
    assert found == swept([0.1, 0.3])
    assert found.where({TRAINING: 0.1}) == found.where({TRAINING: np.float32(0.1)}) == 0
    assert sim.run(pd.Series({TRAINING: 0.1}, dtype="f4"), **FEW).values[TRAINING] == 0.1


def test_a_table_is_told_as_one():
    table = pd.DataFrame({TRAINING: [0.1, 0.2]})
    told = "is a table; give one row of it (df.iloc[0]) or a mapping"
    assert one_line(sim.run, table, **FEW) == f"parameters: {told}"
    assert one_line(sim.sweep, table, **FEW) == f"axes: {told}"
    assert "=a table: is a DataFrame" in one_line(sim.run, {TRAINING: table}, **FEW)


def test_values_that_are_used_up_once(plain):
    for values in ((x / 2 for x in range(2)), map(float, ["0", ".5"]), {0: 1, 0.5: 1}.keys()):
        assert swept(values) == plain
    assert swept(range(2)).axes[0].values == (0, 1)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (pd.DataFrame({"a": [0, 0.5]}), "is no list of values"),
        ({0, 0.5}, "is no list of values"),
        (b"0", "is no list of values"),
        (np.array(0.5), "0.5 is no list of values"),
        (np.array([[0, 0.5]]), r"\[0.0, 0.5\]: is a list, where one value belongs"),
        (np.array([True, False]), "=true: is true or false"),
        (np.array(["a"]), "=a: is text"),
        (pd.array([0, None]), "=null: is empty"),
        ([0.5, pd.NA], "=null: is empty"),
        ([np.nan, 0.5], "is not a finite number"),
        (pd.Series([], dtype=float), "the list of values is empty"),
        (itertools.count(), "allowed are at most 100000"),
        (pd.date_range("2020", periods=1), "is a Timestamp, where a number belongs"),
        ([1 + 0j], "is a complex"),
    ],
    ids=str,
)
def test_values_that_make_no_axis(values, told):
    with pytest.raises(UserError, match=told):
        swept(values)


@pytest.mark.parametrize(
    "parameters",
    [
        pd.Series(WORLD | {TRAINING: 0.5}),
        {name: np.array(value) for name, value in WORLD.items()} | {TRAINING: np.float64(0.5)},
        WORLD | {"process": pd.Series({"training": 0.5})},
        {np.str_(name): np.float64(value) for name, value in WORLD.items()} | {TRAINING: 0.5},
        WORLD | {TRAINING: np.array(0.5), "population.file": pd.NA},
    ],
    ids=["series", "arrays", "nested series", "numpy texts", "missing"],
)
def test_parameters(parameters, alone):
    assert sim.run(parameters, **FEW) == alone
    assert sim.AdoptionModel(parameters).values == alone.values


@pytest.mark.parametrize(
    "parameters",
    [
        pd.DataFrame({TRAINING: [0.5]}), np.array([1]), [("horizon", 6)], "horizon", 3, {"horizon"},
        iter([]), {"horizon": np.array([6])}, {"horizon": pd.NA}, {"horizon": np.True_}, {3: 4},
        {("a", "b"): 1}, pd.Series([1, 2], index=["horizon", "horizon"]), {TRAINING: pd.DataFrame()},
        {TRAINING: object()}, {"policy": np.array(["training"])}, {"process": np.array([1])},
    ],
)  # fmt: skip
def test_parameters_that_are_none(parameters):
    told = one_line(sim.run, parameters, **FEW)
    assert one_line(sim.AdoptionModel, parameters) == told
    one_line(sim.compare, {"a": {}, "b": parameters}, WORLD, **FEW)


def test_settings(alone):
    world = WORLD | {TRAINING: 0.5}
    settings = {"replicates": np.int64(2), "threads": np.array(1), "progress": np.str_("never")}
    assert sim.run(world, **settings, seed=np.uint64(0)) == alone
    wrong = {
        "replicates": np.array([2]), "seed": pd.Series([1]), "months": pd.NA, "engine": ["kernel"],
        "policies": np.array([1]), "shocks": 3, "hcp_class": np.array(3), "scenario": ["small_clinic"],
    }  # fmt: skip
    for name, value in wrong.items():
        assert name in one_line(sim.run, world, **FEW | {name: value})
    assert "kind=['grid']" in one_line(swept, [0, 1], kind=np.array(["grid"]))
    for axes in (None, TRAINING, np.array([1]), pd.DataFrame({TRAINING: [0, 1]})):
        assert one_line(sim.sweep, axes).startswith(("axes=", "axes: is a table"))


def test_scenarios():
    wanted = sim.compare(["none", "training"], WORLD, **FEW)
    names = np.array(["none", "training"])
    for given in (names, pd.Series(names), pd.Index(names), (str(name) for name in names)):
        assert sim.compare(given, WORLD, **FEW) == wanted
    for given in ({"none", "training"}, pd.DataFrame(), None, 3, [], ["none", pd.NA], [None, 3]):
        one_line(sim.compare, given, WORLD, **FEW)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("schedule", 3), ("world", 3), ("record", np.zeros(2)), ("luck", "a"), ("contracts", [1]),
        ("engine", np.array(["a"])), ("policies", [1]), ("model_reporters", np.array([1])),
        ("agenttype_reporters", {"HCP": {"a": "trust"}}), ("replicate", np.array([1])),
        ("population", 3), ("hcp_class", "HCP"), ("engine", None),
        ("luck", None),
    ],
)  # fmt: skip
def test_options_of_a_model(name, value):
    assert name in one_line(sim.AdoptionModel, WORLD, **{name: value})


@pytest.mark.parametrize(
    "value", [3, None, ["x"], np.array(["x", "y"]), {}, pd.DataFrame()], ids=str
)
def test_other_doors(value, plain):
    for door in (sim.load, sim.catalogue, sim.animate, sim.read, sim.rate):
        one_line(door, value)
    one_line(sim.animate, sim.AdoptionModel(WORLD), {} if value is None else [value])
    for method in (plain.outcome, plain.mean, plain.difference, plain.describe, plain.plot):
        one_line(method, value)
    one_line(plain.plot, "trust", value)
    point = "a" if isinstance(value, int) else value
    one_line(plain.outcome, "trust", point)
    one_line(plain.mean, "trust", point)
    one_line(plain.probability_sustained, point)
    one_line(plain.difference, "trust", 0, point)
    if not isinstance(value, dict):
        one_line(plain.where, value)
    one_line(plain.where, {TRAINING: value})
    one_line(plain.where, {str(value): 1})
    one_line(plain.where, {3: value})


def test_where_takes_what_a_frame_holds(plain):
    for settings in (
        {TRAINING: np.float64(0.5)},
        pd.Series({TRAINING: 0.5}),
        {TRAINING: np.array(0.5)},
    ):
        assert plain.where(settings) == 1
    assert plain.where({}) == 0


# ------------------------------------------------------------------ what goes out
def test_results_are_equal_if_all_of_their_runs_are(plain, alone):
    again = swept([0.0, 0.5])
    assert again == plain and hash(again) == hash(plain) and len({again, plain}) == 1
    other = swept([0.0, 0.4])
    assert plain not in (alone, other, 3, None) and [alone, plain].index(again) == 1
    more = swept([0.0, 0.5], seed=1)
    assert more != plain and pickle.loads(pickle.dumps(plain)) == plain


def test_what_is_handed_out_changes_nothing(plain):
    told, before, runs = str(plain), plain.runs, plain.runs
    values = plain.outcome("trust")
    values *= 100
    runs["trust"] *= 0
    runs.attrs["columns"].clear()
    for change in (
        lambda: plain.values.update(horizon=1),
        lambda: plain.values.pop("horizon"),
        lambda: plain.axes[0].settings[0].clear(),
        lambda: plain.ensemble.settings[0].setdefault("horizon", 1),
        lambda: plain.policies.__setitem__("a", 1),
        lambda: plain.ensemble.outcomes.__delitem__("trust"),
        lambda: plain.ensemble.entities["hcps"].__ior__({}),
    ):
        with pytest.raises(TypeError, match="can not be changed"):
            change()
    for held in (plain.ensemble.outcomes["trust"], plain.ensemble.errors):
        with pytest.raises(ValueError, match="read-only"):
            held[0] = 0
    assert study_of(plain).figures(plain) and str(plain) == told
    assert plain.runs.equals(before) and plain.runs.attrs == before.attrs != runs.attrs


def test_a_copy_is_as_read_only_and_tells_the_same():
    compared = sim.compare({"a": {}, "b": {TRAINING: 0.5}}, WORLD, **FEW)
    told = str(compared)  # so that all that is found has been
    for copied in (
        pickle.loads(pickle.dumps(compared)),
        copy.copy(compared),
        copy.deepcopy(compared),
    ):
        assert copied == compared and str(copied) == told
        with pytest.raises(ValueError, match="read-only"):
            copied.ensemble.outcomes["trust"][0] = 0


def test_a_catalogue_is_a_copy():
    mine = sim.catalogue("policy")["training"]
    mine["levers"][0]["to"] = -5
    assert sim.catalogue("policy")["training"]["levers"][0].get("to") != -5


def test_names_of_the_interface():
    assert set(dir(sim)) == set(sim.__all__) and all(getattr(sim, name) for name in sim.__all__)
    assert sim.Result is type(sim.run(WORLD, **FEW)) and issubclass(UserError, ValueError)
