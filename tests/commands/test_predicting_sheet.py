"""`scalebridge predict` with a workbook of proposals."""

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from click.testing import Result
from typer.testing import CliRunner

from pipeline.answers.trained_run import read_trained_run
from pipeline.cli import app
from pipeline.commands.predicting_sheet import answer_sheet
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places

ROWS = (
    ["name", "product", "scale [L]", "equipment", "agitation [rpm]", "unstated"],
    ["=first", "P", 100, "B", 60, "as_reference"],
    ["second", "P", 100, "Z", 60, "as_reference"],
    ["third", "P", 100, "B", "fast", "as_reference"],
)


@pytest.fixture(autouse=True)
def _in_the_project(project: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.params.parent)


def _asked(folder: Path, *rows: list[object]) -> Path:
    path = folder / "asked.xlsx"
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    for i, row in enumerate(rows):
        sheet.write_row(i, 0, row)
    book.close()
    return path


def _call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["predict", *map(str, arguments)])


def test_predict__answers_each_row_and_says_which_it_could_not(tmp_path: Path) -> None:
    out = tmp_path / "answers.xlsx"
    done = _call(_asked(tmp_path, *ROWS), "--out", out)
    assert isinstance(done.exception, ScalebridgeError)
    assert "2 of 3 proposals" in str(done.exception)
    assert "(row 3, 4)" in str(done.exception)
    assert "row 2, =first: " in done.output
    proposals, attributes, record = (pl.read_excel(out, sheet_name=name) for name in ("Proposals", "Attributes", "Record"))
    assert proposals["answered"].to_list() == ["yes", "no", "no"]
    assert proposals["proposal"][0] == "=first"
    assert proposals["assumed"][0].startswith("site There: the site of B in ")
    assert "no batch was made on equipment 'Z'" in proposals["why not"][1]
    assert "'fast rpm'" in proposals["why not"][2] or "'fast'" in proposals["why not"][2]
    assert attributes["attribute"].to_list() == ["titre"]
    line = attributes.row(0, named=True)
    assert line["unit"] == "g/L"
    assert line["90 % from"] < line["predicted"] < line["90 % to"]
    assert line["P(in spec)"].endswith(" %")
    assert record.filter(pl.col("what") == "run")["value"][0]


def test_predict__the_numbers_are_those_of_the_proposal_alone(tmp_path: Path) -> None:
    import json

    import yaml

    alone, out = tmp_path / "alone.yaml", tmp_path / "answers.xlsx"
    alone.write_text(
        yaml.safe_dump(
            {
                "name": "first", "process": "pot", "product": "P", "scale": "100 L", "equipment": "B",
                "settings": {"agitation": "60 rpm"}, "unstated": "as_reference",
            }
        )
    )  # fmt: skip
    assert _call(alone, "--out", tmp_path / "alone.json").exit_code == 0
    assert _call(_asked(tmp_path, *ROWS[:2]), "--out", out).exit_code == 0
    single = json.loads((tmp_path / "alone.json").read_text())["steps"][0]["attributes"]["titre"]
    line = pl.read_excel(out, sheet_name="Attributes").row(0, named=True)
    assert line["predicted"] == pytest.approx(single["outcome"]["value"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "give --out with another name that ends in .xlsx"),
        (["--out", "answers.csv"], "give --out with another name that ends in .xlsx"),
        (["--out", "answers.xlsx", "--simulate"], "leave --report, --simulate and --track out"),
    ],
)
def test_predict__a_workbook_needs_a_workbook_for_the_answers(tmp_path: Path, options: list[str], words: str) -> None:
    done = _call(_asked(tmp_path, *ROWS), *options)
    assert isinstance(done.exception, ScalebridgeError)
    assert words in str(done.exception)


def test_answer_sheet__does_not_write_over_the_questions(project: Places, tmp_path: Path) -> None:
    asked = _asked(tmp_path, *ROWS)
    before = asked.read_bytes()
    with pytest.raises(ScalebridgeError, match="give --out with another name"):
        answer_sheet(asked, asked, read_trained_run(project), print)
    assert asked.read_bytes() == before
