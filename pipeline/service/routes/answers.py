"""Answers to proposals: as data, as a page and as a sheet."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from pipeline.answers.given_answers import ID, GivenAnswer
from pipeline.answers.result.answer import Answer, Depth
from pipeline.answers.result.files import as_text
from pipeline.reports.sheets.answers import AnsweredRow, workbook
from pipeline.service.asked import asked_in, form_of
from pipeline.service.refusals import RefusedError
from pipeline.service.state import WarmOf, WorkersOf
from pipeline.service.warm import Warm

router = APIRouter(prefix="/answers", tags=["answers"])
Id = Annotated[str, Path(description="the id of an answer, 16 hexadecimal digits")]
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "a proposal: the keys of a proposal file, as JSON or YAML",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "application/yaml": {"schema": {"type": "string"}},
        },
    }
}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.post("", response_model=Answer, openapi_extra=BODY)
async def ask(
    request: Request,
    warm: WarmOf,
    workers: WorkersOf,
    depth: Annotated[Depth, Query(description="how much of the answer is computed")] = "causes",
) -> Response:
    """Answer a proposal by the current run. `Location` names the answer, which is kept. The same question is computed once."""
    form, body = form_of(request), await request.body()
    asked = await workers.numbers.do(lambda: asked_in(body, form))
    found = await workers.of(depth).do(lambda: warm.ask(asked, depth))
    return _json(found.answer, {"Location": f"/answers/{found.id}", "X-Answer-Id": found.id})


@router.get("/{answer_id}", response_model=Answer)
async def answer(answer_id: Id, request: Request, warm: WarmOf, workers: WorkersOf) -> Response:
    """Return an answer that was given, as deep as it was computed; with `Accept: text/html`, its page."""
    given = await workers.numbers.do(lambda: find(warm, answer_id))
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(await workers.long.do(lambda: warm.page_of(given)), headers={"Vary": "Accept"})
    return _json(given.answer, {"X-Answer-Id": given.id, "Vary": "Accept"})


@router.get("/{answer_id}/page", response_class=HTMLResponse)
async def page(answer_id: Id, warm: WarmOf, workers: WorkersOf) -> Response:
    """Return the report of an answer as one page. The whole answer is computed for it, in about ten seconds at the first time."""
    given = await workers.numbers.do(lambda: find(warm, answer_id))
    return HTMLResponse(await workers.long.do(lambda: warm.page_of(given)))


@router.get("/{answer_id}/sheet", response_class=Response)
async def sheet(answer_id: Id, warm: WarmOf, workers: WorkersOf) -> Response:
    """Return an answer as a workbook with units."""

    def made() -> bytes:
        found = find(warm, answer_id).answer
        return workbook([AnsweredRow(1, found.proposal.name, found)])

    name = {"Content-Disposition": f'attachment; filename="answer-{answer_id}.xlsx"'}
    return Response(await workers.numbers.do(made), media_type=SHEET, headers=name)


def find(warm: Warm, answer_id: str) -> GivenAnswer:
    """Return an answer that was given.

    Raises RefusedError if there is none of this id.
    """
    if not ID.fullmatch(answer_id):
        raise RefusedError(404, "The id of an answer is 16 hexadecimal digits; `POST /answers` returns it as `X-Answer-Id`")
    given = warm.given.find(answer_id)
    if given is None:
        raise RefusedError(404, f"No answer {answer_id} was given here; ask it with `POST /answers`")
    return given


def _json(found: Answer, headers: dict[str, str]) -> Response:
    return Response(as_text(found), media_type="application/json", headers=headers)
