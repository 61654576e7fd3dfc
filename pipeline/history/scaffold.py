"""Draft a process definition from raw files. Roles, units and display names are guesses that a person must confirm."""

import re
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.file_formats import Csv, Excel, Parquet
from pipeline.domain.units import unit
from pipeline.history.connectors.files import columns_of

CONFIRM = "CONFIRM"
"""Written wherever a person must decide. It is not a valid name, so the draft cannot run before it is replaced."""
_FORMATS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".parquet": "parquet", ".xlsx": "excel", ".xls": "excel"}
_UNIT = re.compile(r"[\[(]([^\])]+)[\])]\s*$|_([A-Za-z%/]+)$")
_WORDS_OF_ROLES = {
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
    """Give the text of a draft of `conf/process/<name>.yaml`.

    Raises ScalebridgeError if the folder has no file that can be read.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _FORMATS and path.is_file())
    if not files:
        raise ScalebridgeError(f"{folder} has no CSV, Excel or Parquet file; put the exports there first")
    sources = [_source(path, folder) for path in files]
    taken: dict[str, int] = {}
    attributes = "\n".join(line for _, lines in sources for line in _attributes(lines, taken))
    return f"""# Draft made from the files in {folder.as_posix()}.
# Replace every {CONFIRM}, check the guesses (roles, units, horizons, display names), and set `process: {name}` in params.yaml.
# `scalebridge check` lists what is still wrong.
name: {name}
title: {CONFIRM}

batch: {CONFIRM}        # attribute that names a batch
product: {CONFIRM}      # attribute that names the product
# started: {CONFIRM}    # attribute with the start of the batch; the protocol forward_in_time needs it
# site: {CONFIRM}
# equipment: {CONFIRM}
scale:
  attribute: {CONFIRM}  # attribute with the role scale: the batch size as a number
  # within: {CONFIRM}   # attribute that stays the same in a scale-up, if it is not the product

sources:
{"".join(text for text, _ in sources)}
# role: CPP, CMA, IPC, CQA, scale, identifier or context. horizon: plan, in_process or release.
# A CQA may have   specification: {{lower: 80, upper: 120}}   and   reporting_limit: 0.05
# display is the name as people write it; without it, the name is shown with blanks.
attributes:
{attributes}
"""


def _read(path: Path) -> tuple[str, pl.DataFrame]:
    """Guess the format of a file, and read its first rows as text."""
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
        raise ScalebridgeError(f"{path} cannot be read as CSV with the separator '{separator}': {error}") from None
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
        lines.append(f"  {key}: {_attribute(name, column, label, _role(slug), _display(word), frame[column])}")
    return lines


def _attribute(source: str, column: str, label: str, role: str, display: str, values: pl.Series) -> str:
    known = [str(v).strip() for v in values.drop_nulls().head(50) if str(v).strip()]
    number = bool(known) and all(re.fullmatch(r"[<>]?\s*[+-]?[\d.,]+([eE][+-]?\d+)?", text) for text in known)
    example = known[0][:20] if known else "empty"
    kind = "" if number and role not in ("identifier", "context") else ", kind: text"
    shown_unit = f', unit: "{label}"' if not kind else ""
    horizon = "release" if role == "CQA" else "in_process" if role == "IPC" else "plan"
    place = f"{{source: {source}, column: {_quoted(column)}}}"
    fields = f'role: {role}, horizon: {horizon}{kind}{shown_unit}{display}, column: {place}, description: "{CONFIRM}"'
    return f"{{{fields}}}  # e.g. {example}"


def _split(column: str) -> tuple[str, str]:
    """Split the name of a column into a word and a unit. Without a unit that is known, the unit is empty."""
    if match := _UNIT.search(column):
        label = (match[1] or match[2]).strip()
        try:
            unit(label)
        except ScalebridgeError:
            return column, ""
        return column[: match.start()], label
    return column, ""


def _display(word: str) -> str:
    """Draft a display name if a word has capitals or letters that the attribute's name loses, such as HCP or pH."""
    if not re.search(r"[A-Za-z0-9][A-Z]|[^\x00-\x7f]", word):
        return ""
    return f", display: {_quoted(word.replace('_', ' ').strip())}"


def _quoted(text: str) -> str:
    """Write a text in double quotes, as YAML reads it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _role(slug: str) -> str:
    return next((role for role, words in _WORDS_OF_ROLES.items() if any(word in slug for word in words)), "CPP")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "column"
