"""What a benchmark prints and writes: aligned Markdown that depends on the figures and their source alone."""

import argparse
from pathlib import Path

import pytest
import report
from report import Report, Source, Table, aligned, command, command_line, markdown, publish

SOURCE = Source("python benchmarks/bridge.py scaleup 7 101", "1a2b3c4", "2026-11-26")
TABLE = Table(
    "Errors of two models", ("model", "error", "n"), [("mean", 1.0, 1005), ("ridge", None, 12)], note="Smaller is better."
)
WHOLE = Report("errors", [TABLE, TABLE], [7, 101], {"proposals": 36, "bars": 1080})
EXPECTED = """\
**Errors of two models**

| model | error |     n |
|:------|------:|------:|
| mean  |  1.00 | 1,005 |
| ridge |     – |    12 |

Smaller is better.
"""


def test_markdown__has_captions_aligned_tables_and_the_source() -> None:
    last = (
        "*Written by `python benchmarks/bridge.py scaleup 7 101`, commit 1a2b3c4, 2026-11-26. "
        "Seeds: 7, 101. Rows: 36 proposals, 1,080 bars.*\n"
    )
    assert markdown(WHOLE, SOURCE) == f"{EXPECTED}\n{EXPECTED}\n{last}"


def test_markdown__is_equal_for_equal_figures() -> None:
    again = Report("errors", [TABLE, TABLE], [7, 101], {"proposals": 36, "bars": 1080})
    assert markdown(WHOLE, SOURCE) == markdown(again, SOURCE)


def test_markdown__differs_only_in_the_last_line_for_another_commit_and_date() -> None:
    other = Source(SOURCE.command, "fffffff", "2027-01-01")
    first, second = (markdown(WHOLE, source).splitlines() for source in (SOURCE, other))
    assert first[:-1] == second[:-1]
    assert first[-1] != second[-1]


@pytest.mark.parametrize("rows", [[("a", 1.0)], [("a much longer name", 12345.678), ("b", -1.0)], [("name | bar", "x | y")]])
def test_aligned__has_lines_of_one_length(rows: list[tuple[str, float | str]]) -> None:
    assert len({len(line) for line in aligned(("name", "value"), rows).splitlines()}) == 1


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.126, 2, "0.13"),
        (0.126, 3, "0.126"),
        (-0.001, 2, "0.00"),
        (-0.5, 2, "-0.50"),
        (1234567, 2, "1,234,567"),
        (float("nan"), 2, "–"),
        (None, 2, "–"),
        ("12 %", 2, "12 %"),
        ("a|b", 2, "a\\|b"),
    ],
)
def test_aligned__writes_a_cell(value: float | str | None, digits: int, text: str) -> None:
    cell = aligned(("name", "value"), [("x", value)], digits).splitlines()[-1].split(" | ")[-1]
    assert cell.removesuffix(" |").strip() == text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["/any/place/at_scale.py", "scaleup", "7", "101", "--write"], "python benchmarks/at_scale.py scaleup 7 101"),
        (
            ["plant_models.py", "--jobs", "2", "--seeds", "311", "--folder", "/tmp/x"],
            "python benchmarks/plant_models.py --seeds 311",
        ),
        (
            ["plant_models.py", "--jobs=2", "--write", "--save=/tmp/x", "--seed", "2"],
            "python benchmarks/plant_models.py --seed 2",
        ),
    ],
)
def test_command_line__leaves_out_what_changes_no_figure(arguments: list[str], text: str) -> None:
    assert command_line(arguments) == text


def test_commit__names_changes_that_are_not_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"rev-parse": "1a2b3c4", "status": ""}
    monkeypatch.setattr(report, "_git", lambda verb, *rest: answers[verb])
    assert report.commit() == "1a2b3c4"
    answers["status"] = " M pipeline/cli.py"
    assert report.commit() == "1a2b3c4 with uncommitted changes"


def test_publish__prints_and_writes_the_same_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish(WHOLE, argparse.Namespace(write=True, source=SOURCE), tmp_path / "tables")
    assert (tmp_path / "tables/errors.md").read_text(encoding="utf-8") == capsys.readouterr().out.lstrip("\n")


def test_publish__writes_nothing_without_the_option(tmp_path: Path) -> None:
    publish(WHOLE, argparse.Namespace(write=False, source=SOURCE), tmp_path / "tables")
    assert not (tmp_path / "tables").exists()


def test_command__has_the_option_and_the_source() -> None:
    given = command("What it measures.").parse_args(["--write"])
    assert given.write
    assert isinstance(given.source, Source)
