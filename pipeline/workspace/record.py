"""The record of a workspace: the files that the tool gave, by hash. It tells which files the user has changed."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from pydantic.dataclasses import dataclass

from pipeline.domain.config_files import as_json, parse, read_json
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.strict_config import STRICT
from pipeline.domain.whole_files import write_whole

RECORD = ".scalebridge.json"
"""Name of the file in the folder of a workspace."""


@dataclass(config=STRICT, frozen=True)
class Record:
    """What the tool gave to a workspace."""

    files: Mapping[str, str]
    """Path → SHA-256 of the file as the tool has it. The file in the workspace may be another one: that of the user."""


def record_of(files: Mapping[str, bytes]) -> Record:
    """Return the record of files with these contents."""
    return Record({path: hash_of_bytes(content) for path, content in files.items()})


def hash_of_bytes(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def hash_of_text_file(path: Path) -> str | None:
    """Return the SHA-256 of a file with line ends LF, as git stores it; None if there is no such file."""
    return hash_of_bytes(path.read_bytes().replace(b"\r\n", b"\n")) if path.is_file() else None


def write_record(folder: Path, record: Record) -> None:
    """Write the record of a workspace, unless it says the same already."""
    text = as_json({"files": dict(sorted(record.files.items()))})
    file = folder / RECORD
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        write_whole(file, text)


def read_record(folder: Path) -> Record:
    """Read the record of a workspace.

    Raises ScalebridgeError if it is missing or damaged.
    """
    file = folder / RECORD
    if not file.is_file():
        raise ScalebridgeError(
            f"{file} is missing, so it is not known which files of the workspace are yours. Restore it: git checkout -- {RECORD}"
        )
    found: Record = parse(Record, read_json(file), str(file))
    return found
