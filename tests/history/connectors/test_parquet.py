"""Typed columns keep their values; a type that a column cannot have is refused in one sentence."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.connectors.parquet import read_parquet
from pipeline.history.connectors.raw_table import ColumnUse, OnlyRows


def column(folder: Path, values: pl.Series, use: ColumnUse) -> pl.Series:
    pl.DataFrame({"x": values, "other": values}).write_parquet(folder / "x.parquet")
    return read_parquet(folder / "x.parquet", {"x": use}, "x.parquet").cells["x"]


def test_read_parquet__whole_numbers_are_ids_without_a_decimal_point(tmp_path: Path) -> None:
    values = pl.Series([12.0, None, float("nan"), 2.5])
    assert column(tmp_path, values, "id").to_list() == ["12", None, None, "2.5"]
    assert column(tmp_path, pl.Series([12, 13]), "id").to_list() == ["12", "13"]


def test_read_parquet__ids_that_lost_digits_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"column 'x' holds ids as floating-point numbers above 2\^53"):
        column(tmp_path, pl.Series([1e17]), "id")


@pytest.mark.parametrize(
    ("values", "use", "what"),
    [
        (pl.Series([[5.0]]), "number", "lists or groups of values"),
        (pl.Series([{"a": 1}]), "text", "lists or groups of values"),
        (pl.Series([b"a"]), "text", "bytes, which cannot be read as a text"),
        (pl.Series([time(10)]), "number", "clock times, which cannot be read as a number"),
        (pl.Series([time(10)]), "date", "clock times, which cannot be read as a date"),
        (pl.Series([timedelta(hours=1)]), "date", "durations, which cannot be read as a date"),
        (pl.Series([date(2024, 3, 1)]), "id", "dates, which cannot be read as an id"),
        (pl.Series([datetime(2024, 3, 1)]), "number", "values of the type Datetime"),
        (pl.Series([True]), "id", "yes/no values, which cannot be read as an id"),
    ],
)
def test_read_parquet__a_type_that_cannot_be_is_refused(
    tmp_path: Path, values: pl.Series, use: ColumnUse, what: str
) -> None:
    with pytest.raises(ScalebridgeError, match=rf"x.parquet: column 'x' holds .*{what}"):
        column(tmp_path, values, use)


def test_read_parquet__columns_that_nothing_needs_may_have_any_type(tmp_path: Path) -> None:
    pl.DataFrame({"x": [1.5], "spectrum": [[1.0, 2.0]]}).write_parquet(tmp_path / "x.parquet")
    assert read_parquet(tmp_path / "x.parquet", {"x": "number"}, "x.parquet").cells.rows() == [(1.5,)]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is no Parquet file: it is empty"),
        (b"Batch,Titre\n", "is no Parquet file: it is a text file"),
        (b"\x1f\x8b\x08", "is no Parquet file: it is compressed with gzip"),
        (b"PAR1abcdefgh", "is a Parquet file that was cut off"),
    ],
)
def test_read_parquet__another_file_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "x.parquet").write_bytes(content)
    with pytest.raises(ScalebridgeError, match=f"x.parquet {what}"):
        read_parquet(tmp_path / "x.parquet", {"x": "id"}, "x.parquet")


def test_read_parquet__only_the_wanted_rows_keep_their_numbers(tmp_path: Path) -> None:
    names = ["B1", " B2 ", "B2", None, "B3"]
    pl.DataFrame({"x": names, "y": range(5)}).write_parquet(tmp_path / "x.parquet")
    found = read_parquet(tmp_path / "x.parquet", {"x": "id", "y": "number"}, "x.parquet", OnlyRows("x", "B2"))
    assert found.cells["y"].to_list() == [1, 2]
    assert found.rows.to_list() == [3, 4]
    assert found.rows.dtype == pl.UInt32


@pytest.mark.parametrize("only", [OnlyRows("x", "1"), OnlyRows("elsewhere", "1")])
def test_read_parquet__where_no_text_can_be_compared_all_rows_are_read(tmp_path: Path, only: OnlyRows) -> None:
    pl.DataFrame({"x": [1, 2]}).write_parquet(tmp_path / "x.parquet")
    assert read_parquet(tmp_path / "x.parquet", {"x": "id"}, "x.parquet", only).cells.height == 2
