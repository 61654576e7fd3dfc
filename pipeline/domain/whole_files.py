"""Write a file whole or not at all: a killed program, a full disk or a second writer never leaves half of a file."""

import json
import os
import shutil
import threading
from collections.abc import Callable, Collection
from pathlib import Path

PART = ".part"
"""Ending of a file that is being written. What a killed program leaves behind has this ending and is never read."""


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file into its folder under another name, flush it to the disk, and rename it. Folders above are made.

    Raises OSError where the disk is full or the folder cannot be written. The former file is then as before.
    """
    data = content.encode() if isinstance(content, str) else content
    write_by(path, lambda part: _flushed(part, data))


def write_by(path: Path, write: Callable[[Path], object]) -> None:
    """As `write_whole`, for a library that writes the file itself: `write` gets the path to write to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}{PART}")  # threads may write the same file
    try:
        write(part)
        part.replace(path)
    except OSError as error:
        if error.filename in (None, str(part)):
            error.filename = str(path)  # the reader of a message knows this name
        raise
    finally:
        part.unlink(missing_ok=True)


def append_line(path: Path, line: str) -> None:
    """Add a line of JSON to a file and flush it to the disk. Half a last line, left by a killed program, is removed first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        file.seek(0)
        before = file.read()
        begins = before.rfind(b"\n") + 1
        whole = is_whole_line(before[begins:])
        if not whole:
            file.truncate(begins)
        file.write((b"\n" if whole else b"") + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def is_whole_line(line: bytes) -> bool:
    """Tell whether a last line without a line end is a whole JSON object. An editor may have removed the line end.

    >>> is_whole_line(b'{"a": 1}'), is_whole_line(b'{"a": 1'), is_whole_line(b"")
    (True, False, False)
    """
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def keep_only(folder: Path, names: Collection[str]) -> None:
    """Delete every file and folder in a folder except those with these names. The folder is made if it does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name not in names:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _flushed(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
