"""One HTML file of the module, the tables and the page's sources."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

HERE = Path(__file__).parent
WEB = HERE / "web"
MODULE = HERE / "model.wasm"
PAGE = HERE / "page.html"
SECTION = b"model"  # of the module: what it was made of
# Nothing is fetched, and nothing runs but what stands in the file
POLICY = (
    "default-src 'none'; script-src {scripts} 'wasm-unsafe-eval'; style-src {styles}; "
    "worker-src blob:; img-src data: blob:; base-uri 'none'; form-action 'none'"
)
ELEMENT = re.compile(r"<(script|style)([^>]*)>(.*?)</\1>", re.DOTALL)


def sealed(module: bytes, made_of: str) -> bytes:
    """Return a module that says in a section of its own what it was made of."""
    content = bytes([len(SECTION)]) + SECTION + made_of.encode()
    assert len(content) < 128, "the length is one byte"
    return module + bytes([0, len(content)]) + content


def bundle() -> Path:
    """Write the page, and return its place."""
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    return PAGE


def page() -> str:
    """Return the page: the template with styles, scripts, tables and module in it."""
    from sim.page.tables import module_version, tables

    # numbers as short as they are exact; `<` cannot end the element
    told = json.dumps(tables(), separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    packed = base64.b64encode(gzip.compress(MODULE.read_bytes(), 9, mtime=0)).decode()
    scripts = [
        f'<script id="tables" type="application/json">{told}</script>',
        f'<script id="module" type="text/plain">{packed}</script>',
        f'<script id="engine">{_text(WEB / "engine.js")}</script>',
        *(f"<script>{_text(path)}</script>" for path in _sources("js")),
    ]
    styles = [f"<style>{_text(path)}</style>" for path in _sources("css")]
    made = _text(WEB / "page.html")
    for mark, parts in (("<!-- styles -->", styles), ("<!-- scripts -->", scripts)):
        assert made.count(mark) == 1, f"page.html: needed once is {mark}"
        made = made.replace(mark, "\n".join(parts))
    made = made.replace("{{model}}", module_version())
    return made.replace("{{policy}}", policy_of(made))


def policy_of(html: str) -> str:
    """Return the content security policy of a page: the hashes of what it holds."""
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for kind, attributes, content in ELEMENT.findall(html):
        if kind == "style" or "type=" not in attributes:
            digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
            hashes[kind].append(f"'sha256-{digest}'")
    scripts, styles = (" ".join(hashes[kind]) or "'none'" for kind in ("script", "style"))
    return POLICY.format(scripts=scripts, styles=styles)


def _sources(ending: str) -> list[Path]:
    """Return the sources of a kind in their order: what starts the page last."""
    found = [path for path in WEB.glob(f"*.{ending}") if path.name != "engine.js"]
    return sorted(found, key=lambda path: (path.name == "main.js", path.name))


def _text(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    assert "</script" not in text or path.suffix == ".html", f"{path.name}: would end its element"
    return text.replace("\r\n", "\n")
