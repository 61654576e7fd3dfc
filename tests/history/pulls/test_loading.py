"""Tables are loaded as a whole, and never in the place of somebody's own schema."""

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.connectors.connections import Connection
from pipeline.history.pulls.loading import loader
from tests.support.postgresql import Server

FRAME = pl.DataFrame({"a": [1, 2], "b": ["x", None]})


def test_loader__numbers_rows_and_marks_changes(server: Server) -> None:
    server.run("DROP SCHEMA IF EXISTS loaded CASCADE")
    with loader(Connection("x", server.address), "loaded") as loading:
        assert loading.add("t", [FRAME, FRAME]) == 4
    server.run("UPDATE loaded.t SET b = 'y' WHERE record = 1")
    found = server.rows("SELECT record, a, b, changed_at = max(changed_at) OVER () FROM loaded.t ORDER BY record")
    assert [row[:3] for row in found] == [(1, 1, "y"), (2, 2, None), (3, 1, "x"), (4, 2, None)]
    assert [row[3] for row in found] == [True, False, False, False]


def test_loader__replaces_its_own_schema_alone(server: Server) -> None:
    connection = Connection("x", server.address)
    server.run("DROP SCHEMA IF EXISTS loaded CASCADE", "DROP SCHEMA IF EXISTS own CASCADE", "CREATE SCHEMA own")
    with loader(connection, "loaded") as loading:
        loading.add("t", [FRAME])
    with pytest.raises(ScalebridgeError, match="--replace loads it anew"), loader(connection, "loaded"):
        pass
    with pytest.raises(ScalebridgeError, match="that no demonstration made"), loader(connection, "own", replace=True):
        pass
    with loader(connection, "loaded", replace=True) as loading:
        loading.add("u", [FRAME])
    assert server.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'loaded'") == [("u",)]


def test_loader__what_fails_leaves_nothing(server: Server) -> None:
    server.run("DROP SCHEMA IF EXISTS loaded CASCADE")
    failing = pytest.raises(ScalebridgeError, match="nothing was loaded")
    with failing, loader(Connection("x", server.address), "loaded") as loading:
        loading.add("t", [FRAME])
        loading.add("t", [FRAME.rename({"a": "other"})])
    assert server.rows("SELECT count(*) FROM pg_namespace WHERE nspname = 'loaded'") == [(0,)]
