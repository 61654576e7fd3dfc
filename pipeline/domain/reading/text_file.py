"""Read a text file that a person wrote, with a limit of its size. An undecodable byte is named with its place."""

import codecs
from pathlib import Path

from pipeline.domain.errors import ScalebridgeError

LARGEST = 1_000_000
"""Largest size of a file of the configuration, in bytes. Every real one is far below."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path, largest: int = LARGEST) -> str:
    """Return the text of a file in UTF-8, with or without byte order mark, or in UTF-16 with byte order mark.

    Raises ScalebridgeError if the file is missing, is no file, is not readable, is too large, or holds an undecodable byte.
    """
    raw = read_bytes(path, largest)
    if raw.startswith(_UTF_16):
        return _decoded(raw, "utf-16", path)
    return _decoded(raw.removeprefix(codecs.BOM_UTF8), "utf-8", path)


def read_bytes(path: Path, largest: int | None = None) -> bytes:
    """Return the content of a file.

    Raises ScalebridgeError if the file is missing, is no file, is not readable, or is larger than `largest` bytes.
    """
    try:
        if path.exists() and not path.is_file():
            raise ScalebridgeError(
                f"{path} is {'a folder' if path.is_dir() else 'a device'}, not a file; give the path of a file"
            )
        size = path.stat().st_size
        if largest is not None and size > largest:
            raise ScalebridgeError(
                f"{path} has {size:,} bytes; a file of this kind may have at most {largest:,}. Check that it is the right file"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise ScalebridgeError(f"{path} does not exist") from None
    except OSError as error:
        raise ScalebridgeError(
            f"{path} cannot be read: {error.strerror or error}; check its name, its permissions and its drive"
        ) from None
    except ValueError:  # a path that holds a null character
        raise ScalebridgeError(f"{str(path)!r} is no path of a file; correct the name") from None


def _decoded(raw: bytes, encoding: str, path: Path) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line, column = place_of(raw, error.start)
        wrong = raw[error.start : error.start + 1]
        as_windows = wrong.decode("cp1252", errors="replace")
        meant = f" (in the Windows encoding cp1252 it is '{as_windows}')" if as_windows.isprintable() else ""
        raise ScalebridgeError(
            f"{path}, line {line}, column {column}: the byte 0x{wrong.hex().upper()} is not part of a text in UTF-8{meant}; "
            "save the file again with the encoding UTF-8"
        ) from None


def place_of(raw: bytes, position: int) -> tuple[int, int]:
    """Return line and column of a byte, as an editor counts them.

    >>> place_of(b"ab\\ncd", 4)
    (2, 2)
    """
    before = raw[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
