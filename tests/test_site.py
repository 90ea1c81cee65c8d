"""The documentation site is built strictly, and works from the disk without a network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import look

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow
PAGES = ("index", "python", "command_line", "common_random_numbers", "ODD", "tutorials/01_will_it_still_be_used")  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("zensical", reason="needs the extra `docs`")
    from website import build

    work = tmp_path_factory.mktemp("site")
    build.build(work / "work", work / "site", run=False)
    return work / "site"


LOADED = re.compile(
    r"""<(?:script|img|iframe|video|audio)\b[^>]*\bsrc=["']?([^"'\s>]+)"""
    r"""|<link\b(?=[^>]*\bstylesheet\b)[^>]*\bhref=["']?([^"'\s>]+)"""
)


def test_no_page_loads_anything_from_the_network(site):
    """Links are held by the strict build, and by the tests of docs/ that it is made of."""
    loaded = {
        (path.name, source or sheet)
        for path in site.rglob("*.html")
        for source, sheet in LOADED.findall(path.read_text(encoding="utf-8"))
    }
    assert loaded
    beyond = [(page, link) for page, link in loaded if re.match(r"(?:https?:)?//", link)]
    assert not beyond, beyond


def test_every_notebook_is_a_page(site):
    notebooks = {p.stem for p in (ROOT / "notebooks").glob("*.ipynb")}
    assert notebooks == {p.stem for p in (site / "tutorials").glob("*.html")}


def test_a_broken_link_stops_the_build(tmp_path, monkeypatch):
    pytest.importorskip("zensical", reason="needs the extra `docs`")
    from website import build

    monkeypatch.setattr(build, "sources", list)  # no notebooks, to be quick
    real = build.gather

    def gather(pages, kept, run):
        real(pages, kept, run)
        (pages / "index.md").write_text("# A\n\n[b](nowhere.md)\n", encoding="utf-8")

    monkeypatch.setattr(build, "gather", gather)
    with pytest.raises(SystemExit):
        build.build(tmp_path / "work", tmp_path / "site", run=False)
    assert not (tmp_path / "site").exists()


LOCAL = ("file:", "data:", "about:", "blob:")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_network(name, site, chromium):
    asked = {
        "beyond": "document.documentElement.scrollWidth - innerWidth",
        "missing": "[...document.images].filter(i => !i.naturalWidth).length",
    }
    seen = look(chromium, site / f"{name}.html", (1280, 400), asked)
    if folder := os.environ.get("PICTURES"):
        for width, picture in seen.pictures.items():
            Path(folder, f"{name.replace('/', '-')}-{width}.png").write_bytes(picture)
    assert not seen.errors, seen.errors
    assert seen.requests and all(url.startswith(LOCAL) for url in seen.requests)
    for width in (1280, 400):
        assert seen.values[f"beyond {width}"] <= 0 and seen.values[f"missing {width}"] == 0


SEARCH = """(async () => {
    const pause = ms => new Promise(done => setTimeout(done, ms));
    document.querySelector(".md-search__button").click();
    await pause(500);
    const host = [...document.querySelectorAll("*")].find(e => e.shadowRoot?.querySelector("input"));
    const box = host.shadowRoot.querySelector("input");
    box.value = "decommissioned";
    box.dispatchEvent(new InputEvent("input", {bubbles: true}));
    for (let i = 0; i < 100; i++) {
        const found = [...host.shadowRoot.querySelectorAll("a[href*='.html']")].map(a => a.href);
        if (found.length) return found;
        await pause(100);
    }
    return [];
})()"""


def test_the_search_finds_without_network(site, chromium):
    seen = look(chromium, site / "index.html", (1280,), {"found": SEARCH})
    assert not seen.errors, seen.errors
    assert all(url.startswith(LOCAL) for url in seen.requests)
    assert any("glossary.html" in link for link in seen.values["found 1280"]), seen.values


def test_python_of_the_how_to_pages_runs(tmp_path):
    for name in ("own_behaviour.md", "own_experiment.md", "python.md", "files.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        for number, block in enumerate(re.findall(r"```python\n(.*?)```", text, re.DOTALL)):
            script = tmp_path / f"{Path(name).stem}_{number}.py"
            script.write_text(block, encoding="utf-8")
            done = subprocess.run(
                [sys.executable, str(script)],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{name}: {done.stderr}"


def test_numbers_of_common_random_numbers_are_those_of_the_runs():
    from website import common_random_numbers as page
    from website.document_blocks import filled

    text = page.PAGE.read_text(encoding="utf-8")
    assert filled(text, {"saved": lambda: page.lines(page.measure())}) == text, "run `make docs`"
    assert page.FIGURE.is_file()


@pytest.mark.parametrize(
    "notebook", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem
)
def test_solutions_are_folded(site, notebook):
    solutions = notebook.read_text(encoding="utf-8").count('"solution"')
    text = (site / "tutorials" / f"{notebook.stem}.html").read_text(encoding="utf-8")
    assert text.count("<details>") == text.count("<summary>Solution") == solutions > 1
