"""Whether the service can answer, which run answers, and how much it does."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT
from pipeline.service.metrics import TYPE
from pipeline.service.state import StateOf, WarmOf, WorkersOf

router = APIRouter(tags=["service"])


@dataclass(config=STRICT, frozen=True)
class Health:
    """The state of the service."""

    status: Literal["ok"]
    """The current run can be read."""
    run: str
    """The published run that answers."""
    process: str
    """The process that the run is about."""


@router.get("/health", response_model=Health)
async def health(warm: WarmOf, workers: WorkersOf) -> Health:
    """Tell which run answers. A service that cannot answer refuses this with a sentence."""
    run = await workers.numbers.do(warm.run)
    return Health("ok", run.hashes.run, run.process.name)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(state: StateOf) -> PlainTextResponse:
    """Return what the service counts, for Prometheus."""
    waiting = {"numbers": state.workers.numbers.waiting, "long": state.workers.long.waiting}
    run = state.warm.last
    name, process = ("", "") if run is None else (run.hashes.run, run.process.name)
    return PlainTextResponse(state.metrics.text(name, process, waiting), media_type=TYPE)
