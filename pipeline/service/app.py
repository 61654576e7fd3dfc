"""The application: routes, refusals and what stays in memory.

A further resource is a file in `routes/` with a `router`, and one line in `ROUTERS`. A route takes what it needs as arguments:
`warm: WarmOf` (the current run and its answers), `workers: WorkersOf` (where it is computed), `settings: SettingsOf`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from pipeline.answers.trained_run import TrainedRun
from pipeline.service.refusals import add_refusals
from pipeline.service.routes import health, pages, what_if
from pipeline.service.settings import ServiceSettings
from pipeline.service.state import State
from pipeline.service.warm import Warm
from pipeline.service.workers import Workers

ROUTERS = (health.router, what_if.router, pages.router)


def create_app(settings: ServiceSettings, trained: TrainedRun | None = None) -> FastAPI:
    """Return the application. trained: a run that answers in place of the current one of the project."""
    workers = Workers(settings.limits)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        workers.close()

    app = FastAPI(title="Scalebridge", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.service = State(settings, Warm(settings.places, settings.limits.kept, trained), workers)
    add_refusals(app)
    for router in ROUTERS:
        app.include_router(router)
    return app
