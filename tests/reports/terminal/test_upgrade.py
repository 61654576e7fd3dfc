"""The table of an upgrade says what happens to each file."""

from io import StringIO
from typing import get_args

from rich.console import Console

from pipeline.domain.tool import Tool
from pipeline.reports.terminal.upgrade import MEANING, show_upgrade
from pipeline.workspace.upgrade import Step, Upgrade, What


def _shown(*steps: Step, after: str = "2") -> str:
    console = Console(file=StringIO(), width=160)
    show_upgrade(Upgrade(Tool("1", "aaaa"), Tool(after, "aaaa"), steps), console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_show_upgrade__has_words_for_each_case() -> None:
    assert set(MEANING) == set(get_args(What))


def test_show_upgrade__lists_what_is_not_as_in_the_tool_and_counts_the_rest() -> None:
    text = _shown(Step("conf/a.yaml", "beside yours"), Step("conf/b.yaml", "as before"), Step("conf/c.yaml", "new"))
    assert "From scalebridge 1 (code aaaa) to scalebridge 2 (code aaaa)." in text
    assert "conf/a.yaml  changed by you and in the tool" in text
    assert "conf/b.yaml" not in text
    assert "1 files are as in the tool." in text


def test_show_upgrade__without_a_change_has_no_table() -> None:
    text = _shown(Step("conf/b.yaml", "as before"), after="1")
    assert text.splitlines() == [
        "The workspace is of the installed tool, scalebridge 1 (code aaaa).",
        "1 files are as in the tool.",
    ]
