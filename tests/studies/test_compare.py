"""`study=compare`: what is found is what the runs say; many worlds cross all policies."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from study_runs import SMALL, result_of, table_of, with_outcomes

import sim
from sim.analysis import intervals, prim
from sim.analysis.intervals import bootstrap
from sim.cli.compose import compose
from sim.design.folders import available, shipped_folder
from sim.design.points import points
from sim.design.uncertain import LEFT_OUT
from sim.outcomes.table import GOAL, OUTCOMES
from sim.reports import titles, words
from sim.reports.meanings import FRAMES
from sim.studies.compare import cost_rows, figures, summary
from sim.studies.comparison import policy_effects as effects
from sim.studies.comparison import summary as sentences
from sim.studies.comparison import terms
from sim.studies.headline import headline
from sim.tables.errors import UserError
from sim.tables.parameters import PARAMETERS
from sim.tables.plausible import plausible

COMPARED = [*SMALL, "study=compare"]
MIDWAY = f"{GOAL}.month_60"
UNCERTAIN = "policy=none,training", "replicates=2", "uncertainty=assumptions"
PLACE = {"population.organisations": 5, "population.organisation_size": 8, "horizon": 24}


@pytest.fixture(scope="module")
def certain():
    return result_of("policy=none,training,co_design", "replicates=12", "horizon=72")


@pytest.fixture(scope="module")
def many():
    return result_of(*UNCERTAIN, "worlds=40", "population.size_spread=0.5")


def found_with(result, goals, costs, midway=None):
    """Return a comparison of these goals (after five years too) and costs, alike in all runs but a little."""
    noise = np.linspace(-0.001, 0.001, result.ensemble.replicates)
    changed = {"policy_cost": [np.full(noise.size, x, float) for x in costs]}
    for name, each in ((GOAL, goals), (MIDWAY, midway or goals)):
        changed[name] = [x + (n + 1) * noise for n, x in enumerate(each)]
    return with_outcomes(result, changed).compared


def test_what_is_found_of_each_policy_is_what_its_runs_say(certain):
    c = certain.compared
    assert c.names == ["none", "training", "co_design"] and c.worlds == 1
    runs = certain.runs.pivot(index="replicate", columns="policy", values=GOAL)
    by_mean = runs.mean().sort_values(ascending=False).index
    assert [c.names[n] for n in c.order] == list(by_mean)
    for n, name in enumerate(c.names):
        assert c.use(n) == intervals.of_mean(runs[name].to_numpy(), (0, 1))
        assert c.reaches(n) == intervals.of_share(int((runs[name] >= 0.5).sum()), 12)
        assert c.regret(n).estimate == pytest.approx(runs.mean().max() - runs[name].mean())
        difference = (runs[name] - runs["none"]).to_numpy()
        found = c.paired(GOAL, n)
        assert found.change == c.change(n) == bootstrap(difference)
        wins = (difference > 0) + (difference == 0) / 2
        assert found.better.estimate == pytest.approx(wins.mean())


def test_who_is_moved_adds_up_to_the_difference_at_the_end(certain):
    c = certain.compared
    for policy in (1, 2):
        gained, lost = effects.moved(c, policy)
        ends = c.runs("adopter_share.horizon", policy) - c.runs("adopter_share.horizon", 0)
        assert gained.estimate - lost.estimate == pytest.approx(ends.mean())
    assert [x.estimate for x in effects.moved(c, 0)] == [0, 0]


def test_nobody_is_moved_between_worlds_of_other_posts():
    as_many = {"population.organisations": 4, "population.organisation_size": 10}
    made = sim.compare({"a": {}, "b": as_many}, PLACE, replicates=3, progress="never")
    assert effects.moved(made.compared, 1) is None and effects.moved(made.compared, 0) is not None
    assert str(made)


def test_each_of_many_worlds_counts_once(many):
    c = many.compared
    gained, lost = effects.moved(c, 1)
    assert gained.runs == lost.runs == c.worlds == c.reaches(1).runs == 40
    ends = c.samples("adopter_share.horizon")
    assert gained.estimate - lost.estimate == pytest.approx((ends[1] - ends[0]).mean())
    sizes = [x for who, x in effects.by_scope(c, 1).items() if who.startswith("organisations of ")]
    assert len(sizes) == 2 and all(change.runs <= 40 for change in sizes)


@pytest.mark.parametrize("kind", ["certain", "many"])
@pytest.mark.parametrize("policy", [0, 1])
def test_a_policy_all_of_whose_runs_failed_is_the_last(kind, policy, request):
    made = request.getfixturevalue(kind)
    outcomes = {k: v.copy() for k, v in made.ensemble.outcomes.items()}
    for values in outcomes.values():
        values[made.compared.points[:, policy]] = np.nan
    failed = with_outcomes(made, outcomes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert failed.compared.order[-1] == policy
        assert len(cost_rows(failed)) == len(failed.compared.names) - 1
        assert "no number" in str(failed) and "nan" not in str(failed)
        assert figures(failed)
    told = failed.told.summary[0]
    unknown = "Nothing is known of what the policies change: no run with no policy ended well."
    assert (told == unknown) == (policy == 0)


def test_money_is_of_all_costs_and_of_all_adopters_however_many_people_there_are():
    change = {"population.organisations": 10, "policy": "training"}
    c = sim.compare({"a": {}, "b": change}, PLACE, replicates=4, progress="never").compared
    costs, users = c.money[:, 1]
    assert np.all(costs == c.runs("policy_cost", 1)) and np.all(costs > 0)
    adopters = 80 * c.runs(GOAL, 1) - 40 * c.runs(GOAL, 0)
    assert users.tolist() == pytest.approx(adopters.tolist())


NONE_IS = "none of the policies is clearly better than doing nothing"


@pytest.mark.parametrize(
    ("goals", "costs", "told"),
    [
        ((0.1, 0, 0), (0, 0, 0), f"{NONE_IS}, with which most"),
        ((0.1, 0.1, 0), (0, 0, 0), f"{NONE_IS}. Most use the tool with"),
        ((0.2, 0.2, 0.3), (0, 500, 500), "Recommendation: Co-design. "),
        ((0.2, 0.5, 0.4999), (0, 500, 300), "Recommendation: Co-design. "),
        ((0.2, 0.5, 0.3), (0, 0, 5000), "for 0 EUR in all 5 organisations"),
        ((0.2, 0.5, 0.3), (9000, 5000, 8000), "for 4,000 EUR less than no policy in all"),
        ((0.2, 0.6, 0.4), (0, 9000, 300), "If money is short: Co-design brings"),
    ],
)
def test_what_is_recommended(certain, goals, costs, told):
    text = " ".join(summary(found_with(certain, goals, costs)))
    assert told in text and "nan" not in text


def test_the_cheapest_that_is_not_clearly_worse_is_recommended_with_what_the_dearer_adds(certain):
    c = found_with(certain, (0.2, 0.503, 0.5), (0, 9000, 3000))
    assert c.order[0] == 1 and c.best == 2 and c.choices[-1].good == [2, 1]
    told = "Training: 0.30 more of 100 professionals (0.27 to 0.34), for 6,000 EUR more"
    assert told in sentences.dearer(c)
    assert not sentences.on_a_budget(c)  # what costs no less is nothing for whom money is short
    # 2 of 100 less is clearly worse, and money alone decides nothing
    assert found_with(certain, (0.2, 0.52, 0.5), (0, 9000, 3000)).best == 1
    # what may be chance is neither recommended nor a step of what each budget buys
    luck = np.tile([-0.2, 0.2], 6)
    unsure = found_with(certain, (0.2, 0.25 + luck, 0.26), (0, 100, 9000))
    assert unsure.choices[-1].good == [2]
    assert [step.policy for step in effects.clear_steps(unsure)] == [2]


def test_five_years_are_told_beside_ten_and_where_the_order_changes(certain):
    c = found_with(certain, (0.2, 0.4, 0.6), (0, 500, 700), midway=(0.2, 0.6, 0.4))
    (first, last), (found,) = c.choices, effects.reversals(c)
    assert (first.month, last.month) == (60, 72) and (first.good, last.good) == ([1], [2])
    assert (found.more, found.less) == (1, 2)
    assert (found.midway.estimate, found.end.estimate) == pytest.approx((0.2, -0.2))
    said = sentences.recommendation(c)
    assert said.startswith("Recommendation: Co-design. With it 20.0 more of 100 healthcare prof")
    assert " five years from now and 40.0 more of 100 (" in said
    assert ") six years from now use" in said
    assert "Training does more than Co-design after five years (20 of 100)" in sentences.midway(c)


def test_why_nothing_is_clear_is_told_where_an_interval_by_itself_says_otherwise(certain):
    noise = np.linspace(-0.1, 0.1, 12)
    gain = noise + 2.4 * noise.std(ddof=1) / np.sqrt(12)  # t = 2.4: enough for one, not of two
    c = found_with(certain, (0.5, 0.5 + gain, 0.5 + noise), (0, 0, 0))
    assert c.change(1).low > 0 and not c.clearly_better(1)
    assert f"{NONE_IS}, for of 2 that are tried chance makes one" in sentences.recommendation(c)


def test_of_many_policies_that_do_nothing_none_is_recommended_and_no_two_change_places():
    names = "none,training,co_design,champions,network,onboarding,usability_work,institutionalise"
    made = result_of(f"policy={names}", "replicates=12", "horizon=72")
    recommended = changed = 0
    for seed in range(40):
        early, late = np.random.default_rng(seed).normal(0.4, 0.1, (2, 8, 12))
        c = with_outcomes(made, {MIDWAY: early, GOAL: late}).compared
        recommended += bool(c.choices[-1].good)
        changed += bool(effects.reversals(c))
    assert recommended <= 4 and changed == 0  # by itself each, it was 9 and 4


def test_every_policy_meets_every_world(many):
    c = many.compared
    assert c.points.shape == (40, 2)
    for world in c.points:
        values = [dict(many.ensemble.points[p].values) for p in world]
        assert [v.pop("policy") for v in values] == ["none", "training"]
        assert values[0] == values[1]
    names, x = effects.world_values(c)
    assert len(names) > 80 and len(np.unique(x[:, 0])) == 40
    assert not set(names) & {*LEFT_OUT, "policy", "horizon", "population.organisations"}
    for k, name in enumerate(names):
        assert PARAMETERS[name].assumed
        low, high = plausible(name, many.values[name])
        assert low <= x[:, k].min() < x[:, k].max() <= high


def test_more_worlds_keep_the_first():
    few, more = (compose([*COMPARED, *UNCERTAIN, f"worlds={n}"]) for n in (4, 9))
    first, longer = (
        list(points(r.axes, r.design_kind, r.samples, r.settings["seed"])) for r in (few, more)
    )
    assert longer[: len(first)] == first and len(longer) == 18


def test_in_few_worlds_assumptions_go_together_and_that_is_said():
    few, enough = compose([*COMPARED, *UNCERTAIN, "worlds=255"]), compose([*COMPARED, *UNCERTAIN])
    assert any("go together" in note for note in few.notes)
    assert not any("go together" in note for note in enough.notes)
    largest = []
    for request in (compose([*COMPARED, *UNCERTAIN, "worlds=128"]), enough):
        made = list(points(request.axes, request.design_kind, request.samples, 0))
        x = np.array([list(p.values()) for p in made if p["policy"] == "none"])[:, 1:].astype(float)
        alike = np.corrcoef(x[:, np.ptp(x, axis=0) > 0].T)
        largest.append(np.abs(alike - np.eye(len(alike))).max())
    assert largest[0] > 0.7 and largest[1] < 0.6


def test_regret_over_drawn_worlds_is_told_with_its_unit_and_interval(many):
    head, *rows = table_of(many, "Over all worlds").rows
    c = many.compared
    assert head[0] == "policy" and "of 100 professionals" in head[1]
    x = c.samples(GOAL)
    for row in rows:
        n = c.titles.index(row[0])
        regret = bootstrap(x.max(axis=0) - x[n])
        assert c.robust[n].regret_mean == regret
        assert row[1] == words.per_100(regret)


def test_where_a_policy_fails_is_told(many):
    goals = (np.arange(80) // 2 / 40).repeat(2).reshape(80, 2)  # half of the worlds fail
    made = with_outcomes(many, {GOAL: goals})
    assert effects.failure(made.compared, 1).missed == intervals.of_share(20, 40)
    assert "less than 50 of 100 use the tool at the end in 50 %" in " ".join(made.told.summary)


def test_changes_are_told_with_the_unit_of_each_outcome(certain):
    table = table_of(certain, "Change from")
    units = {row[0]: row[-1] for row in table.rows[1:]}
    assert units == {o.title: words.unit(o.unit) for o in OUTCOMES.values() if o.title in units}
    assert units["Trust"] == "scale from 0 to 1" and units["Spread"] == "of 100 organisations"
    c = certain.compared
    for n, told in zip([n for n in c.order if n], table.rows[1][1:-1], strict=True):
        assert told == words.per_100(c.change(n, GOAL), sign=True)


def test_tables_and_files_hold_the_same_numbers():
    made = result_of(
        "policy=none,training,train_everyone_once,co_design,technology_only", "replicates=12"
    )
    # the dearer the better, but for the second cheapest
    rank = np.argsort(np.argsort(made.ensemble.outcomes["policy_cost"].mean(axis=1)))
    goals = np.array([0.2, 0.4, 0.3, 0.5, 0.55])[rank]
    made = with_outcomes(made, {GOAL: goals[:, None] + made.outcome(GOAL) / 100})
    c = made.compared
    found = effects.clear_steps(c)
    costs, adopters = (np.nanmean(x, axis=1) for x in c.money)
    assert len(found) > 1 and found[0].after == 0
    frame = made.costs.set_index("policy")
    assert {*made.costs, "given_world"} == set(FRAMES["costs"])
    for row in table_of(made, "What it costs").rows[1:]:
        n = c.titles.index(row[0])
        told = frame.loc[c.names[n]]
        assert told["additional_cost"] == pytest.approx(costs[n])
        assert row[1] == terms.money(told["additional_cost"])
        by = told["dominated_by"]
        assert row[4] == (c.titles[c.names.index(by)] if by else "-")
        if np.isfinite(told["cost_per_adopter"]):
            assert row[3].startswith(terms.money(told["cost_per_adopter"]) + " (")
    rows = table_of(made, "What each budget buys").rows[1:]
    for step, (name, total, _, price, than) in zip(found, rows, strict=True):
        cost = costs[step.policy] - costs[step.after]
        effect = adopters[step.policy] - adopters[step.after]
        assert cost > 0 and effect > 0
        assert step.further.cost.estimate == pytest.approx(cost)
        assert (name, than) == (c.titles[step.policy], c.titles[step.after])
        assert total == terms.money(float(costs[step.policy]))
        told = frame.loc[c.names[step.policy]]
        assert told["further_than"] == c.names[step.after]
        if np.isfinite(told["cost_per_further_adopter"]):
            assert told["cost_per_further_adopter"] == pytest.approx(cost / effect)
            assert price.startswith(terms.money(cost / effect) + " (")
    others = set(frame.index) - {c.names[step.policy] for step in found}
    assert others and (frame.loc[list(others), "further_than"] == "").all()
    change = made.comparison.set_index(["policy", "outcome"]).loc[("training", "trust")]
    assert tuple(change[["change", "change_low_95", "change_high_95"]]) == pytest.approx(
        c.paired("trust", 1).change[:3]
    )


def test_the_summary_answers_what_when_at_what_cost_how_sure_and_where_it_fails(certain):
    c = found_with(certain, (0.2, 0.5, 0.4), (0, 5000, 300))
    best = c.best
    text = " ".join(summary(c))
    assert text.startswith(f"Recommendation: {c.titles[best]}.")
    for said in (
        "from month 1 to the end (month 72) in all organisations, at",
        "EUR per organisation and month",
        words.more_of_100(c.change(best), "healthcare professionals"),
        words.percent(c.reaches(best)),
        terms.money(c.value(best).cost.estimate, "EUR"),
        words.of_100(effects.moved(c, best)[0]),
        headline(c.result).sentences("No policy")[0],
        "Where it fails",
    ):
        assert said in text


def test_a_box_in_words():
    limits = np.array([[-np.inf, 0.25], [0.5, np.inf], [0.1, 0.2]])
    said = sentences.box_words(["a", "b", "c"], prim.Box(limits, 0.5, 0.9, 0.2), {})
    assert said == "a is 0.25 or less; and b is 0.5 or more; and c is between 0.1 and 0.2"
    name, box = "process.training", prim.Box(limits[:1], 0.5, 0.9, 0.2)
    said = sentences.box_words([name], box, {name: 0.07})
    title = titles.within(titles.title(name))
    assert said == f"{title} (key: {name}; as configured: 7 %) is 25 % or less"


def test_a_box_is_told_with_size_density_and_coverage_beside_the_middle_world(many):
    c = many.compared
    found = effects.failure(c, c.best)
    runs = many.runs[many.runs["policy"] == c.names[c.best]]
    varied = [axis.name for axis in many.axes if axis is not c.axis]
    each = runs.groupby(varied)["sustained_adoption"].mean()
    assert found.worlds_have.estimate == pytest.approx(each.median())
    assert found.worlds_have[1:3] == pytest.approx(tuple(each.quantile([0.05, 0.95])))
    limits = np.tile([-np.inf, np.inf], (len(found.names), 1))
    limits[0] = 0.5, np.inf
    box = prim.Box(limits, coverage=0.61, density=0.83, mass=0.27)
    told = sentences.fails(c, c.best, found._replace(box=box, missed=c.reaches(c.best)))
    for part in ("27 % of all", "fails in 83 %", "61 % of its failures", "in the middle one"):
        assert part in told, told


def test_what_is_drawn_of_one_world_and_of_many(certain, many):
    assert [figure.name for figure in figures(certain)] == ["changes", "scenarios", "costs"]
    assert [figure.name for figure in figures(many)] == ["changes", "robustness", "costs"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["uncertainty=assumptions", "study=sweep"], "allowed with study=compare"),
        (["uncertainty=all"], "none, assumptions"),
        (["uncertainty=assumptions", "worlds=1"], "worlds=1"),
        (["uncertainty=assumptions", "process.training=[0,1]"], "is varied already"),
        (["policy=none"], "nothing to compare.*policy=none,training"),
        (["policy=none,none"], "nothing to compare.*policy=none,training"),
        (["policy=trainin"], "^policy=trainin: .*did you mean training.[^\n]*$"),
        (["policy=none,none", "shock=budget_cat"], "^shock=budget_cat: .*mean budget_cut.[^\n]*$"),
    ],
)
def test_mistakes(words, told):
    with pytest.raises(UserError, match=told):
        compose([*COMPARED, "policy=none,training", *words])


def test_policies_and_shocks_are_named_in_words_first():
    made = result_of("policy=none,co_design+training", "shock=budget_cut", "replicates=2")
    c = made.compared
    assert c.titles == ["No policy", "Co-design and Training"]
    rows = table_of(made, "What the policies and shocks are:").rows[1:]
    assert [[row[2], row[0]] for row in rows] == [
        ["co_design", "Co-design"], ["training", "Training"], ["budget_cut", "Budget cut"]
    ]  # fmt: skip
    assert all(row[1].endswith(".") for row in rows)
    assert terms.under(c) == "Budget cut" and terms.under(c) in made.told.blocks[0]


def test_a_shock_that_is_given_value_by_value_is_not_said_of_all_runs():
    made = result_of("policy=none,training", "shock=none,budget_cut", "replicates=2")
    assert terms.under(made.compared) == "" and "2 conditions" in made.told.blocks[0]
    assert "assumptions" not in made.told.blocks[0]
    assert table_of(made, "What the policies and shocks are:")
    same = result_of("process.training=0,0.1", "replicates=2")
    assert "What the" not in str(same)


def test_little_money_buys_more_than_the_baseline(certain):
    def found(goals, costs):
        c = found_with(certain, goals, costs)
        every, clear = effects.steps(c, list(range(3))), effects.clear_steps(c)
        return [step.policy for step in every], [(step.policy, step.after) for step in clear]

    # the second costs less than the baseline, and is worse: nobody is told to go on with nothing new
    assert found((0.4, 0.2, 0.6), (9000, 0, 12000))[0] == [2]
    assert found((0.4, 0.2, 0.6), (9000, 0, 60000)) == ([0, 2], [(2, 0)])
    # what is not beyond chance is left out, and the next one goes on from the one before
    luck = np.tile([-0.2, 0.2], 6)
    assert found((0.2, 0.25 + luck, 0.6), (0, 100, 60000)) == ([1, 2], [(2, 0)])
    assert found((0.2, 0.4, 0.45 + luck), (0, 1000, 60000)) == ([1, 2], [(1, 0)])
    # as many are looked at: alone the second would be beyond chance
    assert found((0.2, 0.25 + 0.4 * luck, 0.6), (0, 100, 60000)) == ([1, 2], [(2, 0)])


@pytest.mark.parametrize("second", [0.4, 0.2 + np.tile([-0.2, 0.21], 6)])
def test_which_is_worth_most_is_drawn_beyond_a_price_also_where_the_dearest_may_be_chance(
    certain, second
):
    c = found_with(certain, (0.2, second, 0.45 + np.tile([-0.2, 0.2], 6)), (0, 1000, 60000))
    plane = next(f for f in figures(c.result) if f.name == "costs").panels[1]
    assert c.titles[1] in {curve.name for curve in plane.marks}
    assert plane.x.limits[1] > 1000 / c.mean_money[1][1]


def test_a_policy_without_a_number_is_not_called_about_as_good(certain):
    c = found_with(certain, (0.2, 0.5, np.nan), (0, 5000, np.nan))
    assert c.clearly_better(c.best) and c.choices[-1].good == [1]


def test_one_run_of_each_says_nothing_of_chance():
    made = sim.compare(["none", "training"], PLACE, replicates=1, progress="never")
    assert "nan" not in str(made) and "beyond chance" not in str(made)


def test_scenarios_that_differ_in_months_and_places_are_told_so():
    change = {"population.organisations": 1200, "horizon": 30, "cost.discount_rate": 0.07}
    small = {**PLACE, "population.organisation_size": 2}
    c = sim.compare({"a": {}, "b": change}, small, replicates=2, progress="never").compared
    assert terms.span(c) == (
        "in all 5 to 1,200 organisations over 24 to 30 months together, discounted by 3 to 7 % a year"
    )


def test_a_cost_is_of_as_many_organisations_as_a_file_of_ones_own_has(tmp_path):
    (tmp_path / "two.csv").write_text("organisation,hcps\nNorth,4\nSouth,3\n")
    own = {**PLACE, "population.file": str(tmp_path / "two.csv")}
    made = sim.compare(["none", "training"], own, replicates=2, progress="never")
    assert terms.span(made.compared) == (
        "in all 2 organisations over two years together, discounted by 3 % a year"
    )


def test_what_is_shipped_as_a_what_if_compares_all_shipped_policies_that_act_once_a_tool_is_there():
    (axis,) = compose(["+experiment=policy_whatif"]).axes
    assert axis.values[0] == "none"
    shipped = set(available("policy", [shipped_folder()])) - {"phased_roll_out"}
    assert sorted(axis.values[1:]) == sorted(shipped)
