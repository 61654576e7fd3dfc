"""Run the application in this process until it is stopped."""

import uvicorn

from pipeline.service.app import create_app
from pipeline.service.settings import ServiceSettings


def run_server(settings: ServiceSettings) -> None:
    """Listen until Ctrl-C or SIGTERM."""
    app = create_app(settings)
    uvicorn.run(app, host=settings.host, port=settings.port, workers=1, log_level="warning", access_log=False)
