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
from sim.reports.on_page import OnPage
from sim.tables.version import __version__

NOTHING = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"  # may be fetched or run
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
    figures: Sequence[OnPage],
    sections: Sequence[Section],
    provenance: Any,
    what_if: str = "",
) -> str:
    """Return `report.html`. The same runs give the same page but for its date.

    `what_if` names the what-if page that lies beside it, if one does.
    """
    script = _own("report.js")  # the browser runs this one and no other
    policy = f"{NOTHING}; script-src {hash_of(script)}"
    return render(
        "report", answer.title, policy, answer=answer, figures=figures, sections=sections, made=provenance,
        spots=[figure.spots for figure in figures], script=Markup(script), what_if=what_if,
    )  # fmt: skip


def _own(name: str) -> str:
    return files("sim.reports.html").joinpath(name).read_text(encoding="utf-8")


def hash_of(script: str) -> str:
    """Return the hash by which a browser knows that it may run a script."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
