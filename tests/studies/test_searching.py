"""A search through the front door: the same bits however it is cut, and one line for each mistake."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

from sim.__main__ import main
from sim.cli.compose import compose
from sim.design.folders import shipped_folder
from sim.evidence.search import FREE, TRIED, Search, from_series, values_of
from sim.evidence.series import MEASURED, Series, simulated, use_after_5_years
from sim.evidence.series_files import UNITS
from sim.studies import calibrate_patterns, calibrate_series
from sim.studies.calibrate import Effort, fitted
from sim.studies.searching import Asked, _set_in_vain, what_next
from sim.tables.checks import resolve
from sim.tables.settings import OPTIONS

SMALL = ("population.organisations=6", "population.organisation_size=5", "progress=never")
QUICK = (*SMALL, "particles=10", "proposals=80")
TABLES = ("sample.csv", "posterior.csv", "series.csv")
EXAMPLE = shipped_folder() / "examples" / "series.csv"


def asked(folder, *more):
    return ["+experiment=calibrate_series", f"data={EXAMPLE}", f"out={folder}", *QUICK, *more]


def whole(folder, names=TABLES):
    return [(folder / name).read_bytes() for name in names]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fitted") / "out"
    assert main(asked(folder, "threads=2")) == 0
    return folder


def test_a_file_becomes_a_sample_that_policies_can_be_compared_in(done):
    sample = pd.read_csv(done / "sample.csv")
    assert list(sample.columns) == ["distance", *FREE] and len(sample) == 10
    told = (done / "answer.txt").read_text(encoding="utf-8")
    first = " ".join(told.splitlines()[1:3])
    assert "your series, " in first and "of 100 professionals" in first
    assert "use it five years after the start" in " ".join(told.split())
    assert (done / "series.png").exists() and (done / "posterior.png").exists()
    path = pd.read_csv(done / "series.csv")
    assert path["series"].dropna().tolist() == [0.06, 0.14, 0.23, 0.29, 0.31, 0.33, 0.32]
    assert path["month"].tolist() == list(range(61))
    assert list(done.glob("lock*")) == []


def test_the_bits_do_not_depend_on_threads_or_interruptions(done, tmp_path, capsys):
    assert main(asked(tmp_path / "one", "threads=1")) == 0
    assert whole(tmp_path / "one") == whole(done)
    cut = tmp_path / "cut"
    cut.mkdir()
    text = (done / TRIED).read_bytes()
    (cut / TRIED).write_bytes(text[: len(text) // 2])  # somewhere in a line
    assert main(asked(cut)) == 0
    assert whole(cut, (*TABLES, TRIED)) == whole(done, (*TABLES, TRIED))


@pytest.mark.parametrize(
    "other",
    [["measured=hcps_using", "start=2020-01"], ["particles=12"]],
    ids=["series", "particles"],
)
def test_another_search_in_the_same_folder_is_refused(done, tmp_path, capsys, other):
    shutil.copy(done / TRIED, tmp_path / TRIED)
    assert main(asked(tmp_path, *other)) == 2
    assert "give another out" in capsys.readouterr().err


def test_published_patterns_are_fitted_in_the_same_way(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(calibrate_patterns, "REPLICATES", 1)
    words = ["particles=10", "proposals=12", f"out={tmp_path}", *SMALL]
    assert main(["+experiment=calibrate_patterns", *words]) == 0
    out = capsys.readouterr().out
    assert "of parameters agree with the published patterns" in " ".join(out.split())
    assert f"policy_whatif posterior={tmp_path}" in out and (tmp_path / "posterior.png").exists()


def test_without_a_folder_the_same_command_finds_its_own_again():
    def folder(*more):
        return Asked(compose([w for w in asked("", *more) if not w.startswith("out=")])).folder

    assert folder().parts[:2] == ("outputs", "calibrate_series")
    assert folder() == folder("threads=1", "proposals=100")
    others = ("seed=1",), ("process.training=0.1",), ("start=2020-01",)
    assert len({folder(), *(folder(*more) for more in others)}) == 4


def test_what_comes_next_is_in_the_same_world(tmp_path):
    more = ("scenario=small_clinic", "process.training=0.1", "policy=training", "decision.trust=3")
    words = what_next(compose(asked(tmp_path, *more, "--config-dir", str(tmp_path))), tmp_path)
    assert words.startswith(f"python -m sim +experiment=policy_whatif posterior={tmp_path} ")
    kept = ("scenario=small_clinic", "process.training=0.1", f"--config-dir {tmp_path}", SMALL[0])
    assert all(word in words for word in kept)
    assert "policy=" not in words and "decision.trust" not in words and "particles" not in words


def test_a_series_that_was_made_is_fitted_near_its_truth(tmp_path):
    """The sample shows the curve, and the use after five years, of parameters that nobody told it."""
    values = resolve({"population.organisations": 10, "deployment.at_start": 1.0})
    truth = {**values, **values_of(np.full(len(FREE), 0.5))}
    months, luck = np.array([0, 6, 12, 24, 36]), range(20)
    made = Series(
        "made", "hcps_using", tuple("abcde"), months, np.zeros(5), np.full(5, 0.04), False
    )
    made = made._replace(shares=np.mean([simulated(truth, made, 7, n) for n in luck], axis=0))
    search = Search(values, 1, 2, from_series(made, 1), made.identity)
    search.open(tmp_path)
    found = fitted(search, Effort(60, 1500, 1.0))
    fit = calibrate_series.run_again(found, made, search)
    assert fit.agrees
    off = np.abs(np.nanmedian(fit.paths[:, months], axis=0) - made.shares)
    use, before = calibrate_series.middle(fit.use), calibrate_series.middle(fit.before)
    expected = np.mean([use_after_5_years(truth, 7, n) for n in luck])
    assert off.max() < 0.08
    assert use.low <= expected <= use.high
    assert use.high - use.low < 0.8 * (before.high - before.low)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["+experiment=calibrate_series"], "needed is your series"),
        (["+experiment=calibrate_series", "data=nowhere.csv"], "no such file"),
        (["study=calibrate", "measured=trust"], "needed is data=FILE as well"),
        (["+experiment=calibrate_patterns", f"data={EXAMPLE}"], "is not used by target=patterns"),
        (["study=calibrate", "particles=5"], "allowed is a whole number from 10"),
        (["study=calibrate", "particles=many"], "particles=many"),
        (["study=calibrate", "particles=20", "proposals=10"], "fewer than particles=20"),
        (["study=calibrate", "particls=20"], "did you mean particles?"),
        (["study=calibrate", "options.particls=20"], "did you mean particles?"),
        (["study=calibrate", "replicates=3"], "is not used by study=calibrate"),
        (["study=calibrate", "process.training=[0,0.1]"], "give single values"),
        (["particles=20"], "study simulate has no options"),
        (["study=calibrate", f"data={EXAMPLE}", "unit=pct"], "unit=pct"),
        (["data"], "write `python -m sim data check FILE.csv`"),
        (["data", "check"], "write `python -m sim data check FILE.csv`"),
        (["data", "check", "nowhere.csv"], "no such file"),
        (["data", "check", str(EXAMPLE), "mesured=trust"], "did you mean measured?"),
        (["data", "check", str(EXAMPLE), "measured=truth"], "did you mean trust?"),
        (["data", "check", str(EXAMPLE), "measured=trust"], "is given as hcps_using and trust"),
    ],
)
def test_mistakes_are_one_line(words, told, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ") and told in line
    assert list(tmp_path.iterdir()) == []


def test_a_check_says_what_is_understood_and_what_comes_next(capsys):
    assert main(["data", "check", str(EXAMPLE)]) == 0
    out = capsys.readouterr().out
    told = " ".join(out.split())
    assert (
        "series holds 7 points from 2021-06 to 2024-06: percent of professionals who use it" in told
    )
    assert "2024-06 36 32.0 3.5" in told
    assert out.rstrip().endswith(f"Next: python -m sim +experiment=calibrate_series data={EXAMPLE}")


def test_what_options_allow_is_what_is_understood():
    assert OPTIONS["measured"].choices == tuple(MEASURED)
    assert OPTIONS["unit"].choices == tuple(UNITS)


def test_a_value_that_is_searched_for_is_told_to_be_in_vain():
    (told,) = _set_in_vain(compose(["study=calibrate", "decision.trust=3", "process.training=0.1"]))
    assert told == "decision.trust=3.0: is searched for, so this value is not used"
