"""The Mesa side of a run: agents are live views, made when somebody looks, with own behaviour."""

from __future__ import annotations

import copy
import pickle

import mesa
import numpy as np
import pytest

from sim.model import rules
from sim.model.agents import HCP, AIExpert, Organisation
from sim.model.model import BEHAVIOUR, AdoptionModel
from sim.tables.errors import SimulationError, UserError
from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES

SMALL = {
    "horizon": 10,
    "population.organisations": 3,
    "population.organisation_size": 8,
    "population.initial_adopters": 0.5,
    "deployment.at_start": 0.7,
}


@pytest.fixture
def model():
    return AdoptionModel(SMALL, seed=2)


# ------------------------------------------------------------------ Mesa's own ways
def test_agents_are_hcps_and_experts(model):
    assert len(model.agents) == 3 * 8 + 3
    assert {type(a) for a in model.agents} == {HCP, AIExpert}
    assert all(isinstance(a, mesa.Agent) and a.model is model for a in model.agents)
    assert {kind: len(s) for kind, s in model.agents_by_type.items()} == {
        HCP: 24,
        AIExpert: 3,
        Organisation: 3,
    }
    assert set(model.agent_types) == {HCP, AIExpert, Organisation}
    numbers = [a.unique_id for kind in model.agents_by_type.values() for a in kind]
    assert sorted(numbers) == list(range(1, 31))


def test_get_set_select_agg(model):
    hcps = model.agents_by_type[HCP]
    trust = model.state.hcps["trust"]
    assert hcps.get("trust") == trust.tolist()
    assert hcps.agg("trust", max) == trust.max()
    doubtful = hcps.select(lambda hcp: hcp.trust < 0.5)
    assert len(doubtful) == np.sum(trust < 0.5) > 0
    doubtful.set("trust", 0.9)
    assert model.state.hcps["trust"].min() >= 0.5


def test_groupby(model):
    hcps = model.agents_by_type[HCP]
    sizes = {state: len(group) for state, group in hcps.groupby("state")}
    codes = model.state.hcps["state"]
    expected = {n: int(np.sum(codes == c)) for c, n in enumerate(rules.STATE_NAMES)}
    assert sizes == {name: n for name, n in expected.items() if n} and len(sizes) > 1
    assert set(hcps.groupby("group").groups) <= set(GROUP_NAMES)


def test_shuffle_do_reaches_everybody_in_an_order_of_the_seed(model):
    def order(model):
        seen = []
        model.agents_by_type[HCP].shuffle_do(lambda hcp: seen.append(hcp.unique_id))
        return seen

    first = order(model)
    assert sorted(first) == list(range(1, 25)) and first != sorted(first)
    assert order(AdoptionModel(SMALL, seed=2)) == first
    assert order(AdoptionModel(SMALL, seed=3)) != first


def test_agents_and_their_sets_say_who_they_are(model):
    assert repr(model.agents) == "AgentSet of 24 HCP, 3 AIExpert"
    hcp, expert, organisation = model.hcps[9], model.experts[1], model.organisations[1]
    assert repr(hcp) == (
        f"HCP 10 of organisation 2: {hcp.group}, {hcp.state}, trust {hcp.trust:.2f}"
    )
    assert repr(expert).startswith("AIExpert 26 of organisation 2: domain knowledge 0.")
    share = f"{100 * organisation.adopter_share:.0f} % of them adopters"
    assert repr(organisation) == (
        f"Organisation 2: {organisation.status}, 8 professionals, {share}"
    )


# ------------------------------------------------------------------ lazy and live
def test_a_run_that_nobody_looks_at_makes_no_views(monkeypatch):
    made = []
    for kind in (HCP, AIExpert, Organisation):
        start = kind.__init__

        def counted(self, *arguments, start=start):
            made.append(self)
            start(self, *arguments)

        monkeypatch.setattr(kind, "__init__", counted)
    model = AdoptionModel(SMALL, seed=2)
    model.run_model()
    assert made == []
    assert len(model.agents) == 27 and len(made) >= 30
    before = len(made)
    assert all((model.agents, model.hcps, model.agents_by_type, model.organisations))
    assert len(made) == before  # made once


@pytest.mark.parametrize("engine", ["kernel", "agents"])
def test_views_show_what_the_arrays_hold_as_months_pass(engine):
    model = AdoptionModel(SMALL, engine=engine, seed=2)
    hcps, experts, organisations = model.hcps, model.experts, model.organisations
    while model.running:
        model.step()
        s = model.state
        assert [h.trust for h in hcps] == s.hcps["trust"].tolist()
        assert [rules.STATE_NAMES.index(h.state) for h in hcps] == s.hcps["state"].tolist()
        assert [h.ever_adopted for h in hcps] == (s.hcps["ever"] == 1).tolist()
        assert [h.meetings for h in hcps] == s.hcps["meetings"].tolist()
        assert [e.domain_knowledge for e in experts] == s.experts["domain"].tolist()
        for o, organisation in enumerate(organisations):
            assert list(organisation.quality.values()) == s.organisations["quality"][o].tolist()
            assert list(organisation.quality) == list(QUALITY_NAMES)
            own = [h.state == "adopter" for h in organisation.hcps]
            assert organisation.adopter_share == np.mean(own)
            assert organisation.running == (organisation.status in ("project", "institutionalised"))


def test_setting_trust_moves_the_array_and_what_peers_see(model):
    hcp = model.hcps[5]
    hcp.trust = 0.75
    assert model.state.hcps["trust"][5] == 0.75
    assert model.state.words[0, 5] == rules.word(0.75, model.state.hcps["state"][5])
    model.state.hcps["trust"][5] = 0.25
    assert hcp.trust == 0.25
    hcp.priority = [1 / 8] * 8
    assert model.state.priorities[5].tolist() == [1 / 8] * 8
    model.experts[0].attention = [0, 0, 0.125, 0, 0, 0, 0, 0]
    assert model.state.experts["attention"][0, 2] == 0.125
    for weights in ([1 / 8] * 7, [1 / 7] * 8, [2, -1, 0, 0, 0, 0, 0, 0], "x" * 8):
        with pytest.raises(ValueError):
            hcp.priority = weights
        with pytest.raises(ValueError):
            model.experts[0].attention = weights
    assert model.state.priorities[5].tolist() == [1 / 8] * 8


def test_what_agents_hand_out_is_a_read_only_copy(model):
    hcp, expert, organisation = model.hcps[5], model.experts[0], model.organisations[0]
    assert isinstance(model.hcps, tuple) and isinstance(organisation.hcps, tuple)
    kept = [hcp.row, hcp.priority, expert.row, expert.attention, organisation.row, organisation.now]
    before, state = [np.asarray(x).tobytes() for x in kept], [a.tobytes() for a in model.state]
    for one in kept:
        with pytest.raises(ValueError, match="read-only"):
            one[0 if one.shape else one.dtype.names[0]] = 0
    assert [a.tobytes() for a in model.state] == state
    for arrays in (model.state.hcps, model.state.experts, model.state.organisations):
        arrays.view(np.uint8)[:] = 1
    model.state.priorities[:] = 1
    assert [np.asarray(x).tobytes() for x in kept] == before
    del model.agents_by_type[HCP]
    assert HCP in model.agents_by_type


@pytest.mark.parametrize("name", ["trust", "literacy", "engagement"])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_level_outside_0_to_1_is_refused(model, name, value):
    before = model.state.hcps.tobytes()
    with pytest.raises(ValueError, match=f"{name}=.*from 0 to 1"):
        setattr(model.hcps[0], name, value)
    assert model.state.hcps.tobytes() == before


def test_setting_a_state_moves_array_census_word_and_history(model):
    hcp = next(h for h in model.hcps if h.state == "non-adopter")
    organisation = hcp.organisation
    before = organisation.row["census"].sum(axis=0)
    hcp.state = "adopter"
    after = organisation.row["census"].sum(axis=0)
    assert (after - before).tolist() == [-1, 0, 1, 0, 1]
    assert model.state.hcps["state"][hcp.index] == rules.ADOPTER
    assert model.state.words[0, hcp.index] & 3 == rules.ADOPTER
    assert hcp.ever_adopted and hcp.adopted == 0 and hcp.lapsed is None
    hcp.state = "lapsed"
    assert hcp.lapsed == 0 and hcp.ever_adopted
    assert (organisation.row["census"].sum(axis=0) - before).tolist() == [-1, 0, 0, 1, 1]
    with pytest.raises(ValueError, match="one of non-adopter, trial, adopter, lapsed"):
        hcp.state = "enthusiast"


def test_what_is_set_in_a_month_is_seen_by_peers_in_the_next():
    parameters = SMALL | {"influence.rate": 1.0, "network.kind": "well_mixed"}
    models = [AdoptionModel(parameters, engine=e, seed=2) for e in ("kernel", "agents")]
    for model in models:
        model.step()
        model.agents_by_type[HCP].set("trust", 1.0)
        model.agents_by_type[HCP].set("state", "lapsed")
        model.step()
    assert models[0].state.hcps.tobytes() == models[1].state.hcps.tobytes()
    plain = AdoptionModel(parameters, seed=2)
    plain.step()
    plain.step()
    assert models[0].mean_trust > plain.mean_trust + 0.2


def test_peers_are_mutual_and_others(model):
    for hcp in model.hcps:
        assert hcp not in hcp.peers and all(hcp in peer.peers for peer in hcp.peers)
    assert sum(len(h.peers) for h in model.hcps) == model.state.peers.size > 0
    mixed = AdoptionModel(SMALL | {"network.kind": "well_mixed"}, seed=2)
    assert len(mixed.hcps[3].peers) == 23 and mixed.hcps[3] not in mixed.hcps[3].peers


def test_nobody_can_be_removed(model):
    for agent in (model.hcps[0], model.experts[0], model.organisations[0]):
        with pytest.raises(TypeError, match="cannot be removed"):
            agent.remove()
    assert len(model.agents) == 27


def test_the_horizon_ends_the_run(model):
    steps = 0
    while model.running:
        model.step()
        steps += 1
    assert steps == model.month == 10
    last = model.state.hcps.tobytes()
    model.step()
    assert model.month == 10 and not model.running and model.state.hcps.tobytes() == last
    assert len(model.datacollector.get_model_vars_dataframe()) == 11
    assert not AdoptionModel(SMALL | {"horizon": 0}).running


# ------------------------------------------------------------------ own behaviour
class Refuser(HCP):
    """Never wants the tool."""

    def decide(self):
        return rules.LAPSED if self.state in ("trial", "adopter") else int(self.row["state"])


class Leaper(HCP):
    """Adopts without trying, which the model has no move for."""

    def decide(self):
        return rules.ADOPTER


class Renamed(HCP):
    """Adds a property, but no behaviour."""

    @property
    def mood(self):
        return "good" if self.trust > 0.5 else "bad"


def test_own_decisions_are_taken_with_stepped_agents():
    model = AdoptionModel(SMALL, engine="agents", seed=2, hcp_class=Refuser)
    assert type(model.hcps[0]) is Refuser and model.adopter_share > 0
    assert Refuser in model.agents_by_type and HCP not in model.agents_by_type
    model.run_model()
    assert model.adopter_share == 0
    assert model.record.people[:, :, :, rules.TRIAL].sum() == 0
    plain = AdoptionModel(SMALL, engine="agents", seed=2)
    plain.run_model()
    assert plain.adopter_share > 0


def test_own_behaviour_is_refused_by_the_kernel():
    with pytest.raises(UserError) as caught:
        AdoptionModel(SMALL, hcp_class=Refuser)
    (line,) = caught.value.problems
    assert "Refuser.decide" in line and "engine='agents'" in line


def test_a_class_without_own_behaviour_runs_with_both_engines():
    ends = []
    for engine in ("kernel", "agents"):
        model = AdoptionModel(SMALL, engine=engine, seed=2, hcp_class=Renamed)
        model.run_model()
        assert {h.mood for h in model.hcps} <= {"good", "bad"}
        ends.append(model.state.hcps.tobytes())
    assert ends[0] == ends[1]


def test_a_move_that_does_not_exist_is_refused():
    model = AdoptionModel(SMALL, engine="agents", seed=2, hcp_class=Leaper)
    with pytest.raises(ValueError, match="decide.. returned 2 .*allowed are"):
        model.run_model()


def test_mistakes_are_said_in_lines_and_failures_name_the_month():
    with pytest.raises(UserError) as caught:
        AdoptionModel({"alignment.usabilty": 0.3, "horizon": -1})
    assert len(caught.value.problems) == 2
    with pytest.raises(UserError, match="kernel, agents"):
        AdoptionModel(engine="quick")
    model = AdoptionModel(SMALL, seed=2)
    model.step()
    model.state.hcps["trust"][9] = np.nan
    with pytest.raises(SimulationError, match="month 2: trust of HCP 2 in organisation 2"):
        model.step()


def test_the_kernel_refuses_every_method_of_the_month():
    # what agents alone call is listed by hand: a new step must not be ignored in silence
    own = {n for n, x in vars(HCP).items() if callable(x) and not n.startswith("_")}
    assert own <= set(BEHAVIOUR)


# ------------------------------------------------------------------ copies
class Marked(HCP):
    def __init__(self, *where):
        super().__init__(*where)
        self.mark = 7


@pytest.mark.parametrize("engine", ["agents", "kernel"])
@pytest.mark.parametrize(
    "how", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"]
)
def test_a_copy_of_a_model_goes_on_as_the_model_does(engine, how):
    model = AdoptionModel(SMALL, seed=2, engine=engine, hcp_class=Marked)
    for _ in range(3):
        model.step()
    assert len(model.agents) == 27  # made before the copy is
    twin = how(model)
    before = twin.state.hcps.copy()
    model.run_model()
    assert (twin.state.hcps == before).all() and all(h.model is twin for h in twin.hcps)
    twin.run_model()
    assert (twin.state.hcps == model.state.hcps).all()
    assert [h.trust for h in twin.agents.select(agent_type=HCP)] == model.state.hcps[
        "trust"
    ].tolist()
    assert {h.mark for h in twin.hcps} == {7}
