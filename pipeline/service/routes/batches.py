"""The batches of history, and the courses of each."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from pipeline.answers.past_batches import PastBatches, Wanted, past_batches
from pipeline.answers.result.files import as_text
from pipeline.answers.watch.past_courses import PastCourses, courses_without_bands, past_courses
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.units import quantity
from pipeline.service.refusals import RefusedError
from pipeline.service.state import SettingsOf, WarmOf, WorkersOf
from pipeline.service.warm import Warm

router = APIRouter(prefix="/batches", tags=["batches"])
Name = Annotated[str, Path(description="the name of a batch", max_length=200)]
Text = Annotated[str | None, Query(max_length=200)]


@router.get("", response_model=PastBatches)
async def batches(
    warm: WarmOf,
    workers: WorkersOf,
    settings: SettingsOf,
    product: Text = None,
    equipment: Text = None,
    site: Text = None,
    scale: Annotated[str | None, Query(max_length=60, description="a number with a unit, such as 2000 L")] = None,
    name: Annotated[str | None, Query(max_length=200, description="a part of the name of the batch")] = None,
    first: Annotated[int, Query(ge=0, le=10_000_000, description="number of batches to pass over")] = 0,
    most: Annotated[int, Query(ge=1, description="number of batches to return")] = 50,
) -> Response:
    """List the batches of history, the newest first: product, scale, equipment, start and results."""
    if most > settings.limits.rows:
        raise RefusedError(422, f"most is {most:,}; one request returns at most {settings.limits.rows} batches")

    def made() -> str:
        run = warm.run()
        wanted = Wanted(product, equipment, site, None if scale is None else _scale(scale, warm), name)
        return as_text(past_batches(run, run.hashes.run, wanted, first, most))

    return _json(await workers.numbers.do(made))


@router.get("/{batch:path}/course", response_model=PastCourses)
async def course(batch: Name, warm: WarmOf, workers: WorkersOf) -> Response:
    """Return the courses of a past batch, with the band of good batches where the run has a monitor."""

    def made() -> str:
        current = warm.current()
        if current.bundle is None:
            raise RefusedError(404, "This run is not published, so it has no records of its batches")
        if batch not in current.trained.history.batches["batch_id"]:
            raise RefusedError(404, f"Batch {batch[:60]!r} is not in the history of the run; `GET /batches` lists them")
        try:
            post = current.post
        except ScalebridgeError as problem:
            return as_text(courses_without_bands(current.bundle, batch, str(problem)))
        return as_text(past_courses(post, batch))

    return _json(await workers.long.do(made))


def _scale(given: str, warm: Warm) -> float:
    process = warm.run().process
    return quantity(given, process.attributes[process.scale.attribute].unit)


def _json(text: str) -> Response:
    return Response(text, media_type="application/json")
