"""Read a CSV file: find its table, check that every line has the cells of its header, and keep the number of each line."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.file_formats import Csv
from pipeline.history.connectors.header import SEARCHED, find_header, positions
from pipeline.history.connectors.quotes import UnclosedQuoteError, over_lines, quoted, split_line, unclosed, well_formed
from pipeline.history.connectors.raw_table import Needed, RawTable, no_rows, set_aside
from pipeline.history.connectors.text import utf8_lines

_LINE, _TEXT, _CELLS = "line", "text", "cells"
_SEP = re.compile(r"^sep=(.)$", re.IGNORECASE)


@dataclass(frozen=True)
class _Body:
    """The lines below a header."""

    data: bytes
    first: int
    """Line number of the first."""
    names: list[str]
    header: tuple[str, ...]
    """The lines of the header."""
    place: str


def read_csv(path: Path, form: Csv, needed: Needed | None, place: str) -> RawTable:
    """Read the needed columns of a CSV file as text. A line with too few or too many cells is set aside.

    Raises ScalebridgeError if there is no header, a needed column is missing or doubled, or a quotation mark is not closed.
    """
    data = utf8_lines(path, form, place)
    above, body = _body(data, form, needed, place)
    at = positions(body.names, needed, place, body.first - 1, lambda i: str(i + 1), _advice(body, form))
    table = _at_once(body, form) or _line_by_line(body, form)
    cells = table.cells.select(pl.col(f"column_{i}").alias(name) for name, i in at.items())
    return RawTable(cells, table.rows, table.set_aside, above)


def _advice(body: _Body, form: Csv) -> str:
    """What to do if the header of a file does not have the needed columns."""
    header = body.header[-1]
    if "\0" in header:
        return "between its letters are characters with the code 0, so set `encoding: utf-16`"
    if form.encoding.lower().startswith(("utf-16", "utf_16", "utf16")) and not any(sign.isascii() for sign in header):
        return "if these are no names, the encoding is another: try utf-8, utf-16-le or utf-16-be"
    if len(body.names) == 1 and any(mark in header for mark in ",;\t|"):
        return f"it has no separator '{form.separator}', so set `separator`"
    return "if the names of the columns stand in another row, set `header_row`"


def _body(data: bytes, form: Csv, needed: Needed | None, place: str) -> tuple[str, _Body]:
    """Split a file into the text above its header, and the lines below it."""
    start, skipped = _after_block(data, form, place) if form.block is not None else (0, 0)
    head = _first_lines(data[start:], form.header_row or 0)
    rows = [
        (number, cells, count)
        for number, cells, count in _records(head, form)
        if any(cell.strip() for cell in cells) and not _is_no_header(number, head[number - 1], form, place)
    ]
    numbered = [(skipped + number, cells) for number, cells, _ in rows]
    position, names = find_header(numbered, form.header_row, form.header_rows, needed, place)
    number, _, count = rows[position + form.header_rows - 1]
    last = number + count - 1
    ends = start
    for _ in range(last):
        ends = data.index(b"\n", ends) + 1
    above = data[:start].decode() + "\n".join(head[: rows[position][0] - 1])
    firsts = [number for number, _, _ in rows[position : position + form.header_rows]]
    return above, _Body(data[ends:], skipped + last + 1, names, tuple(head[number - 1] for number in firsts), place)


def _first_lines(data: bytes, declared: int) -> list[str]:
    """The lines among which the header is searched."""
    lines = data.split(b"\n", max(SEARCHED, declared + 10))
    return [line.decode() for line in lines[: max(SEARCHED, declared + 10)]]


def _records(lines: list[str], form: Csv) -> Iterator[tuple[int, list[str], int]]:
    """Split lines that may be no rows of a table: number of the first line, cells, number of lines.

    A line whose quotation marks do not pair is split at every separator.
    """
    at = 0
    while at < len(lines):
        cells, count = lines[at].split(form.separator), 1
        if form.quote and '"' in lines[at]:
            with suppress(UnclosedQuoteError):
                found, lasts = over_lines(lines if form.multiline else lines[: at + 1], at, form.separator)
                cells, count = (cells, 1) if found is None else (found, lasts)
        yield at + 1, cells, count
        at += count


def _is_no_header(number: int, line: str, form: Csv, place: str) -> bool:
    """Whether a line above the table is a comment, or the line `sep=;`."""
    comment = form.comment is not None and line.startswith(form.comment)
    return comment or (number == 1 and _separator_line(line, form, place))


def _separator_line(line: str, form: Csv, place: str) -> bool:
    """Whether a line is the line `sep=;` that Excel writes. It must name the declared separator."""
    found = _SEP.match(line.strip('" '))
    if found and found[1] != form.separator:
        raise ScalebridgeError(f"{place}, line 1 names the separator '{found[1]}', but '{form.separator}' is declared")
    return found is not None


def _after_block(data: bytes, form: Csv, place: str) -> tuple[int, int]:
    """Position after the line that begins the wanted block, and the number of lines up to there."""
    wanted, at = (form.block or "").strip('" '), 0
    for number, line in enumerate(data.split(b"\n"), 1):
        at += len(line) + 1
        if line.decode().strip('" ' + form.separator) == wanted:
            return at, number
    raise ScalebridgeError(f"{place} has no line '{wanted}', which `block` names")


def _at_once(body: _Body, form: Csv) -> RawTable | None:
    """Read the lines in one go, if nothing in them needs a closer look.

    The number of separators must be right in total, and the reader refuses a line with too many. So no line has too few.
    """
    data, width, count = body.data, len(body.names), body.data.count(b"\n")
    special = form.comment or form.footer or form.block
    quotes = bool(form.quote) and b'"' in data
    if special or quotes or b"\0" in data or b"\n\n" in data or data.startswith(b"\n") or not data:
        return None
    again = any(line.encode() + b"\n" in data for line in body.header)
    if data.count(form.separator.encode()) != (width - 1) * count or again:
        return None
    try:
        cells = _parsed(data, form, quote=False)
    except pl.exceptions.PolarsError:
        return None
    if cells.height != count or cells.width != width:
        return None
    return RawTable(cells, pl.int_range(body.first, body.first + count, dtype=pl.UInt32, eager=True), no_rows())


def _parsed(data: bytes, form: Csv, quote: bool) -> pl.DataFrame:
    return pl.read_csv(
        data, separator=form.separator, has_header=False, infer_schema=False, quote_char='"' if quote else None
    )


def _line_by_line(body: _Body, form: Csv) -> RawTable:
    """Check each line, set aside those that do not have the cells of the header, and read the others."""
    texts = pl.Series(_TEXT, body.data.decode().split("\n")[:-1], dtype=pl.String)
    lines = pl.DataFrame(
        {_LINE: pl.int_range(body.first, body.first + len(texts), dtype=pl.UInt32, eager=True), _TEXT: texts}
    )
    lines = _of_table(lines, form)
    lines, aside = _whole_lines(lines)
    repeats = pl.col(_TEXT).str.replace_all('"', "").is_in([line.replace('"', "") for line in body.header])
    again, lines = lines.filter(repeats), lines.filter(~repeats)
    lines, unclear = _with_cell_counts(lines, form, body.place)
    aside.append(set_aside(unclear[_LINE], unclear[_TEXT], _UNCLEAR))
    width = _width(lines, body.names, form)
    ragged, good = lines.filter(pl.col(_CELLS) != width), lines.filter(pl.col(_CELLS) == width)
    few = "the line has {} cells, and the header has {}: it was cut off, or a separator is missing"
    many = "the line has {} cells, and the header has {}: a cell holds the separator without quotation marks"
    reasons = ragged.select(
        pl.when(pl.col(_CELLS) < width)
        .then(pl.format(few, pl.col(_CELLS), pl.lit(width)))
        .otherwise(pl.format(many, pl.col(_CELLS), pl.lit(width)))
    ).to_series()
    aside += [
        set_aside(again[_LINE], again[_TEXT], "the line repeats the header"),
        set_aside(ragged[_LINE], ragged[_TEXT], reasons),
    ]
    return RawTable(_cells(good, width, form, body.place), good[_LINE], pl.concat(aside).sort("row"))


def _whole_lines(lines: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Set aside lines that are blank or damaged."""
    blank, nul = pl.col(_TEXT).str.strip_chars() == "", pl.col(_TEXT).str.contains("\0", literal=True)
    empty, damaged = lines.filter(blank), lines.filter(nul)
    records = [
        set_aside(empty[_LINE], pl.Series([None] * empty.height, dtype=pl.String), "the line is blank"),
        set_aside(damaged[_LINE], damaged[_TEXT].str.replace_all("\0", " ", literal=True), _NUL),
    ]
    return lines.filter(~blank & ~nul), records


_NUL = "the line holds characters with the code 0: the file was damaged when it was written"
_UNCLEAR = "text follows a closing quotation mark, so the cells cannot be told apart"


def _of_table(lines: pl.DataFrame, form: Csv) -> pl.DataFrame:
    """Leave out what is no row: comments, and lines after the table."""
    blank = pl.col(_TEXT).str.strip_chars() == ""
    if form.block is not None:
        ends = lines.with_row_index("at").filter(blank)["at"]
        lines = lines.head(int(ends[0])) if len(ends) else lines
    if form.comment is not None:
        lines = lines.filter(~pl.col(_TEXT).str.starts_with(form.comment))
    if isinstance(form.footer, str):
        ended = pl.Series([re.search(form.footer, text) is not None for text in lines[_TEXT]], dtype=pl.Boolean)
        return lines.head(int(ended.arg_max() or 0)) if ended.any() else lines
    if form.footer:
        written = lines.filter(~blank)
        kept = written.head(max(written.height - form.footer, 0))
        return lines.filter(pl.col(_LINE) <= kept[_LINE].max()) if kept.height else kept
    return lines


def _width(lines: pl.DataFrame, names: list[str], form: Csv) -> int:
    """Number of cells in a row: that of the header, or of all rows if the cells at the end that differ are blank everywhere."""
    header = len(names)
    if lines.is_empty() or lines[_CELLS].n_unique() > 1 or lines[_CELLS][0] == header:
        return header
    found = int(lines[_CELLS][0])
    if found < header:
        return found if not any(names[found:]) else header
    blank = form.separator * (found - header)
    return found if lines[_TEXT].str.ends_with(blank).all() else header


def _with_cell_counts(lines: pl.DataFrame, form: Csv, place: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add the number of cells of each line. Return apart the lines in which the cells cannot be told apart.

    A line with a quotation mark inside a cell is written again, with every cell in quotation marks.
    """
    mark = pl.col(_TEXT).str.contains('"', literal=True) if form.quote else pl.lit(False)
    odd = lines.with_row_index("at").filter(mark).filter(~pl.col(_TEXT).str.contains(well_formed(form.separator)))
    unclear = lines.clear()
    if odd.height:
        lines, unclear = _rewritten(lines, odd["at"].to_list(), form, place)
    bare = pl.col(_TEXT).str.replace_all(r'"[^"]*"', "") if form.quote else pl.col(_TEXT)
    return lines.with_columns((bare.str.count_matches(form.separator, literal=True) + 1).alias(_CELLS)), unclear


def _rewritten(lines: pl.DataFrame, odd: list[int], form: Csv, place: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    texts, numbers = lines[_TEXT].to_list(), lines[_LINE]
    dropped, unclear, done = set(), [], 0
    for at in odd:
        if at < done:
            continue
        try:
            cells, count = (
                over_lines(texts, at, form.separator) if form.multiline else (split_line(texts[at], form.separator), 1)
            )
        except UnclosedQuoteError:
            raise unclosed(place, numbers[at], form.multiline) from None
        done = at + count
        if cells is None:
            unclear.append(at)
        else:
            texts[at] = quoted(cells, form.separator)
        dropped |= {*range(at + 1, done)} | ({at} if cells is None else set())
    kept = pl.Series([at not in dropped for at in range(len(texts))])
    return lines.with_columns(pl.Series(_TEXT, texts)).filter(kept), lines[unclear]


def _cells(lines: pl.DataFrame, width: int, form: Csv, place: str) -> pl.DataFrame:
    """Split lines that are known to have `width` cells."""
    if lines.is_empty():
        return pl.DataFrame(schema={f"column_{i}": pl.String for i in range(width)})
    data = (lines[_TEXT].str.join("\n")[0] + "\n").encode()
    cells = _parsed(data, form, quote=bool(form.quote))
    if cells.height != lines.height or cells.width != width:
        raise ScalebridgeError(
            f"{place}: {lines.height} lines with {width} cells were read as {cells.height} rows with "
            f"{cells.width}; please report this"
        )
    return cells
