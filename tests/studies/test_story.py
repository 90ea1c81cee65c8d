"""The story of a run is that of the run: watched, it stands where the kernel put it."""

from __future__ import annotations

import pytest

from sim.__main__ import main
from sim.errors import UserError
from sim.model import engine, records, rules
from sim.model.society.hcp import HCP
from sim.parameters import defaults
from sim.studies.story import watch, words
from sim.studies.story.watch import Event

SMALL = {"population.organisations": 4, "population.organisation_size": 12, "horizon": 72}
SMALL |= {"deployment.at_start": 0.5, "process.hcp_cooperation": 0.5, "process.training": 0.05}


def point(**more):
    return engine.prepare({**defaults(), **SMALL, **more})


@pytest.mark.parametrize("kind", ["modular", "well_mixed"])
def test_levels_and_moves_are_those_of_the_run(kind):
    own = point(**{"network.kind": kind})
    record = records.of_run(records.empty_record(1, 72), 0)
    state = engine.simulate(own, 5, 1, record)
    moves = meetings = 0
    for hcp in range(0, 48, 5):
        life = watch.watch_hcp(own, 5, 1, hcp)
        for name in watch.WATCHED:
            assert life.levels[name][-1] == state.hcps[name][hcp]
        current = 0 if not life.levels["state"][0] else int(life.levels["state"][0])
        for event in life.events:
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
        self.row["literacy"] = 0.9

    monkeypatch.setattr(HCP, "train", other)
    with pytest.raises(Exception, match="disagree"):
        watch.watch_hcp(point(), 5, 1, 0)


def test_the_history_of_an_organisation_adds_up():
    own = point()
    h = watch.watch_organisation(own, 5, 1, 2)
    record = records.of_run(records.empty_record(1, 72, single=4), 0)
    state = engine.simulate(own, 5, 1, record)
    adopters = record.single[:, 2, rules.ADOPTER] / 12
    assert h.shares["adopters"].tolist() == pytest.approx(adopters.tolist())
    assert h.quality[-1].tolist() == state.organisations["quality"][2].tolist()
    text = " ".join(words.organisation_story(h, "3", 5, 1))
    assert f"At the horizon {100 * adopters[-1]:.0f} %" in text or "withdraws" in text


def test_words_of_a_lapse_after_two_failures():
    peers = Event(20, "peers", {"peers": 8, "adopting": 4})
    used = [Event(m, "experience", {"good": m != 18 and m != 19}) for m in range(10, 21)]
    stop = Event(20, "move", {"old": rules.ADOPTER, "new": rules.LAPSED})
    text = words._sentence(stop, peers, used)
    assert text == (
        "stops using it, after two failures in six months of use, "
        "when four of eight peers were adopters"
    )
    begin = Event(9, "move", {"old": rules.NON_ADOPTER, "new": rules.TRIAL})
    assert words._sentence(begin, None, []) == "tries the tool, without any peer"


def test_where_two_lives_part():
    first, second = point(), point(**{"process.training": 0.9})
    a, b = (watch.watch_hcp(p, 5, 1, 3) for p in (first, second))
    month = next(m for m in range(73) if a.levels["literacy"][m] != b.levels["literacy"][m])
    assert f"part in month {month}" in words.parting(a, b, ("x", "y"))
    assert "the same, to the bit" in words.parting(a, a, ("x", "y"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("story") / "result"
    small = [f"{k}={v}" for k, v in SMALL.items() if k != "process.training"]
    assert main([*small, "process.training=[0,0.5]", "replicates=2", "progress=never", f"out={out}"]) == 0  # fmt: skip
    return out


def test_from_the_command_line(folder, capsys):
    assert main(["story", str(folder), "--hcp", "17", "--replicate", "1"]) == 0
    text = capsys.readouterr().out
    assert "HCP 17: " in text and "organisation 2" in text and "End of year 6" in text
    assert main(["story", str(folder), "--hcp", "17", "--under", "1"]) == 0
    assert "part in month" in capsys.readouterr().out
    assert main(["story", str(folder), "--organisation", "3"]) == 0
    assert "Organisation 3: 12 HCPs" in capsys.readouterr().out
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
        (["--hpc", "3"], "--hpc: unknown flag; did you mean --hcp?"),
        (["--hcp", "1", "-x"], "-x: unknown flag"),
        (["--organization=3"], "did you mean --organisation?"),
        (["--organisation", "x"], "--organisation x: allowed is a whole number from 1 to 4"),
        (["--hcp", "1", "--hcp", "2"], "--hcp is given 2 times"),
        (["--hcp", "1", "other"], "needs one folder ("),
        (["--hcp", "1", "--point", "2"], "--point 2: allowed is a whole number from 0 to 1"),
        (["--hcp", "1", "--under", "2"], "--under 2: allowed is a whole number from 0 to 1"),
        (["--organisation", "5"], "from 1 to 4"),
        (["--hcp", "1", "--organisation", "1"], "one of"),
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
    from sim.config.compose import compose
    from sim.studies.execute import design_of
    from sim.studies.story.command import _organisation_numbered, _point_named

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
