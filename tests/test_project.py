"""The files around the code: versions agree, all is pinned, nothing names this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sim import __version__

ROOT = Path(__file__).resolve().parent.parent
# Written in two parts, so that this file does not name them.
REGISTRIES = re.compile(
    "|".join(
        re.escape(host)
        for host in (
            "pypi" + ".org", "pythonhosted" + ".org", "pypi" + ".python.org", "anaconda" + ".org",
            "conda" + ".io", "npmjs" + ".", "crates" + ".io", "docker" + ".io", "ghcr" + ".io",
        )
    )
)  # fmt: skip
MACHINE_PATH = re.compile(
    r"(?<![\w.:/~$}-])/(?:home|Users|root|work|opt|mnt|srv)/[\w.-]+|[A-Z]:\\\\?Users\\"
)
# A server's address with a port, or with a user in front
ADDRESS = re.compile(r"https?://(?:[^\s/]*@|\d+\.\d+\.\d+\.\d+|localhost)")


def tracked() -> list[Path]:
    """Return the files under version control."""
    try:
        found = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
        ).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a clone")
    return [ROOT / name for name in found.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def test_versions_agree():
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["version"]["path"] == "sim/tables/version.py"
    citation = re.search(r"^version: (\S+)$", text_of(ROOT / "CITATION.cff"), re.MULTILINE)
    change = re.search(r"^## (\S+)", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert citation and citation[1].strip("\"'") == __version__, "CITATION.cff: another version"
    assert change and change[1] == __version__, "CHANGELOG.md: the newest entry is another version"


def test_everything_needed_is_pinned():
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["dev"], *extras["docs"]]
    lines = text_of(ROOT / "constraints.txt").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    for pin in pins:
        assert re.fullmatch(r"[a-z0-9_.-]+==[\w.]+( ; [a-z_]+ [<>=]+ \"[\w.]+\")?", pin), pin
    pinned = {re.split("==", pin)[0].replace("_", "-") for pin in pins}
    for requirement in needed:
        name = re.split(r"[<>=]", requirement)[0].lower()
        assert name in pinned, f"constraints.txt: {name} is missing"


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    wrong = []
    for path in tracked():
        for number, line in enumerate(text_of(path).splitlines(), 1):
            for what, pattern in (
                ("a registry", REGISTRIES),
                ("an absolute path", MACHINE_PATH),
                ("a private address", ADDRESS),
            ):
                if found := pattern.search(line):
                    wrong.append(f"{path.relative_to(ROOT)}:{number}: {what}: {found[0]}")
    assert not wrong, "\n".join(wrong)


def test_the_readme_holds_the_measured_tables():
    from benchmarks.run import with_results

    results = text_of(ROOT / "benchmarks" / "results.md")
    readme = text_of(ROOT / "README.md")
    assert readme == with_results(readme, results)
    assert readme.count("| HCPs | C | kernel |") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no such bit on Windows")
def test_ci_can_be_run():
    script = ROOT / ".ci" / "run"
    if not script.exists():
        pytest.skip("not a clone")
    assert os.access(script, os.X_OK)
    assert {"make test", "make check"} <= {
        line.removesuffix(" </dev/null") for line in text_of(script).splitlines()
    }
