"""Whether the service can answer, and which run answers."""

from fastapi import APIRouter
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT
from pipeline.service.state import WarmOf, WorkersOf

router = APIRouter(tags=["service"])


@dataclass(config=STRICT, frozen=True)
class Health:
    """The state of the service."""

    status: str
    """`ok` where the current run can be read."""
    run: str
    """The published run that answers."""
    process: str
    """The process that the run is about."""


@router.get("/health", response_model=Health)
async def health(warm: WarmOf, workers: WorkersOf) -> Health:
    """Tell which run answers."""
    run = await workers.numbers.do(warm.run)
    return Health("ok", run.hashes.run, run.process.name)
