"""Proposals as the rows of a workbook, as engineers write them."""

from pathlib import Path

import pytest
import xlsxwriter

from pipeline.answers.case.proposal_sheet import SheetProposal, read_proposal_sheet
from pipeline.domain.errors import ScalebridgeError
from tests.support.pot import pot

HEAD = ["product", "scale [L]", "equipment", "agitation [rpm]", "temperature"]


def _written(folder: Path, *rows: list[object], percent: str = "") -> Path:
    path = folder / "asked.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet, form = book.add_worksheet(), book.add_format({"num_format": percent}) if percent else None
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if value is not None:
                sheet.write(i, j, value, form if i else None)
    book.close()
    return path


def _read(folder: Path, *rows: list[object], percent: str = "") -> list[SheetProposal]:
    return read_proposal_sheet(_written(folder, *rows, percent=percent), pot())


def test_read__a_row_is_a_proposal_with_the_units_of_the_head(tmp_path: Path) -> None:
    [first, second] = _read(tmp_path, HEAD, ["P", 100, "B", 60, "36.85 degC"], ["Q", 1, None, None, None])
    assert (first.row, second.row) == (2, 3)
    assert first.proposal is not None
    assert second.proposal is not None
    assert (first.proposal.name, first.proposal.process, first.proposal.scale) == ("P to 100 L", "pot", "100 L")
    assert dict(first.proposal.settings) == {"agitation": "60 rpm", "temperature": "36.85 degC"}
    assert (second.proposal.equipment, dict(second.proposal.settings)) == (None, {})


def test_read__a_number_as_text_has_the_unit_of_the_head_and_one_without_unit_is_a_number(tmp_path: Path) -> None:
    [found] = _read(tmp_path, HEAD, ["P", "100", "B", "60", 37])
    assert found.proposal is not None
    assert found.proposal.scale == "100 L"
    assert dict(found.proposal.settings) == {"agitation": "60 rpm", "temperature": 37.0}


def test_read__a_percentage_is_a_percentage(tmp_path: Path) -> None:
    [found] = _read(tmp_path, ["product", "scale", "temperature"], ["P", "5 L", 0.455], percent="0.0%")
    assert found.proposal is not None
    assert found.proposal.settings["temperature"] == "45.5 %"


def test_read__a_quantity_to_hold_is_a_text_in_its_column(tmp_path: Path) -> None:
    held, none = _read(tmp_path, ["product", "scale", "hold"], ["P", "5 L", "agitation=tip_speed"], ["P", "5 L", None])
    assert held.proposal is not None
    assert none.proposal is not None
    assert (held.proposal.hold, none.proposal.hold) == ("agitation=tip_speed", "")


def test_read__blank_rows_and_columns_are_left_out(tmp_path: Path) -> None:
    found = _read(tmp_path, [*HEAD, None], ["P", 100], [None], ["", ""], ["Q", 100])
    assert [one.row for one in found] == [2, 5]


def test_read__a_row_with_a_mistake_costs_one_answer(tmp_path: Path) -> None:
    found = _read(
        tmp_path, [*HEAD, "unstated"], ["P", 100, "B", 60, 37, "whatever"], ["P", 100], ["P", 1, "B", 60, 37, None, 9]
    )
    assert found[1].proposal is not None
    assert found[0].proposal is None
    assert "row 2" in found[0].problem
    assert "unstated" in found[0].problem
    assert found[2].problem == "column G has a value and no head; name the column in row 1"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[None]], "has no row; the first row names the columns"),
        ([HEAD], "has a header and no further row"),
        (
            [["product", "agitaton"], ["P", 1]],
            r"column B: 'agitaton' is neither a field .* nor an attribute .* Is .*agitation",
        ),
        ([["product", "product"], ["P", "Q"]], "column B: the column 'product' occurs twice"),
    ],
)
def test_read__a_sheet_that_holds_no_proposals_is_a_sentence(tmp_path: Path, rows: list[list[object]], words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        _read(tmp_path, *rows)


def test_read__a_file_that_is_no_workbook_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.xlsx").write_text("product;scale\n", encoding="utf-8")
    for name, words in (("text.xlsx", "is no .xlsx workbook"), ("missing.xlsx", "does not exist")):
        with pytest.raises(ScalebridgeError, match=words):
            read_proposal_sheet(tmp_path / name, pot())


def test_read__a_formula_without_a_value_is_a_problem_of_its_row(tmp_path: Path) -> None:
    [found] = _read(tmp_path, HEAD, ["P", "=50+50", "B"])
    assert found.proposal is None
    assert "column 'scale': a formula without a stored value" in found.problem
