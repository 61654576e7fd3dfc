"""The list of published runs shows every run by its whole name, however narrow the terminal is."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.publication.runs import PublishedRun
from pipeline.reports.terminal.runs import show_runs


@pytest.mark.parametrize(("width", "size"), [(80, False), (100, True), (200, True)])
def test_show_runs__names_and_times_are_never_cut(width: int, size: bool, tmp_path: Path) -> None:
    runs = [
        PublishedRun(f"0123456789abcde{n}", tmp_path, published=1_700_000_000.0, size=2_500_000, current=n == 0)
        for n in range(2)
    ]
    console = Console(file=StringIO(), width=width)
    show_runs(runs, console)
    assert isinstance(console.file, StringIO)
    head, *lines = console.file.getvalue().splitlines()
    assert ("size [MB]" in head) is size
    assert "…" not in console.file.getvalue()
    for n, line in enumerate(lines):
        assert line.startswith("→") is (n == 0)
        assert f"0123456789abcde{n}  2023-11-14 22:13  damaged" in line
        assert ("2.5" in line) is size
