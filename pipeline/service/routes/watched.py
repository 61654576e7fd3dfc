"""Running batches: their alarms as `scalebridge watch` keeps them, a look at the records so far, and a stream of changes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response, StreamingResponse

from pipeline.answers.result.files import as_text
from pipeline.answers.result.watch import Watch
from pipeline.answers.watch.alarm_files import folder_of, read_alarm
from pipeline.answers.watch.feed_state import with_feeds
from pipeline.answers.watch.feeds import feeds_of, feeds_on_disk, gaps_of
from pipeline.answers.watch.look import look_at, with_alarm
from pipeline.answers.watch.raw_batch import read_running
from pipeline.answers.watch.status import WatchedBatches, WatchedStatus, stamp, watched_batches, watched_status
from pipeline.domain.config_files import as_json
from pipeline.domain.errors import ScalebridgeError
from pipeline.service.refusals import RefusedError
from pipeline.service.state import SettingsOf, State, StateOf, WarmOf, WorkersOf
from pipeline.service.warm import Warm

router = APIRouter(tags=["running batches"])
Name = Annotated[str, Path(description="the name of a batch", max_length=200)]
EVERY = 1.0
"""Seconds between two looks at the files of a stream."""
ALIVE = 15
"""Looks after which a stream without changes says that it is alive."""


@router.get("/watched", response_model=WatchedBatches)
async def watched(settings: SettingsOf, workers: WorkersOf) -> Response:
    """List the batches that `scalebridge watch` has looked at, those with a raised alarm first."""
    return _json(await workers.numbers.do(lambda: as_text(watched_batches(settings.places.watch))))


@router.get("/batches/{batch:path}/status", response_model=WatchedStatus)
async def status(batch: Name, settings: SettingsOf, workers: WorkersOf) -> Response:
    """Return how the alarm of a watched batch stands, and what happened to it."""
    found = await workers.numbers.do(lambda: watched_status(settings.places.watch, batch))
    if found is None:
        raise _never_watched(batch)
    return _json(as_text(found))


@router.get("/batches/{batch:path}/watch", response_model=Watch)
async def look(batch: Name, warm: WarmOf, workers: WorkersOf, settings: SettingsOf) -> Response:
    """Judge a running batch by the records so far: status, causes, courses with bands, quality ahead. The alarm stays as it is."""
    return _json(await workers.long.do(lambda: as_text(_look(warm, batch))))


@router.get("/batches/{batch:path}/status/stream", response_class=StreamingResponse)
async def stream(batch: Name, state: StateOf) -> StreamingResponse:
    """Send the status of a watched batch now and after each change, as server-sent events of the type `status`."""
    found = await state.workers.numbers.do(lambda: watched_status(state.settings.places.watch, batch))
    if found is None:
        raise _never_watched(batch)
    if state.streams >= state.settings.limits.streams:
        raise RefusedError(503, f"{state.streams} streams are open, and no more are allowed; close one", retry_after=60)
    return StreamingResponse(_changes(state, batch), media_type="text/event-stream")


async def _changes(state: State, batch: str) -> AsyncIterator[str]:
    """Yield the status whenever the files of the batch have changed, until the client hangs up or the service stops."""
    watches, before, quiet = state.settings.places.watch, None, 0
    state.streams += 1
    try:
        while not state.stopping.is_set():
            now = await asyncio.to_thread(stamp, watches, batch)
            if now != before:
                yield await state.workers.numbers.do(lambda: _event(state, batch))
                before, quiet = now, 0
            elif quiet >= ALIVE:
                yield ": alive\n\n"
                quiet = 0
            quiet += 1
            await asyncio.sleep(EVERY)
    finally:
        state.streams -= 1


def _event(state: State, batch: str) -> str:
    """Return one event. A file that is damaged meanwhile is told, and the stream goes on."""
    try:
        found = watched_status(state.settings.places.watch, batch)
    except ScalebridgeError as problem:
        return f"event: problem\ndata: {as_json({'error': str(problem)}, indent=None).strip()}\n\n"
    data = "null" if found is None else as_text(found).replace("\n", "")
    return f"event: status\ndata: {data}\n\n"


def _look(warm: Warm, batch: str) -> Watch:
    current, places = warm.current(), warm.places
    if current.bundle is None:
        raise RefusedError(404, "This run is not published, so it has no monitor")
    process = current.trained.process
    raw, snapshots, received = (folder / process.name for folder in (places.raw, places.snapshots, places.received))
    running = read_running(process, raw, batch, current.files, snapshots, received)
    found = look_at(current.post, running).watch
    if feeds_of(process):
        disk = (process, running, received, current.files)
        found = with_feeds(found, feeds_on_disk(*disk), gaps_of(*disk))
    return with_alarm(found, read_alarm(folder_of(places.watch, batch), process.name, batch))


def _never_watched(batch: str) -> RefusedError:
    return RefusedError(404, f"Batch {batch[:60]!r} was never watched; begin with: scalebridge watch {batch[:60]}")


def _json(text: str) -> Response:
    return Response(text, media_type="application/json")
