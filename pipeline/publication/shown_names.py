"""Find names in files that must not be shown, such as those of other clients."""

import re
from collections.abc import Collection, Iterable
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError, listed

TEXTS = (".yaml", ".json", ".jsonl", ".html", ".txt", ".csv", ".svg", ".md")
"""Endings of the text files that are searched. Tables of Parquet are searched cell by cell."""
SHORT = 3
"""A name of fewer letters counts only where it stands alone between quotes or tags: as a word it means anything."""


def refuse_shown_names(folder: Path, files: Iterable[str], names: Collection[str], what: str) -> None:
    """Check that no file shows one of the names. files: paths in the folder; what: the files together, in words.

    Raises ScalebridgeError that says which file shows how many of them, and shows none of the names itself.
    """
    found = {file: count for file in files if names and (count := len(names_shown(folder / file, names)))}
    if found:
        places = listed(f"{file} ({count:,})" for file, count in found.items())
        raise ScalebridgeError(
            f"{what} would show names of other clients, which the scope hides: {places}. Nothing was published. Look the names up "
            "in data/hidden_names.parquet, and remove them from the configuration, the site knowledge or the names of files"
        )


def names_shown(path: Path, names: Collection[str]) -> set[str]:
    """Return which of the names a file shows, as a cell of a table or as a word of a text."""
    if path.suffix == ".parquet":
        return _in_cells(path, names)
    return _in_text(path.read_text(encoding="utf-8", errors="replace"), names) if path.suffix in TEXTS else set()


def _in_cells(path: Path, names: Collection[str]) -> set[str]:
    schema, wanted = pl.read_parquet_schema(path), pl.Series(list(names), dtype=pl.String)
    columns = [name for name, kind in schema.items() if kind in (pl.String, pl.Categorical, pl.Enum)]
    found = [pl.read_parquet(path, columns=[column]).to_series().cast(pl.String).unique() for column in columns]
    return {name for values in found for name in values.filter(values.is_in(wanted.implode()))}


def _in_text(text: str, names: Collection[str]) -> set[str]:
    present = pl.Series([text]).str.extract_many(list(names), overlapping=True).explode().drop_nulls().unique()
    return {name for name in present if re.search(_as_word(name), text)}


def _as_word(name: str) -> str:
    letters = re.escape(name)
    return rf"(?<=[\"'>]){letters}(?=[\"'<])" if len(name) < SHORT else rf"(?<![\w-]){letters}(?![\w-])"
