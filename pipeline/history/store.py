"""Read the canonical tables from a folder."""

from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.tables import History

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
    tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in names}
    return History(**{"trajectories": pl.DataFrame(schema=RECORD), **tables})
