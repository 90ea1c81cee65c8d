"""Every shipped experiment through the front door, and sweeps over axes of every kind."""

from __future__ import annotations

import contextlib
import io
import json
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image
from study_runs import SHORT, Done, do, no_warnings

from sim.__main__ import main
from sim.cli.compose import compose
from sim.design.folders import available, shipped_folder
from sim.ensembles.model_version import model_version
from sim.outcomes.table import OUTCOMES
from sim.studies import study_of
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import STUDIES
from sim.tables.version import __version__

EXPERIMENTS = sorted(
    name
    for name in available("experiment", [shipped_folder()])
    if not STUDIES[compose([f"+experiment={name}"]).study].searches  # see test_searching.py
)
# Files of a result, by the list in the design document and `python -m sim --help`
FILES = {
    "runs.parquet",
    "summary.csv",
    "report.html",
    "config.yaml",
    "provenance.json",
    "store.json",
    "figures",
}


def short(name):
    """Return the arguments of an experiment with few runs and the ends of its axes only."""
    arguments = [f"+experiment={name}", *SHORT]
    if name.endswith("_scale"):
        arguments.append("population.organisations=60")
    tiny = ["population.organisations=2", "population.organisation_size=5"]
    if name == "global_sensitivity":  # all parameters
        return [*arguments, *tiny, "design.samples=2", "rows=4", "important=3"]
    if name == "tipping_points":
        arguments += [*tiny, "resolution=0.5"]
    if name == "optimise":
        arguments += ["mixes=10", "population.organisations=2", "population.organisation_size=5"]
    axes = [axis for axis in compose(arguments).axes if axis.name in PARAMETERS]
    if name in ("all_factors", "from_here"):  # 4,096 points; 66 pairs
        arguments += tiny
        arguments += [f"{a.name}={a.values[0]}" for a in axes[3:]]
        axes = axes[:3]
    return arguments + [f"{a.name}=[{a.values[0]},{a.values[-1]}]" for a in axes if len(a) > 2]


@pytest.fixture(scope="module", params=EXPERIMENTS)
def shortened(request, tmp_path_factory):
    out, err = io.StringIO(), io.StringIO()
    folder = tmp_path_factory.mktemp(request.param) / "out"
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), no_warnings():
        assert main([*short(request.param), f"out={folder}"]) == 0
    return Done(folder, out.getvalue(), err.getvalue())


def test_there_are_experiments():
    assert {"trust_sweep", "alignment_sweep", "own_world"} <= set(EXPERIMENTS)


def test_a_shipped_experiment_runs_and_leaves_its_files(shortened, capsys):
    folder, provenance = shortened.folder, shortened.provenance
    # studies keep single months and organisations where their figures need them
    more = {
        "simulate": {"paths.parquet"},
        "compare": {"paths.parquet", "organisations.parquet", "comparison.csv", "costs.csv"},
        "from_here": {"steps.csv", "steps_of_two.csv"},
        "mechanisms_over_time": {"paths.parquet", "held_back.csv"},
        "sensitivity": {"sensitivity.csv"},
        "tipping": {"tipping.csv", "basins.csv"},
        "optimise": {"frontier.csv", "searched.csv", "mixes"},
    }
    name = provenance["experiment"]
    request = compose(short(name))
    of_study = more.get(request.study, set())
    if request.design_kind == "factorial":
        of_study = {"factors.csv", "pairs.csv", "shapley.csv"}
    if not study_of(request).summarised:
        of_study = of_study ^ {"summary.csv"}
    # the page is there where it is of this model, and not of more people than a browser takes
    assert {p.name for p in folder.iterdir()} - {"what_if.html"} == FILES ^ of_study
    assert shortened.out.startswith(f"{request.title}: {request.question}")
    assert shortened.out.rstrip().splitlines()[-1].startswith("Files: ")
    expected = ("note: axis ", "note: policy ", "note: shock ", "note: uncertainty=posterior: ")
    expected += ("note: 135 ",)
    assert all(line.startswith(expected) for line in shortened.err.splitlines())

    # runs: one row each, with units
    table, schema = shortened.runs, pq.read_schema(folder / "runs.parquet")
    assert len(table) == provenance["runs"] and len(table) % 2 == 0
    assert (table["status"] == "good").all() and provenance["failed_runs"] == 0
    assert set(OUTCOMES) <= set(table)
    for column in table:
        row = OUTCOMES.get(column) or PARAMETERS.get(column)
        if row is not None:
            metadata = schema.field(column).metadata
            assert metadata[b"unit"].decode() == row.unit and metadata[b"meaning"]
    worlds = len(request.worlds.settings)
    if study_of(request).summarised:
        _check_summary(folder, table, worlds)
    # provenance
    assert provenance["nasss_sim"] == __version__ and provenance["model"] == model_version()
    assert provenance["seed"] == 0 and provenance["replicates"] * worlds == 2
    assert re.fullmatch("[0-9a-f]{64}", provenance["identity"])
    # figures, with what made them
    figures = sorted((folder / "figures").iterdir())
    assert figures and {p.suffix for p in figures} == {".png", ".svg"}
    for path in figures:
        if path.suffix == ".png":
            image = Image.open(path)
            stamp = json.loads(image.info["Description"])
            assert min(image.size) >= 300 and len(np.unique(np.asarray(image))) > 20
        else:
            root = ElementTree.parse(path).getroot()
            stamp = json.loads(next(e.text for e in root.iter() if e.tag.endswith("}description")))
            assert sum(1 for _ in root.iter()) > 100
        assert stamp["identity"] == provenance["identity"] and stamp["seed"] == "0"
        assert stamp["nasss_sim"] == __version__ and stamp["model"] == model_version()


def _check_summary(folder, table, worlds):
    """Every point (over drawn worlds, of which each is run once here, what stands there of it) and outcome."""
    # equal to what pandas makes of the runs
    summary = pd.read_csv(folder / "summary.csv")
    of = [c for c in summary if c in PARAMETERS] if worlds > 1 else ["point"]
    mine = summary.pivot(index=of, columns="outcome", values="mean")
    theirs = table.groupby(of)[list(OUTCOMES)].mean()
    for name, outcome in OUTCOMES.items():
        if outcome.over:
            counted = (table[name] * table[outcome.over]).groupby([table[c] for c in of]).sum()
            over = table.groupby(of)[outcome.over].sum()
            theirs[name] = counted / over.where(over > 0)
    pd.testing.assert_frame_equal(
        mine[list(OUTCOMES)], theirs, check_names=False, rtol=1e-8, check_dtype=False
    )


@pytest.mark.usefixtures("without_figures")
def test_the_saved_configuration_makes_the_same_runs_again(shortened, tmp_path, capsys):
    tree = yaml.safe_load((shortened.folder / "config.yaml").read_text(encoding="utf-8"))
    assert {p for p in PARAMETERS if "." not in p} <= set(tree)
    mine = tmp_path / "conf" / "experiment" / "again.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_bytes((shortened.folder / "config.yaml").read_bytes())
    arguments = ["--config-dir", str(tmp_path / "conf"), "+experiment=again", "progress=never"]
    again = do(tmp_path / "again", capsys, *arguments)
    assert again.provenance["identity"] == shortened.provenance["identity"]
    pd.testing.assert_frame_equal(again.runs, shortened.runs)


def test_runs_that_fail_are_said_and_the_exit_code_is_1(tmp_path, capsys):
    (tmp_path / "orgs.csv").write_text("organisation,hcps,resources\nRich,5,40\nOther,6,1\n")
    world = f"population.file={tmp_path / 'orgs.csv'}"
    options = ["replicates=12", "horizon=14", "progress=never", "threads=1"]
    options += ["deployment.rate=0.1", "deployment.intercept=-1"]
    assert main([world, *options, f"out={tmp_path / 'some'}"]) == 1
    said = capsys.readouterr()
    runs = pd.read_parquet(tmp_path / "some" / "runs.parquet")
    failed = runs[runs["status"] == "failed"]
    assert 0 < len(failed) < 12
    assert f"{len(failed)} of 12 runs failed; the first:" in said.err
    assert f"replicate {failed['replicate'].iloc[0]}: month" in said.err
    assert failed["trust"].isna().all()
    summary = pd.read_csv(tmp_path / "some" / "summary.csv").set_index("outcome")
    assert summary.loc["trust", "runs"] == 12 - len(failed)
    with no_warnings():
        assert main([world, *options, "deployment.at_start=1", f"out={tmp_path / 'all'}"]) == 1
    said = capsys.readouterr()
    assert (
        "12 of 12 runs failed" in said.err and "Nothing is known: all 12 runs failed." in said.out
    )
