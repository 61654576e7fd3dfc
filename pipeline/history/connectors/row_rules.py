"""Apply the declared rules of a source to the rows of one file."""

import re
from collections.abc import Mapping

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.file_formats import Format, Parquet
from pipeline.domain.row_rules import Fold, RowFilter
from pipeline.domain.sources import GoodQuality, Source, TrajectoryRows
from pipeline.history.connectors.raw_table import Needed, RawTable, companions_of

_BLANKS = r"[\s\u{00AD}\u{200B}-\u{200F}\u{2060}\u{FEFF}]+"
"""Blanks, and characters without width."""


def with_row_rules(table: RawTable, source: Source, needed: Needed, place: str) -> RawTable:
    """Remove marks of thousands, add columns from path and preamble, fill blank cells, fold ids, and leave rows out."""
    cells = table.cells.with_columns(
        *(_ungrouped(pl.col(column), source.format) for column in _texts_of_numbers(table.cells, source.format, needed)),
        *(pl.lit(value).alias(column) for column, value in _outside(source, table.preamble, place).items()),
    )
    for column in source.fill_down:
        cells = _filled_down(cells, column, source.nulls)
    if source.fold:
        cells = cells.with_columns(folded(pl.col(column).cast(pl.String), rules) for column, rules in source.fold.items())
    changed = RawTable(cells, table.rows, table.set_aside, table.preamble)
    if isinstance(source, TrajectoryRows) and source.quality is not None:
        changed = _good(changed, source.quality)
    return changed if source.rows is None else _chosen(changed, source.rows)


def _texts_of_numbers(cells: pl.DataFrame, form: Format, needed: Needed) -> list[str]:
    """The columns of numbers that are texts, in a file in which digits stand in groups."""
    if isinstance(form, Parquet) or form.thousands is None:
        return []
    return [name for name, use in needed.items() if use == "number" and cells.schema.get(name) == pl.String]


def _ungrouped(text: pl.Expr, form: Format) -> pl.Expr:
    """Remove the marks between groups of three digits. Any other text stays as it is.

    >>> from pipeline.domain.file_formats import Csv
    >>> form = Csv(decimal=",", thousands=".")
    >>> pl.DataFrame({"x": ["1.412,5", "14.12,5"]}).select(_ungrouped(pl.col("x"), form)).to_series().to_list()
    ['1412,5', '14.12,5']
    """
    assert not isinstance(form, Parquet)
    assert form.thousands is not None
    mark = {" ": r"\s", "'": "['’]"}.get(form.thousands, re.escape(form.thousands))
    fraction = re.escape(form.decimal)
    grouped = rf"^\s*(?:<=|>=|[<>≤≥＜＞])?\s*[+−-]?[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{fraction}[0-9]*)?(?:[^0-9.,].*)?$"
    return (
        pl.when(text.str.contains(grouped)).then(text.str.replace_all(rf"([0-9]){mark}([0-9]{{3}})", "$1$2")).otherwise(text)
    )


def _outside(source: Source, preamble: str, place: str) -> dict[str, str]:
    """Column → value, for the columns that stand in the path of the file or above its header."""
    found = {}
    for column, given in source.columns_in_path.items():
        known = _matched(given, place) if isinstance(given, str) else given.get(place)
        found[column] = _known(known, f"{place}: column '{column}' should stand in the path of the file", given)
    for column, pattern in source.columns_in_preamble.items():
        known = _matched(pattern, preamble)
        found[column] = _known(known, f"{place}: column '{column}' should stand in the lines above the header", pattern)
    return found


def _matched(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text, re.MULTILINE)
    return None if match is None else match[1]


def _known(value: str | None, what: str, given: str | Mapping[str, str]) -> str:
    if value is not None and value.strip():
        return value.strip()
    raise ScalebridgeError(
        f"{what}, but '{given}' matches nothing there"
        if isinstance(given, str)
        else f"{what}, but the file is not listed there"
    )


def _filled_down(cells: pl.DataFrame, column: str, nulls: tuple[str, ...]) -> pl.DataFrame:
    """Repeat the cell above each blank cell of a column, with its companions."""
    text = pl.col(column).cast(pl.String).str.strip_chars()
    written = text.is_not_null() & ~text.is_in(["", *nulls])
    above = cells.select(pl.when(written).then(pl.int_range(pl.len())).forward_fill()).to_series()
    return cells.with_columns(cells[name].gather(above) for name in [column, *companions_of(column, cells)])


def folded(text: pl.Expr, rules: tuple[Fold, ...]) -> pl.Expr:
    """Give texts that are spelled in several ways one spelling.

    >>> pl.DataFrame({"id": ["b19 - 001"]}).select(folded(pl.col("id"), ("case", "blanks"))).item()
    'B19-001'
    """
    if "composition" in rules:
        text = text.str.normalize("NFC")
    if "blanks" in rules:
        text = text.str.replace_all(_BLANKS, "")
    return text.str.to_uppercase() if "case" in rules else text


def _chosen(table: RawTable, rule: RowFilter) -> RawTable:
    """Leave out the rows that the filter of a source does not name. A blank cell is an empty text."""
    text = table.cells[rule.column].cast(pl.String).str.strip_chars().fill_null("")
    kept = text.is_in(list(rule.are)) if rule.are else ~text.is_in(list(rule.are_not))
    return _kept(table, kept, rule.column, text, pl.lit(rule.reason))


def _good(table: RawTable, rule: GoodQuality) -> RawTable:
    """Leave out the records whose quality code is not a good one."""
    code = table.cells[rule.column].cast(pl.String).str.strip_chars().fill_null("")
    reason = pl.format("{} '{}': the good ones are {}", pl.lit(BAD_QUALITY), "value", pl.lit(", ".join(rule.texts)))
    return _kept(table, code.is_in(rule.texts), rule.column, code, reason)


BAD_QUALITY = "the record has the quality code"
"""Beginning of the reason of a record with a quality code that is not a good one."""


def _kept(table: RawTable, kept: pl.Series, column: str, text: pl.Series, reason: pl.Expr) -> RawTable:
    """Keep some rows of a table, and set the others aside with the text of the column that decides."""
    left_out = pl.DataFrame({"row": table.rows, "value": text}).filter(~kept).rechunk()
    records = left_out.select(pl.col("row").cast(pl.UInt32), pl.lit(column).alias("column"), "value", reason.alias("reason"))
    return RawTable(table.cells.filter(kept), table.rows.filter(kept), pl.concat([table.set_aside, records]), table.preamble)
