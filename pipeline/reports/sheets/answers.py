"""Answers to many proposals as a workbook: one line per proposal, and one per proposal and attribute, with units."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.answers.result.answer import Answer
from pipeline.domain.display import chance
from pipeline.domain.names.shown import plain_text
from pipeline.reports.sheets.cells import write_header, write_value

_PROPOSALS = {
    "row": 6, "proposal": 30, "product": 14, "scale": 10, "unit": 6, "equipment": 12, "domain": 10,
    "chance that all are in spec": 16, "answered": 10, "why not": 90, "assumed": 90,
}  # fmt: skip
_ATTRIBUTES = {
    "row": 6, "proposal": 30, "attribute": 22, "unit": 8, "reference": 11, "predicted": 11, "90 % from": 11, "90 % to": 11,
    "lower limit": 11, "upper limit": 11, "P(in spec)": 13, "kind of question": 16, "why not": 90,
}  # fmt: skip
Value = str | float | int | None


@dataclass(frozen=True)
class AnsweredRow:
    """A row of the sheet of proposals with its answer, or why it has none."""

    row: int
    name: str
    answer: Answer | None
    problem: str = ""


def workbook(rows: Sequence[AnsweredRow]) -> bytes:
    """Return a workbook with three sheets: proposals, attributes, and what the answers stand on."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": "Answers to proposals", "created": datetime(2020, 1, 1)})
    bold, wrapped = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"text_wrap": True, "valign": "top"})
    _write(book.add_worksheet("Proposals"), _PROPOSALS, map(_proposal, rows), bold, wrapped)
    lines = (line for row in rows for line in _attributes(row))
    _write(book.add_worksheet("Attributes"), _ATTRIBUTES, lines, bold, wrapped)
    _write(book.add_worksheet("Record"), {"what": 24, "value": 90}, _record(rows), bold, wrapped)
    book.close()
    return buffer.getvalue()


def _proposal(row: AnsweredRow) -> Sequence[Value]:
    found = row.answer
    if found is None:
        return (row.row, row.name, None, None, None, None, None, None, "no", row.problem, None)
    joint = None if found.joint is None else chance(found.joint.probability, found.joint.supported)
    reasons = [f"{found.name(name)}: {one.refused.reason}" for name, one in found.attributes.items() if one.refused]
    scale = found.scale
    return (
        row.row, row.name, found.proposal.product, scale.proposed if scale.stated else None, scale.unit if scale.stated else None,
        found.step.equipment, found.domain.status, joint, "in part" if reasons else "yes", "; ".join(reasons) or None,
        "; ".join(found.assumed_lines) or None,
    )  # fmt: skip


def _attributes(row: AnsweredRow) -> Iterable[Sequence[Value]]:
    for name, one in ({} if row.answer is None else row.answer.attributes).items():
        assert row.answer is not None
        limits = (None, None) if one.specification is None else (one.specification.lower, one.specification.upper)
        head = (row.row, row.name, row.answer.name(name), one.unit, one.reference)
        if one.predicted is None:
            reason = None if one.refused is None else one.refused.reason
            yield (*head, None, None, None, *limits, None, one.question.kind, reason)
            continue
        band = one.predicted.interval()
        ends = (None, None) if band is None else (band.lower, band.upper)
        read = None if one.predicted.chance is None else chance(one.predicted.chance, one.predicted.supported_chance)
        yield (*head, one.predicted.value, *ends, *limits, read, one.question.kind, None)


def _record(rows: Sequence[AnsweredRow]) -> Iterable[Sequence[Value]]:
    """Return the hashes of the run that answered, once."""
    found = next((row.answer for row in rows if row.answer is not None), None)
    if found is not None:
        hashes = found.record.hashes
        yield from ((name, str(getattr(hashes, name))) for name in ("run", "data", "configuration", "code"))
        yield ("statement", found.record.statement)


def _write(
    sheet: Worksheet, widths: dict[str, int], lines: Iterable[Sequence[Value]], bold: Format, wrapped: Format
) -> None:
    """Write a sheet: the column names, and a row per line."""
    rows = list(lines)
    write_header(sheet, 0, widths, bold, len(rows))
    for line, cells in enumerate(rows, 1):
        for column, value in enumerate(cells):
            if value is not None:
                write_value(sheet, line, column, plain_text(value) if isinstance(value, str) else value, wrapped)
