"""Figures as data in a page: no address, no clock, no number that differs from run to run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bokeh
from bokeh.document import Document

from sim.reports.draw_pages import draw
from sim.reports.figure import Figure

_LIBRARY = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"


def library() -> str:
    """Return the script that draws; its smallest build, with its licence at the top."""
    return script_text(_LIBRARY.read_text(encoding="utf-8"))


def script_text(text: str) -> str:
    """Return a script that does not end the element it stands in."""
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def data_of(figures: list[Figure]) -> tuple[Any, list[list[str]]]:
    """Return what the page's script draws, and the name of the place of each panel of each figure."""
    document = Document(title="")
    with document.models.freeze():  # models are looked for once, not anew for each figure
        for view in (view for figure in figures for view in draw(figure)):
            document.add_root(view)
    content = _renamed(document.to_json(deferred=False), {})
    places = [
        [f"figure-{f}-{n}" for n in range(len(figure.panels))] for f, figure in enumerate(figures)
    ]
    flat = [place for row in places for place in row]
    roots = {root["id"]: place for root, place in zip(content["roots"], flat, strict=True)}
    return {"document": content, "roots": roots}, places


def _renamed(content: Any, names: dict[str, str]) -> Any:
    """Return a copy with models counted anew: the library's own numbers go on between pages."""
    if isinstance(content, dict):
        return {
            key: names.setdefault(value, f"m{len(names)}")
            if key == "id" and isinstance(value, str)
            else _renamed(value, names)
            for key, value in content.items()
        }
    if isinstance(content, list):
        return [_renamed(value, names) for value in content]
    return content
