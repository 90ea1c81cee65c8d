"""The best mix under a budget: known frontiers, resumed to the same bits, files that are policies."""

from __future__ import annotations

import builtins
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import sim
from sim.__main__ import main
from sim.analysis.intervals import Interval
from sim.analysis.robustness import worst_tenth
from sim.cli.compose import compose
from sim.cli.resume import resume
from sim.ensembles.store import SEARCHED
from sim.outcomes.table import COST, GOAL, HEADLINE
from sim.studies import mix_answer, mixes, optimise
from sim.studies.optimise import Search
from sim.studies.python import perform
from sim.tables.errors import UserError

pytest.importorskip("optuna")
WORLD = (
    "population.organisations=5", "population.organisation_size=8", "horizon=60", "deployment.at_start=1",
    "uncertainty=posterior", "worlds=6", "replicates=12", "progress=never",
)  # fmt: skip
ASKED = ("study=optimise", "policy=none,training,co_design,champions", "budget=15000", "mixes=40")
QUICK = (*ASKED, *WORLD)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("optimised") / "out"
    assert main([*QUICK, f"out={folder}", "threads=2"]) == 0
    return folder


@pytest.fixture(scope="module")
def result(done):
    return sim.read(done)


def test_the_answer_begins_with_money_people_and_years(done, result):
    f = mix_answer.found(result)
    better = f.best._replace(change=Interval(0.2, 0.1, 0.3, 6))
    first = mix_answer._first(replace(f, best=better))
    assert first.startswith(
        "For up to 15,000 EUR per organisation and year, 20 more of 100 healthcare professionals (10 to 30) "
        "use it five years after the start with the best mix found than with no policy: "
    )
    for file in ("report.html", "frontier.csv", "figures/frontier.png"):
        assert (done / file).stat().st_size > 0
    frontier = result.frontier
    pd.testing.assert_frame_equal(
        frontier[["cost", "use"]], pd.read_csv(done / "frontier.csv")[["cost", "use"]], rtol=1e-8
    )
    assert frontier.loc[frontier.kind == "mix", "policy"].tolist() == [
        f"mix_{n:02}" for n in range(1, len(f.mixes) + 1)
    ]
    best = frontier.loc[frontier.best_for_budget == 1, "policy"].tolist()
    assert best == [result.compared.names[f.best.number]]


def test_of_a_policy_that_is_the_best_mix_nobody_hears_of_zero_more():
    assert mix_answer._behind(Interval(0.0, 0.0, 0.0, 6)) == "as many use it"
    assert mix_answer._behind(Interval(0.0, -0.01, 0.01, 6)).endswith("with the mix")


def test_a_mix_is_the_best_of_what_was_tried_for_its_budget_and_within_it(done, result):
    search = Search(compose(QUICK))
    tried = search.opened(done / SEARCHED).known
    assert len(tried) >= 40 and max(found[0] for found in tried.values()) <= search.most * 5
    whole = [f for f in tried.values() if f[0] <= 15_000 * 5 * 5]
    best = mix_answer.found(result).best
    (name,) = [result.compared.names[best.number]]
    use = result.options[optimise.SEARCH][name][1]
    assert max(f[1] for f in whole) - mixes.SIMPLER <= use
    key = next(k for k, f in tried.items() if f == result.options[optimise.SEARCH][name])
    assert best.cost <= search.space.price(key) / 5 * (1 + 1e-9)  # less where a tool was withdrawn


def test_of_mixes_that_do_nearly_as_much_the_simplest_is_best():
    tried = {
        "dear": (9, 0.9, 0.1),
        "plain": (5, 0.498, 0.4),
        "more": (4, 0.5, 0.3),
        "cheap": (3, 0.498, 0.396),
    }
    levers = {"dear": "a", "plain": "ab", "more": "abc", "cheap": "ab"}.get
    assert mixes.best_within(tried, 8, levers) == "cheap"
    assert mixes.best_within(tried, 9, levers) == "dear"
    assert mixes.best_within(tried, 9, levers, aim=2) == "cheap"
    assert mixes.best_within(tried | {"cheap": (3, 0.49, 0.39)}, 8, levers) == "plain"
    assert mixes.best_within(tried, 2, levers) is None


def test_the_bits_do_not_depend_on_threads_or_interruptions(done, tmp_path, capsys):
    cut = tmp_path / "cut"
    cut.mkdir()
    text = (done / SEARCHED).read_bytes()
    (cut / SEARCHED).write_bytes(text[: len(text) // 2])  # somewhere in a line
    assert main([*QUICK, f"out={cut}", "threads=1"]) == 0
    for file in (SEARCHED, "frontier.csv", "summary.csv", "mixes/policy/mix_01.yaml"):
        same = [(folder / file).read_text().replace(str(folder), "") for folder in (done, cut)]
        assert same[0] == same[1], file
    assert perform(compose([*QUICK, "threads=1"])) == sim.read(cut)
    capsys.readouterr()
    assert main(["resume", str(cut)]) == 0
    assert "is finished" in capsys.readouterr().out


def test_a_mix_is_a_file_that_policy_takes_and_its_numbers_are_those_of_runs(done, result):
    x = mix_answer.found(result).best
    name = result.compared.names[x.number]
    words = ["--config-dir", str(done / "mixes"), f"policy=none,{name}", *WORLD]
    again = perform(compose(words))
    assert again.study == "compare"
    for outcome in (HEADLINE, GOAL, COST):
        theirs = again.ensemble.outcomes[outcome][again.compared.points[:, 1]]
        ours = result.ensemble.outcomes[outcome][result.compared.points[:, x.number]]
        assert np.array_equal(theirs, ours)
    none, use = again.compared.samples(HEADLINE)
    assert use.mean() == pytest.approx(x.use.estimate, rel=1e-12)
    assert (use - none).mean() == pytest.approx(x.change.estimate, rel=1e-9)
    assert worst_tenth(use) == x.worst.estimate
    # the search had other luck, and one run in each world
    searched = perform(compose([*words, "seed=1", "replicates=6"])).compared.samples(HEADLINE)[1]
    assert searched.mean() == pytest.approx(result.options["search"][name][1], rel=1e-12)


def test_other_searches_and_results_are_not_overwritten(done, tmp_path, capsys):
    shutil.copytree(done, tmp_path / "other")
    for words in (("budget=10000",), ("seed=4",)):
        assert main([*QUICK, *words, f"out={tmp_path / 'other'}"]) == 2
        assert "holds a search with other values, settings" in capsys.readouterr().err
    assert (tmp_path / "other" / SEARCHED).read_bytes() == (done / SEARCHED).read_bytes()
    (tmp_path / "other" / SEARCHED).unlink()
    assert main([*QUICK, f"out={tmp_path / 'other'}"]) == 2
    assert "holds the result of other runs" in capsys.readouterr().err


def test_who_interrupts_is_told_what_is_kept(tmp_path, monkeypatch):
    calls, measured = [], Search._measure

    def interrupted(self, keys):
        calls.append(keys)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return measured(self, keys)

    monkeypatch.setattr(Search, "_measure", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        optimise.searched(compose([*QUICK, f"out={tmp_path}"]))
    told = f"{len(calls[0])} mixes are kept; the same command goes on"
    assert caught.value.__notes__ == [told] and not list(tmp_path.glob("lock*"))
    assert len(Search(compose(QUICK)).opened(tmp_path / SEARCHED).known) == len(calls[0])
    with pytest.raises(UserError, match="the command that began it goes on with it"):
        resume([str(tmp_path)])


def test_without_optuna_one_line_names_what_is_needed(monkeypatch):
    real = builtins.__import__

    def without(name, *given, **more):
        if name == "optuna":
            raise ImportError
        return real(name, *given, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UserError, match=r"pip install 'nasss-sim\[optimise\]'"):
        perform(compose(QUICK))


def test_levers_pay_what_the_dearest_policy_pays_and_are_no_stronger_than_the_strongest():
    request = compose(["+experiment=optimise"])
    prices = {price.lever: price for price in Search(request).space.prices}
    for (_, name), policy in request.policies.items():
        for lever in policy.levers:
            price = prices[lever.lever]
            assert lever.strength <= price.highest, name
            assert lever.cost <= price.each * lever.strength * (1 + 1e-12), name
    assert prices["quality_work.roles"].highest == 0.5  # as work on other qualities
    assert not any(name.startswith(("phased", "budget")) for name in prices)


def test_policies_are_where_the_search_begins():
    search = Search(compose(["+experiment=optimise"]))
    pilot = next(policy for policy in search.policies if policy.name == "pilot_and_stop")
    made = search.space.levers(search.space.nearest(pilot.levers))
    found = {x["lever"]: (x["strength"], x.get("from", 1), x["to"]) for x in made}
    assert found == {x.lever: (x.strength, x.first, x.last) for x in pilot.levers}
    assert search.space.levers(search.space.nearest(())) == []


def test_a_known_frontier_is_found_and_luck_is_told_as_luck(monkeypatch):
    # what a mix brings is known: the strength of training alone, and noise that only the search sees
    luck = np.random.default_rng(0)

    def measured(self, keys):
        rows = []
        for key in keys:
            levers = {x["lever"]: x["strength"] for x in self.space.levers(key)}
            use = levers.get("training", 0.0)  # of the others nothing comes
            rows.append((self.space.price(key) * 5, use + abs(luck.normal(0, 1e-3)), use))
        return rows

    monkeypatch.setattr(Search, "_measure", measured)
    request = compose([*QUICK, "mixes=400", "budget=30000"])
    search = Search(request)
    tried = search.opened(None)
    search.run(tried)
    policy, (_, use, _) = search.best(tried.known)[-1]
    assert {x.lever for x in policy.levers} == {"training"}
    assert [x.strength for x in policy.levers] == [0.04]  # the most that there is
    assert use >= max(found[1] for found in tried.known.values()) - mixes.SIMPLER


def test_the_worst_tenth_is_the_mean_of_the_lowest():
    x = np.arange(20.0)[::-1]
    assert worst_tenth(x) == 0.5 and worst_tenth(x[:5]) == 15
    assert worst_tenth(np.stack([x, x + 1])).tolist() == [0.5, 1.5]


def test_without_a_mix_that_is_better_none_is_spoken_of(result):
    f = mix_answer.found(result)
    better, unclear = (f.best._replace(change=Interval(0.2, low, 0.3, 6)) for low in (0.01, -0.01))
    assert mix_answer._worst(replace(f, best=better)).startswith("In the worst tenth")
    f = replace(f, best=unclear)
    assert "no mix was found" in mix_answer._first(f) and mix_answer._worst(f) == ""
    title = result.compared.titles[unclear.number]
    assert mix_answer._luck(f).startswith(f"In the search {title} had brought")


def test_where_no_mix_helps_no_file_of_one_is_named():
    """Nobody has the tool, so that nothing is better than to do nothing."""
    never = (
        "population=small_team",
        "horizon=6",
        "deployment.rate=0",
        "replicates=2",
        "progress=never",
    )
    told = str(perform(compose(["study=optimise", "policy=none,training", "mixes=10", *never])))
    assert "no mix was found" in told and "The policies beside them" in told
    assert "mix_01" not in told and "The best mixes" not in told
