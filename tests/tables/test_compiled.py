"""The cache of compiled code cannot go stale, and needs neither a home nor a writable package."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHORT = "from sim.model import rules; print(rules.gain(0.5, 0.1))"
FULL = "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (50, 50)); "
posix = pytest.mark.skipif(os.name != "posix", reason="permissions and limits of POSIX systems")


def run_in(folder: Path, code: str = SHORT, **environment: str) -> subprocess.CompletedProcess:
    """Run code against the package that lies in a folder."""
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "NASSS_SIM_CACHE")}
    return subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**clean, "PYTHONPATH": str(folder), **environment},
        cwd="/" if os.name == "posix" else None,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.fixture
def package(tmp_path):
    """Return a folder with a copy of the package, without anything compiled."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "sim", tmp_path / "copy" / "sim", ignore=ignored)
    return tmp_path / "copy"


@pytest.fixture
def answers(package, tmp_path):
    """Return a function that runs short code with a cache, and checks its answer."""

    def run(code=SHORT, answer="0.55", **environment):
        made = run_in(package, code, **{"NASSS_SIM_CACHE": str(tmp_path / "cache"), **environment})
        assert made.stdout.strip() == answer, made.stderr
        return tmp_path / "cache"

    return run


@pytest.mark.parametrize(
    ("module", "old", "new", "code", "before", "after"),
    [
        # `gain` itself stays as it is; what it calls, in the same module, changes
        ("rules", "if x > 1.0:\n        return 1.0", "if x > 0.52:\n        return 0.52", SHORT,
         "0.55", "0.52"),
        ("numerics", "    return _exp_sum(x, 0.0)", "    return 3.0 * _exp_sum(x, 0.0)",
         "from sim.model import rules; print(rules.sigmoid(0.0))", "0.5", "0.25"),
    ],
    ids=["what is called", "what is imported"],
)  # fmt: skip
def test_an_edit_has_its_effect_at_once(answers, package, module, old, new, code, before, after):
    cache = answers(code, before)
    assert list(cache.rglob("*.nbi")) and not [*package.rglob("*.nb*")]
    path = package / "sim" / "model" / f"{module}.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    answers(code, after)


def test_without_a_home(answers):
    answers(HOME="", XDG_CACHE_HOME="", NASSS_SIM_CACHE="")


@posix
def test_a_read_only_package(answers, package):
    for path in package.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    answers()


@posix
@pytest.mark.parametrize("whose", ["open to others", "of another user"])
def test_a_folder_that_others_may_write_is_not_used(answers, tmp_path, whose):
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o700)
    if whose == "open to others":
        cache.chmod(0o777)
    elif os.getuid() == 0:
        os.chown(cache, 12345, -1)
    else:
        pytest.skip("needs root")
    answers()
    assert not list(cache.rglob("*.nbi"))


def test_a_damaged_cache_is_made_anew(answers):
    cache = answers()
    files = sorted([*cache.rglob("*.nbi"), *cache.rglob("*.nbc")])
    whole = {path: path.stat().st_size for path in files}
    damages = [
        lambda content: content[: len(content) // 2],
        lambda _: b"",
        lambda content: content[:-9] + bytes(9),
    ]
    assert len(files) > len(damages)
    for path, damage in zip(files, cycle(damages)):  # noqa: B905
        path.write_bytes(damage(path.read_bytes()))
    answers()
    assert {path: path.stat().st_size for path in files} == whole


@posix
def test_no_space_for_the_cache(answers):
    cache = answers(FULL + SHORT)
    assert not [p for p in cache.rglob("*") if ".tmp." in p.name]


def test_code_that_is_not_optimised_is_kept_by_itself_and_none_is_refused(answers):
    for level in ("0", "3"):
        cache = answers(NUMBA_OPT=level)
    assert len(list(cache.iterdir())) == 2
    code = "from sim.__main__ import main; main([])"
    answer = run_in(ROOT, code, NUMBA_DISABLE_JIT="1")
    assert answer.stderr.startswith("error: NUMBA_DISABLE_JIT=1: ")
    assert answer.stderr.count("\n") == 1


def test_two_cold_processes_at_once(answers):
    code = "from sim.model import streams as s; print(s.run_key(3, 4))"
    key = run_in(ROOT, code).stdout.strip()
    with ThreadPoolExecutor(2) as threads:
        assert [*threads.map(lambda _: answers(code, key), range(2))]
