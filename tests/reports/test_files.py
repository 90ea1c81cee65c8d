"""Result files: units in Parquet, safe cells in CSV, whole files or none, honest provenance."""

from __future__ import annotations

import csv
import json
import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image

from sim.__main__ import main
from sim.cli.compose import compose
from sim.ensembles.store import MONTHS, PROVENANCE, SEARCHED, SINGLE_MONTHS
from sim.outcomes.table import OUTCOMES
from sim.reports import files
from sim.reports.draw_figures import save_figure
from sim.reports.figure_style import new_figure
from sim.reports.files import safe_cell
from sim.reports.meanings import FILES, FRAMES, PROVENANCE_KEYS, QUANTILES, WHAT_IF
from sim.tables.parameters import PARAMETERS, nested
from sim.tables.version import __version__

COLUMNS = {
    "point": np.array([0, 1, 2]),
    "network.kind": np.array(["random", None, "=cmd()"], object),
    "process.training": np.array([0.1, np.nan, 1 / 3]),
    "trust": np.array([0.5, -0.0, 1e-12]),
    "error": np.array(["", "a,b", 'say "no"\nor yes'], object),
}


def test_parquet_holds_values_units_and_meanings(tmp_path):
    path = tmp_path / "runs.parquet"
    files.write_parquet(path, [COLUMNS])
    frame = pd.read_parquet(path)
    assert list(frame) == list(COLUMNS) and frame["point"].tolist() == [0, 1, 2]
    assert frame["process.training"].tolist() == pytest.approx([0.1, np.nan, 1 / 3], nan_ok=True)
    assert frame["network.kind"].iloc[0] == "random" and pd.isna(frame["network.kind"].iloc[1])
    assert frame["error"].tolist() == COLUMNS["error"].tolist()
    schema = pq.read_schema(path)
    for name, row in (("process.training", PARAMETERS), ("trust", OUTCOMES)):
        metadata = schema.field(name).metadata
        assert metadata[b"unit"].decode() == row[name].unit
        assert metadata[b"meaning"].decode() == row[name].meaning
    assert schema.field("point").metadata[b"meaning"].startswith(b"number of the design point")
    assert schema.field("error").metadata[b"meaning"].startswith(b"why the run failed")


def test_a_table_without_rows_can_be_written_and_read(tmp_path):
    empty = {name: column[:0] for name, column in COLUMNS.items()}
    files.write_parquet(tmp_path / "runs.parquet", [empty])
    assert pd.read_parquet(tmp_path / "runs.parquet").shape == (0, 5)
    files.write_parquet(tmp_path / "months.parquet", [{}])
    files.write_csv(tmp_path / "a.csv", empty)
    assert (tmp_path / "a.csv").read_text().count("\n") == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "\r=1", "\n@", "\tx"])
def test_cells_that_a_spreadsheet_would_run_are_quoted(text):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("value", [-1, -0.5, None, True, "", "a=1", "a-b", " a"])
def test_other_cells_are_untouched(value):
    assert safe_cell(value) is value


def test_csv_holds_safe_cells_and_leaves_missing_numbers_empty(tmp_path):
    path = tmp_path / "summary.csv"
    files.write_csv(path, COLUMNS)
    assert b"\r" not in path.read_bytes()
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [
        list(COLUMNS),
        ["0", "random", "0.1", "0.5", ""],
        ["1", "", "", "-0", "a,b"],
        ["2", "'=cmd()", "0.3333333333", "1e-12", 'say "no"\nor yes'],
    ]
    assert pd.read_csv(path)["process.training"].isna().tolist() == [False, True, False]


WRITERS = {
    "parquet": lambda folder: files.write_parquet(folder / "runs.parquet", [COLUMNS]),
    "csv": lambda folder: files.write_csv(folder / "f.csv", COLUMNS),
    "json": lambda folder: files.write_json(folder / "f.json", {"a": 1}),
    "config": lambda folder: files.write_config(folder / "f.yaml", compose([])),
    "figure": lambda folder: save_figure(new_figure(1, 1, (2, 2))[0], folder / "f", "A title", {}),
}


@pytest.mark.parametrize("write", WRITERS)
def test_a_file_is_whole_or_as_it_was(tmp_path, monkeypatch, write):
    def full(*_):
        raise OSError(28, "No space left on device")

    def refused():
        with monkeypatch.context() as patch, pytest.raises(OSError, match="space"):
            patch.setattr(os, "replace", full)
            WRITERS[write](tmp_path)
        return {p: p.read_bytes() for p in tmp_path.iterdir()}

    assert refused() == {}
    WRITERS[write](tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.iterdir()}
    assert before and all(p.stem in ("f", "runs") for p in before)
    assert refused() == before


def test_the_configuration_holds_everything_and_can_be_run(tmp_path):
    mine = tmp_path / "experiment" / "again.yaml"
    mine.parent.mkdir()
    linked = (
        "title: Linked\nstudy: sweep\nseed: 11\ndesign:\n  axes:\n"
        "    both: {parameters: [alignment.roles, alignment.value], values: [0.1, 0.9]}\n"
        "    levels: {parameters: [process.training, process.hcp_cooperation], values: low_high}\n"
        "    turnover.onboarding: [null, 0.5]\n"
    )
    mine.write_text("# @package _global_\n" + linked)
    arguments = ["--config-dir", str(tmp_path), "+experiment=again"]
    request = compose([*arguments, "alignment.privacy=0.45", "replicates=3"])
    files.write_config(tmp_path / "saved.yaml", request)
    text = (tmp_path / "saved.yaml").read_text(encoding="utf-8")
    assert text.startswith("# @package _global_\n")
    tree = yaml.safe_load(text)
    assert tree["title"] == "Linked" and tree["seed"] == 11 and tree["replicates"] == 3
    for group, values in nested(request.values).items():
        assert tree[group] == values
    mine.write_text(text)
    again = compose(arguments)
    assert again.values == request.values and again.settings == request.settings
    assert [axis.settings for axis in again.axes] == [axis.settings for axis in request.axes]
    assert [axis.name for axis in again.axes] == ["both", "levels", "turnover.onboarding"]
    assert (again.study, again.design_kind) == (request.study, request.design_kind)


OWN_SHOCK = "levers:\n  - {lever: budget_cut, strength: 0.5, from: 2, where: {share: 0.5}}\n"


def test_a_configuration_needs_no_file_of_policies_and_names_a_data_file_that_changed(tmp_path):
    for name, text in {
        "policy/mine": "levers:\n  - {lever: training, strength: 0.3, groups: nurse, cost: 5}\n",
        "policy/training": "levers:\n  - {lever: training, strength: 0.9}\n",
        "shock/bad": OWN_SHOCK,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.yaml").write_text(text)
    people = tmp_path / "people.csv"
    people.write_text("organisation,hcps\nNorth,4\n")
    words = ["policy=none,mine,training", "shock=bad", f"population.file={people}"]
    request = compose(["--config-dir", str(tmp_path), *words])
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "experiment").mkdir(parents=True)
    files.write_config(elsewhere / "experiment" / "again.yaml", request)
    arguments = ["--config-dir", str(elsewhere), "+experiment=again"]
    again = compose(arguments)
    assert again.policies == request.policies and len(again.policies) == 3
    # a file of the same name says something else, and that is told
    assert [n.partition(":")[0] for n in again.notes] == ["policy training"]
    people.write_text("organisation,hcps\nNorth,5\n")
    (changed,) = set(compose(arguments).notes) - set(again.notes)
    assert changed.startswith(f"{people}: its content has changed")


def test_provenance_says_what_made_a_result(tmp_path):
    request, tables = compose(["seed=3", "replicates=5"]), {"runs.parquet": "cd" * 32}
    files.write_json(tmp_path / "p.json", files.provenance(request, "ab" * 32, "1+x", 5, 2, tables))
    made = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    assert made["identity"] == "ab" * 32 and made["model"] == "1+x"
    assert made["tables"] == tables
    assert (made["seed"], made["replicates"], made["runs"], made["failed_runs"]) == (3, 5, 5, 2)
    assert made["nasss_sim"] == __version__ and made["experiment"] == "baseline"
    assert made["command"].startswith("python -m sim") and "seed=3" in made["command"]
    assert made["written"].endswith("+00:00")
    assert set(made["versions"]) == set(files.VERSIONS) and made["versions"]["numpy"]


def test_the_state_of_the_sources_is_a_commit_or_nothing(monkeypatch):
    state = files.git_state()
    assert state is None or len(state.removesuffix("+changes")) == 40

    def broken(*_, **__):
        raise OSError("no git here")

    monkeypatch.setattr(files.subprocess, "run", broken)
    assert files.git_state() is None


def test_a_package_that_is_not_installed_has_no_version():
    assert files._version("a-package-that-nobody-has") is None


ARROW = {np.int64: pa.int64(), float: pa.float64(), object: pa.string()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The result of a comparison."""
    out = tmp_path_factory.mktemp("result")
    # two given worlds, for the column that tells of which one a row is
    words = ["study=compare", "policy=none,training", "shock=none,staff_exodus", "months=all"]
    words += ["organisations=all", "hcps=all", "population.organisations=2", "horizon=6"]
    assert main([*words, "replicates=2", f"out={out}", "seed=11", "progress=never"]) == 0
    return out


def test_a_study_stamps_its_figures_with_its_own_seed_and_identity(folder):
    made = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    stamp = {name: made[name] for name in ("identity", "model", "nasss_sim")} | {"seed": "11"}
    for figure in (folder / "figures").glob("*.png"):
        assert json.loads(Image.open(figure).info["Description"]) == stamp


def test_columns_of_a_result_are_those_of_the_table(folder):
    """Every column is described, in its order and type, and nothing that is not there."""
    page = {WHAT_IF}  # of a model that `make page` has seen
    frames = ("runs", "months", "organisations", "hcps", "summary", "comparison", "costs")
    of_others = {f"{frame}.csv" for frame in FRAMES.keys() - frames}  # see tests of their studies
    assert {p.name for p in folder.iterdir()} - page == {*FILES, "figures"} - page - {
        SINGLE_MONTHS, SEARCHED, *of_others,
    }  # fmt: skip
    # what is there with another setting, or in another frame
    elsewhere = {"months": {c.name for c in QUANTILES}, "summary": {"probability_sustained"}}
    for frame in ("runs", "organisations", "hcps"):
        elsewhere[frame] = {"scenario"}  # where scenarios are compared
    for frame, described in ((frame, FRAMES[frame]) for frame in frames):
        told = {n: c for n, c in described.items() if n not in elsewhere.get(frame, ())}
        path = folder / f"{frame}.parquet"
        if path.exists():
            schema = pq.read_schema(path)
            names = schema.names
            types = [schema.field(name).type for name in told]
            assert types == [ARROW[c.dtype] for c in told.values()]
        else:
            names = list(pd.read_csv(folder / f"{frame}.csv", nrows=0))
        assert [name for name in names if name in told] == list(told), frame
        assert set(names) - set(told) <= {"policy", "shock", *OUTCOMES}, frame
    assert list(json.loads((folder / PROVENANCE).read_text("utf-8"))) == list(PROVENANCE_KEYS)
    months = pq.read_schema(folder / MONTHS)
    assert b"horizon" not in months.field("trust").metadata[b"meaning"]
