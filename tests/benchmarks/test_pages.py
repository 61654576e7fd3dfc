"""The pages of the benchmarks include the tables that the commands write, and every table is on a page."""

import re
from pathlib import Path

import pytest
from report import ROOT, TABLES

PAGES = sorted(TABLES.parent.glob("*.md"))
INCLUDE = re.compile(r'^--8<-- "(.+)"$', re.MULTILINE)
WRITTEN_BY = re.compile(
    r"^\*Written by `python (benchmarks/\w+\.py).*`, commit [0-9a-f]{7,40}, \d{4}-\d\d-\d\d\. Seeds: .+\. Rows: .+\.\*$"
)


def included(page: Path) -> list[str]:
    return INCLUDE.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page__includes_tables_that_exist(page: Path) -> None:
    missing = [name for name in included(page) if not (TABLES / name).is_file()]
    assert not missing


def test_every_table__is_on_exactly_one_page() -> None:
    found = sorted(name for page in PAGES for name in included(page))
    assert found == sorted(path.name for path in TABLES.glob("*.md"))


@pytest.mark.parametrize("table", sorted(TABLES.glob("*.md")), ids=lambda table: table.stem)
def test_table__names_its_command_and_a_commit_without_changes(table: Path) -> None:
    found = WRITTEN_BY.match(table.read_text(encoding="utf-8").splitlines()[-1])
    assert found
    assert (ROOT / found[1]).is_file()


def test_no_page__holds_a_comment_in_place_of_a_table() -> None:
    assert not [page.name for page in PAGES if "<!--" in page.read_text(encoding="utf-8")]
