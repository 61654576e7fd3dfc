"""An answer that was given earlier, as the record of past predictions reads it."""

from dataclasses import dataclass

from pipeline.answers.result.answer import Answer
from pipeline.domain.proposal import Proposal


@dataclass(frozen=True)
class AskedBefore:
    """An answer that was given earlier, with what was asked and what was known."""

    id: str
    asked: str
    """Time of the question (ISO 8601, UTC)."""
    proposal: Proposal
    answer: Answer
    known: frozenset[str]
    """Batches of the product in the history that answered. None of them can score the answer."""
