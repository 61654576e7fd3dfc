"""Records of sensors in Parquet files that may be larger than memory: read a group of batches at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError, first_line, listed
from pipeline.history.store import RECORD

RECORDS_AT_ONCE = 2_000_000
"""Records of sensors that are in memory at a time, about 50 bytes each. A batch with more of them is read alone."""
_FILE = "_file"


@dataclass(frozen=True)
class SeriesPart:
    """Some batches of some files: what is in memory at a time."""

    files: tuple[str, ...]
    """Paths or addresses of files with the columns batch_id, tag, time [s] and value [SI]."""
    first: str | None = None
    """Name of the first batch, in alphabetical order; None: all batches of the files."""
    last: str | None = None
    """Name of the last batch."""
    in_order: bool = True
    """Whether the records of each batch and tag are in the order of their times."""

    def read(self) -> pl.DataFrame:
        """Return the records. Raises ScalebridgeError if a file cannot be read or lacks a column."""
        rows = _scan(self.files)
        if self.first is not None:
            rows = rows.filter(pl.col("batch_id").is_between(pl.lit(self.first), pl.lit(self.last)))
        found = _collected(rows, self.files)
        return found if self.in_order else found.sort("batch_id", "tag", "time", maintain_order=True)


def parts_of(files: Sequence[str], *, in_order: bool, most: int = RECORDS_AT_ONCE) -> list[SeriesPart]:
    """Return the batches of some files in parts of at most `most` records; one part if all records are fewer.

    in_order: the records of each batch and tag are in the order of their times. Otherwise each part is sorted after it was read.
    """
    whole = SeriesPart(tuple(files), in_order=in_order)
    counts = _collected(_scan(files).group_by("batch_id").len(), files).sort("batch_id")
    if counts["len"].sum() <= most:
        return [whole]
    parts: list[SeriesPart] = []
    records = most
    for batch, number in counts.iter_rows():
        if records + number > most:
            parts.append(SeriesPart(whole.files, batch, batch, in_order))
            records = 0
        else:
            parts[-1] = SeriesPart(whole.files, parts[-1].first, batch, in_order)
        records += number
    return parts


def partitions_of(address: str) -> dict[str, tuple[str, ...]]:
    """Return folder → its Parquet files, of a folder or bucket with a folder per site and product, for example.

    address: path of a folder, or an address that polars reads, such as `s3://bucket/series`. Raises ScalebridgeError if there is no
    such file.
    """
    found = _listed(address)
    if not found:
        raise ScalebridgeError(f"{address} holds no Parquet file; give a folder, or an address such as s3://bucket/series")
    return {folder: tuple(files) for folder, files in groupby(sorted(found, key=_folder_first), _folder)}


def _listed(address: str) -> list[str]:
    """Return the files of a folder or bucket. Polars lists a bucket, and reads the end of each file there."""
    if "://" not in address:
        return [path.as_posix() for path in Path(address).rglob("*.parquet") if path.is_file()]
    pattern = f"{address.rstrip('/')}/**/*.parquet"
    rows = pl.scan_parquet(pattern, include_file_paths=_FILE, hive_partitioning=False).select(pl.col(_FILE).unique())
    return _collected(rows, [address])[_FILE].to_list()


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


def _folder_first(file: str) -> tuple[str, str]:
    return _folder(file), file


def _scan(files: Sequence[str]) -> pl.LazyFrame:
    return pl.scan_parquet(list(files), hive_partitioning=False).select(pl.col(n).cast(t) for n, t in RECORD.items())


def _collected(rows: pl.LazyFrame, files: Sequence[str]) -> pl.DataFrame:
    """Return rows of some files. Raises ScalebridgeError if one cannot be read."""
    try:
        return rows.collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise ScalebridgeError(
            f"The records of sensors in {listed(files, 2)} cannot be read ({first_line(error)}). Each file must be Parquet with "
            f"the columns {listed(RECORD)}: text, text, seconds and SI"
        ) from None
