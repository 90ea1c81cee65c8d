"""The cache of compiled code cannot go stale, and needs neither a home nor a writable package."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHORT = "from sim.model import rules; print(rules.gain(0.5, 0.1))"


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
    shutil.copytree(
        ROOT / "sim", tmp_path / "copy" / "sim", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path / "copy"


@pytest.mark.parametrize(
    ("module", "old", "new", "code", "answers"),
    [
        # `gain` itself stays as it is; what it calls, in the same module, changes
        ("rules", "if x > 1.0:\n        return 1.0", "if x > 0.52:\n        return 0.52", SHORT,
         ("0.55", "0.52")),
        ("numerics", "    return _exp_sum(x, 0.0)", "    return 3.0 * _exp_sum(x, 0.0)",
         "from sim.model import rules; print(rules.sigmoid(0.0))", ("0.5", "0.25")),
    ],
    ids=["what is called", "what is imported"],
)  # fmt: skip
def test_an_edit_has_its_effect_at_once(package, tmp_path, module, old, new, code, answers):
    cache = {"NASSS_SIM_CACHE": str(tmp_path / "cache")}
    assert run_in(package, code, **cache).stdout.strip() == answers[0]
    path = package / "sim" / "model" / f"{module}.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert run_in(package, code, **cache).stdout.strip() == answers[1]


def test_the_cache_is_used_and_nothing_is_left_beside_the_sources(package, tmp_path):
    cache = tmp_path / "cache"
    assert run_in(package, NASSS_SIM_CACHE=str(cache)).returncode == 0
    assert list(cache.rglob("*.nbi"))
    assert not [p for p in package.rglob("*.nb*")]


def test_without_a_home(package, tmp_path):
    answer = run_in(package, HOME="", XDG_CACHE_HOME="")
    assert answer.stdout.strip() == "0.55", answer.stderr


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX systems")
def test_a_read_only_package(package, tmp_path):
    for path in package.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    answer = run_in(package, NASSS_SIM_CACHE=str(tmp_path / "cache"))
    assert answer.stdout.strip() == "0.55", answer.stderr


@pytest.mark.skipif(os.name != "posix", reason="permissions and owners of POSIX systems")
@pytest.mark.parametrize("whose", ["open to others", "of another user"])
def test_a_folder_that_others_may_write_is_not_used(package, tmp_path, whose):
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o700)
    if whose == "open to others":
        cache.chmod(0o777)
    elif os.getuid() == 0:
        os.chown(cache, 12345, -1)
    else:
        pytest.skip("needs root")
    answer = run_in(package, NASSS_SIM_CACHE=str(cache))
    assert answer.stdout.strip() == "0.55", answer.stderr
    assert not list(cache.rglob("*.nbi"))


def test_a_damaged_cache_is_made_anew(package, tmp_path):
    cache = tmp_path / "cache"
    assert run_in(package, NASSS_SIM_CACHE=str(cache)).returncode == 0
    files = [*cache.rglob("*.nbi"), *cache.rglob("*.nbc")]
    whole = {path: path.stat().st_size for path in files}
    damages = [
        lambda content: content[: len(content) // 2],
        lambda _: b"",
        lambda content: content[:-9] + bytes(9),
    ]
    for damage in damages:
        for path in files:
            path.write_bytes(damage(path.read_bytes()))
        answer = run_in(package, NASSS_SIM_CACHE=str(cache))
        assert answer.stdout.strip() == "0.55", answer.stderr
        assert {path: path.stat().st_size for path in files} == whole


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX systems")
def test_no_space_for_the_cache(package, tmp_path):
    full = "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (50, 50)); "
    answer = run_in(package, full + SHORT, NASSS_SIM_CACHE=str(tmp_path / "cache"))
    assert answer.stdout.strip() == "0.55", answer.stderr
    assert not [p for p in (tmp_path / "cache").rglob("*") if ".tmp." in p.name]


def test_code_that_is_not_optimised_is_kept_by_itself_and_none_is_refused(package, tmp_path):
    cache = {"NASSS_SIM_CACHE": str(tmp_path / "cache")}
    for level in ("0", "3"):
        assert run_in(package, NUMBA_OPT=level, **cache).stdout.strip() == "0.55"
    assert len(list((tmp_path / "cache").iterdir())) == 2
    code = "from sim.__main__ import main; main([])"
    answer = run_in(ROOT, code, NUMBA_DISABLE_JIT="1")
    assert answer.stderr.startswith("error: NUMBA_DISABLE_JIT=1: ")
    assert answer.stderr.count("\n") == 1


def test_four_cold_processes_at_once(package, tmp_path):
    code = "from sim.model import streams as s; print(s.uniform(s.run_key(3, 4), 5))"
    cache = {"NASSS_SIM_CACHE": str(tmp_path / "cache")}
    with ThreadPoolExecutor(4) as threads:
        answers = [*threads.map(lambda _: run_in(package, code, **cache), range(4))]
    assert all(answer.returncode == 0 for answer in answers), answers
    assert len({answer.stdout for answer in answers}) == 1
