"""SHA-256 hashes of configuration, data and files."""

import hashlib
import json
from pathlib import Path

import polars as pl


def hash_of(data: object) -> str:
    """Hash of plain data. The order of keys does not matter.

    >>> hash_of({"a": 1, "b": 2}) == hash_of({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()


def hash_of_files(folder: Path, suffixes: tuple[str, ...] = ()) -> str:
    """Hash of the names and contents of all files below a folder, or of those that have one of the suffixes."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and (not suffixes or path.suffix in suffixes))
    return hash_of([(path.relative_to(folder).as_posix(), hash_of_file(path)) for path in files])


def hash_of_ledger(ledger: pl.DataFrame) -> str:
    """One hash of all raw files, computed from the file hashes in the ledger of ingestion."""
    lines = [f"{file} {digest}" for file, digest in ledger.select("file", "sha256").sort("file").iter_rows()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def hash_of_file(path: Path) -> str:
    """Hash of the content of one file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
