"""The page of a running batch: the order of its parts, words that survive printing, and a real browser."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.reports.html.watch_page import watch_page
from tests.support import example_watch

EXAMPLES = {
    "deviating": {"status", "score", "courses", "quality", "promise", "record"},
    "normal": {"status", "score", "courses", "quality", "promise", "record"},
    "first_at_scale": {"status", "score", "courses", "quality", "promise", "record"},
    "not_judged": {"status", "promise", "record"},
}
CHROMIUM = shutil.which("chromium")


def page(name: str) -> str:
    return watch_page(getattr(example_watch, name)())


@pytest.mark.parametrize(("name", "sections"), EXAMPLES.items())
def test_page__has_its_sections_in_order(name: str, sections: set[str]) -> None:
    found = re.findall(r'<section id="([a-z]+)">', page(name))
    assert set(found) == sections
    order = ["status", "score", "courses", "quality", "promise", "record"]
    assert found == [one for one in order if one in sections]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("deviating", "⚠ deviating"),
        ("normal", "as expected"),
        ("first_at_scale", "as expected"),
        ("not_judged", "not judged"),
    ],
)
def test_page__says_the_status_in_words_first(name: str, word: str) -> None:
    text = page(name)
    assert f'<span class="big">{word}</span>' in text
    assert text.index('class="big"') < text.index("<table")


def test_page__shows_tags_causes_and_alarm() -> None:
    text = page("deviating")
    assert "since hour 94" in text
    assert "sparger clogging" in text
    assert '<span class="mark bad">alarm raised</span>' in text
    assert "the program controls nothing" in text


def test_page__marks_a_rate_that_is_not_promised() -> None:
    assert '<span class="mark bad">not promised</span>' in page("first_at_scale")
    assert "not promised" not in page("normal")


def test_page__names_of_people_are_text() -> None:
    watch = replace(example_watch.normal(), batch="<b>R1</b>", product="\u202eA")
    text = watch_page(watch)
    assert "<b>R1</b>" not in text
    assert "\u202e" not in text


def test_page__further_tags_are_folded() -> None:
    assert "4 further tags</summary>" in page("deviating")
    assert "1 further tag</summary>" in page("normal")


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")
def test_browser__opens_shows_and_prints(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name in EXAMPLES:
            file = tmp_path / f"{name}.html"
            file.write_text(page(name), encoding="utf-8")
            for width in (1100, 600):
                view = browser.new_page(viewport={"width": width, "height": 900})
                view.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
                view.on("pageerror", lambda error: problems.append(str(error)))
                view.goto(file.as_uri())
                assert view.locator("section#status .big").is_visible()
                assert view.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            assert len(view.pdf(format="A4", print_background=False)) > 20_000
        browser.close()
    assert problems == []
