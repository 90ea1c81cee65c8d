"""What results and models show of themselves, in a notebook and on a terminal."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import sim
from sim.model.model import AdoptionModel as Plain
from sim.outcomes.table import OUTCOMES
from sim.reports.meanings import FRAMES
from sim.tables.errors import NoSuchNameError, UserError
from sim.tables.parameters import PARAMETERS
from tests.html_reader import Page

ROOT = Path(__file__).resolve().parents[2]
WORLD = {"horizon": 8, "population.organisations": 3, "population.organisation_size": 6}
FEW = {"replicates": 3, "threads": 1, "progress": "never", "organisations": "all", "hcps": "all"}


@pytest.fixture(scope="module")
def results():
    training = {"process.training": 0.5}
    return {
        "run": sim.run(WORLD, **FEW),
        "sweep": sim.sweep({"process.training": [0.0, 0.1], "network.ties": [2, 4]}, WORLD, **FEW),
        "compare": sim.compare({"as it is": {}, "<b>more</b> & more": training}, WORLD, **FEW),
    }


@pytest.fixture(scope="module")
def model():
    made = sim.AdoptionModel(WORLD | {"deployment.at_start": 1.0}, seed=3, replicate=1)
    for _ in range(5):
        made.step()
    return made


@pytest.mark.parametrize("name", ["run", "sweep", "compare", "model"])
def test_what_a_notebook_shows_is_a_table_with_the_words_of_the_terminal(name, results, model):
    thing = model if name == "model" else results[name]
    page = Page(thing._repr_html_())
    used = {tag for tag, _ in page.elements}
    assert {"table", "th", "td", "p"} <= used and not used & {"script", "pre", "b"}
    for word in re.findall(r"[a-z_]{4,}", str(thing)):
        assert word in page.words, word
    assert repr(thing) == str(thing) and len(str(thing).splitlines()) < 40
    assert all(len(line) <= 110 for line in str(thing).splitlines())


def test_a_model_shows_where_it_stands(model):
    text, users = str(model), f"{100 * model.adopter_share:.0f}"
    assert "month 5 of 8" in text and "3 organisations with 18 HCPs, seed 3, replicate 1" in text
    assert (
        "step()" in text and "Tried or used it, and stopped" in text
    )  # of the months, not of an HCP
    assert users in next(x for x in text.splitlines() if x.startswith("Use it"))
    assert "of 100 healthcare professionals: " in text and f", {users} use it." in text
    assert "\nAt the start, of 100 healthcare" in str(sim.AdoptionModel(WORLD))
    done = sim.AdoptionModel(WORLD | {"horizon": 1})
    done.run_model()
    assert "month 1 of 1" in str(done) and "step()" not in str(done)


def test_the_history_of_a_model_is_the_months_of_that_run(model):
    world = WORLD | {"deployment.at_start": 1.0}
    months = sim.run(world, seed=3, replicates=2, threads=1, progress="never").months
    same = months[(months["replicate"] == 1) & (months["month"] <= 5)].reset_index(drop=True)
    pd.testing.assert_frame_equal(model.history, same[list(model.history)], check_dtype=False)
    assert model.history["trust"].notna().all() and len(model.history) == 6
    assert model.history.attrs["columns"]["trust"]["meaning"]


def test_a_figure_of_a_model_has_its_months(model):
    figure = model.plot()
    assert isinstance(figure, Figure) and len(figure.axes) == 4
    (line,) = figure.axes[0].lines
    assert np.array_equal(line.get_ydata(), model.history["adopters"])
    assert figure.axes[0].get_title(loc="left") == "Use it"


def test_the_model_that_shows_itself_is_the_same_model(model):
    plain = Plain(WORLD | {"deployment.at_start": 1.0}, seed=3, replicate=1)
    for _ in range(5):
        plain.step()
    assert np.array_equal(plain.record.people, model.record.people)
    assert plain.mean_trust == model.mean_trust
    assert not np.array_equal(plain.record.level_row, model.record.level_row)


def test_a_record_without_all_means_gives_no_invented_trust():
    from sim.model import records

    record = records.of_run(records.empty_record(1, 8, every=4), 0)
    model = sim.AdoptionModel(WORLD, record=record)
    model.run_model()
    known = model.history["trust"].notna()
    assert known[known].index.tolist() == [0, 4, 8]


@pytest.mark.parametrize("name", ["run", "sweep", "compare"])
def test_figures_are_pictures_without_further_ado(name, results):
    assert results[name].plot()._repr_png_().startswith(b"\x89PNG")
    assert name != "sweep" or len(results[name].plot("heatmap").axes) >= 2


@pytest.mark.parametrize("name", ["run", "sweep", "compare"])
@pytest.mark.parametrize("frame", FRAMES)
def test_every_column_says_its_unit_and_meaning(name, frame, results):
    made = getattr(results[name], frame)
    told = made.attrs["columns"]
    assert list(told) == list(made) and all(c["meaning"] for c in told.values())
    for column in set(made) & set(OUTCOMES) - set(FRAMES[frame]):
        assert told[column]["unit"] == OUTCOMES[column].unit
    for column in set(made) & set(PARAMETERS) - set(OUTCOMES) - set(FRAMES[frame]):
        assert told[column]["meaning"] == PARAMETERS[column].meaning


def test_frames_and_only_they_are_described(results):
    table = results["compare"].columns
    for frame in FRAMES:
        known = set(table[table["frame"] == frame]["column"])
        assert known == set(getattr(results["compare"], frame))
    # no word about a column that does not exist
    quantiles = set(sim.run(WORLD, **FEW, months="quantiles").months)
    assert results["compare"].costs.empty  # where nothing costs anything
    assert results["run"].comparison.empty
    # of other studies: test_compare, test_sufficient, test_from_here, test_mechanisms
    for frame in ("runs", "months", "organisations", "hcps", "summary", "comparison"):
        there = set(getattr(results["compare"], frame)) | {"probability_sustained"}
        there |= quantiles if frame == "months" else set()
        there |= {"given_world", "world"}  # where more varies than the policies: test_given_worlds
        assert set(FRAMES[frame]) - {"point", "seed", "replicate"} <= there


def test_describe_tells_of_one(results):
    told = results["run"].describe("sustained_adoption")
    assert told.unit == "share of HCPs" and OUTCOMES["sustained_adoption"].meaning in repr(told)
    # a name that means two things
    months = results["run"].months.attrs["columns"]["trust"]["meaning"]
    assert "end of the month" in months and "end of the month" not in OUTCOMES["trust"].meaning
    assert "<table>" in told._repr_html_() and "better is: more" in repr(told)
    parameter = repr(results["run"].describe("process.training"))
    default = PARAMETERS["process.training"].default
    assert f"default: {default}" in parameter and "per month" in parameter
    with pytest.raises(NoSuchNameError, match=r"^trst: unknown column; did you mean trust\?$"):
        results["run"].describe("trst")


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        (lambda r: r.plot("pie"), "pie: unknown figure or outcome; see `result.columns`; figures here: where, adoption"),
        (lambda r: r.mean("turnove"), "turnove: unknown outcome; see `result.columns`"),
        (lambda r: r.mean("sustain"), "sustain: unknown outcome; did you mean sustainability?"),
        (lambda r: r.mean("spred"), "spred: unknown outcome; did you mean spread?"),
        (lambda r: r.where({"horizon": 3}), "horizon=3: no point of this design has it"),
        (lambda r: sim.AdoptionModel(WORLD, replicates=3), "did you mean replicate?"),
        (lambda r: sim.AdoptionModel(sede=3), "sede=3: unknown keyword; did you mean seed?"),
        (lambda r: sim.run(WORLD, replicate=3), "did you mean replicates?"),
        (lambda r: sim.run(["horizon"]), "needed are names with their values"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_one_line(wrong, line, results):
    with pytest.raises(UserError) as caught:
        wrong(results["run"])
    assert line in str(caught.value) and len(str(caught.value).splitlines()) == 1
    assert caught.value._render_traceback_() == [f"error: {caught.value}"]


@pytest.mark.parametrize("name", ["run", "sweep", "compare"])
def test_outcomes_are_plotted_by_name(name, results):
    result = results[name]
    figure = result.plot("literacy", "effort_wasted")
    titles = [" ".join(axes.get_title(loc="left").split()) for axes in figure.axes]
    assert titles == ["AI literacy", "Work on misunderstood needs"]
    drawn = np.concatenate([line.get_xydata() for line in figure.axes[0].lines]).ravel()
    for point in range(len(result.ensemble.points)):
        assert np.isclose(drawn, result.mean("literacy", point).estimate).any()
    with pytest.raises(NoSuchNameError, match="^trst: unknown figure or outcome; did you mean tr"):
        result.plot("trust", "trst")
    with pytest.raises(NoSuchNameError, match="^heatmap: unknown"):  # no figure beside an outcome
        result.plot("trust", "heatmap")


def test_too_many_points_to_draw(results):
    axes = {"process.training": {"from": 0, "to": 1, "steps": 21}, "network.ties": [2, 4]}
    many = sim.sweep(axes, WORLD, kind="one_at_a_time", replicates=1, progress="never")
    assert many.plot("trust").axes
    sampled = sim.sweep(
        {"process.training": {"low": 0, "high": 1}}, WORLD, kind="lhs", samples=50,
        replicates=1, progress="never",
    )  # fmt: skip
    with pytest.raises(UserError, match="50 points are too many"):
        sampled.plot("trust")


def test_a_result_in_a_notebook_loads_nothing_that_draws():
    code = (
        "import sys, sim\n"
        f"made = sim.run({WORLD!r}, replicates=2, progress='never')\n"
        "assert '<table>' in made._repr_html_() and made.describe('trust')._repr_html_()\n"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
