"""A page opened in headless Chromium whose network is closed; what it did is written down."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tornado.websocket import websocket_connect

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)  # fmt: skip


@dataclass
class Seen:
    """What the browser saw."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    pictures: dict[int, bytes] = field(default_factory=dict)
    printed: bytes = b""


class _Page:
    """One tab, through the DevTools protocol."""

    def __init__(self, socket: Any, seen: Seen) -> None:
        self.socket, self.seen, self.number = socket, seen, 0

    async def ask(self, method: str, **parameters: Any) -> Any:
        self.number += 1
        number = self.number
        await self.socket.write_message(
            json.dumps({"id": number, "method": method, "params": parameters})
        )
        while True:
            message = json.loads(await self.socket.read_message())
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def _note(self, message: Any) -> None:
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.seen.requests.append(parameters["request"]["url"])
        elif method == "Network.loadingFailed" and not parameters.get("canceled"):
            self.seen.failed.append(parameters["errorText"])
        elif method == "Runtime.exceptionThrown":
            self.seen.errors.append(json.dumps(parameters["exceptionDetails"])[-900:])
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
            self.seen.errors.append(json.dumps(parameters["args"])[:500])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.seen.errors.append(parameters["entry"]["text"])

    async def value(self, expression: str) -> Any:
        found = await self.ask("Runtime.evaluate", expression=expression, awaitPromise=True,
                               returnByValue=True)  # fmt: skip
        return found["result"].get("value")


async def _look(port: int, path: Path, widths: tuple[int, ...], asked: dict[str, str]) -> Seen:
    here = f"{'localhost'}:{port}"  # Chromium's own door, no other address is asked
    request = urllib.request.Request(f"http://{here}/json/new?about:blank", method="PUT")
    address = json.load(urllib.request.urlopen(request))["webSocketDebuggerUrl"]
    seen = Seen()
    socket = await websocket_connect(address, max_message_size=2**28)
    page = _Page(socket, seen)
    for domain in ("Network", "Runtime", "Log", "Page"):
        await page.ask(f"{domain}.enable")
    for width in widths:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        await page.ask("Emulation.setDeviceMetricsOverride", **size)
        await page.ask("Page.navigate", url=path.as_uri())
        await asyncio.sleep(1)
        for name, expression in asked.items():
            seen.values[f"{name} {width}"] = await page.value(expression)
        size["height"] = int(await page.value("document.documentElement.scrollHeight"))
        await page.ask("Emulation.setDeviceMetricsOverride", **size)
        await asyncio.sleep(0.5)
        shot = await page.ask("Page.captureScreenshot", format="png")
        seen.pictures[width] = base64.b64decode(shot["data"])
    printed = await page.ask("Page.printToPDF")
    seen.printed = base64.b64decode(printed["data"])
    socket.close()
    return seen


def look(
    path: Path,
    profile: Path,
    widths: tuple[int, ...],
    asked: dict[str, str],
) -> Seen:
    """Open a page at several widths, evaluate expressions in it, and take pictures.

    Parameters
    ----------
    path : Path
        Of the page.
    profile : Path
        A folder that the browser may fill.
    widths : tuple of int
        In pixels.
    asked : dict
        Name -> expression; values are kept as `name width`.
    """
    assert CHROMIUM is not None
    browser = subprocess.Popen(
        [CHROMIUM, *OPTIONS, f"--user-data-dir={profile}", "about:blank"],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert browser.stderr is not None
        for line in browser.stderr:
            if found := re.search(r"ws://127\.0\.0\.1:(\d+)/", line):
                return asyncio.run(_look(int(found[1]), path.resolve(), widths, asked))
        raise AssertionError("the browser gave no address")
    finally:
        browser.terminate()
        browser.wait(timeout=20)
