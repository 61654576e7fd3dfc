"""Read the canonical tables from a folder."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.left_out import LeftOut, LeftOutBatch
from pipeline.domain.reading.stored import read_table
from pipeline.history.tables import ANONYMOUS, DEVIATION, History

RECORD = {"batch_id": pl.String, "tag": pl.String, "time": pl.Float64, "value": pl.Float64}
"""Columns of the records of sensors."""


def read_history(folder: Path, *, records: bool = True) -> History:
    """Read the canonical tables.

    records: read the records of the sensors as well. A prediction does not need them, and they are most of a history. Raises
    ScalebridgeError if the folder does not exist.
    """
    if not folder.is_dir():
        raise ScalebridgeError(f"{folder} does not exist; run `dvc repro` first")
    names = ("batches", "results", "lots", "genealogy", *(("trajectories",) if records else ()))
    tables = {name: read_table(folder / f"{name}.parquet") for name in names}
    return History(
        **{"trajectories": pl.DataFrame(schema=RECORD), **tables},
        deviations=_further(folder, "deviations", DEVIATION),
        anonymous=_further(folder, "anonymous", ANONYMOUS),
    )


def _further(folder: Path, name: str, columns: Mapping[str, type[pl.DataType] | pl.DataType]) -> pl.DataFrame:
    """Read a table that runs which were published before there was such a table do not have."""
    path = folder / f"{name}.parquet"
    return read_table(path) if path.is_file() else pl.DataFrame(schema=columns)


def read_left_out(folder: Path) -> LeftOut:
    """Read which batches the tables in a folder leave out on purpose, with their step, and who decided it, when and why.

    Runs that were published before entries had steps have none.
    """
    rows = read_table(folder / "left_out.parquet")
    stepped = rows if "step" in rows.columns else rows.with_columns(pl.lit(None, pl.String).alias("step"))
    one_each = stepped.select("batch_id", "who", "when", "why", "step").unique(maintain_order=True)
    return LeftOut(tuple(LeftOutBatch(*row) for row in one_each.iter_rows()))
