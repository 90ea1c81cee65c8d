"""The story of a run is that of the run: watched, it stands where the kernel put it."""

from __future__ import annotations

import warnings
from dataclasses import replace
from itertools import pairwise

import pytest

from sim.__main__ import main
from sim.model import engine, records, rules
from sim.model.agents.hcp import HCP
from sim.policies.lever_table import LEVERS
from sim.policies.policy import policy_of
from sim.policies.schedule import schedule_of
from sim.reports.draw_figures import draw
from sim.reports.month_figures import months_axis
from sim.story import telling, turns, watch
from sim.story.organisation_figure import organisation_figure, spans
from sim.story.watch import Event
from sim.tables.errors import UserError
from website.known_answers import point_of

SMALL = {"population.organisations": 4, "population.organisation_size": 12, "horizon": 72}
SMALL |= {"deployment.at_start": 0.5, "process.hcp_cooperation": 0.5, "process.training": 0.05}


def point(**more):
    """Return a world in which much happens to everybody, whatever the defaults are."""
    return point_of({**SMALL, **more})


def life(own, hcp):
    return watch.watch_hcp(own, 5, 1, hcp)


def told(own, hcp):
    return " ".join(" ".join(telling.one_life(life(own, hcp))).split())


@pytest.mark.parametrize("kind", ["modular", "well_mixed"])
def test_levels_and_moves_are_those_of_the_run(kind):
    own = point(**{"network.kind": kind})
    record = records.of_run(records.empty_record(1, 72), 0)
    state = engine.simulate(own, 5, 1, record)
    moves = meetings = 0
    for hcp in range(0, 48, 5):
        found = life(own, hcp)
        for name in watch.WATCHED:
            assert found.levels[name][-1] == state.hcps[name][hcp]
        current = int(found.levels["state"][0])
        for event in found.events:
            if event.kind == "move":
                assert event.detail["old"] == current
                current = event.detail["new"]
                moves += 1
            elif event.kind == "newcomer":
                current = rules.NON_ADOPTER
            elif event.kind == "withdrawn" and event.detail["using"]:
                current = rules.LAPSED
            meetings += event.kind == "meeting"
        assert current == state.hcps["state"][hcp]
    assert moves > 5 and meetings > 5


def test_a_story_that_is_not_of_the_run_is_noticed(monkeypatch):
    def other(self, now):
        self.literacy = 0.9

    monkeypatch.setattr(HCP, "train", other)
    with pytest.raises(Exception, match="disagree"):
        life(point(), 0)


def test_the_history_of_an_organisation_adds_up():
    own = point(**{"deployment.at_start": 1.0, "review.rate": 0.0})
    h = watch.watch_organisation(own, 5, 1, 2)
    record = records.of_run(records.empty_record(1, 72, single=4), 0)
    state = engine.simulate(own, 5, 1, record)
    adopters = record.single[:, 2, rules.ADOPTER] / 12
    assert h.shares["adopters"].tolist() == pytest.approx(adopters.tolist())
    assert h.quality[-1].tolist() == state.organisations["quality"][2].tolist()
    text = " ".join(telling.organisation_story(h, "3", 5, 1))
    assert f"At the horizon {100 * adopters[-1]:.0f} %" in text


def test_words_of_a_lapse_after_two_failures():
    peers = Event(20, "peers", {"peers": 8, "adopting": 4})
    used = [Event(m, "experience", {"good": m != 18 and m != 19}) for m in range(10, 21)]
    stop = Event(20, "move", {"old": rules.ADOPTER, "new": rules.LAPSED})
    text = telling._sentence(stop, peers, used)
    assert text == (
        "stops using it, after two failures in six months of use, "
        "when four of eight peers were adopters"
    )
    begin = Event(9, "move", {"old": rules.NON_ADOPTER, "new": rules.TRIAL})
    assert telling._sentence(begin, None, []) == "tries the tool, without any peer"


@pytest.mark.parametrize(
    ("experiences", "said"),
    [
        ([], "without having used it lately"),
        ([True], "after one month of use, without failure"),
        ([False], "after a failure in its only month of use"),
        ([True, True], "after no failure in two months of use"),
        ([False, True], "after one failure in two months of use"),
    ],
)
def test_words_of_use(experiences, said):
    used = [Event(m, "experience", {"good": good}) for m, good in enumerate(experiences)]
    assert telling.of_use(used) == said
    one = Event(1, "peers", {"peers": 1, "adopting": 0})
    assert telling.of_peers(one) == "when the only peer was no adopter"
    year = [telling._year_of_use([Event(m, "", {"good": g}) for m in range(3)]) for g in (0, 1)]
    assert [text.split("; ")[1] for text in year] == ["none of them went well.", "all of them went well."]  # fmt: skip


def test_every_lever_has_words_and_is_found_again_from_its_columns():
    for lever in LEVERS.values():
        begins, _ = turns.words_of(lever)
        assert begins and "{" not in begins
        assert turns.of_columns(lever.columns) == [lever]
        if lever.by_group:  # one group alone
            assert turns.of_columns(lever.columns[1:2]) == [lever]
    families = [{name.partition(".")[0] for name in names} for names in (turns.WORDS, LEVERS)]
    assert families[0] == families[1]


def forced(levers, kind="policy", **more):
    """Return a point with levers."""
    own = policy_of("mine", {"levers": levers}, kind)
    return replace(point(**more), schedule=schedule_of([own], 4, ()))


def test_a_life_tells_what_reaches_its_organisation_and_its_group():
    cut = {
        "lever": "budget_cut",
        "strength": 0.6,
        "from": 31,
        "to": 40,
        "where": {"organisations": [2]},
    }
    own = forced([cut], "shock")
    here = told(own, 13)
    assert "Month 31: the budget for work on the tool is cut (60 %)." in here
    assert "Month 41: the budget cut ends." in here and "budget" not in told(own, 3)
    history = watch.watch_organisation(own, 5, 1, 1)
    assert "Month 31: the budget" in " ".join(telling.organisation_story(history, "2", 5, 1))
    assert spans(history) == [("budget cut", 31, 40)]
    figure = organisation_figure([history, history], ["a", "b"])
    assert {panel.x for panel in figure.panels} == {months_axis(72)}
    assert len({view.get_xlim() for view in draw(figure).axes}) == 1
    assert not watch.watch_organisation(own, 5, 1, 0).turns
    nurses = forced([{"lever": "training", "strength": 0.1, "from": 7, "groups": ["nurse"]}])
    for hcp in range(12):
        nurse = life(nurses, hcp).group == "nurse"
        assert ("more training" in told(nurses, hcp)) == nurse


def test_a_lever_that_grows_is_told_as_such():
    steps = ((0.1, 1), (0.2, 9))
    both = forced([{"lever": "training", "strength": s, "from": m} for s, m in steps])
    assert "Month 9: training becomes stronger (30 % a month)." in told(both, 0)


def test_who_is_trained_at_once_is_the_newcomer():
    own = forced([{"lever": "onboarding", "strength": 1}], **{"process.training": 0.0})
    events = [event for hcp in range(24) for event in life(own, hcp).events]
    newcomers = [e for e in events if e.kind == "newcomer"]
    assert newcomers and all(e.detail["trained"] for e in newcomers)
    assert not any(e.kind == "training" for e in events)
    assert any("takes the post, and is trained at once" in told(own, hcp) for hcp in range(24))


def test_a_good_month_is_one_also_where_trust_cannot_form():
    own = point(**{"trust.success_gain": 0.0})
    events = [event for hcp in range(24) for event in life(own, hcp).events]
    assert any(event.detail["good"] for event in events if event.kind == "experience")


def test_news_and_not_failures_make_a_user_reconsider():
    own = forced([{"lever": "adverse_evidence", "strength": 0.9, "from": 60, "to": 60}], "shock")
    text = " ".join(told(own, hcp) for hcp in range(48))
    assert "Month 60: reconsiders because of the news, and " in text
    assert "Month 60: stops" not in text


def test_a_champion_adopts_right_after_the_tool_has_come():
    own = forced([{"lever": "champions", "strength": 0.1}])
    made = {}
    for hcp in range(24):  # whoever is no champion has a story as well
        events = life(own, hcp).events
        seeded = {"old": rules.NON_ADOPTER, "new": rules.ADOPTER, "news": False}
        for before, event in pairwise(events):
            if event.kind == "move" and event.detail == seeded:
                made.setdefault(hcp // 12, []).append(before.kind)
    assert made and all(len(before) == 1 for before in made.values())
    assert "deployed" in sum(made.values(), [])


def test_the_last_months_are_not_called_a_year():
    text = told(point(horizon=30), 0)
    assert "End of year 2: " in text and " At the end, month 30: " in text


def test_where_two_lives_part():
    a, b = life(point(), 3), life(point(**{"process.training": 0.9}), 3)
    month = next(m for m in range(73) if a.levels["literacy"][m] != b.levels["literacy"][m])
    assert f"part in month {month}" in telling.parting(a, b, ("x", "y"))
    assert "the same, to the bit" in telling.parting(a, a, ("x", "y"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("story") / "result"
    small = [f"{k}={v}" for k, v in SMALL.items() if k != "process.training"]
    assert main([*small, "process.training=[0,0.5]", "replicates=2", "progress=never", f"out={out}"]) == 0  # fmt: skip
    return out


@pytest.mark.parametrize("share", [0, 1])
def test_a_life_begins_with_whether_the_tool_is_there(share):
    begun = life(point(**{"deployment.at_start": share, "horizon": 1}), 16)
    text = " ".join(telling.heading(begun, 5, 1, "2"))
    assert ("no tool in the organisation yet" in text) == (share == 0)


def test_from_the_command_line(folder, capsys):
    assert main(["story", str(folder), "--hcp", "17", "--replicate", "1"]) == 0
    text = capsys.readouterr().out
    assert "Under Trained each month " in text.replace("\n", " ")
    assert "Professional 17: " in text and "organisation 2" in text and "End of year 6" in text
    assert main(["story", str(folder), "--hcp", "17", "--under", "1"]) == 0
    assert "part in month" in capsys.readouterr().out
    assert main(["story", str(folder), "--organisation", "3"]) == 0
    assert "Organisation 3: 12 professionals" in capsys.readouterr().out
    png = folder / "figures" / "story_organisation_3_replicate_0.png"
    assert png.read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("arguments", "words_of_error"),
    [
        (["--hcp", "49"], "from 1 to 48"),
        (["--hcp", "0"], "from 1 to 48"),
        (["--hcp", "x"], "--hcp x: allowed is a whole number from 1 to 48"),
        (["--hcp", "1.5"], "from 1 to 48"),
        (["--hcp", "9" * 5000], "from 1 to 48"),
        (["--hpc", "3"], "--hpc: unknown flag; did you mean --hcp?; usage: python -m sim story"),
        (["--hcp", "1", "-x"], "-x: unknown flag; allowed: --hcp, --organisation"),
        (["--hcp", "1", "--hcp", "2"], "--hcp is given 2 times; allowed is once"),
        (["--organisation", "x"], "--organisation x: allowed is a whole number from 1 to 4"),
        (
            ["--hcp", "1", "other"],
            "unrecognized arguments: other; usage: python -m sim story FOLDER",
        ),
        (["--hcp", "1", "--point", "2"], "--point 2: allowed is a whole number from 0 to 1"),
        (["--hcp", "1", "--under", "2"], "--under 2: allowed is a whole number from 0 to 1"),
        (["--organisation", "5"], "from 1 to 4"),
        (["--hcp", "1", "--organisation", "1"], "not allowed with argument --hcp"),
        ([], "one of"),
        (["--hcp", "1", "--replicate", "2"], "from 0 to 1"),
        (["--hcp", "1", "--under", "nobody"], "no point has"),
    ],
)
def test_mistakes(folder, capsys, arguments, words_of_error):
    assert main(["story", str(folder), *arguments]) == 2
    error = capsys.readouterr().err
    assert words_of_error in error and error.count("\n") == 1


def test_points_and_organisations_are_found_by_name(tmp_path, capsys):
    from sim.cli.compose import compose
    from sim.cli.story import _organisation_numbered, _point_named
    from sim.design.runs import design_of

    design = design_of(compose(["policy=none,training", "study=compare"]))
    assert _point_named(design, "point", "training") == 1
    with pytest.raises(UserError, match=r"\(none, training\); did you mean training\?"):
        _point_named(design, "under", "trainng")
    alone = design_of(compose([]))
    with pytest.raises(UserError, match="--under x: no point has it; allowed is only 0$"):
        _point_named(alone, "under", "x")
    assert _organisation_numbered("South Ward", ["North", "South Ward"], 2) == 2
    assert _organisation_numbered("1", ["North", "South"], 2) == 1
    with pytest.raises(UserError, match="from 1 to 2, or the name of one; did you mean North?"):
        _organisation_numbered("Noth", ["North", "South"], 2)


def test_a_folder_without_a_result(tmp_path, capsys):
    assert main(["story", str(tmp_path), "--hcp", "1"]) == 2
    assert "holds no store.json" in capsys.readouterr().err


def test_a_run_that_failed_has_no_story(tmp_path, capsys):
    file, out = tmp_path / "rich.csv", tmp_path / "result"
    file.write_text("organisation,hcps,resources,deployed_since\nNorth,3,1000000,0\n")
    words = [f"population.file={file}", "horizon=3", "replicates=1", "progress=never"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # also where all runs failed
        assert main([*words, f"out={out}"]) == 1
    capsys.readouterr()
    for whose in ("--hcp", "--organisation"):
        assert main(["story", str(out), whose, "1"]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("error: replicate 0: the run failed") and "month 1: effort" in line
