"""Two answers side by side."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic.dataclasses import dataclass

from pipeline.answers.case.proposal_text import plain_data
from pipeline.answers.result.answer import Answer
from pipeline.domain.strict_config import STRICT
from pipeline.reports.comparison import Comparison, comparison
from pipeline.service.asked import asked_as, form_of
from pipeline.service.refusals import RefusedError
from pipeline.service.routes.answers import find
from pipeline.service.state import WarmOf, WorkersOf
from pipeline.service.warm import Warm

router = APIRouter(prefix="/answers", tags=["answers"])
KEYS = {"first", "second"}


@dataclass(config=STRICT, frozen=True)
class Compared:
    """Two answers side by side, as text in display units."""

    ids: tuple[str, str]
    """Their ids."""
    comparison: Comparison


_SIDE = {"oneOf": [{"type": "string", "pattern": "^[0-9a-f]{16}$"}, {"type": "object"}]}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "`first` and `second`: each the id of an answer, or a proposal",
        "content": {
            "application/json": {
                "schema": {"type": "object", "required": sorted(KEYS), "properties": {"first": _SIDE, "second": _SIDE}}
            }
        },
    }
}


@router.post("/compare", response_model=Compared, openapi_extra=BODY)
async def compare(request: Request, warm: WarmOf, workers: WorkersOf) -> Compared:
    """Compare two answers, or the numbers of two proposals by the current run."""
    form, body = form_of(request), await request.body()

    def made() -> Compared:
        data = plain_data(body, form)
        if not isinstance(data, dict) or set(data) != KEYS:
            raise RefusedError(422, "A comparison takes the two keys `first` and `second`, each an id or a proposal")
        (one, first), (other, second) = (_side(warm, data[key]) for key in ("first", "second"))
        return Compared((one, other), comparison(first, second))

    return await workers.numbers.do(made)


def _side(warm: Warm, given: object) -> tuple[str, Answer]:
    """Return an answer with its id: a known one, or the numbers of a proposal, which are kept too."""
    if isinstance(given, str):
        found = find(warm, given)
        return found.id, found.answer
    made = warm.ask(asked_as(given), "numbers")
    return made.id, made.answer
