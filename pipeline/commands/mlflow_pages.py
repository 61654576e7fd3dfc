"""The verb `ui`: a server with the pages of MLflow, watched until it ends."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, Annotated, NoReturn

import typer

from pipeline.commands.shared import say
from pipeline.domain.errors import ScalebridgeError

WAIT = 120.0
"""How long the server may take until it listens [s]."""
PAUSE = 0.2
"""Time between two looks at the server [s]."""
END = 10.0
"""How long the server may take to end [s]. Then it is killed."""


def ui(port: Annotated[int, typer.Option(min=1, max=65535, help="port of the pages on this computer")] = 5000) -> None:
    """Open the MLflow pages of the runs in this folder. Ctrl-C ends the server."""
    from pipeline.tracking.mlflow import run_pages, server_command

    check_port(port)
    pages = run_pages(Path.cwd(), port)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        server = subprocess.Popen(
            server_command(Path.cwd(), port),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env=os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},  # workers that are not used here
        )  # fmt: skip
        with _stopped_by_user(server):
            wait_until_it_listens(server, f"http://127.0.0.1:{port}/health", lambda: _last_words(log))
            say(f"MLflow listens on http://127.0.0.1:{port}. Ctrl-C ends it.")
            say("\n".join(pages) or "There is no run yet. `dvc repro` makes one, and `scalebridge track` logs it.")
            code = server.wait()
            raise ScalebridgeError(f"The MLflow server ended with exit code {code}: {_last_words(log)}")


@contextmanager
def _stopped_by_user(server: "subprocess.Popen[bytes]") -> Iterator[None]:
    """End the server with this program. Ctrl-C and a request to end are no error."""
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    except KeyboardInterrupt:
        say("MLflow is stopped.")
    finally:
        signal.signal(signal.SIGTERM, before)
        end(server)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def end(server: "subprocess.Popen[bytes]") -> None:
    """End a server with the processes that it started, and wait until it has ended."""
    if server.poll() is None:
        _signal(server, signal.SIGTERM)
        try:
            server.wait(END)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _signal(server: "subprocess.Popen[bytes]", number: int) -> None:
    """Send a signal to a server and to the processes that it started; on Windows to the server alone."""
    if hasattr(os, "killpg"):
        os.killpg(server.pid, number)
    else:
        server.terminate()


def wait_until_it_listens(server: "subprocess.Popen[bytes]", address: str, last_words: Callable[[], str]) -> None:
    """Wait until a server answers at an address.

    Raises ScalebridgeError if it ends before, or does not answer in time.
    """
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        if (code := server.poll()) is not None:
            raise ScalebridgeError(f"The MLflow server ended while it was starting, with exit code {code}: {last_words()}")
        if answers(address):
            return
        time.sleep(PAUSE)
    raise ScalebridgeError(
        f"The MLflow server did not answer at {address} within {WAIT:g} s: {last_words()}. Try again, or look at the load of "
        "this computer"
    )


def _last_words(log: IO[str]) -> str:
    """Last line that a server wrote, or that it wrote nothing."""
    log.seek(0)
    lines = [line.strip() for line in log if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"


def answers(address: str) -> bool:
    """Tell whether a server answers at an address."""
    import urllib.request  # it loads e-mail and encryption, which no other command needs

    try:
        with urllib.request.urlopen(address, timeout=2) as found:
            return bool(found.status == 200)
    except OSError:
        return False


def check_port(port: int) -> None:
    """Check that a port is free. Raises ScalebridgeError with another port to use."""
    with socket.socket() as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind(("127.0.0.1", port))
        except OSError as error:
            other = port + 1 if 1024 <= port < 65535 else 5000
            raise ScalebridgeError(
                f"Port {port} cannot be used ({error.strerror}): another program has it, or this user may not open it. Choose "
                f"another one: scalebridge ui --port {other}"
            ) from None
