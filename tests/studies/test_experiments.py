"""Every shipped experiment through the front door: its files, and that its sentences are true."""

from __future__ import annotations

import contextlib
import io
import json
import re
import warnings
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image
from scipy import stats

from sim.__main__ import main
from sim.config.compose import compose
from sim.config.folders import available, shipped_folder
from sim.ensembles.design import model_version
from sim.factors import QUALITY_NAMES
from sim.outcomes.table import OUTCOMES
from sim.parameters import PARAMETERS
from sim.studies.session import Session
from sim.version import __version__

EXPERIMENTS = sorted(available("experiment", [shipped_folder()]))
SHORT = ["replicates=2", "horizon=12", "threads=2", "progress=never"]
# Files of a result, by the list in the design document and `python -m sim --help`
FILES = {"runs.parquet", "summary.csv", "config.yaml", "provenance.json", "figures"}
NUMBER = r"[+-]?\d+\.\d\d"
INTERVAL = rf"({NUMBER}) \(({NUMBER}) to ({NUMBER})\)"


class Done:
    """A finished study: what it said, and where its files are."""

    def __init__(self, folder, out, err):
        self.folder, self.out, self.err = folder, out, err
        self.runs = pd.read_parquet(folder / "runs.parquet")
        self.provenance = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        self.text = " ".join(out.split())  # sentences without their line ends


@contextlib.contextmanager
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        yield


@pytest.fixture
def without_figures(monkeypatch):
    """Save time where a test looks at numbers only."""
    monkeypatch.setattr(Session, "_save_figures", lambda session, result: None)


def do(folder, capsys, *arguments):
    capsys.readouterr()
    with no_warnings():
        assert main([*arguments, f"out={folder}"]) == 0
    said = capsys.readouterr()
    return Done(folder, said.out, said.err)


def short(name):
    """Return the arguments of an experiment with few runs and the ends of its axes only."""
    arguments = [f"+experiment={name}", *SHORT]
    axes = [axis for axis in compose(arguments).axes if axis.name in PARAMETERS]
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
    assert {p.name for p in folder.iterdir()} == FILES
    name = provenance["experiment"]
    request = compose(short(name))
    assert shortened.out.startswith(f"{request.title}: {request.question}")
    assert shortened.out.rstrip().splitlines()[-1].startswith("Files: ")
    assert all(line.startswith("note: axis ") for line in shortened.err.splitlines())

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
    # summary: every point and outcome, equal to what pandas makes of the runs
    summary = pd.read_csv(folder / "summary.csv")
    mine = summary.pivot(index="point", columns="outcome", values="mean")
    theirs = table.groupby("point")[list(OUTCOMES)].mean()
    pd.testing.assert_frame_equal(
        mine[list(OUTCOMES)], theirs, check_names=False, rtol=1e-8, check_dtype=False
    )
    # provenance
    assert provenance["nasss_sim"] == __version__ and provenance["model"] == model_version()
    assert provenance["seed"] == 0 and provenance["replicates"] == 2
    assert re.fullmatch("[0-9a-f]{64}", provenance["identity"])
    # figures, with what made them
    figures = sorted((folder / "figures").iterdir())
    assert figures and {p.suffix for p in figures} == {".png", ".svg"}
    for path in figures:
        if path.suffix == ".png":
            image = Image.open(path)
            stamp = json.loads(image.info["Description"])
            assert min(image.size) > 300 and len(np.unique(np.asarray(image))) > 20
        else:
            root = ElementTree.parse(path).getroot()
            stamp = json.loads(next(e.text for e in root.iter() if e.tag.endswith("}description")))
            assert sum(1 for _ in root.iter()) > 100
        assert stamp["identity"] == provenance["identity"] and stamp["seed"] == "0"
        assert stamp["nasss_sim"] == __version__ and stamp["model"] == model_version()


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


@pytest.mark.usefixtures("without_figures")
def test_the_same_result_may_be_written_over_itself(tmp_path, capsys):
    first = do(tmp_path / "out", capsys, *SHORT)
    bytes_before = (first.folder / "runs.parquet").read_bytes()
    second = do(tmp_path / "out", capsys, *SHORT, "threads=1")
    assert (second.folder / "runs.parquet").read_bytes() == bytes_before
    assert second.out == first.out


@pytest.mark.usefixtures("without_figures")
def test_months_and_organisations_where_asked_for(tmp_path, capsys):
    options = ["months=all", "organisations=all", "population.organisations=3"]
    done = do(tmp_path / "out", capsys, *SHORT, *options)
    months = pd.read_parquet(done.folder / "months.parquet")
    assert len(months) == 2 * 13 and months["month"].max() == 12
    last = months[months["month"] == 12]["adopters"].tolist()
    assert last == pytest.approx(done.runs["adopter_share.horizon"].tolist())
    organisations = pd.read_parquet(done.folder / "organisations.parquet")
    assert len(organisations) == 2 * 3 and organisations["name"].tolist() == ["1", "2", "3"] * 2
    weight = organisations.groupby("replicate")
    trust = weight[["trust", "hcps"]].apply(lambda o: np.average(o["trust"], weights=o["hcps"]))
    assert trust.tolist() == pytest.approx(done.runs["trust"].tolist())


# ------------------------------------------------------------------ sentences are true
def interval(x):
    """Return mean and Student's t interval, by scipy."""
    x = np.asarray(x)
    low, high = stats.ttest_1samp(x, 0.0).confidence_interval(0.95) if np.ptp(x) else (x[0], x[0])
    return x.mean(), low, high


def paired(runs, outcome, low, high):
    """Return the change between two selections of runs, replicate by replicate."""
    a = runs[low].sort_values("replicate")[outcome].to_numpy()
    b = runs[high].sort_values("replicate")[outcome].to_numpy()
    return interval(b - a)


def stated(pattern, text):
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in: {text}"
    return [float(x) for x in found.groups()]


GRID = [
    "development.ceiling.transparency=[0,0.5,1]",
    "trust.transparency_strength=[0,1]",
    "process.hcp_cooperation=[0.2,0.5]",
    "replicates=6",
    "horizon=60",
    "population.organisations=6",
    "deployment.at_start=0.5",
    "progress=never",
]


@pytest.mark.usefixtures("without_figures")
def test_the_numbers_that_a_sweep_states_are_those_of_its_runs(tmp_path, capsys):
    done = do(tmp_path / "out", capsys, "+experiment=trust_sweep", *GRID)
    runs, text = done.runs, done.text
    ceiling, strength = (
        runs["development.ceiling.transparency"],
        runs["trust.transparency_strength"],
    )
    meetings = runs["process.hcp_cooperation"]
    base = (strength == 1) & (meetings == 0.2)
    assert "12 points (3 x 2 x 2) x 6 runs, seed 0" in text
    # the table along the first axis
    for value in (0, 0.5, 1):
        rows = runs[base & (ceiling == value)]
        line = next(x for x in done.out.splitlines() if x.startswith(f"{value} "))
        found = [[float(x) for x in m] for m in re.findall(INTERVAL, line)]
        for numbers, outcome in zip(found, ("sustained_adoption", "trust"), strict=False):
            assert numbers == pytest.approx(interval(rows[outcome]), abs=0.0051), outcome
        share = 100 * (rows["sustained_adoption"] >= 0.5).mean()
        assert stated(r"(\d+) % \(", line)[0] == pytest.approx(share, abs=0.51)
    # 1. what the first axis changes at the base
    ends = base & (ceiling == 0), base & (ceiling == 1)
    assert "At trust.transparency_strength 1, process.hcp_cooperation 0.2, it goes from" in text
    numbers = stated(rf"it goes from {INTERVAL} to {INTERVAL}, a change of {INTERVAL}", text)
    expected = [x for end in ends for x in interval(runs[end]["sustained_adoption"])]
    expected += paired(runs, "sustained_adoption", *ends)
    assert numbers == pytest.approx(expected, abs=0.0051)
    numbers = stated(rf"mean trust changes by {INTERVAL}", text)
    assert numbers == pytest.approx(paired(runs, "trust", *ends), abs=0.0051)
    numbers = stated(r"P\(sustained\) goes from (\d+) % \([^)]*\) to (\d+) %", text)
    shares = [100 * (runs[end]["sustained_adoption"] >= 0.5).mean() for end in ends]
    assert numbers == pytest.approx(shares, abs=0.51)
    # 2. and 3. what another axis changes, at the base point's own place on the first
    for axis, name, low, high, held in (
        (strength, "trust.transparency_strength", 0, 1, meetings == 0.2),
        (meetings, "process.hcp_cooperation", 0.2, 0.5, strength == 1),
    ):
        here = held & (ceiling == 1)
        ends = here & (axis == low), here & (axis == high)
        sentence = text[text.index(f"Moving {name} from {low} to {high}") :]
        numbers = stated(rf"at [^:]*: {INTERVAL}, and mean trust by {INTERVAL}", sentence)
        expected = (*paired(runs, "sustained_adoption", *ends), *paired(runs, "trust", *ends))
        assert numbers == pytest.approx(expected, abs=0.0051), name
        # the interaction: how the effect of the first axis differs between the ends
        effects = []
        for value in (low, high):
            at = held & (axis == value)
            a, b = (runs[at & (ceiling == c)].sort_values("replicate") for c in (0, 1))
            effects.append(b["sustained_adoption"].to_numpy() - a["sustained_adoption"].to_numpy())
        numbers = stated(rf"from lowest to highest [^+-]*{INTERVAL}", sentence)
        assert numbers == pytest.approx(interval(effects[1] - effects[0]), abs=0.0051), name
        pattern = rf"changes is {INTERVAL} at {low}, {INTERVAL} at {high} of {name}"
        expected = [x for effect in effects for x in interval(effect)]
        assert stated(pattern, sentence) == pytest.approx(expected, abs=0.0051), name


ALIGNMENT = ["replicates=5", "horizon=60", "population.organisations=5", "progress=never"]
ALIGNMENT += [f"alignment.{name}=[0,1]" for name in QUALITY_NAMES]


@pytest.mark.usefixtures("without_figures")
def test_the_numbers_that_the_alignment_study_states_are_those_of_its_runs(tmp_path, capsys):
    done = do(tmp_path / "out", capsys, "+experiment=alignment_sweep", *ALIGNMENT)
    runs, request = done.runs, compose(["+experiment=alignment_sweep", *ALIGNMENT])
    varied = [p for axis in request.axes for p in axis.paths]

    def at(setting):
        wanted = {p: request.values[p] for p in varied} | setting
        chosen = np.ones(len(runs), bool)
        for path, value in wanted.items():
            chosen &= np.isclose(runs[path], value)
        assert chosen.sum() == 5
        return chosen

    changes = {}
    for axis in request.axes:
        low, high = (axis.settings[n] for n in (0, -1))
        changes[axis.name] = paired(runs, "sustained_adoption", at(low), at(high))
        (line,) = (x for x in done.out.splitlines() if re.match(rf"{axis.name} {{2,}}", x))
        numbers = stated(rf"({NUMBER}) -> ({NUMBER}) +{INTERVAL}", line)
        means = [runs[at(end)]["sustained_adoption"].mean() for end in (low, high)]
        assert numbers == pytest.approx([*means, *changes[axis.name]], abs=0.0051), axis.name
        shares = [100 * (runs[at(e)]["sustained_adoption"] >= 0.5).mean() for e in (low, high)]
        assert stated(r"(\d+) -> +(\d+) %", line) == pytest.approx(shares, abs=0.51)
    # largest first
    table = [m for x in done.out.splitlines() for m in [re.match(r"([a-z_.]+) {2,}.*->", x)] if m]
    order = [m[1] for m in table]
    assert set(order) == set(changes)
    assert order == sorted(order, key=lambda name: -abs(changes[name][0]))
    # the sentences repeat the table: what is clear has an interval on one side of 0
    single = {n: c for n, c in changes.items() if n != "all_alignments"}
    clear, unclear = (*done.text.split("no clear effect of: "), "")[:2]
    for name, (_, low, high) in single.items():
        sentences = unclear if low <= 0 <= high else clear[clear.index("1. Of single") :]
        numbers = stated(rf"{re.escape(name)}(?: moves[^:]*:)? {INTERVAL}", sentences)
        assert numbers == pytest.approx(changes[name], abs=0.0051)
    numbers = stated(rf"all_alignments moves sustained adoption by {INTERVAL}", done.text)
    assert numbers == pytest.approx(changes["all_alignments"], abs=0.0051)
    total = sum(c[0] for n, c in single.items() if n.startswith("alignment."))
    assert stated(rf"of its 8 parts add up to ({NUMBER})", done.text)[0] == pytest.approx(
        total, abs=0.0051
    )


@pytest.mark.usefixtures("without_figures")
def test_the_numbers_of_the_baseline_are_those_of_its_runs(tmp_path, capsys):
    done = do(tmp_path / "out", capsys, "replicates=5", "horizon=60", "progress=never")
    for label, outcome in (
        ("Sustained adoption", "sustained_adoption"),
        ("Non-adoption", "non_adoption"),
        ("Scale-up", "scale_up"),
        ("Spread", "spread"),
    ):
        (line,) = (x for x in done.out.splitlines() if x.startswith(label))
        numbers = stated(r" +".join([rf"({NUMBER})", rf"({NUMBER}) to ({NUMBER})"] * 1), line)
        runs = done.runs[outcome]
        assert numbers == pytest.approx(interval(runs), abs=0.0051), outcome
        assert f"{runs.min():.2f} to {runs.max():.2f}" in line
    share = 100 * (done.runs["sustained_adoption"] >= 0.5).mean()
    numbers = stated(r"over the last 24 months in (\d+) %", done.text)
    assert numbers == pytest.approx([share], abs=0.51)
    lapse = interval(100 * done.runs["lapse_rate"])
    assert stated(r"Of 100 adopters, (\d+) lapse", done.text)[0] == pytest.approx(
        lapse[0], abs=0.51
    )


# ------------------------------------------------------------------ axes of every kind
TINY = [*SHORT, "population.organisations=3", "population.organisation_size=10"]


@pytest.mark.parametrize(
    ("axes", "shape", "figures"),
    [
        (["network.kind=[modular,random,well_mixed]"], (3,), {"sweep"}),
        (["process.training={from: 0, to: 0.2, steps: 4}"], (4,), {"sweep"}),
        (["process.training=[0.1]"], (1,), {"sweep"}),
        (["process.training=[0.1]", "network.kind=[random,modular]"], (1, 2), {"sweep", "heatmap"}),
        (["network.kind=[random,modular]", "alignment.roles=[0.2]"], (2, 1), {"sweep", "heatmap"}),
        (
            ["process.training=[0,0.1]", "alignment.roles=[0,1]", "network.ties=[2,4]",
             "influence.rate=[0,0.1]"],
            (2, 2, 2, 2),
            {"sweep", "heatmap"},
        ),
        (["population.organisations=[2,1]", "horizon=[3,12]"], (2, 2), {"sweep", "heatmap"}),
        (["turnover.onboarding=[null,0.5]"], (2,), {"sweep"}),
    ],
)  # fmt: skip
def test_sweeps_over_axes_of_every_kind(tmp_path, capsys, axes, shape, figures):
    given = {axis.split("=")[0] for axis in axes}
    options = [o for o in TINY if o.split("=")[0] not in given]
    done = do(tmp_path / "out", capsys, "study=sweep", *axes, *options)
    points = int(np.prod(shape))
    assert f"{points} points ({' x '.join(map(str, shape))}) x 2 runs" in done.text
    assert len(done.runs) == 2 * points and given <= set(done.runs)
    assert {p.stem for p in (done.folder / "figures").iterdir()} == figures
    first = axes[0].split("=")[0]
    if shape[0] == 1:
        assert f"{first} has one value only" in done.text
    else:
        assert f"1. Moving {first} from" in done.text
    for number, axis in enumerate(axes[1:], 2):
        moves = f"{number}. Moving {axis.split('=')[0]} from" in done.text
        assert moves == (shape[number - 1] > 1 and shape[0] > 1)


@pytest.mark.usefixtures("without_figures")
def test_an_axis_of_names_is_compared_from_its_first_to_its_last(tmp_path, capsys):
    axis = "network.kind=[modular,random,well_mixed]"
    options = ["replicates=4", "horizon=36", "deployment.at_start=1", "progress=never"]
    done = do(tmp_path / "out", capsys, "study=sweep", axis, *options)
    runs = done.runs
    ends = runs["network.kind"] == "modular", runs["network.kind"] == "well_mixed"
    numbers = stated(rf"a change of {INTERVAL}", done.text)
    assert numbers == pytest.approx(paired(runs, "sustained_adoption", *ends), abs=0.0051)


def test_runs_that_fail_are_said_and_the_exit_code_is_1(tmp_path, capsys):
    (tmp_path / "orgs.csv").write_text("organisation,hcps,resources\nRich,5,40\nOther,6,1\n")
    world = f"population.file={tmp_path / 'orgs.csv'}"
    options = ["replicates=12", "horizon=14", "progress=never", "deployment.rate=0.1", "threads=1"]
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
    assert "12 of 12 runs failed" in said.err and "no number" in said.out
