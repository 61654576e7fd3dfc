"""What every route may use, as arguments of its function: `warm: WarmOf`, `workers: WorkersOf`, `settings: SettingsOf`."""

import threading
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from pipeline.service.access import Access
from pipeline.service.metrics import Metrics
from pipeline.service.settings import ServiceSettings
from pipeline.service.warm import Warm
from pipeline.service.workers import Workers


@dataclass
class State:
    """What one application holds."""

    settings: ServiceSettings
    warm: Warm
    workers: Workers
    metrics: Metrics
    access: Access
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the service is told to stop. Streams then end."""
    streams: int = 0
    """Streams that are open."""


async def state_of(request: Request) -> State:
    """Return what the application of a request holds."""
    found: State = request.app.state.service
    return found


async def _warm(request: Request) -> Warm:
    return (await state_of(request)).warm


async def _workers(request: Request) -> Workers:
    return (await state_of(request)).workers


async def _settings(request: Request) -> ServiceSettings:
    return (await state_of(request)).settings


StateOf = Annotated[State, Depends(state_of)]
WarmOf = Annotated[Warm, Depends(_warm)]
WorkersOf = Annotated[Workers, Depends(_workers)]
SettingsOf = Annotated[ServiceSettings, Depends(_settings)]
