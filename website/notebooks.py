"""Notebooks as pages: executed when the site is built, so that what they show is true.

An executed notebook is kept under a hash of its source and of everything that its outputs can
depend on, so that a second build is quick.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("sim/**/*.py", "conf/**/*.yaml", "conf/**/*.csv")
PACKAGES = ("numpy", "numba", "matplotlib", "pandas", "mesa", "ipykernel")
FIGURE_NAME = "{unique_key}_{cell_index}_{index}{extension}"
# What a cell prints stands apart from what it is
TEMPLATE = """{%- extends "markdown/index.md.j2" -%}
{% macro shown(text) %}
```text title="Output"
{{ text | strip_ansi }}
```
{% endmacro %}
{% block stream %}{{ shown(output.text) }}{% endblock stream %}
{% block data_text scoped %}{{ shown(output.data["text/plain"]) }}{% endblock data_text %}
{% block any_cell scoped %}
{%- if "solution" in cell.metadata.get("tags", []) %}
<details markdown="1">
<summary>Solution</summary>
{{ super() }}
</details>
{%- else -%}
{{ super() }}
{%- endif -%}
{% endblock any_cell %}
"""
SECONDS = 600  # that one cell may take


def _versions() -> Iterator[str]:
    yield sys.version
    for package in PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            yield f"{package} missing"


def key(notebook: Path) -> str:
    """Return the hash of a notebook and of what its outputs depend on."""
    digest = hashlib.sha256()
    for words in _versions():
        digest.update(words.encode() + b"\0")
    sources = sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)})
    for path in [notebook, *sources]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def title(notebook: Path) -> str:
    """Return the first heading of a notebook."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        for line in cell.source.splitlines():
            if cell.cell_type == "markdown" and line.startswith("# "):
                return line[2:].strip()
    raise SystemExit(f"{notebook.name}: no heading (a line that begins with #)")


def executed(notebook: Path, kept: Path) -> nbformat.NotebookNode:
    """Return a notebook with its outputs, from `kept` if nothing has changed since.

    Parameters
    ----------
    notebook : Path
        Of the notebook without outputs.
    kept : Path
        Folder of executed notebooks.
    """
    place = kept / f"{notebook.stem}-{key(notebook)}.ipynb"
    if place.is_file():
        return nbformat.read(place, as_version=4)
    from nbclient import NotebookClient

    print(f"{notebook.name}: running", flush=True)
    content = nbformat.read(notebook, as_version=4)
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))
    )
    resources = {"metadata": {"path": str(notebook.parent)}}
    NotebookClient(
        content,
        timeout=SECONDS,
        kernel_name="python3",
        resources=resources,
        extra_arguments=["--Application.log_level=ERROR"],  # what is logged is no reader's matter
    ).execute()
    kept.mkdir(parents=True, exist_ok=True)
    for old in kept.glob(f"{notebook.stem}-*.ipynb"):
        old.unlink()
    nbformat.write(content, place)
    return content


def page(notebook: Path, folder: Path, kept: Path, run: bool) -> str:
    """Return a notebook as Markdown and write its figures into `folder`.

    Parameters
    ----------
    notebook : Path
        Of the notebook without outputs.
    folder : Path
        Where the page will stand.
    kept : Path
        Folder of executed notebooks.
    run : bool
        Whether outputs are shown.
    """
    content = executed(notebook, kept) if run else nbformat.read(notebook, as_version=4)
    for cell in content.cells:  # warnings of libraries are not what a reader came for
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
    exporter = MarkdownExporter(
        raw_template=TEMPLATE,
        config=Config({"ExtractOutputPreprocessor": {"output_filename_template": FIGURE_NAME}}),
    )
    text, resources = exporter.from_notebook_node(
        content, {"unique_key": notebook.stem, "output_files_dir": ""}
    )
    text = text.replace("![png](", "![Figure](")  # read out where it can not be seen
    for name, data in resources["outputs"].items():
        (folder / name).write_bytes(data)
    return text
