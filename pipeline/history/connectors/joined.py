"""Columns that are made of several columns of a file, such as a date and a clock time side by side."""

from collections.abc import Mapping, Sequence

import polars as pl

from pipeline.history.connectors.raw_table import ELAPSED, MOMENT, PROBLEM, ColumnUse, Needed, companions_of

_NO_CLOCK = "the cell beside this date is no clock time"


def with_parts(needed: Needed, joined: Mapping[str, Sequence[str]]) -> dict[str, ColumnUse]:
    """The columns that a file must have: in place of a joined column its parts."""
    found = {column: use for column, use in needed.items() if column not in joined}
    for name, parts in joined.items():
        use: ColumnUse = "time" if needed[name] in ("date", "time") else "text"
        found |= {part: use for part in parts if part not in found}
    return found


def with_joined(cells: pl.DataFrame, joined: Mapping[str, Sequence[str]], needed: Needed) -> pl.DataFrame:
    """Add each joined column, with a blank between its parts. It is blank where a part is. Drop parts that nothing else reads."""
    for name, parts in joined.items():
        cells = _with_one(cells, name, parts)
    spent = {part for parts in joined.values() for part in parts} - needed.keys()
    return cells.drop(column for part in spent for column in (part, *companions_of(part, cells)))


def _with_one(cells: pl.DataFrame, name: str, parts: Sequence[str]) -> pl.DataFrame:
    texts = [pl.col(part).cast(pl.String).str.strip_chars() for part in parts]
    whole = pl.all_horizontal((text != "").fill_null(False) for text in texts)
    problems = [pl.when(whole).then(pl.col(part + PROBLEM)) for part in parts if part + PROBLEM in cells.columns]
    added = [pl.when(whole).then(pl.concat_str(texts, separator=" ")).alias(name)]
    if days := [pl.col(part + MOMENT) for part in parts if part + MOMENT in cells.columns]:
        day, clock = pl.coalesce(days).dt.truncate("1d"), pl.coalesce(_clocks(cells, parts))
        added.append(pl.when(whole).then(day + clock).alias(name + MOMENT))
        problems.append(pl.when(whole & day.is_not_null() & clock.is_null()).then(pl.lit(_NO_CLOCK)))
    if problems:
        added.append(pl.coalesce(problems).alias(name + PROBLEM))
    return cells.with_columns(added)


def _clocks(cells: pl.DataFrame, parts: Sequence[str]) -> list[pl.Expr]:
    """The time of day in each part, where it holds one."""
    durations = [pl.col(part + ELAPSED) for part in parts if part + ELAPSED in cells.columns]
    texts = [pl.col(part).cast(pl.String).str.strip_chars() for part in parts]
    read = [
        text.str.to_time(form, strict=False).cast(pl.Duration("us")) for text in texts for form in ("%H:%M:%S%.f", "%H:%M")
    ]
    return [*durations, *read]
