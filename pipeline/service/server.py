"""Run the application in this process until it is stopped."""

import asyncio
import os
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from pipeline.domain.errors import ScalebridgeError
from pipeline.publication.runs import current_name
from pipeline.service.app import create_app
from pipeline.service.settings import ServiceSettings

PATIENCE = 10
"""Longest time that open requests have to end when the service is stopped [s]."""


class _Server(uvicorn.Server):
    """A server that says when it listens, and that ends without an error when it is told to."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None], stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening, self._stopping = listening, stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop at the first signal, and at once at the second."""
        self._stopping()
        self.force_exit = self.should_exit
        self.should_exit = True


def run_server(settings: ServiceSettings, say: Callable[[str], None]) -> None:
    """Listen until Ctrl-C or SIGTERM. say: gets the address when the service listens.

    Raises ScalebridgeError if there is no published run, or if the port cannot be used.
    """
    current_name(settings.places)  # a service without a run would refuse every request
    with _bound(settings.host, settings.port) as listener:
        app = create_app(settings)
        state = app.state.service
        state.warm.run()  # the first request finds it warm
        port = listener.getsockname()[1]
        shown = f"[{settings.host}]" if ":" in settings.host else settings.host
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=PATIENCE,
        )
        server = _Server(config, lambda: say(f"http://{shown}:{port}"), state.stopping.set)
        asyncio.run(server.serve([listener]))


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ScalebridgeError(f"The address {host} cannot be listened at ({error.strerror}); give another --host") from None
    try:
        if os.name == "posix":
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(socket.SOMAXCONN)
    except OSError as error:
        found.close()
        other = port + 1 if 1024 <= port < 65535 else 8765
        raise ScalebridgeError(
            f"Port {port} at {host} cannot be used ({error.strerror}): another program has it, or this user may not open it. "
            f"Choose another one: scalebridge serve --port {other}"
        ) from None
    return found
