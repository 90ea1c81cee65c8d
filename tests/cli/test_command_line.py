"""The command line as a user meets it: exit codes, one line per mistake, answers at once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.__main__ import main
from sim.cli.arguments import COMMANDS, FLAGS, take_config_dir
from sim.cli.listing import TOPICS
from sim.outcomes.table import OUTCOMES
from sim.policies.lever_table import LEVERS
from sim.studies import session
from sim.tables.errors import UserError
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import SETTINGS, STUDIES


@pytest.fixture
def requests(monkeypatch):
    """Take requests instead of running them."""
    taken = []

    monkeypatch.setattr(session, "perform", lambda request: taken.append(request) or 0)
    return taken


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "sim", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=600,
    )


def test_a_request_reaches_the_study(requests, capsys):
    assert main(["+experiment=trust_sweep", "seed=4"]) == 0
    assert requests[0].experiment == "trust_sweep" and requests[0].settings["seed"] == 4
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("argument", "parts"),
    [
        ("alignment.usabilty=0.3", ["alignment.usabilty", "0.3", "alignment.usability?"]),
        ("+experiment=../../x", ["experiment", "../../x", "list experiments"]),
        ("--config-dir=nowhere", ["nowhere", "folder"]),
        ("list=3", ["list"]),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(requests, capsys, argument, parts):
    assert main([argument]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert captured.err.startswith("error: ")
    assert all(part in captured.err for part in parts)
    assert requests == []


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.text(), max_size=3), st.sampled_from(["", "alignment.roles=", "design.axes."]))
def test_whatever_is_typed_is_a_request_or_a_users_mistake(words, start):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "perform", lambda _: 0)
        assert main([start + word for word in words]) in (0, 2)


@pytest.mark.parametrize(
    ("ended", "code", "told"),
    [
        (1, 1, ""),
        (UserError("out=x: holds other files"), 2, "error: out=x: holds other files\n"),
        (KeyboardInterrupt(), 130, "stopped\n"),
    ],
)
def test_how_a_study_ends_is_the_exit_code_and_one_line(monkeypatch, capsys, ended, code, told):
    def perform(_):
        if isinstance(ended, int):
            return ended
        raise ended

    monkeypatch.setattr(session, "perform", perform)
    assert main([]) == code
    assert capsys.readouterr().err == told


def test_help_names_every_setting_and_the_exit_codes(capsys):
    for flag in ("--help", "-h"):
        assert main([flag]) == 0
        text = capsys.readouterr().out
        assert all(f"  {name}=" in text for name in SETTINGS)
        assert "Exit codes" in text and "outputs/" in text
        assert text.count("\n  python -m sim") >= 6


def test_every_example_of_the_help_works(requests, capsys, tmp_path, monkeypatch):
    import shlex

    main(["--help"])
    lines = capsys.readouterr().out.splitlines()
    examples = [line for line in lines if line.startswith("  python -m sim ")]
    (tmp_path / "my_conf" / "experiment").mkdir(parents=True)
    (tmp_path / "my_conf" / "experiment" / "mine.yaml").write_text("# @package _global_\n")
    monkeypatch.chdir(tmp_path)
    for line in examples:
        command = line.strip().split("  ")[0]
        assert main(shlex.split(command)[3:]) == 0, line


def test_version_names_versions_and_processor(capsys):
    assert main(["--version"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("nasss-sim ") and " cores" in text
    for word in ("Python ", "numba ", "numpy ", "mesa "):
        assert word in text


def test_lists(capsys, tmp_path):
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    for name in ("trust_sweep", "all_gaps_open", "list outcomes", "list levers", *STUDIES):
        assert name in text
    assert "lapse_rate" not in text
    for topic in TOPICS:
        assert main(["list", topic]) == 0
    capsys.readouterr()
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_text("# @package _global_\ntitle: Mine\n: [")
    folded = "# @package _global_\ntitle: >-\n  A title\n  of two lines\n"
    (tmp_path / "experiment" / "folded.yaml").write_text(folded)
    for n, title in enumerate(("!!bool maybe", "!!int ''", '"\\UFFFFFFFF"', "[*a, *a]")):
        text = f"# @package _global_\na: &a [1, 2]\ntitle: {title}\nquestion: null\n"
        (tmp_path / "experiment" / f"odd_{n}.yaml").write_text(text)
    assert main(["list", "experiments", "--config-dir", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "mine" in text and "A title of two lines" in text
    assert "odd_3" in text and "null" not in text
    assert main(["--config-dir", str(tmp_path), "list"]) == 2
    assert "list: stands before all else: python -m sim list ..." in capsys.readouterr().err
    assert main(["list", "experiments", "policies"]) == 0  # whole, and what each policy is
    text = " ".join(capsys.readouterr().out.split())
    assert "use the tool after ten years?" in text and "Onboarding: Every newcomer is" in text


@pytest.mark.parametrize(
    ("topic", "table"), [("parameters", PARAMETERS), ("outcomes", OUTCOMES), ("levers", LEVERS)]
)
def test_all_rows_of_a_table_are_listed_as_they_are_typed(capsys, topic, table):
    assert main(["list", topic]) == 0
    _, *rows = re.split(r"\n {1,2}(?! )", capsys.readouterr().out)
    words = [row.split() for row in rows]
    named = {row[0].partition("=")[0]: "".join(row) for row in words}
    assert list(named) == list(table)
    for name, row in table.items():
        assert "".join(row.meaning.split()) in named[name]
        assert "".join(row.unit.split()) in named[name]
    if topic == "parameters":
        line = named["cost.currency"]
        assert "cost.currency=EUR" in line and "joinedby" not in line


@pytest.mark.parametrize("place", [*COMMANDS.values(), *FLAGS.values()])
def test_every_command_has_a_function(place):
    module, _, function = place.partition(":")
    assert callable(getattr(import_module(module), function))


def test_the_folder_is_taken_out_of_a_command_line():
    words = ["a=1", "--config-dir", "first", "b=2"]
    assert take_config_dir(words) == (["a=1", "b=2"], "first")
    with pytest.raises(UserError, match="given twice"):
        take_config_dir([*words, "--config-dir=second"])
    assert take_config_dir(["-cd", "--help"]) == ([], "--help")
    assert take_config_dir(["a=--config-dir"]) == (["a=--config-dir"], None)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_terminals_that_lack_characters(encoding):
    done = run("alignment.roles=\u03b1\u4e2d", PYTHONIOENCODING=encoding)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1
    assert "alignment.roles=??" in done.stderr
    assert run("list", "parameters", PYTHONIOENCODING=encoding).returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX pipe")
def test_a_reader_that_leaves_early_is_no_error():
    command = f"{sys.executable} -m sim list parameters | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=600)
    assert done.stderr == "" and done.stdout.count("\n") == 1


def test_nothing_slow_is_imported_before_it_is_needed():
    slow = "numba scipy mesa pandas matplotlib numpy pyarrow hydra omegaconf".split()
    code = f"""
import sys
from sim.__main__ import main
from sim.cli.compose import compose
for word in ("list", "--help", "--version", "-x", "typo=1"):
    main([word])
compose(["seed=1"])
print("imported:", {{*{slow}}} & {{*sys.modules}})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
    assert done.stdout.endswith("imported: set()\n"), done


def test_what_a_message_points_to_can_be_listed(capsys):
    assert main(["policy=q"]) == main(["list", "experimnts"]) == 2
    told = capsys.readouterr().err
    assert "`python -m sim list policies`" in told and "did you mean experiments?" in told
    assert main(["list", "policies"]) == 0
