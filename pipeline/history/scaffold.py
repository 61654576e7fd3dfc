"""Draft a process definition from the files that are there: columns found, unit and role guessed for a person to confirm."""

import re
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.sources import Csv, Excel, Parquet
from pipeline.domain.units import unit
from pipeline.history.connectors.files import columns_of

CONFIRM = "CONFIRM"
"""Stands wherever a person must decide; it is no valid role or name, so the draft does not run before that."""
_FORMATS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".parquet": "parquet", ".xlsx": "excel", ".xls": "excel"}
_UNIT = re.compile(r"[\[(]([^\])]+)[\])]\s*$|_([A-Za-z%/]+)$")
_WORDS = {
    "identifier": ("batch", "charge", "lot", "id", "date", "start"),
    "context": ("product", "code", "site", "plant", "strength", "equipment", "vessel", "operator"),
    "scale": ("scale", "volume", "size", "mass"),
    "CQA": (
        "titre",
        "titer",
        "purity",
        "impurit",
        "dissolution",
        "assay",
        "hmw",
        "aggregate",
        "hcp",
        "potency",
        "charge_variant",
    ),
    "IPC": ("hardness", "weight", "thickness", "viability", "vcd", "yield"),
}


def draft(name: str, folder: Path) -> str:
    """Write the draft of `conf/process/<name>.yaml`.

    Raises ScalebridgeError where the folder has no file that can be read.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _FORMATS and path.is_file())
    if not files:
        raise ScalebridgeError(f"{folder} has no CSV, Excel or Parquet file; put the exports there first")
    sources = [_source(path, folder) for path in files]
    taken: dict[str, int] = {}
    attributes = "\n".join(line for _, lines in sources for line in _attributes(lines, taken))
    return f"""# Draft made from the files in {folder.as_posix()}.
# Go through it, replace every {CONFIRM}, check what was guessed, and set
# `process: {name}` in params.yaml. `scalebridge check` says what is still wrong.
name: {name}
title: {CONFIRM}

batch: {CONFIRM}        # attribute that names a batch
product: {CONFIRM}      # attribute that names the product
# started: {CONFIRM}    # attribute with the start of the batch, for forward_in_time
# site: {CONFIRM}
# equipment: {CONFIRM}
scale:
  attribute: {CONFIRM}  # attribute of role scale: the batch size as a number
  # within: {CONFIRM}   # attribute along which scale changes, if it is not the product

sources:
{"".join(text for text, _ in sources)}
# role: CPP, CMA, IPC, CQA, scale, identifier or context; horizon: plan, in_process or release.
# A quality attribute may have   specification: {{lower: 80, upper: 120}}   and   reporting_limit: 0.05
attributes:
{attributes}
"""


def _read(path: Path) -> tuple[str, pl.DataFrame]:
    """Guess how a file is written and read a part of it as text."""
    kind = _FORMATS[path.suffix.lower()]
    if kind == "parquet":
        return "{kind: parquet}", columns_of(path, Parquet("parquet")).head(200)
    if kind == "excel":
        return "{kind: excel}", columns_of(path, Excel("excel")).head(200)
    raw = path.read_bytes()
    encoding = "utf-8" if _decodes(raw) else "latin-1"
    header = raw.decode(encoding).splitlines()[0] if raw.strip() else ""
    separator = max(";,\t", key=header.count)
    decimal = "," if separator == ";" and re.search(r"(?m)(^|;)[-+]?\d+,\d+", raw.decode(encoding)) else "."
    try:
        frame = columns_of(path, Csv("csv", separator, encoding, decimal))  # type: ignore[arg-type]
    except Exception as error:
        raise ScalebridgeError(f"{path} cannot be read as CSV with separator '{separator}': {error}") from None
    mark = {"\t": '"\\t"'}.get(separator, f'"{separator}"')
    return f'{{kind: csv, separator: {mark}, encoding: {encoding}, decimal: "{decimal}"}}', frame.head(200)


def _decodes(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _source(path: Path, folder: Path) -> tuple[str, tuple[str, pl.DataFrame]]:
    name = _slug(path.stem)
    form, frame = _read(path)
    text = f"""  {name}:
    gives: batches      # {CONFIRM}: batches, details (with key), results, lots, genealogy or trajectories
    files: ["{path.relative_to(folder).as_posix()}"]
    format: {form}
    nulls: [""]
"""
    return text, (name, frame)


def _attributes(source: tuple[str, pl.DataFrame], taken: dict[str, int]) -> list[str]:
    name, frame = source
    lines = [f"  # {name}"]
    for column in frame.columns:
        word, label = _split(column)
        slug = _slug(word)
        taken[slug] = taken.get(slug, 0) + 1
        key = slug if taken[slug] == 1 else f"{slug}_{taken[slug]}"
        lines.append(f"  {key}: {_attribute(name, column, label, _role(slug), frame[column])}")
    return lines


def _attribute(source: str, column: str, label: str, role: str, values: pl.Series) -> str:
    known = [str(v).strip() for v in values.drop_nulls().head(50) if str(v).strip()]
    number = bool(known) and all(re.fullmatch(r"[<>]?\s*[+-]?[\d.,]+([eE][+-]?\d+)?", text) for text in known)
    example = known[0][:20] if known else "empty"
    kind = "" if number and role not in ("identifier", "context") else ", kind: text"
    shown_unit = f', unit: "{label}"' if not kind else ""
    horizon = "release" if role == "CQA" else "in_process" if role == "IPC" else "plan"
    place = f'{{source: {source}, column: "{column}"}}'
    return f'{{role: {role}, horizon: {horizon}{kind}{shown_unit}, column: {place}, description: "{CONFIRM}"}}  # e.g. {example}'


def _split(column: str) -> tuple[str, str]:
    """Split a column's name into a word and a unit that the units library knows."""
    if match := _UNIT.search(column):
        label = (match[1] or match[2]).strip()
        try:
            unit(label)
        except ScalebridgeError:
            return column, ""
        return column[: match.start()], label
    return column, ""


def _role(slug: str) -> str:
    return next((role for role, words in _WORDS.items() if any(word in slug for word in words)), "CPP")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "column"
