"""`python -m website.build`: makes the documentation site in site/, from docs/ and notebooks/.

The pages of docs/ read well by themselves; here they are gathered in build/website/pages/, with
the notebooks and the changelog, and links that lead out of docs/ are turned to copies. Warnings
are errors. NOTEBOOKS=off shows notebooks without running them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Container
from pathlib import Path
from typing import Any

import yaml

from website import notebooks

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SETTINGS = ROOT / "website" / "mkdocs.yml"
TUTORIALS = "tutorials/*.md"  # stands in the navigation for all notebooks
STUDIES = "studies/*.md"  # and this for all published experiments
LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")


def sources() -> list[Path]:
    """Return the notebooks, in order."""
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def studies() -> list[Path]:
    """Return the pages of published experiments."""
    return sorted((ROOT / "experiments").glob("*/README.md"))


def settings() -> dict[str, Any]:
    """Return the settings of the site, with one entry of the navigation for each notebook and experiment."""
    read: dict[str, Any] = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    entries = {
        TUTORIALS: [{notebooks.title(n): f"tutorials/{n.stem}.md"} for n in sources()],
        STUDIES: [
            {s.read_text(encoding="utf-8").partition("\n")[0].lstrip("# "): place_of(s).as_posix()}
            for s in studies()
        ],
    }
    for section in read["nav"]:
        for name, content in section.items():
            if isinstance(content, str) and content in entries:
                section[name] = entries[content]
    return read


def place_of(study: Path) -> Path:
    """Return where the page of a published experiment stands in the site."""
    return Path("studies") / f"{study.parent.name}.md"


def turned(text: str, page: Path, pages: Path, beside: Container[str] = ()) -> str:
    """Return a page's text with links out of docs/ turned to what the site has instead.

    Parameters
    ----------
    text : str
        Markdown.
    page : Path
        The file that it comes from.
    pages : Path
        Where the pages of the site are gathered; files that are linked are copied there.
    beside : container of str
        Files that stand beside the page: links to them stay.
    """
    # out of a folder of the site
    up = "../" if page.suffix == ".ipynb" or page in studies() else ""

    def turn(found: re.Match[str]) -> str:
        link = found[2]
        if link in beside or re.match(r"[a-z]+:", link):
            return found[0]
        target = (page.parent / link).resolve()
        if target.is_relative_to(DOCS) and page.is_relative_to(DOCS):
            return found[0]
        if target.is_relative_to(DOCS):
            place = target.relative_to(DOCS)
        elif target == ROOT / "CHANGELOG.md":
            place = Path("changelog.md")
        elif target in sources():
            place = Path("tutorials") / f"{target.stem}.md"
        elif target in studies():
            place = place_of(target)
        elif target == ROOT / "README.md":
            place = Path("index.md")
        elif target.is_file():
            place = Path("files") / target.relative_to(ROOT)
            (pages / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(target, pages / place)
        else:
            raise SystemExit(f"{page.relative_to(ROOT)}: the site has no place for {link}")
        return f"{found[1]}{up}{place.as_posix()}{found[3]}"

    parts = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    return "".join(p if p.startswith("```") else LINK.sub(turn, p) for p in parts)


def gather(pages: Path, kept: Path, run: bool) -> None:
    """Bring all pages together in one folder."""
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(DOCS, pages)
    shutil.copytree(ROOT / "website" / "assets", pages / "assets")
    (pages / "studies").mkdir()
    places = {path: Path(path.name) for path in DOCS.glob("*.md")}
    places |= {ROOT / "CHANGELOG.md": Path("changelog.md"), **{s: place_of(s) for s in studies()}}
    for path, place in places.items():
        text = turned(path.read_text(encoding="utf-8"), path, pages)
        (pages / place).write_text(text, encoding="utf-8")
    folder = pages / "tutorials"
    folder.mkdir()
    for notebook in sources():
        text = notebooks.page(notebook, folder, kept, run)
        text = turned(text, notebook, pages, {path.name for path in folder.iterdir()})
        (folder / f"{notebook.stem}.md").write_text(text, encoding="utf-8")


def build(work: Path, out: Path, run: bool = True) -> None:
    """Build the site.

    Parameters
    ----------
    work : Path
        Folder for what is made on the way.
    out : Path
        Folder of the site; emptied first.
    run : bool
        Whether notebooks are run.

    Raises
    ------
    SystemExit
        If Zensical fails or warns.
    """
    gather(work / "pages", work / "notebooks", run)
    made = settings()
    made["docs_dir"] = "pages"
    made["site_dir"] = "site"  # Zensical writes beside its settings only
    for plugin in made["plugins"]:
        if isinstance(plugin, dict) and "mkdocstrings" in plugin:
            plugin["mkdocstrings"]["handlers"]["python"]["paths"] = [str(ROOT)]
    (work / "mkdocs.yml").write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    done = subprocess.run([*command, "-f", "mkdocs.yml"], cwd=work, check=False)
    if done.returncode or not (work / "site" / "index.html").is_file():
        raise SystemExit(done.returncode or 1)
    shutil.rmtree(out, ignore_errors=True)
    shutil.move(work / "site", out)


def main() -> int:
    """Build site/ and say which file to open."""
    work, out = ROOT / "build" / "website", ROOT / "site"
    work.mkdir(parents=True, exist_ok=True)
    build(work, out, run=os.environ.get("NOTEBOOKS", "on") != "off")
    print("The site is ready; open site/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
