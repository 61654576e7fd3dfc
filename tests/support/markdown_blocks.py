"""Code blocks of Markdown pages."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
TUTORIALS = [ROOT / "docs/tutorials" / f"{name}.md" for name in ("first_scale_up", "own_data")]
"""In the order in which a reader does them."""
_FENCE = re.compile(
    r"(?:<!-- not run in tests: (?P<reason>.*?) -->\s*\n)?"
    r"^(?P<indent> *)```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
PART = " (part)"


@dataclass(frozen=True)
class Block:
    """One code block of a page."""

    page: Path
    line: int
    language: str
    title: str
    """The file in which it would stand."""
    text: str
    not_run: str
    """Why a test cannot run it; empty where it can."""

    def __str__(self) -> str:
        """Place of the block."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def file(self) -> str:
        """The file of the title."""
        return self.title.removesuffix(PART)

    @property
    def is_part(self) -> bool:
        """The block is a part of a file that exists."""
        return self.title.endswith(PART)

    @property
    def data(self) -> dict[str, Any]:
        """What a YAML block holds; a part is merged into its file."""
        data: dict[str, Any] = yaml.safe_load(self.text)
        return merged(yaml.safe_load((ROOT / self.file).read_text(encoding="utf-8")), data) if self.is_part else data


def merged(base: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping with the keys of another one put in, level by level."""
    both = {
        key: merged(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in part.items()
    }
    return base | both


def pages() -> list[Path]:
    """Return the README and all pages that people wrote."""
    written = sorted(path for path in (ROOT / "docs").rglob("*.md") if "reference" not in path.parts)
    return [README, *written]


def blocks(page: Path, *languages: str) -> list[Block]:
    """Return the blocks of a page in the given languages."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page,
            text.count("\n", 0, found.start("indent")) + 1,
            found["language"],
            found["title"] or "",
            textwrap.dedent(found["text"]),
            found["reason"] or "",
        )
        for found in _FENCE.finditer(text)
        if found["language"] in languages
    ]
