"""What the verb `predict` does with a workbook: it answers each row, and writes the answers as a workbook."""

from collections.abc import Callable
from pathlib import Path

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.case.proposal_sheet import ENDING, SheetProposal, read_proposal_sheet
from pipeline.answers.trained_run import TrainedRun
from pipeline.commands.giving import keep_row
from pipeline.domain.display import chance
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.whole_files import write_whole
from pipeline.reports.sheets.answers import AnsweredRow, workbook


def answer_sheet(path: Path, out: Path | None, trained: TrainedRun, watch: Callable[[str], None]) -> None:
    """Answer the proposals of a workbook one by one. watch: gets a line per row.

    Raises ScalebridgeError for a workbook that cannot be read, without a workbook to write to, and, after all rows were answered
    that can be, if a row could not.
    """
    if out is None or out.suffix.lower() != ENDING or out.resolve() == path.resolve():
        raise ScalebridgeError(
            f"The answers to a workbook are a workbook: give --out with another name that ends in {ENDING}"
        )
    answered = []
    for one in read_proposal_sheet(path, trained.process):
        answered.append(_answered(one, trained))
        watch(_line(answered[-1]))
    write_whole(out, workbook(answered))
    watch(f"Wrote {out}")
    if lacking := [row.row for row in answered if row.answer is None]:
        numbers = ", ".join(map(str, lacking))
        raise ScalebridgeError(
            f"{len(lacking)} of {len(answered)} proposals in {path} have no answer (row {numbers}); the reasons are above and in "
            f"{out}"
        )


def _answered(one: SheetProposal, trained: TrainedRun) -> AnsweredRow:
    if one.proposal is None:
        return AnsweredRow(one.row, f"row {one.row}", None, one.problem)
    try:
        found = answer(make_case(one.proposal, trained), trained, depth="causes")
    except ScalebridgeError as error:
        return AnsweredRow(one.row, one.proposal.name, None, str(error))
    keep_row(one.proposal, found, trained)
    return AnsweredRow(one.row, one.proposal.name, found)


def _line(row: AnsweredRow) -> str:
    if row.answer is None:
        return f"row {row.row}, {row.name}: not answered. {row.problem}"
    joint = row.answer.joint
    read = "no chance is given" if joint is None else f"{chance(joint.probability, joint.supported)} that all are in spec"
    return f"row {row.row}, {row.name}: {read}; domain {row.answer.domain.status}"
