"""The wheel: complete, nothing strange in it, and it works where no clone is near."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from sim.tables.version import __version__

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(importlib.util.find_spec(name) for name in ("build", "hatchling", "pip")),
        reason="needs build, hatchling and pip",
    ),
]


def do(*command, cwd, **options):
    # a PYTHONPATH of whoever runs the tests would bring the clone back in
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(c) for c in command], cwd=cwd, capture_output=True, text=True, timeout=300,
        env=environment, **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    done = do(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT,
        cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return an interpreter that has the wheel, and finds everything else where we do."""
    folder = tmp_path_factory.mktemp("installed")
    done = do(
        sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", "venv", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    python = folder / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    # what the tests run with may be an environment of its own, which a new one does not inherit;
    # a path in a .pth file brings its packages, but not an editable install of this one
    where = do(
        python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder
    ).stdout.strip()
    paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(where) / "packages.pth").write_text("\n".join(sorted(paths)) + "\n")
    done = do(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index",
        "--ignore-installed", "--disable-pip-version-check", wheel, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    done = do(python, "-c", "import sim; print(sim.__file__)", cwd=elsewhere)
    assert Path(done.stdout.strip()).is_relative_to(where), done.stdout + done.stderr
    return python, elsewhere


def test_the_wheel_holds_the_package_and_its_configuration_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
    expected = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "sim").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    expected |= {
        f"sim/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "conf").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert names == expected
    assert {"sim/conf/config.yaml", "sim/conf/experiment/trust_sweep.yaml"} <= names
    assert all(
        Path(name).suffix in {".py", ".yaml", ".csv", ".css", ".html", ".js", ".typed", ".wasm"}
        for name in names
    )


def test_the_wheel_says_what_it_is(wheel):
    with zipfile.ZipFile(wheel) as file:
        inside = {name.split("/", 1)[1]: name for name in file.namelist() if ".dist-info/" in name}
        metadata = file.read(inside["METADATA"]).decode()
        entry = file.read(inside["entry_points.txt"]).decode()
    assert f"\nVersion: {__version__}\n" in metadata and "nasss-sim = sim.__main__:main" in entry
    assert "licenses/LICENSE" in inside and "\nRequires-Dist: numba" in metadata


def test_it_runs_in_any_folder(installed):
    python, folder = installed
    done = do(python, "-m", "sim", "--version", cwd=folder)
    assert done.stdout.startswith(f"nasss-sim {__version__}"), done.stderr
    done = do(python, "-m", "sim", "list", cwd=folder)
    assert done.returncode == 0 and "trust_sweep" in done.stdout
    small = ["replicates=2", "horizon=6", "progress=never"]
    axes = ["development.ceiling.transparency=[0.5,1]"]
    done = do(python, "-m", "sim", "+experiment=trust_sweep", *axes, *small, cwd=folder)
    assert done.returncode == 0, done.stderr
    (result,) = (folder / "outputs" / "trust_sweep").iterdir()
    assert {"runs.parquet", "summary.csv", "provenance.json"} <= {p.name for p in result.iterdir()}


def test_an_own_experiment_and_the_shipped_example(installed):
    python, folder = installed
    mine = folder / "mine" / "experiment" / "pilot.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("# @package _global_\ntitle: My pilot\npopulation: {organisations: 2}\n")
    small = ["replicates=2", "horizon=6", "progress=never"]
    done = do(
        python, "-m", "sim", "--config-dir", "mine", "+experiment=pilot", *small, "out=pilot",
        cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout.startswith("My pilot: "), done.stderr
    assert "2 organisations of 50 professionals" in done.stdout
    done = do(python, "-m", "sim", "+experiment=own_world", *small, "out=world", cwd=folder)
    assert done.returncode == 0 and "5 organisations of 8 to 60 professionals" in done.stdout, (
        done.stderr
    )


def test_the_python_interface(installed):
    python, folder = installed
    code = (
        "import sim; r = sim.load('trust_sweep', 'replicates=2', 'horizon=2', "
        "'process.hcp_cooperation=0.2', 'trust.transparency_strength=1');"
        "m = sim.AdoptionModel({'horizon': 2}); m.run_model(); print(len(r.runs), len(m.agents))"
    )
    done = do(python, "-c", code, cwd=folder)
    assert done.stdout.splitlines()[-1] == "22 1040", done.stdout + done.stderr
