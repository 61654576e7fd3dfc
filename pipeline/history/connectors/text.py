"""A text file as lines: decoded by its declared encoding, every line end the same, no line longer than allowed."""

import codecs
import mmap
from pathlib import Path

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.file_formats import Csv
from pipeline.history.connectors.file_kinds import kind_by_content

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""The first bytes by which a file says its encoding."""


def utf8_lines(path: Path, form: Csv, place: str) -> bytes:
    """Read a text file as UTF-8. Each line ends with one line feed, also in a file that has carriage returns.

    Raises ScalebridgeError if a line is too long, or if the text does not have the declared encoding.
    """
    if path.stat().st_size:
        _refuse_long_lines(path, form.longest_line, place)
    raw = path.read_bytes()
    if what := kind_by_content(raw):
        raise ScalebridgeError(f"{place} is no text file with separators: it is {what}")
    data = _as_utf8(raw, form.encoding, place)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data if data.endswith(b"\n") or not data else data + b"\n"


def _refuse_long_lines(path: Path, longest: int, place: str) -> None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at, number = 0, len(data)
        while number - at > longest:
            end = max(data.rfind(mark, at, at + longest) for mark in (b"\n", b"\r"))
            if end < 0:
                line = 1 + data[:at].count(b"\n")
                raise ScalebridgeError(
                    f"{place}, line {line} is longer than {longest} bytes, so it is no row of a table; it was not read. If it is "
                    "one, set `longest_line` of the format"
                )
            at = end + 1


def _as_utf8(raw: bytes, encoding: str, place: str) -> bytes:
    """Decode by the declared encoding, and encode as UTF-8 without a mark."""
    name = codecs.lookup(encoding).name
    marked = next((found for mark, found in _MARKS.items() if raw.startswith(mark)), None)
    if marked and not name.startswith(marked):
        raise ScalebridgeError(
            f"{place} begins with the mark of {marked}, but its encoding is declared as {encoding}; set `encoding`"
        )
    if name in ("utf-8", "ascii") and raw.isascii():
        return raw
    if name.startswith(_ONE_BYTE) and _is_utf8(raw):
        raise ScalebridgeError(
            f"{place} is written in utf-8, but its encoding is declared as {encoding}; set `encoding: utf-8`"
        )
    try:
        text = raw.decode("utf-8-sig" if name == "utf-8" else encoding)
    except UnicodeError as error:
        raise ScalebridgeError(_undecodable(raw, encoding, error, place)) from None
    return text.encode("utf-8", errors="surrogatepass")


_ONE_BYTE = ("cp125", "iso8859", "latin")
"""Beginnings of the names of encodings in which every byte is a letter, so that a wrong one is not noticed."""


def _is_utf8(raw: bytes) -> bool:
    """Whether bytes can hardly be anything but UTF-8: they have letters of several bytes, all of them well formed."""
    if raw.isascii():
        return False
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _undecodable(raw: bytes, encoding: str, error: UnicodeError, place: str) -> str:
    if not isinstance(error, UnicodeDecodeError):
        return f"{place} cannot be read as {encoding}: {error}"
    line = 1 + raw[: error.start].count(b"\n")
    shown = raw[error.start : error.start + 1].hex().upper()
    return (
        f"{place}, line {line} is not {encoding}: the byte {shown} cannot be decoded; if the file is from a Windows program, set "
        "`encoding: cp1252` or `utf-16`; if not, the file is damaged there"
    )
