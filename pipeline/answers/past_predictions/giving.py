"""Keep an answer that is given: the whole answer, and what the record of past predictions needs of it."""

from dataclasses import dataclass

from pipeline.answers.case.proposal_text import Form
from pipeline.answers.given_answers import GivenAnswer, GivenAnswers, utc_now
from pipeline.answers.identity import answer_id
from pipeline.answers.past_predictions.on_record import keep_on_record, on_record, user_name
from pipeline.answers.result.answer import Answer
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.places import Places
from pipeline.domain.proposal import Proposal


@dataclass(frozen=True)
class AskedText:
    """A proposal, and the text in which it was asked."""

    proposal: Proposal
    text: str
    form: Form


def give(
    places: Places, asked: AskedText, answer: Answer, run: TrainedRun, given: GivenAnswers | None = None
) -> GivenAnswer:
    """Keep an answer, and return what is kept. given: the folder of the answers, where a program has it open already.

    The first time that a question was asked stays. Raises OSError where the disk is full or the folder cannot be written.
    """
    key, now = answer_id(asked.proposal, run), utc_now()
    folder = given or GivenAnswers(places.answers_given)
    kept = folder.keep(
        GivenAnswer(id=key, asked=now, run=run.hashes.run, form=asked.form, proposal=asked.text, answer=answer)
    )
    keep_on_record(places, on_record(key, kept.asked, user_name(), asked.text, asked.form, asked.proposal, answer, run))
    return kept
