"""`study=compare`: what it says is what the runs say; many worlds cross all policies."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.__main__ import main
from sim.analysis import intervals, prim
from sim.analysis.paired import bootstrap
from sim.cli.compose import compose
from sim.design.points import points
from sim.design.uncertain import LEFT_OUT, WIDTH
from sim.outcomes.table import OUTCOMES
from sim.policies.policy import checked
from sim.reports import words
from sim.studies.comparison import budget, plan, recommend, uncertain
from sim.studies.comparison.policies import GOAL, Comparison
from sim.studies.execute import design_of, execute
from sim.tables.errors import UserError
from sim.tables.layout import Table
from sim.tables.parameters import PARAMETERS

SMALL = [
    "population.organisations=5", "population.organisation_size=8", "horizon=72",
    "deployment.at_start=1", "progress=never", "study=compare",
]  # fmt: skip


def result_of(*words):
    request = compose([*SMALL, *words])
    return execute(request, design_of(request), print)


def table_of(result, title):
    tables = [block for block in result.told.blocks if isinstance(block, Table)]
    return next(table for table in tables if table.title.startswith(title))


@pytest.fixture(scope="module")
def certain():
    return result_of("policy=none,training,co_design", "replicates=12")


@pytest.fixture(scope="module")
def many():
    return result_of("policy=none,training", "replicates=2", "uncertainty=assumptions", "worlds=40")


@pytest.fixture(scope="module")
def many_sizes():
    words = "policy=none,training", "replicates=2", "uncertainty=assumptions", "worlds=40"
    return result_of(*words, "population.size_spread=0.5")


def test_differences_are_those_of_the_runs(certain):
    c = Comparison(certain)
    assert c.names == ["none", "training", "co_design"] and c.worlds == 1
    runs = certain.runs.pivot(index="replicate", columns="policy", values="trust")
    change = (runs["training"] - runs["none"]).to_numpy()
    found = c.paired("trust", 1)
    assert found.change == bootstrap(change)
    assert found.better.estimate == pytest.approx(((change > 0) + (change == 0) / 2).mean())
    t = intervals.of_mean(change)
    assert found.change.low == pytest.approx(t.low, abs=0.4 * (t.high - t.low))


def test_who_is_moved_adds_up_to_the_difference_at_the_end(certain):
    c = Comparison(certain)
    for policy in (1, 2):
        moved = c.moved(policy)
        ends = c.runs("adopter_share.horizon", policy) - c.runs("adopter_share.horizon", 0)
        assert moved.gained.estimate - moved.lost.estimate == pytest.approx(ends.mean())
    assert c.moved(0).gained.estimate == 0 == c.moved(0).lost.estimate


@pytest.mark.parametrize(
    "change",
    [
        {"population.organisations": 6},
        {"population.organisation_size": 9},
        {"population.organisations": 4, "population.organisation_size": 10},
        {"population.size_spread": 0.5},
    ],
    ids=["organisations", "size", "as_many_in_all", "spread"],
)
def test_nobody_is_moved_between_worlds_of_other_posts(change):
    place = {"population.organisations": 5, "population.organisation_size": 8, "horizon": 12}
    made = sim.compare({"a": {}, "b": change}, place, replicates=3, progress="never")
    assert made.compared.moved(1) is None and recommend.moved_sentence(made.compared, 1) == ""
    assert made.compared.moved(0) is not None


def test_each_of_many_worlds_counts_once(many_sizes):
    c = Comparison(many_sizes)
    moved = c.moved(1)
    assert moved.gained.runs == moved.lost.runs == c.worlds == 40
    assert recommend.probability(c, 1).runs == 40
    ends = c.by_world("adopter_share.horizon")
    assert moved.gained.estimate - moved.lost.estimate == pytest.approx((ends[1] - ends[0]).mean())
    sizes = c.by_size(1)
    assert len(sizes) == 2 and all(pair.change.runs <= 40 for pair in sizes.values())


def test_a_policy_all_of_whose_runs_failed_is_the_last(certain):
    outcomes = {k: v.copy() for k, v in certain.ensemble.outcomes.items()}
    for values in outcomes.values():
        values[1] = np.nan
    failed = replace(certain, ensemble=replace(certain.ensemble, outcomes=outcomes))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Comparison(failed).order[-1] == 1
        assert len(failed.costs) == 2 and "no number" in str(failed)


def test_money(certain):
    c = Comparison(certain)
    costs, effects = c.money(1)
    assert np.all(costs == c.runs("policy_cost", 1)) and np.all(costs > 0)
    change = c.runs("sustained_adoption", 1) - c.runs("sustained_adoption", 0)
    assert effects.tolist() == pytest.approx((40 * change).tolist())


def test_no_policy_is_recommended_where_none_is_better(certain):
    flat = {k: np.zeros_like(v) for k, v in certain.ensemble.outcomes.items()}
    same = replace(certain, ensemble=replace(certain.ensemble, outcomes=flat))
    (line,) = recommend.recommendation(Comparison(same))
    assert "no policy is clearly better than none" in line


def test_the_answer_ends_with_the_recommendation(certain):
    text = " ".join(certain.answer())
    best = plan.titled(Comparison(certain), Comparison(certain).order[0])
    assert f"Recommendation: {best}" in text or "no policy is clearly better" in text


def test_every_policy_meets_every_world(many):
    c = Comparison(many)
    assert c.points.shape == (40, 2)
    for world in c.points:
        values = [dict(many.ensemble.points[p].values) for p in world]
        assert [v.pop("policy") for v in values] == ["none", "training"]
        assert values[0] == values[1]
    names, x = uncertain.world_values(c)
    assert len(names) > 80 and len(np.unique(x[:, 0])) == 40
    assert not set(names) & {*LEFT_OUT, "policy", "horizon", "population.organisations"}
    for k, name in enumerate(names):
        assert PARAMETERS[name].assumed
        default = many.values[name]
        assert np.all(np.abs(x[:, k] - default) <= WIDTH * abs(default) + 1e-9)


def test_more_worlds_keep_the_first():
    words = [*SMALL, "policy=none,training", "uncertainty=assumptions"]
    few, more = (compose([*words, f"worlds={n}"]) for n in (4, 9))
    first, longer = (
        list(points(r.axes, r.design_kind, r.samples, r.settings["seed"])) for r in (few, more)
    )
    assert longer[: len(first)] == first and len(longer) == 18


def test_robustness_and_boxes_are_told(many):
    text = " ".join(many.answer())
    assert "40 uncertain worlds" in text and "mean regret" in text and "of worlds" in text


def test_regret_is_told_with_its_unit_and_interval(many):
    table = table_of(many, "Over all worlds")
    head, *rows = table.rows
    assert head[0] == "policy" and head[1] == "mean regret, share of HCPs"
    x = Comparison(many).goal_by_world
    for row in rows:
        n = Comparison(many).names.index(row[0])
        assert row[1] == words.with_interval(bootstrap(x.max(axis=0) - x[n]))
        assert re.fullmatch(r"\d\.\d\d \(\d\.\d\d to \d\.\d\d\)", row[2])


def test_changes_are_told_with_the_unit_of_each_outcome(certain):
    table = table_of(certain, "Change from")
    units = {row[0]: row[-1] for row in table.rows[1:]}
    assert units["Sustained adoption"] == "share of HCPs" and units["Lapse rate"] == "per year"
    assert units["Trust"] == "scale from 0 to 1"
    named = {o.label: words.unit(o.unit) for o in OUTCOMES.values() if o.label in units}
    assert units == named


def test_costs_are_one_table(certain):
    table = table_of(certain, "What it costs")
    frame = certain.costs.set_index("policy")
    assert "EUR" in table.rows[0][1] and "EUR per additional" in table.rows[0][3]
    assert {row[0] for row in table.rows[1:]} == {"training", "co_design"}
    for name, cost, _, price, by in table.rows[1:]:
        told = frame.loc[name]
        assert cost == budget.money(told["additional_cost"])
        assert by == (told["dominated_by"] or "-")
        if np.isfinite(told["cost_per_adopter"]):
            assert price.startswith(budget.money(told["cost_per_adopter"]) + " (")
    assert not [b for b in certain.told.blocks if isinstance(b, str) and "adopter" in b]


def test_each_budget_buys_what_the_runs_say(monkeypatch):
    made = result_of(
        "policy=none,training,train_everyone_once,co_design,technology_only", "replicates=12"
    )
    c = made.compared
    costs, adopters = (
        np.array([np.nanmean(c.money(n)[k]) for n in range(len(c.names))]) for k in (0, 1)
    )
    found = budget.steps(c)
    assert len(found) > 1 and found[0].after == 0
    table = table_of(made, "What each budget buys")
    frame = made.costs.set_index("policy")
    for step, row in zip(found, table.rows[1:], strict=True):
        cost = costs[step.policy] - costs[step.after]
        effect = adopters[step.policy] - adopters[step.after]
        assert cost > 0 and effect > 0
        assert step.further.cost.estimate == pytest.approx(cost)
        name, total, _, price, than = row
        assert (name, than) == (c.names[step.policy], c.names[step.after])
        assert total == budget.money(float(costs[step.policy]))
        told = frame.loc[name]
        assert told["further_than"] == than
        if np.isfinite(told["cost_per_further_adopter"]):
            assert told["cost_per_further_adopter"] == pytest.approx(cost / effect)
            assert price.startswith(budget.money(cost / effect) + " (")
        else:
            assert price == "no adopters beyond chance"
    others = set(frame.index) - {row[0] for row in table.rows}
    assert others and (frame.loc[list(others), "further_than"] == "").all()
    # told in words, unless the best is the cheapest as well
    short = " ".join(made.told.summary)
    said = found[0].policy != c.order[0]
    assert ("If money is short: " + plan.titled(c, found[0].policy) in short) == said
    monkeypatch.setattr(
        budget, "steps", lambda c, *_: [s._replace(policy=c.order[0]) for s in found[:1]]
    )
    assert budget.budget_sentences(c) == [] and budget.budget_table(c) is None


def test_the_summary_answers_what_when_at_what_cost_how_sure_and_where_it_fails(certain):
    c = Comparison(certain)
    assert recommend.clearly_best(c)
    text = " ".join(certain.told.summary)
    assert text.startswith(f"Recommendation: {plan.titled(c, c.order[0])}")
    assert "from month 1 to the end (month 72) in all organisations, at" in text
    assert "EUR per organisation and month" in text and "Over 72 months (6 years)" in text
    for said in (
        words.with_interval(c.paired(GOAL, c.order[0]).change, sign=True),
        words.percent(recommend.probability(c, c.order[0])),
        budget.money(c.value(c.order[0]).cost.estimate, "EUR"),
        "Where it fails",
        "posts are held by an adopter",
    ):
        assert said in text


def test_a_plan_in_words():
    content = {
        "levers": [
            {"lever": "training", "strength": 0.1, "from": 3, "to": 3, "cost": 5},
            {"lever": "onboarding", "strength": 0.1, "to": 9, "where": {"share": 0.5}},
            {"lever": "co_design", "strength": 0.1, "from": 80, "groups": ["nurse"]},
            {"lever": "network", "strength": 0.1, "where": {"members": True}},
        ]
    }
    rows = plan.rows({("policy", "p"): checked("p", content, "policy")}, 72, "EUR")
    assert [row[3] for row in rows[1:]] == [
        "in month 3", "from month 1 to month 9", "from month 80, after the end",
        "from month 1 to the end (month 72)",
    ]  # fmt: skip
    assert rows[1][5] == "5" and "share of 0.5" in rows[2][4] and "nurse" in rows[3][4]
    assert rows[4][4] == "in all member organisations of the network"


def test_a_box_in_words():
    limits = np.array([[-np.inf, 0.25], [0.5, np.inf], [0.1, 0.2]])
    said = uncertain.box_words(["a", "b", "c"], prim.Box(limits, 0.5, 0.9, 0.2))
    assert said == "a is 0.25 or less; and b is 0.5 or more; and c is between 0.1 and 0.2"
    name, box = "process.training", prim.Box(limits[:1], 0.5, 0.9, 0.2)
    parameter = PARAMETERS[name]
    said = uncertain.box_words([name], box, {name: 0.07})
    assert parameter.meaning in said and f"({name}, {parameter.unit}; as configured: 0.07)" in said
    assert said.endswith("is 0.25 or less")


def test_files_and_figures(tmp_path, capsys):
    words = [*SMALL, "policy=none,training", "replicates=3", f"out={tmp_path / 'r'}"]
    assert main(words) == 0
    made = {p.name for p in (tmp_path / "r" / "figures").glob("*.png")}
    assert made == {"changes.png", "costs.png", "scenarios.png"}
    rows = (tmp_path / "r" / "comparison.csv").read_text().splitlines()
    assert any(row.startswith("training,none,sustained_adoption.month_60,") for row in rows)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["uncertainty=assumptions", "study=sweep"], "allowed with study=compare"),
        (["uncertainty=all"], "none, assumptions"),
        (["uncertainty=assumptions", "worlds=1"], "worlds=1"),
        (["uncertainty=assumptions", "process.training=[0,1]"], "is varied already"),
    ],
)
def test_mistakes(words, told):
    with pytest.raises(UserError, match=told):
        compose([*SMALL, "policy=none,training", *words])


@pytest.mark.parametrize("policies", ["none", "none,none"])
def test_one_policy_is_nothing_to_compare(policies):
    with pytest.raises(UserError, match="nothing to compare.*policy=none,training"):
        compose([*SMALL, f"policy={policies}", "study=compare"])


def test_policies_under_several_shocks_are_told():
    worlds = ["shock=none,budget_cut", "policy=none,training", "study=compare", "replicates=2"]
    text = "\n".join(result_of(*worlds).answer())
    assert "2 given worlds" in text and "uncertain" not in text.split("\n\n")[0]


def test_policies_and_shocks_are_named_in_words_first():
    made = result_of("policy=none,co_design+training", "shock=budget_cut", "replicates=2")
    c = made.compared
    assert plan.titled(c, 0) == "none"
    assert plan.titled(c, 1) == "Co-design with Training (co_design+training)"
    table = table_of(made, "What the policies and shocks are:")
    assert [row[:2] for row in table.rows[1:]] == [
        ["co_design", "Co-design"], ["training", "Training"], ["budget_cut", "Budget cut"]
    ]  # fmt: skip
    assert all(row[2].endswith(".") for row in table.rows[1:])
    text = " ".join(" ".join(made.answer()).split())
    assert "All runs have the shock Budget cut (budget_cut)." in text
    assert ("with the shock Budget cut (budget_cut), sustained" in text) == recommend.clearly_best(
        c
    )


def test_a_shock_that_is_given_value_by_value_is_not_said_of_all_runs():
    made = result_of("policy=none,training", "shock=none,budget_cut", "replicates=2")
    assert plan.under(made.compared) == ""
    assert table_of(made, "What the policies and shocks are:")
    assert "All runs have the shock" not in " ".join(made.answer())
    same = result_of("process.training=0,0.1", "replicates=2")
    assert plan.titles(same.compared) is None


def test_in_few_worlds_assumptions_go_together_and_that_is_said():
    words = [*SMALL, "policy=none,training", "uncertainty=assumptions"]
    few, enough = compose([*words, "worlds=255"]), compose(words)
    assert any("go together" in note for note in few.notes)
    assert not any("go together" in note for note in enough.notes)
    largest = []
    for request in (compose([*words, "worlds=128"]), enough):
        made = list(points(request.axes, request.design_kind, request.samples, 0))
        x = np.array([list(p.values()) for p in made if p["policy"] == "none"])[:, 1:].astype(float)
        alike = np.corrcoef(x[:, np.ptp(x, axis=0) > 0].T)
        largest.append(np.abs(alike - np.eye(len(alike))).max())
    assert largest[0] > 0.7 and largest[1] < 0.4


def test_where_a_policy_fails_is_told_by_what_decides_it(many, monkeypatch):
    """With 40 worlds of 92 assumptions, peeling them all would follow chance."""
    c = Comparison(many)
    names, x = uncertain.world_values(c)
    x = np.random.default_rng(4).random(x.shape)  # so few of a Sobol sample go together
    monkeypatch.setattr(uncertain, "world_values", lambda c: (names, x))
    decisive = names.index("decision.intercept")
    outcomes = {k: v.copy() for k, v in many.ensemble.outcomes.items()}
    order = np.argsort(np.argsort(x[:, decisive]))
    for n in (0, 1):
        outcomes[GOAL][c.points[:, n]] = (order / order.size)[:, None]
    made = Comparison(replace(many, ensemble=replace(many.ensemble, outcomes=outcomes)))
    box = uncertain.failing_box(made, 1)
    assert box.limits.shape == (len(names), 2) and box.restricted == [decisive]
    (said,) = uncertain.failing_worlds(made, 1)
    assert "decision.intercept" in said and said.count("is ") >= 1 and " or less. There" in said
    # where nothing decides it, nothing is told
    rng = np.random.default_rng(3)
    outcomes[GOAL] = np.repeat(rng.random((len(many.ensemble.points), 1)), 2, axis=1)
    made = Comparison(replace(many, ensemble=replace(many.ensemble, outcomes=outcomes)))
    assert uncertain.failing_box(made, 1) is None
    assert "no short list" in uncertain.failing_worlds(made, 1)[0]


PLACE = {"population.organisations": 5, "population.organisation_size": 8, "horizon": 24}


def with_runs(result, goals, costs):
    """Return a comparison of these goals and costs of each policy, alike in all runs but a little."""
    outcomes = {k: v.copy() for k, v in result.ensemble.outcomes.items()}
    noise = np.linspace(-0.001, 0.001, result.ensemble.replicates)
    for n, (goal, cost) in enumerate(zip(goals, costs, strict=True)):
        outcomes[GOAL][n] = goal + (n + 1) * noise
        outcomes["policy_cost"][n] = cost
    return Comparison(replace(result, ensemble=replace(result.ensemble, outcomes=outcomes)))


def test_a_best_policy_that_costs_nothing_or_saves_money_is_told(certain):
    free = " ".join(recommend.summary(with_runs(certain, (0.2, 0.5, 0.3), (0, 0, 5000))))
    assert "training costs 0 EUR more than none" in free and "for each additional" not in free
    saves = " ".join(recommend.summary(with_runs(certain, (0.2, 0.5, 0.3), (9000, 5000, 8000))))
    assert "training costs 4,000 EUR less than none" in saves and "-" not in saves.split("costs")[1]


def test_little_money_buys_more_than_the_baseline(certain):
    # the second costs less than the baseline, and is worse: nobody is told to go on with nothing new
    c = with_runs(certain, (0.4, 0.2, 0.6), (9000, 0, 12000))
    assert [step.policy for step in budget.steps(c)] == [2]
    c = with_runs(certain, (0.4, 0.2, 0.6), (9000, 0, 60000))
    assert [step.policy for step in budget.steps(c)] == [0, 2]
    assert [step.policy for step in budget.clear_steps(c)] == [2]
    assert "costs 0" not in " ".join(recommend.summary(c))
    # what is not beyond chance is left out, and the next one goes on from the one before
    luck = np.tile([-0.2, 0.2], 6)
    c = with_runs(certain, (0.2, 0.25 + luck, 0.6), (0, 100, 60000))
    assert [step.policy for step in budget.steps(c)] == [1, 2]
    assert [(s.policy, s.after) for s in budget.clear_steps(c)] == [(2, 0)]
    c = with_runs(certain, (0.2, 0.4, 0.45 + luck), (0, 1000, 60000))
    assert [step.policy for step in budget.steps(c)] == [1, 2] and c.value(2).effect.low > 0
    assert [(s.policy, s.after) for s in budget.clear_steps(c)] == [(1, 0)]


def test_a_policy_without_a_number_is_not_called_about_as_good(certain):
    c = with_runs(certain, (0.2, 0.5, np.nan), (0, 5000, np.nan))
    assert recommend.clearly_best(c) and recommend.nearly_best(c) == []


def test_scenarios_of_more_people_count_all_their_adopters():
    change = {"population.organisations": 10, "policy": "training"}
    made = sim.compare({"a": {}, "b": change}, PLACE, replicates=4, progress="never")
    c = made.compared
    adopters = 80 * c.runs(GOAL, 1) - 40 * c.runs(GOAL, 0)
    assert c.money(1)[1].tolist() == pytest.approx(adopters.tolist())


def test_one_run_of_each_says_nothing_of_chance():
    made = sim.compare(["none", "training"], PLACE, replicates=1, progress="never")
    text = str(made) + " ".join(made.told.summary)
    assert "nan" not in text and "beyond chance" not in text


def test_scenarios_that_differ_in_months_and_places_are_told_so():
    change = {"population.organisations": 1200, "horizon": 30, "cost.discount_rate": 0.07}
    small = {
        "population.organisation_size": 2,
        **{k: v for k, v in PLACE.items() if "size" not in k},
    }
    c = sim.compare({"a": {}, "b": change}, small, replicates=2, progress="never").compared
    assert recommend.horizon(c) == "24 to 30 months"
    assert recommend.span(c) == (
        "in total, of all 5 to 1,200 organisations over 24 to 30 months, discounted by 3 to 7 % a year"
    )
    alike = sim.compare(["none", "training"], PLACE, replicates=2, progress="never").compared
    assert recommend.horizon(alike) == "24 months (2 years)"
    assert recommend.span(alike) == (
        "in total, of all 5 organisations over 24 months, discounted by 3 % a year"
    )
