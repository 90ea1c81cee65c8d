"""Pages in one file: data put into templates that escape it; a browser opens no address for them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim.reports import words
from sim.reports.answer import Answer, Section
from sim.reports.figure import Figure
from sim.reports.html import embed
from sim.reports.looks import colour
from sim.tables.version import __version__

NOTHING = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"  # may be fetched or run
DASHES = ("none", "6 3", "2 3", "6 3 2 3")  # of looks, as the figures have them
_TEMPLATES = Environment(
    loader=PackageLoader("sim.reports", "html"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.policies["json.dumps_kwargs"] = {
    "ensure_ascii": False, "allow_nan": False, "separators": (",", ":"),
}  # fmt: skip


def render(kind: str, title: str, policy: str = NOTHING, **content: Any) -> str:
    """Return the page that a template makes of its content."""
    template = _TEMPLATES.get_template(f"{kind}.html")
    style = Markup(_own(f"{kind}.css"))
    return template.render(
        content,
        title=title,
        policy=policy,
        style=style,
        version=__version__,
        left_out=words.LEFT_OUT,
    )


def report(
    answer: Answer,
    figures: list[Figure],
    sections: Sequence[Section],
    provenance: Any,
    pictures: Sequence[str] = (),
) -> str:
    """Return `report.html`. The same runs give the same page but for its date.

    `pictures` are the figures as files have them: for paper, and for browsers without scripts.
    """
    data, places = embed.data_of(figures)
    scripts = [embed.library(), embed.script_text(_own("report.js"))]
    # The browser runs these two scripts and no other.
    policy = f"{NOTHING} blob:; script-src {' '.join(map(hash_of, scripts))}"
    return render(
        "report",
        answer.title,
        policy,
        answer=answer,
        figures=[_figure(*pair) for pair in zip(figures, places, strict=True)],
        pictures=pictures,
        sections=sections,
        made=provenance,
        data=data,
        scripts=[Markup(script) for script in scripts],
    )


def _own(name: str) -> str:
    return files("sim.reports.html").joinpath(name).read_text(encoding="utf-8")


def hash_of(script: str) -> str:
    """Return the hash by which a browser knows that it may run a script."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _figure(figure: Figure, places: Sequence[str]) -> dict[str, Any]:
    """Return the places that the panels of a figure are drawn into, with its caption and key."""
    key = [
        (name, colour(look), DASHES[look % len(DASHES)] if figure.lined else "none")
        for name, look in figure.key
    ]
    columns = min(figure.columns, len(places))
    return {"title": figure.title, "caption": figure.caption, "key": key, "columns": columns,
            "places": places}  # fmt: skip
