"""Draft a process definition from raw files. Roles, units and display names are guesses that a person must confirm."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import yaml

from pipeline.domain.file_formats import Csv, Excel, Parquet
from pipeline.history.scaffold.appearance import look_at, raw_files
from pipeline.history.scaffold.headers import display_of, name_of, role_of, split_header, unused

CONFIRM = "CONFIRM"
"""Written wherever a person must decide. It is not a valid name, so the draft cannot run before it is replaced."""
MOSTLY = 0.75
"""Share of cells that are numbers, from which on a column is drafted as numbers: the others may be words such as n.d."""


@dataclass(frozen=True)
class _DraftedSource:
    name: str
    file: str
    form: Csv | Excel | Parquet
    rows: pl.DataFrame


def draft(name: str, folder: Path) -> str:
    """Give the text of a draft of `conf/process/<name>.yaml`.

    Raises ScalebridgeError if the folder has no file with data, or a file cannot be read.
    """
    sources = _sources(folder)
    taken: set[str] = set()
    attributes = "\n".join(line for source in sources for line in _attributes(source, taken))
    return f"""# Draft made from the files in {_comment(folder.as_posix())}.
# Replace every {CONFIRM}, check the guesses (roles, units, horizons, display names), and set `process: {name}` in params.yaml.
# `scalebridge check` lists what is still wrong.
name: {name}
title: {CONFIRM}

batch: {CONFIRM}        # attribute that names a batch
product: {CONFIRM}      # attribute that names the product
# started: {CONFIRM}    # attribute with the start of the batch; the protocols that go back in time need it
# ended: {CONFIRM}      # attribute with the end of the batch
# result_lag: {CONFIRM} # time that the laboratory needs after the end, such as 14 d; a source of results may have dates instead
# site: {CONFIRM}
# equipment: {CONFIRM}
scale:
  attribute: {CONFIRM}  # attribute with the role scale: the batch size as a number
  # within: {CONFIRM}   # attribute that stays the same in a scale-up, if it is not the product
# steps:              # only if several steps have batches of their own; the last step has those of `batch`
#   culture: {{batch: culture_batch}}

sources:
{"".join(map(_source, sources))}
# role: CPP, CMA, IPC, CQA, scale, identifier or context. horizon: plan, in_process or release.
# A CQA may have   specification: {{lower: 80, upper: 120}}   and   reporting_limit: 0.05
# display is the name as people write it; without it, the name is shown with blanks.
attributes:
{attributes}
"""


def _sources(folder: Path) -> list[_DraftedSource]:
    """Look at each file. Files of one name with different suffixes have the suffix in the names of their sources."""
    files = raw_files(folder)
    stems = Counter(name_of(path.stem, "file") for path in files)
    taken: set[str] = set()
    found = []
    for path in files:
        stem = name_of(path.stem, "file")
        name = unused(stem if stems[stem] == 1 else f"{stem}_{path.suffix[1:].lower()}", taken)
        found.append(_DraftedSource(name, path.relative_to(folder).as_posix(), *look_at(path)))
    return found


def _source(source: _DraftedSource) -> str:
    return f"""  {source.name}:
    gives: batches      # {CONFIRM}: batches, details (with key), results, lots, genealogy, transfers,
                        # trajectories or deviations
    files: [{_quoted(source.file)}]
    format: {_format(source.form)}
    nulls: [""]
"""


def _format(form: Csv | Excel | Parquet) -> str:
    if isinstance(form, Csv):
        mark = _quoted(form.separator)
        return f'{{kind: csv, separator: {mark}, encoding: {form.encoding}, decimal: "{form.decimal}"}}'
    return f"{{kind: {form.kind}}}"


def _attributes(source: _DraftedSource, taken: set[str]) -> list[str]:
    lines = [f"  # {source.name}"]
    for column in source.rows.columns:
        word, label = split_header(column)
        name = name_of(word)
        lines.append(f"  {unused(name, taken)}: {_attribute(source, column, label, role_of(name), display_of(word))}")
    return lines


def _attribute(source: _DraftedSource, column: str, label: str, role: str, display: str | None) -> str:
    cells = source.rows[column].cast(pl.String, strict=False).drop_nulls().head(50)
    known = [text for cell in cells if (text := cell.strip())]
    numbers = sum(re.fullmatch(r"[<>]?\s*[+-]?[\d.,]+([eE][+-]?\d+)?", text) is not None for text in known)
    number = bool(known) and numbers >= MOSTLY * len(known)
    text = not number or role in ("identifier", "context")
    fields = {
        "role": role,
        "horizon": "release" if role == "CQA" else "in_process" if role == "IPC" else "plan",
        **({"kind": "text"} if text else {"unit": _quoted(label)}),
        **({"display": _quoted(display)} if display else {}),
        "column": f"{{source: {source.name}, column: {_quoted(column)}}}",
        "description": _quoted(CONFIRM),
    }
    shown = ", ".join(f"{key}: {value}" for key, value in fields.items())
    return f"{{{shown}}}  # e.g. {_comment(known[0][:20]) if known else 'empty'}"


def _quoted(text: str) -> str:
    """Write a text in double quotes, so that YAML reads back the same text, whatever signs it holds."""
    return str(yaml.safe_dump(text, default_style='"', allow_unicode=True, width=10**9)).strip()


def _comment(text: str) -> str:
    """Write a text behind `#`: in one line, without signs that YAML does not allow."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
