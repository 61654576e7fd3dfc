"""Load tables into PostgreSQL, for the demonstration and for tests. A pull never writes."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.connectors.connections import Connection

RECORD, CHANGED = "record", "changed_at"
"""Columns that every loaded table has besides its own: a number for each row, and the time of its last change."""
_MARK = "made by scalebridge demo"
"""Comment on a schema that may be replaced."""
_TOUCH = """\
CREATE FUNCTION {schema}.touch() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN NEW.{changed} := clock_timestamp(); RETURN NEW; END'"""
_TRIGGER = "CREATE TRIGGER touch BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {schema}.touch()"


@dataclass
class Loader:
    """A transaction that loads tables into one new schema."""

    cursor: Any
    schema: str
    tables: dict[str, int] = field(default_factory=dict)
    """Table → rows so far."""

    def add(self, table: str, frames: Iterable[pl.DataFrame]) -> int:
        """Make a table, and load frames with the same columns into it. Returns the number of rows."""
        rows = 0
        for frame in frames:
            if table not in self.tables:
                self.cursor.execute(create_table(self.schema, table, frame.schema))
                names = {"table": f"{_quoted(self.schema)}.{_quoted(table)}", "schema": _quoted(self.schema)}
                self.cursor.execute(_TRIGGER.format(**names))
                self.tables[table] = 0
            arrow = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
            self.cursor.adbc_ingest(table, arrow, mode="append", db_schema_name=self.schema)
            self.tables[table] += frame.height
            rows += frame.height
        return rows


@contextmanager
def loader(connection: Connection, schema: str, *, replace: bool = False) -> Iterator[Loader]:
    """Make a schema, and load tables into it in one transaction: all of them, or none.

    replace: take the place of a schema that an earlier load made. Raises ScalebridgeError, without address or password, if the
    schema exists and must not be replaced, or if the database refuses anything.
    """
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError:
        raise ScalebridgeError(
            f"{connection}: PostgreSQL is written by packages that are not installed; give `pip install 'scalebridge[sql]'`"
        ) from None
    try:
        opened = dbapi.connect(connection.address)
    except Exception as error:
        raise ScalebridgeError(f"{connection} cannot be opened: {connection.failure(error)}") from None
    cursor = opened.cursor()
    try:
        _make_schema(cursor, connection, schema, replace)
        yield Loader(cursor, schema)
        opened.commit()
    except ScalebridgeError:
        raise
    except Exception as error:
        raise ScalebridgeError(f"{connection}: nothing was loaded: {connection.failure(error)}") from None
    finally:
        for close in (cursor.close, opened.rollback, opened.close):
            with suppress(Exception):  # the connection may be broken already
                close()


def _make_schema(cursor: Any, connection: Connection, schema: str, replace: bool) -> None:
    cursor.execute("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1", parameters=[schema])
    found = cursor.fetchall()
    if found and found[0][0] != _MARK:
        raise ScalebridgeError(
            f"{connection} has a schema '{schema}' that no demonstration made; give another one with --schema"
        )
    if found and not replace:
        raise ScalebridgeError(
            f"{connection} has the schema '{schema}' of an earlier demonstration; --replace loads it anew"
        )
    name = _quoted(schema)
    for statement in (
        *([f"DROP SCHEMA {name} CASCADE"] if found else []),
        f"CREATE SCHEMA {name}",
        f"COMMENT ON SCHEMA {name} IS '{_MARK}'",
        _TOUCH.format(schema=name, changed=CHANGED),
    ):
        cursor.execute(statement)


def create_table(schema: str, table: str, columns: Mapping[str, pl.DataType]) -> str:
    """Return the statement that makes a table with these columns, a number of each row and the time of its last change.

    >>> create_table("plant", "lab", {"pH": pl.Float64()})
    'CREATE TABLE "plant"."lab" ("pH" double precision, record bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
changed_at timestamptz NOT NULL DEFAULT clock_timestamp())'
    """
    own = [f"{_quoted(name)} {_type(dtype)}" for name, dtype in columns.items()]
    added = (
        f"{RECORD} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        f"{CHANGED} timestamptz NOT NULL DEFAULT clock_timestamp()",
    )
    return f"CREATE TABLE {_quoted(schema)}.{_quoted(table)} ({', '.join([*own, *added])})"


def _type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Datetime):
        return "timestamp" if dtype.time_zone is None else "timestamptz"
    names = {pl.String: "text", pl.Date: "date", pl.Boolean: "boolean", pl.Float64: "double precision", pl.Float32: "real"}
    return names.get(dtype.base_type(), "bigint")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
