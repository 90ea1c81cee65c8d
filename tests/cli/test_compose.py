"""From the command line and the shipped files to a request."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.cli.compose import compose
from sim.design.folders import GROUP_NAMES, available, shipped_folder
from sim.tables.checks import check_settings
from sim.tables.errors import UserError
from sim.tables.factors import FACTORS
from sim.tables.parameters import defaults
from sim.tables.settings import STUDIES
from tests import mistakes

SHIPPED = [
    (group, name, path)
    for group in GROUP_NAMES
    for name, path in available(group, [shipped_folder()]).items()
]


def only_problem(*arguments):
    return mistakes.only_problem(compose, arguments)


def test_nothing_asked_for_is_the_baseline():
    request = compose([])
    assert (request.experiment, request.study) == ("baseline", "simulate")
    assert request.values == defaults() and request.settings == check_settings({})
    assert request.axes == () and request.notes == [] and request.command == "python -m sim"


@pytest.mark.parametrize(("group", "name", "path"), SHIPPED, ids=lambda x: str(x)[-30:])
def test_every_shipped_file_composes_and_says_how_to_run_it(group, name, path):
    plus = "+" if group == "experiment" else ""
    request = compose([f"{plus}{group}={name}"])
    assert not [note for note in request.notes if "has no effect" in note]
    said = f"python -m sim {plus}{group}={name}"
    assert said in "".join(path.read_text("utf-8").split("\n")[1:3]) or name == "default"
    if group == "experiment":
        assert request.experiment == name and request.study in STUDIES
        assert request.title != "Baseline" and request.question.endswith("?")


@pytest.mark.parametrize(
    ("scenario", "level"),
    [("as_interviewed", "baseline"), ("all_gaps_closed", "high"), ("all_gaps_open", "low")],
)
def test_scenarios_equal_the_factor_table(scenario, level):
    request = compose([f"scenario={scenario}"])
    assert request.values == defaults() | {f.path: getattr(f, level) for f in FACTORS}


def test_with_and_without_plus():
    with_plus = compose(["+experiment=trust_sweep", "+seed=3", "++alignment.roles=0.5"])
    without = compose(["experiment=trust_sweep", "seed=3", "alignment.roles=0.5"])
    assert replace(with_plus, command=without.command) == without and without.axes
    assert with_plus.settings["seed"] == 3


@pytest.mark.parametrize(
    "form",
    ["=[0.1,0.2]", "=0.1,0.2", "={low:0.1,high:0.2}", "=range(0.1,0.3,0.1)", "=choice(0.1,0.2)",
     "={from:0.1,to:0.2,steps:2}"],
)  # fmt: skip
def test_axes_of_the_command_line(form):
    request = compose(["alignment.roles" + form])
    assert request.axes[0].values == (0.1, 0.2)
    assert request.study == "sweep" and not any("sweep" in note for note in request.notes)


def test_linked_axes_and_design_on_the_command_line():
    request = compose(
        ["design.axes.both={parameters:[alignment.roles,alignment.value],values:[0,1]}",
         "design.kind=one_at_a_time"]
    )  # fmt: skip
    assert request.axes[0].paths == ("alignment.roles", "alignment.value")
    assert request.design_kind == "one_at_a_time"


def test_what_a_user_may_not_expect_of_an_argument_is_noted():
    assert any("leaves out its end" in n for n in compose(["network.ties=range(2,4)"]).notes)
    twice = compose(["seed=1", "seed=2", "out=x", "out=null"])
    assert twice.settings["seed"] == 2 and twice.settings["out"] is None
    assert any("seed is given twice" in note for note in twice.notes)


def test_groups_and_overrides_work_together():
    request = compose(["population=region", "population.organisations=7", "network=random"])
    assert request.values["population.organisations"] == 7
    assert request.values["population.size_spread"] == 0.8
    assert request.values["network.kind"] == "random"


def test_a_choice_of_the_command_line_wins_over_the_experiment(tmp_path):
    write(tmp_path, "mine", "network:\n  kind: scale_free\n  ties: 3\n")
    request = compose(["--config-dir", str(tmp_path), "experiment=mine", "network=random"])
    assert request.values["network.kind"] == "random" and request.values["network.ties"] == 3


@pytest.mark.parametrize("chosen", ["file", "command line"])
def test_what_an_experiment_says_of_all_its_points_holds_in_any_scenario(chosen, tmp_path):
    start = "defaults:\n  - override /scenario: small_clinic\n  - _self_\n"
    write(tmp_path, "mine", (start if chosen == "file" else "") + "process:\n  training: 0.07\n")
    words = ["--config-dir", str(tmp_path), "experiment=mine"]
    request = compose([*words, *(["scenario=small_clinic"] if chosen != "file" else [])])
    assert request.values["process.training"] == 0.07  # 0.01 in the clinic's own file
    assert request.values["population.organisations"] == 1
    told = [note for note in request.notes if "process.training=0.07 (not 0.01)" in note]
    assert len(told) == (chosen != "file")


def test_what_is_typed_holds_in_any_scenario_until_a_line_of_a_file_changes_it(tmp_path):
    typed = ["scenario=small_clinic", "process.training=0.07"]
    assert compose(typed).values["process.training"] == 0.07
    (tmp_path / "points.csv").write_text("process.training,network.ties\n0.2,2\n0.3,4\n")
    request = compose([*typed, "design.kind=list", f"design.file={tmp_path / 'points.csv'}"])
    (axis,) = request.axes
    assert [setting["process.training"] for setting in axis.settings] == [0.2, 0.3]
    assert any(note.startswith("process.training=0.07: changes nothing") for note in request.notes)


def test_texts_are_taken_as_typed():
    request = compose(["title=Trust, again (1) ${oc.env:HOME}", "out=some folder/x=1"])
    assert request.title == "Trust, again (1) ${oc.env:HOME}"
    assert compose(["question=Why?", "process.training=[0,0.1]"]).question == "Why?"
    assert request.settings["out"] == "some folder/x=1"


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("+alignment.usabilty=0.3", "did you mean alignment.usability?"),
        ("+seeed=0", "did you mean seed?"),
        ("+typo=1", "typo=1: unknown parameter"),
        ("alignment.roles=high", "alignment.roles=high: is text"),
        ("alignment.roles=inf", "alignment.roles=inf: is not a finite number"),
        ("horizon=010", "leading zero"),
        ("horizon=12:30", "horizon=12:30: is text"),
        ("alignment.roles=", "alignment.roles=: is text"),
        ("alignment.roles=interval(0,1)", "not understood"),
        ("alignment.roles=glob(*)", "not understood"),
        ("alignment.roles=shuffle(0.1,0.2)", "not understood"),
        ("alignment.roles=range(1,0,0.1)", "range is empty"),
        ("alignment.roles=[", "can not be read"),
        ("design=5", "unknown"),
        ("experiment=trust_swep", "did you mean trust_sweep?"),
        ("+experiment=../../x", "experiment=../../x"),
        ("experiment=/etc/passwd", "a name is made of a-z"),
        ("experiment=", "list experiments"),
        ("experiment=trust_sweep,own_world", "takes the name of one file"),
        ("network=randm", "did you mean random?"),
        ("~seed", "write key=value"),
        ("--confg-dir", "did you mean --config-dir?"),
        ("--config-dir", "needs a folder"),
        ("--config-dir=/does/not/exist", "is not a folder"),
        ("trust_sweep", "did you mean +experiment=trust_sweep?"),
        ("--", "unknown flag"),
        ("show", "show: unknown command; allowed: data, diff, "),
        ("calibrate", "did you mean study=calibrate?"),
        ("stroy", "stroy: unknown command; did you mean story?"),
        ("process.training=0,5", "decimals is written with a point: process.training=0.5"),
        ("policy='none,training'", "is more than one (to compare several"),
        ("design.axes.policy=training", "allowed is a list, such as [none, training]"),
        ("policy=my plan", "is not made of a-z, 0-9 and _"),
        ("policy=none,my plan", "policy=my plan: is not made of a-z, 0-9 and _"),
        ("policy=budget_cut", "is a shock, not a policy; write shock=budget_cut"),
        ("shock=training", "is a policy, not a shock; write policy=training"),
        ("=3", "write key=value"),
        ("hydra.run.dir=x", "unknown"),
        ("hydra/launcher=x", "unknown"),
        ("horizon=${oc.env:HOME}", "is text"),
    ],
)
def test_a_mistake_is_one_line(argument, words):
    assert words in only_problem(argument)


# --- a user's own folder -----------------------------------------------------------------------


def write(folder: Path, name: str, text: str) -> Path:
    (folder / "experiment").mkdir(exist_ok=True)
    path = folder / "experiment" / f"{name}.yaml"
    path.write_text("# @package _global_\n" + text, encoding="utf-8")
    return path


def mine(folder: Path, *more: str):
    return compose(["--config-dir", str(folder), "+experiment=mine", *more])


def test_a_users_experiment(tmp_path):
    tmp_path = tmp_path / "a b,c='d'"
    tmp_path.mkdir()
    write(
        tmp_path, "mine",
        "title: Mine\nreplicates: 3\nalignment:\n  roles: 0.4\n"
        "design:\n  axes:\n    alignment.value: [0, 1]\nstudy: sweep\n",
    )  # fmt: skip
    request = mine(tmp_path)
    assert request.title == "Mine" and request.settings["replicates"] == 3
    assert request.values["alignment.roles"] == 0.4 and request.axes[0].values == (0.0, 1.0)
    with pytest.raises(UserError, match=r"^options.figure=map: study sweep has no options$"):
        mine(tmp_path, "options.figure=map")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([], (0.2, 0.3, 0.5)),
        (["thresholds=[0.5,0.1,0.5]"], (0.1, 0.5)),
        (["options.thresholds=0.4"], (0.4,)),
        (["thresholds=0.2,0.3"], (0.2, 0.3)),
    ],
)
def test_thresholds_of_a_factorial_design(given, kept):
    assert compose(["+experiment=all_factors", *given]).options == {"thresholds": kept}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["thresholds=[0.2,2]"], "thresholds=[0.2, 2]: is above the largest allowed value"),
        (["thresholds=half"], "thresholds=half: is text, where a number belongs"),
        (["thresholds=[]"], "thresholds=[]: is empty"),
        (["options.threshold=0.2"], "did you mean thresholds?"),
        (["thresholds=0.2", "design.kind=grid"], "has no options"),
        (["thresholds=0.2", "design.kind=grid", "horizon=-1"], "horizon=-1: is below"),
    ],
)
def test_thresholds_that_are_not_allowed_are_one_line(words, said):
    assert said in only_problem("+experiment=all_factors", *words)


def test_a_users_file_goes_before_a_shipped_one_and_may_build_on_others(tmp_path):
    write(tmp_path, "trust_sweep", "title: Instead\n")
    request = compose([f"--config-dir={tmp_path}", "experiment=trust_sweep"])
    assert request.title == "Instead" and request.axes == ()
    assert compose(["experiment=trust_sweep"]).title == "Trust sweep"  # nothing is left behind
    write(
        tmp_path, "mine",
        "defaults:\n  - alignment_sweep\n  - override /scenario: all_gaps_open\n  - _self_\n"
        "title: Mine\n",
    )  # fmt: skip
    request = mine(tmp_path)
    assert request.title == "Mine" and request.study == "alignment"
    assert request.values["alignment.roles"] == 0.2


def test_paths_of_data_files(tmp_path, monkeypatch):
    (tmp_path / "conf" / "data").mkdir(parents=True)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for folder in ("conf/data", "here"):
        (tmp_path / folder / "o.csv").write_text("x\n")
    write(tmp_path / "conf", "mine", "population:\n  file: data/o.csv\n")
    request = mine(tmp_path / "conf")
    assert request.values["population.file"] == str((tmp_path / "conf/data/o.csv").resolve())
    request = mine(tmp_path / "conf", "population.file=o.csv")
    assert request.values["population.file"] == str((tmp_path / "here/o.csv").resolve())
    request = compose(["population.file=[o.csv,../conf/data/o.csv]"])
    files = [s["population.file"] for s in request.axes[0].settings]
    assert files == [str(tmp_path / "here/o.csv"), str(tmp_path / "conf/data/o.csv")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("titel: x\n", "line 2: titel: unknown key of an experiment; did you mean title?"),
        ("alignment:\n  usabilty: 0.3\n", "did you mean alignment.usability?"),
        ("alignment.usability: 0.3\n", "instead of dots"),
        ("alignment:\n  roles: .inf\n", "alignment.roles=inf: is not a finite number"),
        ("alignment:\n  roles: yes\n", "alignment.roles=true: is true or false"),
        ("alignment:\n", "line 2: alignment is a group"),
        ("alignment: 3\n", "line 2: alignment is a group"),
        ("alignment: [3]\n", "line 2: alignment is a group"),
        ("horizon: ${oc.env:HOME}\n", "horizon=${oc.env:HOME}: is text"),
        ("horizon: 010\n", "line 2: 010: YAML does not read this as a decimal number"),
        ("horizon: 0x10\n", "line 2: 0x10"),
        ("horizon: 12:30\n", "line 2: 12:30: YAML does not read this as a decimal number"),
        ("horizon: !!bool maybe\n", "line 2: 'maybe': is no bool"),
        ("horizon: !!int ''\n", "line 2: '': is no int"),
        ('title: "\\UFFFFFFFF"\n', "is not YAML"),
        ("seed: 1\nseed: 2\n", "line 3: seed is given twice"),
        ("a: [1\nb: 2\n", "is not YAML"),
        ("title: 'x\n", "line 3: is not YAML"),
        ("\tseed: 1\n", "line 2: is not YAML"),
        ("- 1\n", "key: value"),
        ("hydra:\n  run:\n    dir: /tmp\n", "line 2: hydra: unknown key of an experiment"),
        ("options:\n  _target_: os.system\n", "options._target_=os.system: study"),
        ("searchpath: [/tmp]\n", "searchpath: unknown key of an experiment"),
        ("title: !!python/object/apply:os.system [ls]\n", "line 2: the tag"),
        ("title: !x y\n", "line 2: the tag"),
        ("options: {<<: {a: 1}}\n", "merge is not allowed; write plain values"),
        ("title: 2026-13-45\n", "line 2: month must be in 1..12"),
        ("a: &a [1]\nb: *a\n", "line 3: aliases"),
        ("defaults:\n  - /hydra/launcher: x\n", "hydra/launcher: unknown group"),
        ("defaults:\n  - override hydra/launcher: x\n", "hydra/launcher: unknown group"),
        ("defaults:\n  - ../../x\n", "is not a name"),
        ("defaults:\n  - /scenario: ${oc.env:HOME}\n", "is not a name"),
        ("defaults:\n  - /scenario: nowhere\n", "scenario=nowhere: unknown"),
        ("defaults:\n  - /scenario@x: all_gaps_open\n", "unknown group"),
        ("defaults:\n  - mine\n", "builds on itself"),
        ("design: 5\n", "line 2: design is a group"),
        ("design:\n  axes: [1]\n", "line 3: design.axes is a group"),
        ("options: 5\n", "line 2: options is a group"),
        ("x: " + "[" * 1200 + "]" * 1200, "too deeply"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_users_file_is_one_line(tmp_path, text, words):
    write(tmp_path, "mine", text)
    assert words in only_problem("--config-dir", str(tmp_path), "+experiment=mine")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"title: x\n", "first line must be `# @package _global_`"),
        (b"# mine\n# @package _global_\n", "first line must be `# @package _global_`"),
        (b"# @package hydra\n", "first line must be `# @package _global_`"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"# " + b"x" * 1_000_001, "larger than"),
    ],
    ids=str,
)
def test_a_file_that_can_not_be_read_as_one_of_ours_is_one_line(tmp_path, content, words):
    write(tmp_path, "mine", "").write_bytes(content)
    assert words in only_problem("--config-dir", str(tmp_path), "+experiment=mine")


def test_a_users_folder_can_not_replace_the_programs_own_files(tmp_path):
    (tmp_path / "config.yaml").write_text("title: Mine\n")
    line = only_problem("--config-dir", str(tmp_path))
    assert "config.yaml is the program's own" in line and "experiment/NAME.yaml" in line


@pytest.mark.parametrize(
    "name",
    ["population/default", "network/modular", "scenario/as_interviewed", "experiment/base"],
)
def test_what_nobody_has_chosen_is_scanned_too(tmp_path, name):
    write(tmp_path, "mine", "defaults: [base]\n")
    write(tmp_path, "base", "")
    path = tmp_path / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("# @package _global_\nx: 010\n")
    line = only_problem("--config-dir", str(tmp_path), "+experiment=mine")
    assert f"{path}, line 2: 010: YAML does not read this" in line


@pytest.mark.parametrize("word", ["process.training=0,1", "decision.intercept=-2,0"])
def test_a_sweep_that_may_be_a_decimal_comma_goes_on_with_a_note(word):
    request = compose(["study=sweep", word])
    assert len(request.axes[0]) == 2
    (note,) = request.notes
    assert note.startswith(f"{word}: two values") and word.replace(",", ".") in note


def test_a_decimal_comma_is_not_suspected_where_the_number_is_not_allowed():
    line = only_problem("study=sweep", "cost.discount_rate=1,5")
    assert line.startswith("cost.discount_rate=5: is above")
