"""Answer the proposal of a file, and keep the answer."""

from pathlib import Path

import typer

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.case.proposals import read_proposal
from pipeline.answers.past_predictions.giving import AskedText, give
from pipeline.answers.past_predictions.on_record import as_json_text
from pipeline.answers.result.answer import Answer, Depth
from pipeline.answers.trained_run import TrainedRun
from pipeline.commands.shared import PLACES
from pipeline.domain.proposal import Proposal


def answer_of(path: Path, trained: TrainedRun, depth: Depth) -> Answer:
    """Return the answer to the proposal of a file. It is kept for the record of past predictions.

    Raises ScalebridgeError for a file that is not a proposal, and for a proposal that cannot be answered.
    """
    proposal = read_proposal(path)
    found = answer(make_case(proposal, trained), trained, depth=depth)
    keep(AskedText(proposal, path.read_text(encoding="utf-8-sig"), "yaml"), found, trained)
    return found


def keep_row(proposal: Proposal, found: Answer, trained: TrainedRun) -> None:
    """Keep the answer to a proposal that has no text of its own, such as a row of a workbook."""
    keep(AskedText(proposal, as_json_text(proposal), "json"), found, trained)


def keep(asked: AskedText, found: Answer, trained: TrainedRun) -> None:
    """Keep an answer. An answer that cannot be kept is still given, and a note says so."""
    try:
        give(PLACES, asked, found, trained)
    except OSError as error:
        typer.echo(f"Note: this answer is not kept for the record of past predictions: {error}", err=True)
