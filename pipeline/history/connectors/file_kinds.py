"""What a file is by its first bytes, for the message if it is not what its definition declares."""

_KINDS = {
    b"\x1f\x8b": "compressed with gzip; unpack it first",
    b"PK\x03\x04": "a workbook, or files packed as zip; for a workbook declare `kind: excel`, else unpack it",
    b"%PDF": "a PDF; export the table as CSV or as a workbook",
    b"\xd0\xcf\x11\xe0": "a workbook of the older format .xls, or protected by a password; open it in Excel and save it as .xlsx",
    b"PAR1": "a Parquet file; declare `kind: parquet`",
    b"{\\rtf": "a document in RTF; export the table as CSV or as a workbook",
    b"SQLite format 3": "a database; export the table as CSV",
}
"""First bytes → what the file is, and what to do."""
_WEB = (b"<html", b"<!doctype html", b"<table")
_XML = (b"<?xml",)
_LONGEST = 512


def kind_by_content(first: bytes) -> str | None:
    """Say what a file is and what to do, from its first bytes. None for a text, or for bytes that are not known.

    >>> kind_by_content(b"%PDF-1.4"), kind_by_content(b"Batch,Product")
    ('a PDF; export the table as CSV or as a workbook', None)
    """
    if known := next((what for begin, what in _KINDS.items() if first.startswith(begin)), None):
        return known
    text = first[:_LONGEST].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_WEB):
        return "a page in HTML, whatever its name ends with; open it in Excel and save it as .xlsx"
    if text.startswith(_XML):
        return "a file in XML, whatever its name ends with; open it in Excel and save it as .xlsx"
    return None


def is_text(first: bytes) -> bool:
    """Whether the first bytes of a file are those of a text."""
    return bool(first) and b"\0" not in first and not any(byte < 9 for byte in first)
