"""Read the canonical tables from a folder."""

from pathlib import Path

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.reading.stored import read_table
from pipeline.history.tables import History


def read_history(folder: Path) -> History:
    """Read the canonical tables.

    Raises ScalebridgeError if the folder does not exist.
    """
    if not folder.is_dir():
        raise ScalebridgeError(f"{folder} does not exist; run `dvc repro` first")
    names = ("batches", "results", "lots", "genealogy", "trajectories")
    return History(**{name: read_table(folder / f"{name}.parquet") for name in names})
