"""The words of the page are those of the glossary in the documentation."""

import re
from html import unescape
from pathlib import Path

from pipeline.reports.html.page import page
from tests.support.example_result import example

ENTRY = re.compile(r"### (.+?) \{#([\w-]+)\}\n\n(.*?)(?=\n#|\Z)", re.DOTALL)


def plain(markdown: str) -> str:
    """The first paragraph without markup and without links to other pages."""
    text = " ".join(markdown.split("\n\n")[0].split())
    text = re.sub(r"See \[.*?\]\(.*?\)\.?", "", text)
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text).replace("*", "").replace("`", "").strip()


def test_words__are_those_of_the_documentation(root: Path) -> None:
    entries = ENTRY.findall((root / "docs/glossary.md").read_text("utf-8"))
    documented = {word: plain(text) for word, _, text in entries}
    shown = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page(example()).partition('<section id="words">')[2])
    assert len(shown) > 20
    assert [(unescape(word), unescape(text)) for word, text in shown] == [
        (unescape(word), documented[unescape(word)]) for word, _ in shown
    ]


def test_words__stand_at_the_end_of_the_page() -> None:
    text = page(example())
    assert '<section id="words">' in text
    assert "Process performance index" in text
