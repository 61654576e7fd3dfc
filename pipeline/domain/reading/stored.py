"""Read JSON and Parquet files that the program wrote. A missing, half-written or damaged file is named, with what to do."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.domain.errors import ScalebridgeError, first_line, listed
from pipeline.domain.reading.text_file import read_bytes

RENEW = "run `dvc repro` first"
"""What to do where a file of the pipeline is missing."""
REPLACE = "it is damaged or only half written: delete it, then run `dvc repro`"
"""What to do where a file of the pipeline is damaged."""


def read_json(path: Path, missing: str = RENEW, damaged: str = REPLACE) -> Any:
    """Return the content of a JSON file. missing, damaged: what to do then.

    Raises ScalebridgeError if the file is missing, cannot be read, or is not JSON. JSON has no NaN and no infinity.
    """
    _exists(path, missing)
    try:
        return json.loads(read_bytes(path).decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ScalebridgeError(f"{path} is not JSON ({first_line(error)}); {damaged}") from None


def read_table(path: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Return a table of a Parquet file, all columns or some.

    Raises ScalebridgeError if the file is missing, cannot be read, is not Parquet, or lacks one of the columns.
    """
    _exists(path, RENEW)
    try:
        return pl.read_parquet(path, columns=None if columns is None else list(columns))
    except pl.exceptions.ColumnNotFoundError:
        raise ScalebridgeError(f"{path} lacks one of the columns {listed(columns or [], 9)}; {REPLACE}") from None
    except PermissionError:
        raise ScalebridgeError(f"{path} may not be read by this user; change its permissions") from None
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise ScalebridgeError(f"{path} is not a Parquet file that can be read ({first_line(error)}); {REPLACE}") from None


def _exists(path: Path, missing: str) -> None:
    if not path.exists():
        raise ScalebridgeError(f"{path} does not exist" + (f"; {missing}" if missing else ""))
    if path.is_dir():
        raise ScalebridgeError(f"{path} is a folder, not a file; remove it, then {RENEW.removesuffix(' first')}")


def _no_number(constant: str) -> None:
    raise ValueError(f"it holds {constant}, which is no number")
