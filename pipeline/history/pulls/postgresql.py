"""Read PostgreSQL by ADBC: batches of columns as the server sends them, in one read-only transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.pulls import SqlPull
from pipeline.history.connectors.connections import Connection
from pipeline.history.pulls.typed import typed

SCHEMES = ("postgresql", "postgres")
_USUAL = {
    "connect_timeout": "15",
    "application_name": "scalebridge",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""Parameters of a connection, unless the address states others: a dead server is noticed within a minute or two."""
_SAID = {
    "25006": "it writes, and a pull may only read; give a SELECT",
    "57014": "it did not end within {limit:g} s; raise `time_limit`, or add an index on the watermark",
    "28P01": "the server refuses the user or the password",
    "28000": "the server refuses the user",
    "42501": "the user has no right to read it; GRANT SELECT gives the right",
    "42P01": "the server has no such table",
    "42703": "the server has no such column",
    "40001": "rows changed meanwhile so that the server could not show one moment; give the command again",
}
"""SQLSTATE → what it means, and what to do."""


_IN_TEXT = {"statement timeout": "57014", "read-only transaction": "25006"}
"""Parts of messages that come while rows are read, when the driver gives no SQLSTATE."""


@dataclass(frozen=True)
class PostgresqlSession:
    """One read-only transaction of PostgreSQL, or of a database that speaks its protocol."""

    connection: Connection
    cursor: Any
    versions: Mapping[str, str]

    def frames(self, pull: SqlPull, since: object, *, nothing: bool = False) -> Iterator[pl.DataFrame]:
        """Yield the rows of a pull as they arrive. See `Session`."""
        text = statement(pull, since, nothing=nothing)
        empty = True
        try:
            self.cursor.execute(text)
            reader = self.cursor.fetch_record_batch()
            for batch in reader:
                empty = False
                yield typed(batch)
            if empty:
                yield typed(_no_rows(reader.schema))
        except ScalebridgeError:
            raise
        except Exception as error:
            raise ScalebridgeError(_sentence(error, self.connection, pull)) from None


def _no_rows(schema: Any) -> Any:
    import pyarrow as pa

    return pa.RecordBatch.from_arrays([pa.array([], type=field.type) for field in schema], schema=schema)


@contextmanager
def postgresql(connection: Connection, time_limit: float) -> Iterator[PostgresqlSession]:
    """Open a read-only transaction that sees the database at one moment. It is rolled back at the end.

    Raises ScalebridgeError, without address or password, if the driver is missing or the server cannot be reached.
    """
    try:
        from adbc_driver_postgresql import __version__ as driver
        from adbc_driver_postgresql import dbapi
    except ImportError:
        raise ScalebridgeError(
            f"{connection}: PostgreSQL is read by packages that are not installed; give `pip install 'scalebridge[sql]'`"
        ) from None
    try:
        opened = dbapi.connect(_with_usual(connection.address))
    except Exception as error:
        raise ScalebridgeError(f"{connection} cannot be opened: {_reason(error, connection)}") from None
    try:
        cursor = opened.cursor()
        for setting in (
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
            f"SET LOCAL statement_timeout = {int(time_limit * 1000)}",
        ):
            cursor.execute(setting)
        server = _version(str(opened.adbc_get_info().get("vendor_version", "")))
        yield PostgresqlSession(connection, cursor, {"adbc-driver-postgresql": driver, "PostgreSQL": server})
    finally:
        for close in (cursor.close, opened.rollback, opened.close):
            with suppress(Exception):  # the connection may be broken already
                close()


def statement(pull: SqlPull, since: object, *, nothing: bool = False) -> str:
    """Return the SELECT of a pull. A row without a watermark is asked for too, so that it is refused and not missed.

    >>> pull = SqlPull(kind="sql", connection="mes", table="lab.results", key=("id",), watermark="changed")
    >>> statement(pull, 17)
    'SELECT * FROM "lab"."results" AS pulled WHERE "changed" >= 17 OR "changed" IS NULL'
    """
    named = ".".join(_quoted(part) for part in str(pull.table).split("."))
    rows = named if pull.query is None else f"({pull.query}\n)"  # the query may end with a comment
    where = ""
    if since is not None and pull.watermark is not None:
        column = _quoted(pull.watermark)
        where = f" WHERE {column} >= {_literal(since)} OR {column} IS NULL"
    return f"SELECT * FROM {rows} AS pulled{where}{' LIMIT 0' if nothing else ''}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: object) -> str:
    """Write a time, a date or a whole number. No text of a user comes here."""
    if isinstance(value, datetime):
        return f"{'TIMESTAMP' if value.tzinfo is None else 'TIMESTAMPTZ'} '{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    assert isinstance(value, int)
    return str(value)


def _with_usual(address: str) -> str:
    parts = urlsplit(address)
    stated = dict(parse_qsl(parts.query, keep_blank_values=True))
    missing = {key: value for key, value in _USUAL.items() if key not in stated}
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, urlencode(missing)) if part)))


def _version(number: str) -> str:
    """Return 180006 as 18.6.

    >>> _version("180006")
    '18.6'
    """
    return f"{int(number) // 10_000}.{int(number) % 10_000}" if number.isdigit() else number


def _sentence(error: Exception, connection: Connection, pull: SqlPull) -> str:
    what = f"table '{pull.table}'" if pull.table is not None else "the query"
    reason = _reason(error, connection)
    stated = str(getattr(error, "sqlstate", None) or "")
    known = _SAID.get(next((state for text, state in _IN_TEXT.items() if text in reason), stated))
    meaning = "" if known is None else f"{known.format(limit=pull.time_limit)}. "
    return f"{connection}: {what} could not be read, and nothing was added: {meaning}The server or its driver says: {reason}"


def _reason(error: Exception, connection: Connection) -> str:
    text = str(error).partition("Query was:")[0]
    return connection.failure(ValueError(text) if text.strip() else error)
