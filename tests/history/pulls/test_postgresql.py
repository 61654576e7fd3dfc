"""PostgreSQL by ADBC: types, time zones, and that a pull only reads."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.pulls import SqlPull
from pipeline.history.connectors.connections import Connection
from pipeline.history.pulls.postgresql import postgresql, statement
from tests.support.postgresql import Server


def read(server: Server, query: str, limit: float = 30) -> pl.DataFrame:
    with postgresql(Connection("mes", server.address), limit) as session:
        pull = SqlPull(kind="sql", connection="mes", query=query, time_limit=limit)
        return pl.concat(session.frames(pull, None))


def test_frames__typed_columns_keep_their_type(server: Server) -> None:
    found = read(
        server,
        """SELECT 7::smallint AS whole, 1.250::numeric(8, 3) AS exact, 0.1::numeric AS number, 'NaN'::numeric AS nothing,
           TIMESTAMPTZ '2024-03-31 03:30+02' AS moment, TIMESTAMP '2024-03-31 03:30:00.000001' AS local, DATE '2024-03-31' AS day,
           true AS yes, '{"a": [1]}'::jsonb AS json, '00000000-0000-0000-0000-000000000007'::uuid AS id, 'x'::char(3) AS padded,
           NULL::numeric(5, 1) AS missing -- the end""",
    )
    assert found.schema == {
        "whole": pl.Int16,
        "exact": pl.Decimal(8, 3),
        "number": pl.Float64,
        "nothing": pl.Float64,
        "moment": pl.Datetime("us", "UTC"),
        "local": pl.Datetime("us"),
        "day": pl.Date,
        "yes": pl.Boolean,
        "json": pl.String,
        "id": pl.String,
        "padded": pl.String,
        "missing": pl.Decimal(5, 1),
    }
    row = found.row(0, named=True)
    assert row["exact"] == Decimal("1.250")
    assert row["number"] == 0.1
    assert row["nothing"] is None
    assert row["moment"] == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)
    assert row["local"] == datetime(2024, 3, 31, 3, 30, 0, 1)
    assert row["day"] == date(2024, 3, 31)
    assert row["json"] == '{"a": [1]}'
    assert row["id"] == "00000000-0000-0000-0000-000000000007"
    assert row["missing"] is None


def test_frames__an_empty_table_gives_its_columns(server: Server) -> None:
    found = read(server, "SELECT 1::int AS a, 'b'::text AS b, now() AS c WHERE false")
    assert found.schema == {"a": pl.Int32, "b": pl.String, "c": pl.Datetime("us", "UTC")}
    assert found.height == 0


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT ARRAY[1, 2] AS a", "Column 'a' holds lists or groups of values"),
        ("SELECT 'infinity'::timestamptz AS a", r"write NULLIF\(a, 'infinity'\)"),
        ("SELECT '-infinity'::date AS a", r"write NULLIF\(a, 'infinity'\)"),
        ("SELECT 'Infinity'::numeric AS a", "Column 'a' holds the number Infinity"),
        ("SELECT 12345678901234567890::numeric AS a", "above 2\\^53"),
        ("SELECT '1 day'::interval AS a", "EXTRACT"),
        ("SELECT '10'::money AS a", "write a::numeric"),
        ("SELECT '1.1.1.1'::inet AS a", "write a::text"),
        ("SELECT 'x'::bytea AS a", "bytes, which no rule reads"),
        ("SELECT 1 AS a, 2 AS a", "Two columns of the query have the name 'a'"),
        ("SELECT x FROM pg_class", "the server has no such column"),
        ("SELECT x FROM nowhere", "the server has no such table"),
        ("SELECT pg_sleep(20) AS a", "it did not end within 0.5 s"),
        ("SELECT 1 AS a; DELETE FROM pg_class", "syntax error"),
        ("SELECT a FROM (DELETE FROM pg_class RETURNING *) b", "syntax error"),
    ],
)
def test_frames__what_cannot_be_kept_or_read_is_a_sentence(server: Server, query: str, said: str) -> None:
    with pytest.raises(ScalebridgeError, match=said):
        read(server, query, limit=0.5)


def test_frames__a_query_that_writes_is_refused_by_the_server(server: Server) -> None:
    server.run(
        "CREATE TABLE IF NOT EXISTS kept (a int)",
        "CREATE OR REPLACE FUNCTION writes() RETURNS int LANGUAGE sql AS 'INSERT INTO kept VALUES (1) RETURNING a'",
    )
    with pytest.raises(ScalebridgeError, match="it writes, and a pull may only read"):
        read(server, "SELECT writes() AS a")
    for setting in ("transaction_read_only", "default_transaction_read_only"):
        with pytest.raises(ScalebridgeError):
            read(server, f"SELECT set_config('{setting}', 'off', false) AS a, writes() AS b")
    assert server.rows("SELECT count(*) FROM kept") == [(0,)]


def test_frames__the_whole_pull_sees_one_moment(server: Server) -> None:
    server.run("DROP TABLE IF EXISTS moving", "CREATE TABLE moving AS SELECT 1 AS a")
    pull = SqlPull(kind="sql", connection="mes", table="moving")
    with postgresql(Connection("mes", server.address), 30) as session:
        assert pl.concat(session.frames(pull, None)).height == 1
        server.run("INSERT INTO moving VALUES (2)")
        assert pl.concat(session.frames(pull, None)).height == 1


def test_connection__what_cannot_be_opened_shows_no_address() -> None:
    connection = Connection("mes", "postgresql://reader:s3cret@localhost:1/plant")
    with pytest.raises(ScalebridgeError, match="connection 'mes' cannot be opened") as caught, postgresql(connection, 1):
        pass
    for secret in ("s3cret", "localhost", "127.0.0.1", "reader"):
        assert secret not in str(caught.value)


def test_statement__asks_for_rows_since_a_moment_and_for_those_without_one() -> None:
    pull = SqlPull(kind="sql", connection="mes", query="SELECT * FROM x -- all", key=("id",), watermark='odd "name"')
    assert statement(pull, datetime(2024, 3, 1, 6, tzinfo=UTC)) == (
        "SELECT * FROM (SELECT * FROM x -- all\n) AS pulled"
        ' WHERE "odd ""name""" >= TIMESTAMPTZ \'2024-03-01 06:00:00+00:00\' OR "odd ""name""" IS NULL'
    )
    assert "TIMESTAMP '2024-03-01 06:00:00'" in statement(pull, datetime(2024, 3, 1, 6))
    assert "DATE '2024-03-01'" in statement(pull, date(2024, 3, 1))


def test_session__says_its_versions(server: Server) -> None:
    with postgresql(Connection("mes", server.address), 30) as session:
        assert set(session.versions) == {"adbc-driver-postgresql", "PostgreSQL"}
