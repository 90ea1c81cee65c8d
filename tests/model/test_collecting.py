"""Mesa's DataCollector and batch_run: one row a month that stays, and iterations that differ."""

from __future__ import annotations

import inspect
import subprocess
import sys
import warnings
from collections import Counter

import mesa
import numpy as np
import pytest

from sim.model import rules
from sim.model.agents import HCP, AIExpert, Organisation
from sim.model.model import AdoptionModel
from sim.tables.errors import UserError

SMALL = {
    "horizon": 6,
    "population.organisations": 2,
    "population.organisation_size": 8,
    "population.initial_adopters": 0.5,
    "deployment.at_start": 1.0,
}
KNOWS_RNG = "rng" in inspect.signature(mesa.batch_run).parameters


def batch(parameters, model=AdoptionModel, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # iterations are deprecated in Mesa 3.5
        return mesa.batch_run(model, SMALL | parameters, display_progress=False, **more)


def trust_by_month(**luck):
    model = AdoptionModel(SMALL, **luck)
    found = [model.mean_trust]
    while model.running:
        model.step()
        found.append(model.mean_trust)
    return found


def of_months(model, name="mean_trust"):
    return model.datacollector.get_model_vars_dataframe()[name].tolist()


# ------------------------------------------------------------------ batch_run
def test_iterations_are_replicates():
    rows = batch({"seed": [0, 3]}, iterations=3)
    assert len({row["mean_trust"] for row in rows}) == 6
    for row in rows:
        alone = trust_by_month(seed=row["seed"], replicate=row["iteration"])
        assert row["mean_trust"] == alone[-1]


def test_a_model_of_another_model_is_not_numbered():
    class Around(mesa.Model):
        def __init__(self, rng=None, replicate=0):
            super().__init__(rng=rng)
            self.inside = AdoptionModel(SMALL, replicate=replicate)
            self.datacollector = mesa.DataCollector({"trust": lambda m: m.inside.mean_trust})

        def step(self):
            self.inside.run_model()
            self.running = False
            self.datacollector.collect(self)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = mesa.batch_run(Around, {"replicate": 1}, iterations=2, display_progress=False)
    assert [row["trust"] for row in rows] == [trust_by_month(replicate=1)[-1]] * 2


def test_equal_iterations_are_refused():
    with pytest.raises(UserError, match="replicate=0: all iterations .* the same run"):
        batch({"replicate": [0, 1]}, iterations=2)
    assert len({row["mean_trust"] for row in batch({"replicate": [0, 1]})}) == 2


@pytest.mark.skipif(not KNOWS_RNG, reason="batch_run of this Mesa has no rng")
def test_seeds_of_batch_run_are_seeds():
    rows = batch({"process.training": [0.0, 0.5]}, rng=[1, 2])
    assert len({row["mean_trust"] for row in rows}) == 4
    for row in rows:
        own = AdoptionModel(SMALL, seed=row["rng"], **{"process.training": row["process.training"]})
        own.run_model()
        assert row["mean_trust"] == own.mean_trust


@pytest.mark.parametrize("period", [1, -1, 2])
def test_batch_run_shows_the_start_every_month_and_the_last(period):
    shown = {row["Step"]: row["mean_trust"] for row in batch({}, data_collection_period=period)}
    months = {1: range(7), 2: range(0, 7, 2), -1: [6]}[period]
    every_month = trust_by_month()
    assert shown == {month: every_month[month] for month in months}
    assert batch({"horizon": 0}, data_collection_period=period)[0]["mean_trust"] == every_month[0]


def test_batch_run_shows_agents_of_every_month():
    rows = batch({"agent_reporters": [{"id": "unique_id"}]}, data_collection_period=1)
    assert Counter(row["Step"] for row in rows) == dict.fromkeys(range(7), 16 + 2)


def test_a_hint_that_works_in_this_mesa():
    with pytest.raises(UserError, match="seed=null: allowed is a whole number") as caught:
        AdoptionModel(SMALL, seed=None)
    assert ("rng=[" in str(caught.value)) == KNOWS_RNG


@pytest.mark.parametrize(
    "name", ["parameters", "policies", "population", "model_reporters", "agenttype_reporters"]
)
def test_a_mapping_that_batch_run_takes_apart(name):
    with pytest.raises(UserError, match=rf"{name}=first: needed are names .* \[{{...}}\]"):
        batch({name: {"first": {}}})


def test_seed_and_rng_are_two_names_of_one_number():
    assert trust_by_month(rng=3) == trust_by_month(seed=3) != trust_by_month()
    order = [
        [a.unique_id for a in AdoptionModel(SMALL, **luck).agents.shuffle()]
        for luck in ({"rng": 3}, {"seed": 3})
    ]
    assert order[0] == order[1]
    for wrong in ({"rng": 3, "seed": 3}, {"rng": np.random.default_rng(1)}, {"rng": 1.5}):
        with pytest.raises(UserError, match="rng="):
            AdoptionModel(SMALL, **wrong)


# ------------------------------------------------------------------ what is collected
def test_the_collector_has_every_month():
    model = AdoptionModel(SMALL, seed=2)
    model.run_model()
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame.shape == (7, 3)
    people = model.record.people.sum(axis=(1, 2))
    assert frame["adopter_share"].tolist() == (people[:, rules.ADOPTER] / 16).tolist()
    assert frame["mean_trust"].iloc[-1] == model.mean_trust == model.state.hcps["trust"].mean()
    assert frame["organisations_running"].iloc[0] == sum(
        o.deployed == 0 for o in model.organisations
    )


@pytest.mark.parametrize("engine", ["kernel", "agents"])
def test_own_reporters(engine):
    doubtful = {"doubtful": lambda m: int(np.sum(m.state.hcps["trust"] < 0.4))}
    by_kind = {HCP: {"trust": "trust"}, Organisation: {"size": "size"}}
    model = AdoptionModel(
        SMALL, engine=engine, seed=2, model_reporters=doubtful, agenttype_reporters=by_kind
    )
    model.run_model()
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame) == ["doubtful"] and len(frame) == 7
    assert frame["doubtful"].iloc[-1] == np.sum(model.state.hcps["trust"] < 0.4)
    trust = model.datacollector.get_agenttype_vars_dataframe(HCP)["trust"]
    assert trust.loc[6].tolist() == model.state.hcps["trust"].tolist()
    sizes = model.datacollector.get_agenttype_vars_dataframe(Organisation)["size"]
    assert sizes.tolist() == [8] * 2 * 7


def test_agents_are_collected_beside_what_is_collected_anyway():
    model = AdoptionModel(SMALL, agent_reporters={"kind": lambda a: type(a).__name__})
    model.step()
    frame = model.datacollector.get_agent_vars_dataframe()
    assert frame.loc[1]["kind"].value_counts().to_dict() == {"HCP": 16, "AIExpert": 2}
    assert len(of_months(model)) == 2
    assert AdoptionModel(SMALL, model_reporters={}).datacollector.model_vars == {}


KEPT = {
    "row": "row",
    "weights": lambda a: a.priority if isinstance(a, HCP) else a.attention,
    "everybody": lambda a: [a.model.state.hcps["trust"]],
    "own": lambda a: {"own": a.model.state.hcps[a.index : a.index + 1]},
}


def test_rows_of_the_past_do_not_change():
    model = AdoptionModel(
        SMALL,
        agent_reporters=KEPT,
        agenttype_reporters={AIExpert: {"heard": lambda a: a.row["heard"]}},
    )

    def first_month():
        found = model.datacollector.get_agent_vars_dataframe().loc[0]
        more = model.datacollector.get_agenttype_vars_dataframe(AIExpert).loc[0]
        return repr([found[name].tolist() for name in KEPT] + [more["heard"].tolist()])

    with np.printoptions(threshold=10**6, floatmode="unique"):
        before = first_month()
        model.run_model()
        model.state.priorities[:] = 0
        model.state.experts["attention"] = 0
        assert first_month() == before


def collect_otherwise(model):
    reporters = {"mean_trust": "mean_trust"}, {"index": "index"}
    model.datacollector = mesa.DataCollector(*reporters)
    model.datacollector.collect(model)


class After(AdoptionModel):
    """Collects as Mesa teaches."""

    def step(self):
        super().step()
        self.datacollector.collect(self)


class Before(AdoptionModel):
    def step(self):
        self.datacollector.collect(self)
        super().step()


class Changing(AdoptionModel):
    """Changes something after the month, and collects that."""

    def step(self):
        super().step()
        self.agents_by_type[HCP].set("trust", 0.5)
        self.datacollector.collect(self)


class OwnCollector(After):
    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        collect_otherwise(self)


@pytest.mark.parametrize("kind", [After, Before, OwnCollector, AdoptionModel])
def test_a_model_that_collects_in_its_step_has_each_month_once(kind):
    model = kind(SMALL)
    if kind is not OwnCollector:
        collect_otherwise(model)
    model.run_model()
    model.step()  # beyond the horizon
    every_month = trust_by_month()
    assert of_months(model) == every_month
    agents = model.datacollector.get_agent_vars_dataframe()
    assert agents.groupby("Step").size().to_dict() == dict.fromkeys(range(7), 18)
    rows = batch({}, kind, data_collection_period=1)
    assert {row["Step"]: row["mean_trust"] for row in rows} == dict(enumerate(every_month))


def test_what_is_collected_last_in_a_month_counts():
    model = Changing(SMALL)
    model.run_model()
    assert of_months(model)[1:] == [0.5] * 6 and of_months(model)[0] != 0.5


def test_mesa_is_loaded_without_the_warning_of_a_progress_bar_that_is_not_used():
    # tqdm warns in every notebook without widgets; the module stands for such a notebook's tqdm
    code = """
import sys, types, warnings
bar = types.ModuleType("tqdm.auto")
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    warnings.warn("IProgress not found. Please update jupyter and ipywidgets.")
    return print
bar.__getattr__ = __getattr__
sys.modules["tqdm.auto"] = bar
from sim import HCP, AdoptionModel
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
