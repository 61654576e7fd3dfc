"""The workbook of answers to many proposals."""

from io import BytesIO

import polars as pl

from pipeline.reports.sheets.answers import AnsweredRow, workbook
from pipeline.reports.sheets.cells import LONGEST


def test_workbook__a_reason_that_is_longer_than_a_cell_is_cut_and_not_lost() -> None:
    made = workbook([AnsweredRow(2, "=1+1", None, "x" * 40_000)])
    line = pl.read_excel(BytesIO(made), sheet_name="Proposals").row(0, named=True)
    assert (line["row"], line["proposal"], line["answered"]) == (2, "=1+1", "no")
    assert len(line["why not"]) == LONGEST
    assert line["why not"].endswith("…")
