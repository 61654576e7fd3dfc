"""The page in a real browser: no error, every section seen, and it prints."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.reports.figures.scenarios import pictures_of
from pipeline.reports.html.page import page
from tests.support.example_result import NEXT_RUNS, example
from tests.support.trained_pot import answered

CHROMIUM = shutil.which("chromium")
SECTIONS = (
    "answer",
    "bridge",
    "scale",
    "domain",
    "scenarios",
    "next-runs",
    "transfer-map",
    "drivers",
    "equivalence",
    "record",
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")


def test_browser__opens_shows_and_prints(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    file = tmp_path / "report.html"
    played = answered(depth="whole", tolerances={"agitation": "6 rpm"}, limits={"agitation": ["30 rpm", "90 rpm"]})
    answer = replace(example(), scenarios=played.scenarios, next_runs=NEXT_RUNS, transfer_map=played.transfer_map)
    file.write_text(page(answer, pictures_of(answer)), encoding="utf-8")
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 1100, "height": 900})
        view.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        view.on("pageerror", lambda error: problems.append(str(error)))
        view.on(
            "request", lambda request: None if request.url.startswith(("file:", "data:")) else problems.append(request.url)
        )
        view.goto(file.as_uri())
        for section in SECTIONS:
            assert view.locator(f"section#{section}").is_visible()
            assert view.locator(f"section#{section} table, section#{section} svg").count() > 0
        assert view.locator("svg").count() >= 8
        assert view.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        pdf = view.pdf(format="A4", print_background=True)
        browser.close()
    assert problems == []
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 20_000
