"""The application: routes, refusals, who may ask, and what stays in memory.

A further resource is a file in `routes/` with a `router`, and one line in `ROUTERS`. A route takes what it needs as arguments:
`warm: WarmOf` (the current run and its answers), `workers: WorkersOf` (where it is computed), `settings: SettingsOf`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from pipeline.answers.trained_run import TrainedRun
from pipeline.service.access import Access
from pipeline.service.guard import Guard
from pipeline.service.metrics import Metrics
from pipeline.service.refusals import Error, add_refusals
from pipeline.service.routes import answers, batches, comparison, description, health, login, pages, watched, what_if
from pipeline.service.settings import ServiceSettings
from pipeline.service.state import State
from pipeline.service.warm import NoRunError, Warm
from pipeline.service.workers import Workers

ROUTERS = (
    answers.router,
    comparison.router,
    watched.router,
    batches.router,
    health.router,
    description.router,
    login.router,
    what_if.router,
    pages.router,
)
"""The first route that fits an address answers."""
ABOUT = (
    'Predictions of a proposed scale-up, the history that they stand on, and running batches. Every refusal is `{"error": …}` with '
    "one sentence."
)


def create_app(settings: ServiceSettings, trained: TrainedRun | None = None) -> FastAPI:
    """Return the application. trained: a run that answers in place of the current one of the project."""
    workers, metrics, access = Workers(settings.limits), Metrics(), Access(settings)
    warm = Warm(settings.places, settings.limits, trained, metrics.count)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        workers.close()

    app = FastAPI(
        title="Scalebridge",
        description=ABOUT,
        version=version("scalebridge"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses={"4XX": {"model": Error}, "5XX": {"model": Error}},
    )
    app.state.service = State(settings, warm, workers, metrics, access)
    add_refusals(app, settings.places.runs.parent, NoRunError)
    app.add_middleware(Guard, settings=settings, access=access, metrics=metrics)
    for router in ROUTERS:
        app.include_router(router)
    return app
