"""The verb `serve`: answers over HTTP, from one warm process."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.shared import PLACES, say


def serve(
    host: Annotated[str, typer.Option(help="address to listen at; any other than 127.0.0.1 needs a token")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="port to listen at")] = 8765,
    token_file: Annotated[
        Path | None, typer.Option(help="file that holds the token; otherwise SCALEBRIDGE_TOKEN, if it is set")
    ] = None,
) -> None:
    """Answer over HTTP: numbers in a twentieth of a second, pages, comparisons, history and running batches."""
    from pipeline.service.server import run_server
    from pipeline.service.settings import ServiceSettings

    say(f"http://{host}:{port}/docs")
    run_server(ServiceSettings(PLACES, host, port))
