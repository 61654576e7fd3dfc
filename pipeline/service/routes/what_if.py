"""What the what-if page asks: what can be set, the numbers of a point, its response curves, and its proposal as a file."""

from dataclasses import dataclass as plain_dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.answers.answer import answer
from pipeline.answers.case.case import Case, make_case
from pipeline.answers.case.draft import Asked
from pipeline.answers.case.proposal_text import plain_data
from pipeline.answers.identity import answer_id
from pipeline.answers.profile.curves import POINTS, profile_curves
from pipeline.answers.profile.place import profiled_place
from pipeline.answers.profile.point import Point, held_values, proposal_of, scale_text
from pipeline.answers.profile.process import profiled_process
from pipeline.answers.profile.proposal_file import proposal_file
from pipeline.answers.result.profile import CurvesAlong, ProfiledPlace, ProfiledProcess
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.config_files import parse
from pipeline.domain.memo import Memo
from pipeline.domain.proposal import Proposal
from pipeline.domain.strict_config import STRICT
from pipeline.service.give_way import GiveWay
from pipeline.service.pages.numbers import ShownLimits, ShownNumbers, shown_limits, shown_numbers
from pipeline.service.state import WarmOf, WorkersOf
from pipeline.service.warm import Warm
from pipeline.service.workers import Lane

router = APIRouter(prefix="/what-if", tags=["what-if page"])
Body = TypeVar("Body")
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}
WAITING, SECONDS = 16, 30.0
"""Most requests for curves that wait, and the longest time of one [s]."""
NEWEST = 32
"""Cases and answers of the newest points that stay in memory."""


@dataclass(config=STRICT, frozen=True)
class Place:
    """A product in a vessel at a scale."""

    product: str = ""
    scale: float | None = None
    """In the display unit of the scale."""
    equipment: str | None = None


@dataclass(config=STRICT, frozen=True)
class AskedCurves:
    """Curves around a point."""

    point: Point
    along: dict[str, tuple[float, float]] = Field(default_factory=dict, max_length=60)
    """Setting → ends of its curve, in its display unit."""
    logarithmic: tuple[str, ...] = ()
    points: Annotated[int, Field(ge=2, le=101)] = POINTS


@dataclass(config=STRICT, frozen=True)
class WhatIfProcess:
    """What can be asked, and which run answers."""

    run: str
    process: ProfiledProcess
    attributes: tuple[ShownLimits, ...]


@dataclass(config=STRICT, frozen=True)
class WhatIfCurves:
    """Curves and the run that they come from."""

    run: str
    curves: tuple[CurvesAlong, ...]


async def _body(kind: type[Body], request: Request) -> Body:
    """Return the body of a request as an object of a class. Raises ScalebridgeError for any other body."""
    made = parse(kind, plain_data(await request.body(), "json"), "The body of the request")
    assert isinstance(made, kind)
    return made


async def _point(request: Request) -> Point:
    return await _body(Point, request)


async def _place_of(request: Request) -> Place:
    return await _body(Place, request)


async def _asked_curves(request: Request) -> AskedCurves:
    return await _body(AskedCurves, request)


PointOf = Annotated[Point, Depends(_point)]


@plain_dataclass(frozen=True)
class PageWork:
    """What the page has of its own in the service: a thread for curves, which gives way to numbers, and the newest points."""

    lane: Lane
    give_way: GiveWay
    newest: Memo
    """Cases and answers of the newest points, by the id of the answer. Curves follow numbers at the same point."""


async def _work(request: Request) -> PageWork:
    """Return what the page has of its own in an app. It is made with the first request."""
    state = request.app.state
    if not hasattr(state, "page_work"):
        state.page_work = PageWork(Lane("curves", WAITING, SECONDS), GiveWay(), Memo(NEWEST))
    work: PageWork = state.page_work
    return work


WorkOf = Annotated[PageWork, Depends(_work)]


@router.get("/process")
async def process(warm: WarmOf, workers: WorkersOf) -> WhatIfProcess:
    """Return the products, vessels and scales that a proposal may name."""
    return await workers.numbers.do(lambda: _process(warm))


@router.post("/place", openapi_extra=BODY)
async def place(asked: Annotated[Place, Depends(_place_of)], warm: WarmOf, workers: WorkersOf) -> ProfiledPlace:
    """Return the settings of a product in a vessel at a scale: usual values, and the ranges that history supports."""
    return await workers.numbers.do(lambda: _place(asked, warm))


@router.post("/numbers", openapi_extra=BODY)
async def numbers(point: PointOf, warm: WarmOf, workers: WorkersOf, work: WorkOf) -> ShownNumbers:
    """Return predictions, intervals, chances, comparable quantities and domain of a point."""
    with work.give_way.first():
        return await workers.numbers.do(lambda: _numbers(point, warm, work))


@router.post("/curves", openapi_extra=BODY)
async def curves(asked: Annotated[AskedCurves, Depends(_asked_curves)], warm: WarmOf, work: WorkOf) -> WhatIfCurves:
    """Return the response curves around a point."""
    return await work.lane.do(lambda: _curves(asked, warm, work))


@router.post("/proposal.yaml", response_class=Response, openapi_extra=BODY)
async def proposal(point: PointOf, warm: WarmOf, workers: WorkersOf, work: WorkOf) -> Response:
    """Return the proposal of a point as a file, which `scalebridge predict` answers with the same numbers."""
    text = await workers.numbers.do(lambda: _file(point, warm, work))
    return Response(text, media_type="application/yaml")


def _process(warm: Warm) -> WhatIfProcess:
    run = warm.run()
    return WhatIfProcess(run.hashes.run, profiled_process(run.process, run.history.batches), shown_limits(run.process))


def _place(asked: Place, warm: Warm) -> ProfiledPlace:
    run = warm.run()
    scale = scale_text(run.process, asked.scale)
    return profiled_place(run.settings, Asked(asked.product, scale, asked.equipment))


def _numbers(point: Point, warm: Warm, work: PageWork) -> ShownNumbers:
    run = warm.run()
    asked = proposal_of(run.process, point)
    if not point.holds:
        given = warm.numbers(asked)
        return shown_numbers(given.answer, given.id, run.hashes.run, asked, ())
    key, case = answer_id(asked, run), _case(asked, run, work)
    found = work.newest.of(("numbers", key), lambda: answer(case, run, depth="numbers"))
    return shown_numbers(found, key, run.hashes.run, asked, held_values(run.process, case))


def _curves(asked: AskedCurves, warm: Warm, work: PageWork) -> WhatIfCurves:
    work.give_way.wait()
    run = warm.run()
    case = _case(proposal_of(run.process, asked.point), run, work)
    found = profile_curves(case, run, asked.along, asked.logarithmic, asked.points, work.give_way.wait)
    return WhatIfCurves(run.hashes.run, found)


def _case(proposal: Proposal, run: TrainedRun, work: PageWork) -> Case:
    """Return the case of a proposal. It is made once for numbers and curves."""
    return work.newest.of(("case", answer_id(proposal, run)), lambda: make_case(proposal, run))


def _file(point: Point, warm: Warm, work: PageWork) -> str:
    run = warm.run()
    asked = proposal_of(run.process, point)
    held = held_values(run.process, _case(asked, run, work)) if point.holds else ()
    return proposal_file(asked, held, run.hashes.run)
