"""Texts that are no number with the declared decimal mark: what they are, and the edit for each kind."""

import re

import polars as pl

from pipeline.history.quality.edits import Edit, Found, in_yaml, quoted, the_cells

_DIGITS = r"[+-]?\d+"
_GROUPS = (
    r"[+-]?\d{1,3}(?:[ '’  ]\d{3})+(?:[.,]\d+)?|[+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|[+-]?\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?"
)
_BOTH = r"[+-]?\d{1,3}(?:,\d{3})+\.\d+|[+-]?\d{1,3}(?:\.\d{3})+,\d+"
_EITHER = r"[+-]?[1-9]\d{0,2}[.,]\d{3}"
"""One mark before three digits: a decimal mark, or a separator of thousands."""
LEAST_SHARE = 0.5
"""Share of the rows of a file with the other decimal mark from which on the mark of the whole file is the likely mistake."""


def kinds(other: str) -> dict[str, str]:
    """Kind of text → pattern, in the order in which they are tried. other: the decimal mark that is not declared."""
    return {
        "error": r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|N/V|BEZUG!|WERT!|ZAHL!|NV)",
        "mark": rf"{_DIGITS}{'[.]' if other == '.' else ','}\d*(?:[eE][+-]?\d+)?",
        "groups": rf"{_GROUPS}|{_BOTH}",
        "sign": r"(?:[<>≤≥~≈]|<=|>=|ca\.?)\s*[+-]?[\d.,]+",
        "word": r"[^\d]+",
        "unit": r"[+-]?\d[\d.,]*\s*[^\d\s.,].*",
    }


def number_edits(found: Found, declared: str) -> list[Edit]:
    """Return an edit for each kind of text. declared: the decimal mark of the process definition."""
    other = "." if declared == "," else ","
    text = pl.col("value").str.strip_chars()
    kind = pl.lit("other")
    for name, pattern in reversed(kinds(other).items()):
        kind = pl.when(text.str.contains(f"^(?:{pattern})$")).then(pl.lit(name)).otherwise(kind)
    parts = found.values.with_columns(kind.alias("kind")).partition_by("kind", as_dict=True, maintain_order=True)
    makers = {"mark": _mark, "groups": _groups, "word": _word, "error": _error, "sign": _sign, "unit": _unit}
    return [
        Edit(makers[str(name)](found, part, other) if name in makers else _other(part), int(part["cells"].sum()), str(name))
        for (name,), part in parts.items()
    ]


def _mark(found: Found, texts: pl.DataFrame, other: str) -> str:
    """The other decimal mark: declare it if the whole file has it, else replace the texts one by one."""
    name, shown = ("comma" if other == "," else "point"), quoted(texts["value"])
    key = "format" if found.process.sources[found.source].pull is None else "pull"
    mark, declare = f"{shown} {_have(texts)} a decimal {name}", f'`{found.place}.{key}.decimal: "{other}"`'
    if texts["value"].str.contains(f"^(?:{_EITHER})$").all():
        return (
            f"{shown}: the {name} is a decimal {name}, or it separates thousands. If it is a decimal {name}: {declare}. If it "
            f"separates thousands, remove it from {_cells(texts)} in the file."
        )
    if found.process.sources[found.source].format.kind == "excel":
        return f"{mark}: write {declare}. Cells that hold numbers, and not texts, are read as well."
    if found.other_marks >= LEAST_SHARE:
        return f"{mark}: write {declare}, if all numbers of the file have one. If not, correct {_cells(texts)} in the file."
    return (
        f"{mark}, and other cells of the file have not: correct {_cells(texts)} in the file, or give replacements at the column: "
        f"`values: {_replacements(texts, other)}`."
    )


def _replacements(texts: pl.DataFrame, other: str) -> str:
    mark = "," if other == "." else "."
    pairs = {str(text): str(text).strip().replace(other, mark) for text in texts["value"].head(3)}
    return in_yaml(pairs)[:-1] + (", …}" if texts.height > len(pairs) else "}")


def _word(found: Found, texts: pl.DataFrame, other: str) -> str:
    """A text without a digit: it means a missing value, or it is a mistake."""
    shown = quoted(texts["value"])
    if texts.height > _MOST_WORDS:
        return f"{shown} hold no number: correct {_cells(texts)} in the file."
    known = [word for word in found.process.sources[found.source].nulls if word]
    nulls = list(dict.fromkeys(["", *known, *(str(text).strip() for text in texts["value"])]))
    verb = "holds" if texts.height == 1 else "hold"
    return f"{shown} {verb} no number. If it means a missing value: `{found.place}.nulls: {in_yaml(nulls)}`."


_MOST_WORDS = 12
"""Different words above which they are no list of words for a missing value."""


def _error(found: Found, texts: pl.DataFrame, other: str) -> str:
    return (
        f"{quoted(texts['value'])}: the spreadsheet could not compute {_cells(texts)}. Correct the formula. If the error means a "
        f"missing value, add it to `{found.place}.nulls`."
    )


def _groups(found: Found, texts: pl.DataFrame, other: str) -> str:
    shown = quoted(texts["value"])
    source = found.process.sources[found.source]
    if source.pull is not None:
        return f"{shown}: the digits are separated in groups. Remove the separators in the database, or by REPLACE in the query."
    if source.format.kind == "parquet":
        return f"{shown}: the digits are separated in groups. Remove the separators from {_cells(texts)} in the file."
    marks = sorted({mark for text in texts["value"] for mark in (".", ",", "'", " ") if _is_separator(str(text), mark)})
    decimal = "," if other == "." else "."
    if len(marks) == 1 and marks[0] != decimal:
        return f"{shown}: the digits are separated in groups: write `{found.place}.format.thousands: {in_yaml([marks[0]])[1:-1]}`."
    return (
        f"{shown}: the digits are separated in groups. If all numbers of the file are so, declare the mark between the groups as "
        f"`{found.place}.format.thousands`, and the decimal mark as `decimal`. If not, remove it from {_cells(texts)} in the file."
    )


def _is_separator(text: str, mark: str) -> bool:
    """Whether a mark stands between groups of three digits, before any decimal mark."""
    sign = {" ": r"\s", "'": "['’]"}.get(mark, re.escape(mark))
    return re.match(rf"[+-]?\d{{1,3}}(?:{sign}\d{{3}})+(?!\d)", text) is not None


def _sign(found: Found, texts: pl.DataFrame, other: str) -> str:
    return (
        f"{quoted(texts['value'])}: a limit is read only for an attribute of role CQA or IPC, with the sign <, >, ≤ or ≥. If it is "
        f"such a result, change `role`; if not, correct {_cells(texts)} in the file."
    )


def _unit(found: Found, texts: pl.DataFrame, other: str) -> str:
    return (
        f"{quoted(texts['value'])}: a cell holds more than a number. Remove the rest from {_cells(texts)} in the file; a unit "
        "belongs to `unit` at the column."
    )


def _other(texts: pl.DataFrame) -> str:
    return (
        f"{quoted(texts['value'])}: correct {_cells(texts)} in the file, or give replacements at the column, such as "
        f"`values: {in_yaml({str(texts['value'][0]): '1.5'})}`."
    )


def _cells(texts: pl.DataFrame) -> str:
    return the_cells(int(texts["cells"].sum()))


def _have(texts: pl.DataFrame) -> str:
    return "has" if texts.height == 1 else "have"
