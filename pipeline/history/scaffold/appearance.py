"""Guess how a raw file is written: its format, separator, encoding and decimal mark."""

import re
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.file_formats import Csv, Excel, Parquet
from pipeline.history.connectors.files import columns_of

FORMATS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xls": "excel",
}
"""Suffix in small letters → kind of the file."""
_ROWS = 200


def raw_files(folder: Path) -> list[Path]:
    """List the files that hold data, sorted by path. Lock files of an open workbook and hidden files are left out.

    Raises ScalebridgeError if there is none.
    """
    inside = (path for path in folder.rglob("*") if path.suffix.lower() in FORMATS and path.is_file())
    files = sorted(path for path in inside if not path.name.startswith(("~$", ".")))
    if not files:
        raise ScalebridgeError(f"{folder} has no CSV, Excel or Parquet file; put the exports there first")
    return files


def look_at(path: Path) -> tuple[Csv | Excel | Parquet, pl.DataFrame]:
    """Guess the format of a file, and read its first rows as text.

    Raises ScalebridgeError if it cannot be read.
    """
    raw = path.read_bytes()
    kind = FORMATS[path.suffix.lower()]
    if kind == "excel" and _is_text(raw):
        kind = "csv"  # many laboratory systems write text with tabs under the suffix of a workbook
    try:
        form = Parquet("parquet") if kind == "parquet" else Excel("excel") if kind == "excel" else text_format(raw)
        frame = columns_of(path, form)
    except Exception as error:  # each library that reads files has its own kinds of errors
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        advice = "" if isinstance(error, ScalebridgeError) else "; save it again in the program that it comes from"
        raise ScalebridgeError(
            f"{path} cannot be read as {_read_as(kind)}: {reason}{advice}, or move it out of the folder"
        ) from None
    if not frame.width:
        raise ScalebridgeError(
            f"{path} has no column; put a table with one row of headers there, or move it out of the folder"
        )
    return form, frame.head(_ROWS)


def _is_text(raw: bytes) -> bool:
    """Tell whether a file is neither a workbook nor a page of HTML, but lines of text."""
    start = raw[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    return (
        bool(start)
        and not start.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"<"))
        and (b"\x00" not in start or raw.startswith((b"\xff\xfe", b"\xfe\xff")))
    )


def _read_as(kind: str) -> str:
    return {"csv": "CSV", "excel": "a workbook", "parquet": "Parquet"}[kind]


def text_format(raw: bytes) -> Csv:
    """Guess separator, encoding and decimal mark of a text file from its bytes."""
    encoding = encoding_of(raw)
    lines = raw.decode(encoding, "replace").splitlines()
    header = next((re.sub(r'"[^"]*"', "", line) for line in lines if line.strip()), "")
    separator = max(";,\t", key=header.count)
    decimal = separator == ";" and any(re.search(r'(^|;)\s*"?[<>]?\s*[-+]?\d+,\d+', line) for line in lines[1:_ROWS])
    return Csv(separator=separator, encoding=encoding, decimal="," if decimal else ".")


def encoding_of(raw: bytes) -> str:
    """Guess the encoding of a text: UTF-16 by its mark, UTF-8 where it fits, else that of Windows or Latin-1.

    >>> encoding_of("µ".encode()), encoding_of("µ".encode("latin-1")), encoding_of("–".encode("cp1252"))
    ('utf-8', 'latin-1', 'cp1252')
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    fits = [name for name in ("utf-8", "cp1252") if _decodes(raw, name)]
    if "utf-8" in fits:
        return "utf-8"
    return "cp1252" if "cp1252" in fits and any(0x80 <= byte < 0xA0 for byte in raw) else "latin-1"


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
