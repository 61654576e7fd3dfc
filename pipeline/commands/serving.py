"""The verb `serve`: answers over HTTP, from one warm process."""

import os
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.shared import PLACES, say
from pipeline.domain.errors import ScalebridgeError


def serve(
    host: Annotated[
        str, typer.Option(help="address to listen at; one that other computers reach needs a token")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="port to listen at; 0: any that is free")] = 8765,
    token_file: Annotated[
        Path | None, typer.Option(help="file that holds the token; without it, SCALEBRIDGE_TOKEN, if it is set")
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(help="a further name under which browsers reach the service, such as the one of a reverse proxy"),
    ] = None,
) -> None:
    """Answer over HTTP from one warm process: numbers and pages of proposals, comparisons, history and running batches."""
    try:
        from pipeline.service.access import token_for
        from pipeline.service.server import run_server
        from pipeline.service.settings import ServiceSettings
    except ModuleNotFoundError as error:
        if error.name not in ("fastapi", "starlette", "uvicorn"):
            raise
        raise ScalebridgeError(
            f"The service needs {error.name}, which is not installed: pip install 'scalebridge[serve]'"
        ) from None
    token = token_for(host, token_file, os.environ.get("SCALEBRIDGE_TOKEN"))
    settings = ServiceSettings(PLACES, host, port, token, tuple(name or ()))
    run_server(
        settings, lambda address: say(f"Scalebridge listens at {address} (addresses: {address}/docs). Ctrl-C stops it.")
    )
