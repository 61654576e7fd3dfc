"""Edits for dates and times that are not read: the formats that fit them, and words that mean a missing one."""

import re

import polars as pl

from pipeline.domain.sources import TrajectoryRows
from pipeline.domain.times.declared import Clock
from pipeline.history.quality.date_texts import Fit, fitting
from pipeline.history.quality.edits import Edit, Found, in_yaml, quoted, the_cells


def date_edits(found: Found, match: re.Match[str]) -> list[Edit]:
    """The formats that fit the texts; words that mean a missing date; the rest."""
    what, is_word = match[1], ~pl.col("value").str.contains(r"\d").fill_null(True)
    words, texts = found.values.filter(is_word), found.values.filter(~is_word)
    fits, edits = fitting(texts), []
    if fits:
        edits.append(_more_formats(found, what, fits))
    if words.height:
        nulls = in_yaml(list(dict.fromkeys(["", *found.process.sources[found.source].nulls, *words["value"].head(12)])))
        text = f"{quoted(words['value'])}: if it means a missing {what}: `{found.place}.nulls: {nulls}`."
        edits.append(Edit(text, int(words["cells"].sum())))
    if left := found.cells - sum(edit.cells for edit in edits):
        rest = f"{left:,} cells fit no usual format." if fits else f"{quoted(texts['value'])}: no usual format fits."
        whose = "its" if left == 1 else "their"
        edits.append(Edit(f"{rest} Correct {the_cells(left)} in the file, or declare {whose} format.", left))
    return edits


def _more_formats(found: Found, what: str, fits: list[Fit]) -> Edit:
    """Declare the formats that fit, beside those that are declared."""
    parts = [f"{fit.cells:,} of {found.cells:,} cells fit the format `{fit.form}`" for fit in fits]
    doubt = [
        f" `{fit.form}` and `{'`, `'.join(fit.others)}` read the same texts as different days: ask who wrote the file, and declare "
        "one of them."
        for fit in fits
        if fit.others
    ]
    declared = _declared_formats(found, what)
    formats = in_yaml([*declared, *(fit.form for fit in fits)])
    where = (
        f"`{found.place}.time_format: {formats}`"
        if what == "time"
        else f"`date: {formats}` at the column of {found.attributes}"
    )
    return Edit(f"{', '.join(parts)}: declare {where}.{''.join(doubt)}", sum(fit.cells for fit in fits))


def _declared_formats(found: Found, what: str) -> list[str]:
    source = found.process.sources[found.source]
    if what == "time":
        clock = source.time_format if isinstance(source, TrajectoryRows) else None
        return list(clock.texts) if isinstance(clock, Clock) else []
    return [text for _, column in found.read_as().values() if column.date is not None for text in column.date.texts]
