"""Read the canonical tables from a folder."""

from pathlib import Path

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.left_out import LeftOut, LeftOutBatch
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


def read_left_out(folder: Path) -> LeftOut:
    """Read which batches the tables in a folder leave out on purpose, with who decided it, when and why."""
    rows = read_table(folder / "left_out.parquet").select("batch_id", "who", "when", "why").unique(maintain_order=True)
    return LeftOut(tuple(LeftOutBatch(*row) for row in rows.iter_rows()))
