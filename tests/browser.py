"""A page opened in headless Chromium whose network is closed; what it did is written down."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@dataclass
class Seen:
    """What the browser saw."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    pictures: dict[int, bytes] = field(default_factory=dict)
    printed: bytes = b""


def look(chromium: Any, path: Path, widths: tuple[int, ...], asked: dict[str, str]) -> Seen:
    """Open a page at several widths in pixels, evaluate expressions in it, and take pictures.

    `asked` holds expressions by name; their values are kept as `name width`.
    """
    seen = Seen()
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("requestfailed", lambda request: seen.errors.append(request.url))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on(
        "console", lambda m: seen.errors.append(m.text) if m.type in ("error", "warning") else None
    )
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.resolve().as_uri())
        for name, expression in asked.items():
            seen.values[f"{name} {width}"] = page.evaluate(expression)
        seen.pictures[width] = page.screenshot(full_page=True)
    seen.printed = page.pdf()
    context.close()
    return seen
