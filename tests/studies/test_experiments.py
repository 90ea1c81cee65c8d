"""Every shipped experiment through the front door, and sweeps over axes of every kind."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import xml.etree.ElementTree as ElementTree

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image
from study_runs import SHORT, Done, no_warnings
from test_no_keys import check_that_no_key_is_shown

import sim
from sim.__main__ import main
from sim.cli.compose import compose
from sim.design.folders import available, shipped_folder
from sim.design.runs import design_of
from sim.ensembles.model_version import model_version
from sim.ensembles.store.manifest import manifest_of, read_manifest
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
    "runs.parquet", "summary.csv", "report.html", "config.yaml", "provenance.json", "store.json", "figures",
}  # fmt: skip
# studies keep single months and organisations where their figures need them
OF_STUDY = {
    "simulate": {"paths.parquet"},
    "compare": {"paths.parquet", "organisations.parquet", "comparison.csv", "costs.csv"},
    "from_here": {"steps.csv", "steps_of_two.csv"},
    "mechanisms_over_time": {"paths.parquet", "held_back.csv"},
    "sensitivity": {"sensitivity.csv"},
    "tipping": {"tipping.csv", "basins.csv"},
    "optimise": {"frontier.csv", "searched.csv", "mixes"},
}
SMALL = ("population.organisations=2", "population.organisation_size=6", "horizon=61")
FEWER = {
    "global_sensitivity": ("design.samples=2", "rows=4", "important=3"),
    "tipping_points": ("resolution=0.5",),
    "optimise": ("mixes=10",),
    "world_scale": ("confirm=true",),
}


def short(name):
    """Return the arguments of an experiment in a small world, with few runs and the ends of its axes only."""
    arguments = [f"+experiment={name}", *SMALL, *FEWER.get(name, ()), *SHORT]
    axes = [axis for axis in compose(arguments).axes if axis.name in PARAMETERS]
    if name in ("all_factors", "from_here"):  # 4,096 points; 66 pairs
        arguments += [f"{a.name}={a.values[0]}" for a in axes[3:]]
        axes = axes[:3]
    if name == "global_sensitivity":  # all parameters
        return arguments
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
    name = provenance["experiment"]
    request = compose(short(name))
    of_study = OF_STUDY.get(request.study, set())
    if request.design_kind == "factorial":
        of_study = {"factors.csv", "pairs.csv", "shapley.csv"}
    if not study_of(request).summarised:
        of_study = of_study ^ {"summary.csv"}
    # the page is there where it is of this model, and not of more people than a browser takes
    assert {p.name for p in folder.iterdir()} - {"what_if.html"} == FILES ^ of_study
    assert shortened.out.startswith(f"{request.title}: {request.question}")
    assert shortened.out.rstrip().splitlines()[-1].startswith("Files: ")
    assert all(line.startswith("note: ") for line in shortened.err.splitlines())
    expected = ("uncertainty=posterior: ", "135 parameters vary")
    assert all(note.startswith(expected) for note in compose([f"+experiment={name}"]).notes)

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
    if study_of(request).summarised:  # its numbers: tests/reports/test_result_tables.py
        assert set(OUTCOMES) < set(pd.read_csv(folder / "summary.csv")["outcome"])
    # provenance
    assert provenance["nasss_sim"] == __version__ and provenance["model"] == model_version()
    assert provenance["seed"] == 0 and provenance["replicates"] * len(request.worlds.settings) == 2
    assert re.fullmatch("[0-9a-f]{64}", provenance["identity"])
    # figures that show something; what made them: tests/reports/test_files.py
    drawn = sorted((folder / "figures").glob("*.png"))
    assert drawn
    for path in drawn:
        image = Image.open(path).convert("RGB")
        colours = image.getcolors(image.width * image.height)
        assert min(image.size) >= 300 and len(colours) > 20
        assert len([*ElementTree.parse(path.with_suffix(".svg")).iter()]) > 100


def test_no_key_is_shown_to_a_reader(shortened):
    check_that_no_key_is_shown(sim.read(shortened.folder))


def test_the_saved_configuration_asks_for_the_same_runs_again(shortened, tmp_path):
    folder, name = shortened.folder, shortened.provenance["experiment"]
    tree = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    assert {p for p in PARAMETERS if "." not in p} <= set(tree)
    (tmp_path / "experiment").mkdir()
    shutil.copy(folder / "config.yaml", tmp_path / "experiment" / "again.yaml")
    again = compose(["--config-dir", str(tmp_path), "+experiment=again"])
    assert again.options == compose(short(name)).options
    if held := study_of(again).held:  # what was searched for
        again = held(again, folder)
    assert manifest_of(again, design_of(again), []).begun == read_manifest(folder).begun


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
