"""The documentation: links lead somewhere, commands are understood, every page is in the site."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml

from sim.__main__ import main
from sim.cli import story
from sim.cli.compose import compose
from sim.cli.listing import TOPICS
from sim.cli.page import fragment_of
from sim.cli.resume import MAY_CHANGE
from sim.design.rating import read_sheet
from sim.design.scenarios import teaching_scenarios
from sim.ensembles.shards import parse_shard
from sim.tables.errors import UserError
from website.document import BLOCKS
from website.document_blocks import filled

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
SITE = yaml.safe_load((ROOT / "website" / "mkdocs.yml").read_text(encoding="utf-8"))
# Parts that are measured, by files of their own in website/
MEASURED = {
    "common_random_numbers.md": {"saved"},
    "known_answers.md": {"known answers"},
    "validation.md": {"patterns", "sampler"},
}
FOLDERS = ("docs", "experiments", "conf", "benchmarks")


def markdown() -> list[Path]:
    found = [p for folder in FOLDERS for p in (ROOT / folder).rglob("*.md")]
    return sorted([*ROOT.glob("*.md"), *found])


each = pytest.mark.parametrize(
    "path", markdown(), ids=lambda p: p.relative_to(ROOT).as_posix().replace("/", "-")
)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def anchors(path: Path) -> tuple[set[str], set[str]]:
    """Return the anchors of a page's headings, as the site makes them and as GitHub does."""
    text = re.sub(r"```.*?```", "", text_of(path), flags=re.DOTALL)
    site, github = set(), set()
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"[^\w\s-]", "", re.sub(r"\]\([^)]*\)", "", heading)).strip().lower()
        site.add(re.sub(r"[-\s]+", "-", plain))
        github.add(re.sub(r"\s", "-", plain))
    return site, github


@each
def test_links_and_anchors_lead_somewhere(path):
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(text_of(path))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists():
            broken.append(link)
        elif anchor and not all(anchor in known for known in anchors(target)):
            broken.append(link)
    assert not broken, ", ".join(broken)


@each
def test_nothing_is_loaded_from_the_network(path):
    text = without_code(text_of(path))
    loaded = re.findall(r"!\[[^\]]*\]\((?:https?:)?//[^)]*\)", text)
    loaded += re.findall(r"<(?:img|script|link|iframe|video|audio)\b[^>]*//[^>]*>", text)
    assert not loaded, loaded


# ------------------------------------------------------------------------------------- commands
def commands(path: Path) -> list[str]:
    """Return the lines of the shell blocks of a page, without comments."""
    blocks = re.findall(r"```(?:sh|bash|bat)\n(.*?)```", text_of(path), re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [re.sub(r"\s+#.*", "", line) for line in lines if line and not line.startswith("#")]


def inline_commands(path: Path) -> list[str]:
    """Return the commands within sentences that name no placeholder in capitals."""
    text = re.sub(r"```.*?```", "", text_of(path), flags=re.DOTALL)
    found = re.findall(r"`(python -m sim[^`.]*(?:\.\w[^`]*)?)`", text)
    return [c for c in found if not re.search(r"\b[A-Z]{3,}\d?\b|\.\.\.", c)]


def programs_words(command: str) -> list[str] | None:
    """Return what stands after `python -m sim`, or None for another command."""
    words = shlex.split(command.replace("\\Scripts\\python", "/bin/python"))
    called = [i for i, word in enumerate(words) if word.endswith("python")]
    if not called or words[called[0] + 1 : called[0] + 3] != ["-m", "sim"]:
        return None
    return words[called[0] + 3 :]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory, calibrated):
    """Return a folder that holds the files that the documentation's commands name."""
    place = tmp_path_factory.mktemp("workplace")
    examples = ROOT / "conf" / "examples"
    shutil.copytree(examples, place / "conf" / "examples")
    for name in ("organisations.csv", "ties.csv"):
        shutil.copy(examples / name, place / name)
    shutil.copy(examples / "organisations.csv", place / "mine.csv")
    shutil.copy(examples / "series.csv", place / "series.csv")
    shutil.copytree(examples / "my_policy", place / "my_folder")
    shutil.copytree(calibrated, place / "fitted")
    own = place / "my_conf" / "experiment"
    own.mkdir(parents=True)
    (shipped,) = (examples / "my_experiment" / "experiment").glob("*.yaml")
    shutil.copy(shipped, own / "mine.yaml")
    return place


TEACHING = {scenario.name for scenario in teaching_scenarios()}


def check_request(words: list[str]) -> None:
    request = compose(words)
    assert request.study
    parse_shard(request.settings["shard"])


understood: set[tuple[str, ...]] = set()  # many pages show the same commands


def check(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Say whether the program understands a command, without a run."""
    first = words[0] if words else ""
    if first in ("list", "--help", "--version", "data") or "--template" in words:
        assert main(words) == 0, capsys.readouterr().err
    elif first == "story":
        story._parse(words[1:])
    elif first in ("resume", "merge", "diff"):
        # the folders of the documentation are not there, and nothing else is complained of
        assert main(words) == 2
        told = capsys.readouterr().err
        assert "holds no" in told or "is no finished" in told, told
    elif first == "handouts":
        assert all(word in TEACHING or "=" in word for word in words[1:])
    elif first == "page":
        fragment_of([word for word in words[1:] if not word.startswith(("lesson=", "open="))])
    elif first in ("validate", "hindcast"):
        check_request(words[1:])
    elif first == "rate":
        assert read_sheet(words[1])
        check_request(words[2:])
    elif first == "-m":
        of_us = [w for w in words[1:] if not w.startswith(("hydra/", "hydra."))]
        jobs = [re.sub(r"^(\w+=)([^\[{,]+),.*", r"\1\2", word) for word in of_us]
        check_request(jobs)
    else:
        check_request(words)


@each
def test_commands_are_understood(path, monkeypatch, capsys, workplace):
    # what the README shows runs in a clone as it is
    monkeypatch.chdir(ROOT if path == README else workplace)
    for command in [*commands(path), *inline_commands(path)]:
        values = {"SLURM_ARRAY_TASK_ID": "1", "SLURM_CPUS_PER_TASK": "4"}
        for name, value in values.items():
            command = command.replace(f"${name}", value)
        words = programs_words(command)
        if words is None or tuple(words) in understood:
            continue
        try:
            check(words, capsys)
            understood.add(tuple(words))
        except UserError as error:
            pytest.fail(f"{command}: {error}")


def test_commands_are_found():
    found = {
        p.name: len([c for c in commands(p) if "-m sim" in c]) for p in (README, *DOCS.glob("*.md"))
    }
    assert found["README.md"] > 10 and found["command_line.md"] > 5 and found["clusters.md"] > 3
    assert "python -m sim list policies shocks" in commands(DOCS / "policies.md")
    assert inline_commands(DOCS / "parameters.md")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z0-9-]*):", text_of(ROOT / "Makefile"), re.MULTILINE))


@each
def test_make_commands_exist(path):
    named = re.findall(r"`make ([a-z0-9-]+)[^`]*`", text_of(path))
    named += [c.split()[1] for c in commands(path) if c.startswith("make ")]
    missing = sorted(set(named) - targets())
    assert not missing, f"no target {', '.join(missing)} in the Makefile"


def test_help_lists_the_targets():
    text = text_of(ROOT / "Makefile")
    explained = set(re.findall(r"^([a-z][a-z0-9-]*):.*##", text, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony and explained == set(phony[1].split()) == targets()


def test_the_readme_shows_what_the_program_answers(tmp_path, capsys):
    shown = re.search(r"`python -m sim` answers.*?```text\n(.*?)```", text_of(README), re.DOTALL)
    assert shown and main(["progress=never", f"out={tmp_path}"]) == 0
    assert capsys.readouterr().out.startswith(shown[1].rstrip() + "\n")


def test_readme_has_the_two_commands():
    assert {"make run", "make test"} <= set(commands(README))


def test_python_in_the_documentation_parses():
    for path in markdown():
        for block in re.findall(r"```python\n(.*?)```", text_of(path), re.DOTALL):
            ast.parse(block, filename=str(path))


def test_yaml_in_how_to_pages_is_what_is_shipped():
    """What a page shows of a shipped file is that file, but for comments."""
    for page, file in (
        ("own_experiment.md", "my_experiment/experiment/literacy_and_training.yaml"),
        ("policies.md", "my_policy/policy/training_for_nurses.yaml"),
    ):
        shown = re.search(r"```yaml\n(.*?)```", text_of(DOCS / page), re.DOTALL)
        shipped = yaml.safe_load(text_of(ROOT / "conf" / "examples" / file))
        assert shown and yaml.safe_load(shown[1]) == shipped, page


def test_the_command_line_page_names_everything():
    page = text_of(DOCS / "command_line.md")
    options = re.findall(r"--\w+", story.USAGE)
    assert len(options) > 4
    for name in (*options, *(f"`{key}`" for key in MAY_CHANGE), *TOPICS, "--config-dir"):
        assert name in page, name
    for word in re.findall(r'\["([a-z]+)"\]', text_of(ROOT / "sim" / "__main__.py")):
        assert f"`python -m sim {word}" in page, word


# ----------------------------------------------------------------------------- parts and the site
def test_parts_written_by_make_docs_are_known():
    for path in DOCS.glob("*.md"):
        marked = re.findall(r"<!-- written by make docs: (.+) -->", text_of(path))
        known = {*BLOCKS.get(path.name, ())}
        known |= MEASURED.get(path.name, set())
        assert set(marked) == known, path.name


def test_a_missing_marker_is_told():
    with pytest.raises(ValueError, match="'a' stand in the page 0 times"):
        filled("text", {"a": list})
    page = "<!-- written by make docs: a -->\nold\n<!-- end of a -->\n"
    assert "new" in filled(page, {"a": lambda: ["new"]}) and "old" not in filled(page, {"a": list})


def pages_of(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    entries = nav.values() if isinstance(nav, dict) else nav
    return [page for entry in entries for page in pages_of(entry)]  # type: ignore[attr-defined]


def test_the_navigation_names_every_page_once():
    named = sorted(pages_of(SITE["nav"]))
    made = ["changelog.md", "studies/*.md", "tutorials/*.md"]
    assert named == sorted([*(p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md")), *made])


def test_the_site_works_from_a_folder_and_without_network():
    assert SITE["use_directory_urls"] is False and SITE["theme"]["font"] is False
    assert "offline" in SITE["plugins"] and SITE["strict"] is True
    (shim,) = SITE["extra"]["polyfills"]
    assert (ROOT / "website" / shim["path"]).is_file()
    assert "site/" in text_of(ROOT / ".gitignore").split()
