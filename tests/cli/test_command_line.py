"""The command line as a user meets it: exit codes, one line per mistake, answers at once."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.__main__ import main
from sim.cli.arguments import take_config_dir
from sim.cli.commands import COMMANDS, FLAGS
from sim.cli.listing import TOPICS
from sim.studies import session
from sim.tables.errors import UserError
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import SETTINGS, STUDIES


@pytest.fixture
def requests(monkeypatch):
    """Take requests instead of running them."""
    taken = []

    def perform(request):
        taken.append(request)
        return 0

    monkeypatch.setattr(session, "perform", perform)
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


def test_the_exit_code_is_the_studys(monkeypatch):
    monkeypatch.setattr(session, "perform", lambda _: 1)
    assert main([]) == 1


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


def test_each_of_several_mistakes_has_its_line(capsys):
    assert main(["seed=-1", "alignment.roles=2", "typo=1"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3 and all(line.startswith("error: ") for line in lines)


def test_a_mistake_found_by_the_study_is_told_alike(monkeypatch, capsys):
    def perform(_):
        raise UserError("out=x: holds other files")

    monkeypatch.setattr(session, "perform", perform)
    assert main([]) == 2
    assert capsys.readouterr().err == "error: out=x: holds other files\n"


def test_ctrl_c_is_one_line(monkeypatch, capsys):
    def perform(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "perform", perform)
    assert main([]) == 130
    assert capsys.readouterr().err.count("\n") == 1


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
    assert "trust_sweep" in text and "all_gaps_open" in text
    assert all(study in text for study in STUDIES)
    assert main(["list", "parameters"]) == 0
    text = capsys.readouterr().out
    assert all(f"  {path}=" in text for path in PARAMETERS)
    for topic in TOPICS:
        assert main(["list", topic]) == 0
    capsys.readouterr()
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_text("# @package _global_\ntitle: Mine\n: [")
    assert main(["list", "experiments", "--config-dir", str(tmp_path)]) == 0
    assert "mine" in capsys.readouterr().out


def test_outcomes_and_levers_are_listed(capsys):
    from sim.outcomes.table import OUTCOMES
    from sim.policies.lever_table import LEVERS

    for topic, table in (("outcomes", OUTCOMES), ("levers", LEVERS)):
        assert main(["list", topic]) == 0
        lines = capsys.readouterr().out.splitlines()
        named = {line.split()[0]: line for line in lines[1:]}
        assert list(named) == list(table)
        assert all(row.meaning in named[name] and row.unit in named[name] for name, row in table.items())  # fmt: skip
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    assert "list outcomes" in text and "list levers" in text and "lapse_rate" not in text


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


def test_an_unknown_topic(capsys):
    assert main(["list", "experimnts"]) == 2
    assert "did you mean experiments?" in capsys.readouterr().err


def test_a_mistake_in_a_process_of_its_own():
    done = run("+experiment=trust_swep")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_terminals_that_lack_characters(encoding):
    done = run("alignment.roles=\u03b1\u4e2d", PYTHONIOENCODING=encoding)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "alignment.roles=??" in done.stderr
    assert run("list", "parameters", PYTHONIOENCODING=encoding).returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX pipe")
def test_a_reader_that_leaves_early_is_no_error():
    command = f"{sys.executable} -m sim list parameters | head -1"
    done = subprocess.run(
        command, shell=True, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.stderr == "" and done.stdout.count("\n") == 1


SLOW = ("numba", "scipy", "mesa", "pandas", "matplotlib", "numpy", "pyarrow")


@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["--version"], ["typo=1"], ["-x"]])
def test_nothing_slow_is_imported_before_it_is_needed(arguments):
    code = (
        "import sys; from sim.__main__ import main;"
        f"main({arguments!r}); print(set({SLOW!r}) & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.stderr.splitlines()[-1] == "set()"
    if arguments != ["typo=1"]:
        code = code.replace(repr(SLOW), repr(("hydra", "omegaconf")))
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=False
        )
        assert done.stderr.splitlines()[-1] == "set()"


def test_what_a_message_points_to_can_be_listed(capsys):
    assert main(["policy=q"]) == 2
    assert "`python -m sim list policies`" in capsys.readouterr().err
    assert main(["list", "policies"]) == 0


def test_names_are_listed_as_they_are_typed(capsys):
    assert main(["list", "parameters"]) == 0
    line = next(x for x in capsys.readouterr().out.splitlines() if "cost.currency" in x)
    assert "cost.currency=EUR" in line and "joined by" not in line
