"""A service in this process and a browser that looks at it; and pages as they are printed.

Errors of the page and requests to other hosts are collected.
"""

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")
PATIENCE = 15.0
"""Longest wait for something on a page [s]."""


def printed_pages(page: Path, folder: Path) -> int:
    """Print a page to PDF in a folder, and return the number of sheets."""
    pdf = folder / "printed.pdf"
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={pdf}")
    subprocess.run([str(CHROMIUM), *quiet, page.as_uri()], check=True, capture_output=True, timeout=60)
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


@contextmanager
def serving(app: FastAPI, port: int) -> Iterator[str]:
    """Serve an app in a thread; yield its address."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def until(true: Callable[[], Any], what: str = "") -> None:
    """Wait until a function returns something true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited {PATIENCE:g} s in vain {what}"
        time.sleep(0.02)


@dataclass
class Looker:
    """A browser, and what went wrong on its pages."""

    browser: Any
    address: str
    problems: list[str] = field(default_factory=list)
    views: list[Any] = field(default_factory=list)

    def open(self, path: str = "/", width: int = 1280, height: int = 900) -> Any:
        """Open a page in a window of its own."""
        context = self.browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        view = context.new_page()
        view.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        view.on("pageerror", lambda error: self.problems.append(str(error)))
        view.on("request", lambda request: None if self._own(request.url) else self.problems.append(request.url))
        view.goto(self.address + path)
        self.views.append(context)
        return view

    def _own(self, url: str) -> bool:
        return url.startswith((self.address + "/", "data:", f"blob:{self.address}/"))

    def close(self) -> None:
        """Close all windows."""
        for one in self.views:
            one.close()
        self.views.clear()


@contextmanager
def looking(address: str) -> Iterator[Looker]:
    """Start a browser that looks at an address."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield Looker(browser, address)
        browser.close()


SETTLED = """(() => {
  const seen = window.scalebridge;
  return Boolean(seen) && seen.asked > 0 && seen.shown === seen.asked && (%s || seen.curved === seen.asked);
})()"""
SLIDE = """(slider, [value, events]) => {
  slider.value = value;
  for (const one of events) slider.dispatchEvent(new Event(one, {bubbles: true}));
}"""


def shown(view: Any) -> None:
    """Wait until the numbers and the curves of the current state are on the what-if page."""
    until(lambda: view.evaluate(SETTLED % "false"), f"for numbers and curves: {view.locator('#refusal').text_content()}")


def numbers_shown(view: Any) -> None:
    """Wait until the numbers of the current state are on the what-if page."""
    until(lambda: view.evaluate(SETTLED % "true"), f"for numbers: {view.locator('#refusal').text_content()}")


def slide(view: Any, setting: str, value: float, *, settle: bool = True) -> None:
    """Move a slider to a value, as a person does who lets it go at the end."""
    view.locator(f"#set-{setting}-slider").evaluate(SLIDE, [value, ["input", "change"] if settle else ["input"]])
