"""What every route may use, as arguments of its function: `warm: WarmOf`, `workers: WorkersOf`, `settings: SettingsOf`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from pipeline.service.settings import ServiceSettings
from pipeline.service.warm import Warm
from pipeline.service.workers import Workers


@dataclass(frozen=True)
class State:
    """What one app holds."""

    settings: ServiceSettings
    warm: Warm
    workers: Workers


async def state_of(request: Request) -> State:
    """Return what the app of a request holds."""
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
