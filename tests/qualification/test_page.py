"""The page of a qualification."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.qualification.page import page
from tests.support.qualified import qualified

CHROMIUM = shutil.which("chromium")


def test_page__has_checks_trail_requirements_and_empty_signatures() -> None:
    text = page(qualified())
    for words in (
        "<strong>1 of 3 checks failed:</strong>",
        '<td class="state failed">failed</td>',
        "25 &lt;degC&gt;",
        "meier &lt;b&gt;",
        "x.json is damaged",
        "not a validated system",
        "UR-25",
        "package-39 1.39",
        "<tr><td>approved by</td><td></td><td></td><td></td></tr>",
    ):
        assert words in text
    assert "Project in this folder" not in text
    assert "<script" not in text
    assert "http" not in text


def test_page__without_failure_or_trail_says_so() -> None:
    made = qualified()
    checks = {name: tuple(one for one in group if one.state != "failed") for name, group in made.checks.items()}
    text = page(replace(made, checks=checks, trail=None))
    assert "<strong>No check failed.</strong> 2 checks were made." in text
    assert "No answer was kept in this project" in text


@pytest.mark.long
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")
def test_page__fits_on_paper(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    file = tmp_path / "qualification.html"
    file.write_text(page(qualified()), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 700, "height": 990})
        view.goto(file.as_uri())
        assert view.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        view.emulate_media(media="print")
        assert view.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        pdf = view.pdf(format="A4", print_background=True)
        browser.close()
    assert pdf.startswith(b"%PDF")
