"""Read any database for which SQLAlchemy has a dialect, by the driver of the user.

Rows come as objects of Python, whose types are known only when the last row has come. So they wait in files of a temporary folder.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl

from pipeline.domain.config_files import as_json
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.pulls import SqlPull
from pipeline.history.connectors.connections import Connection

_AT_ONCE = 50_000
"""Rows that are fetched at once."""
_READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "mysql": "SET TRANSACTION READ ONLY",
    "mariadb": "SET TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
}
"""Dialect → statement that makes a transaction read-only. For others the rights of the user alone keep a query from writing."""
_NO_ROWS = " WHERE 1 = 0"


@dataclass(frozen=True)
class AnySqlSession:
    """One transaction of a database that SQLAlchemy opened."""

    connection: Connection
    opened: Any
    versions: Mapping[str, str]
    known: Mapping[str, pl.DataType]
    """Column → type of the earlier files, for columns whose type a few rows do not tell."""

    def frames(self, pull: SqlPull, since: object, *, nothing: bool = False) -> Iterator[pl.DataFrame]:
        """Yield the rows of a pull. See `Session`."""
        try:
            with tempfile.TemporaryDirectory() as folder:
                schemas = self._spill(pull, since, nothing, Path(folder))
                schema = _common(schemas, self.known)
                for number in range(len(schemas)):
                    frame = pl.read_ipc(Path(folder) / f"{number}.arrow")
                    yield frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
        except ScalebridgeError:
            raise
        except Exception as error:
            what = f"table '{pull.table}'" if pull.table is not None else "the query"
            raise ScalebridgeError(
                f"{self.connection}: {what} could not be read, and nothing was added: {_reason(error, self.connection)}"
            ) from None

    def _spill(self, pull: SqlPull, since: object, nothing: bool, folder: Path) -> list[pl.Schema]:
        """Fetch all rows into files. Returns the schema of each file; there is at least one."""
        text, values = statement(pull, since, self.opened.engine.dialect, nothing=nothing)
        ends = time.monotonic() + pull.time_limit
        options = {"stream_results": True, **({} if values is not None else {"no_parameters": True})}
        result = self.opened.execution_options(**options).exec_driver_sql(text, values)
        names, schemas = list(result.keys()), list[pl.Schema]()
        if twice := [name for name in names if names.count(name) > 1]:
            raise ScalebridgeError(f"Two columns of the query have the name '{twice[0]}'; give one another name with AS")
        while (rows := result.fetchmany(_AT_ONCE)) or not schemas:
            frame = framed(names, rows)
            frame.write_ipc(folder / f"{len(schemas)}.arrow")
            schemas.append(frame.schema)
            if time.monotonic() > ends:
                raise ScalebridgeError(
                    f"{self.connection}: the query did not end within {pull.time_limit:g} s, and nothing was added; raise "
                    "`time_limit`, or add an index on the watermark"
                )
        return schemas


@contextmanager
def any_sql(connection: Connection, time_limit: float, known: Mapping[str, pl.DataType]) -> Iterator[AnySqlSession]:
    """Open a transaction that is read-only where the database can do that. It is rolled back at the end.

    Raises ScalebridgeError, without address or password, if a package or a driver is missing or the database cannot be reached.
    """
    try:
        import sqlalchemy
    except ImportError:
        raise ScalebridgeError(
            f"{connection}: databases other than PostgreSQL are read by packages that are not installed; give "
            "`pip install 'scalebridge[sql]'` and install the driver of the database"
        ) from None
    try:
        engine = sqlalchemy.create_engine(connection.address, hide_parameters=True)
    except ImportError as error:
        raise ScalebridgeError(
            f"{connection}: the driver of the database is not installed: {connection.failure(error)}. Install the package that "
            "SQLAlchemy names for it, such as pyodbc for SQL Server and oracledb for Oracle"
        ) from None
    except Exception as error:
        raise ScalebridgeError(f"{connection}: its address cannot be used: {connection.failure(error)}") from None
    try:
        opened = _opened(engine, connection)
        try:
            name = engine.dialect.name
            if name in _READ_ONLY:
                opened.exec_driver_sql(_READ_ONLY[name])
            if name == "postgresql":
                opened.exec_driver_sql(f"SET LOCAL statement_timeout = {int(time_limit * 1000)}")
            server = ".".join(str(part) for part in engine.dialect.server_version_info or ())
            versions = {"sqlalchemy": sqlalchemy.__version__, f"{name} ({engine.dialect.driver})": server}
            yield AnySqlSession(connection, opened, versions, known)
        finally:
            with suppress(Exception):  # the connection may be broken already
                opened.rollback()
            with suppress(Exception):
                opened.close()
    finally:
        engine.dispose()


def _opened(engine: Any, connection: Connection) -> Any:
    try:
        return engine.connect()
    except Exception as error:
        raise ScalebridgeError(f"{connection} cannot be opened: {_reason(error, connection)}") from None


def _reason(error: Exception, connection: Connection) -> str:
    """Return what the driver says, without the statement that SQLAlchemy adds."""
    own = getattr(error, "orig", None)
    return connection.failure(own if isinstance(own, BaseException) and str(own) else error)


def statement(pull: SqlPull, since: object, dialect: Any, *, nothing: bool = False) -> tuple[str, Any]:
    """Return the SELECT of a pull for a dialect of SQLAlchemy, and its parameters; None if it has none.

    A row without a watermark is asked for too, so that it is refused and not missed.
    """
    quote = dialect.identifier_preparer.quote
    named = ".".join(quote(part) for part in str(pull.table).split("."))
    rows = named if pull.query is None else f"({pull.query}\n)"  # the query may end with a comment
    if since is None or pull.watermark is None:
        return f"SELECT * FROM {rows} pulled{_NO_ROWS if nothing else ''}", None
    column, style = quote(pull.watermark), dialect.paramstyle
    marks = {"qmark": "?", "format": "%s", "pyformat": "%(since)s", "named": ":since", "numeric": ":1"}
    mark = marks.get(style, ":1")
    rows = rows.replace("%", "%%") if style in ("format", "pyformat") else rows
    values: Any = {"since": since} if style in ("pyformat", "named") else (since,)
    end = " AND 1 = 0" if nothing else ""
    return f"SELECT * FROM {rows} pulled WHERE ({column} >= {mark} OR {column} IS NULL){end}", values


def framed(names: Sequence[str], rows: Sequence[Sequence[object]]) -> pl.DataFrame:
    """Return rows of Python objects as a frame. Times with an offset become UTC, JSON and UUID become text.

    >>> framed(["a", "b"], [(1, UUID(int=7)), (None, None)]).rows()
    [(1, '00000000-0000-0000-0000-000000000007'), (None, None)]
    """
    columns = [_column(name, [row[place] for row in rows]) for place, name in enumerate(names)]
    return pl.DataFrame(columns)


def _column(name: str, values: list[object]) -> pl.Series:
    kinds = {type(one) for one in values if one is not None}
    if any(isinstance(one, datetime) and one.tzinfo is not None for one in values):
        return pl.Series(name, [_in_utc(one, name) for one in values], dtype=pl.Datetime("us", "UTC"))
    if kinds == {UUID}:
        return pl.Series(name, [None if one is None else str(one) for one in values], dtype=pl.String)
    if kinds and kinds <= {dict, list}:
        if list in kinds and dict not in kinds:
            raise ScalebridgeError(
                f"Column '{name}' holds lists of values, which no rule reads; leave it out of the query, or write each "
                "value into a row or a column of its own"
            )
        return pl.Series(
            name, [None if one is None else as_json(one, indent=None).strip() for one in values], dtype=pl.String
        )
    try:
        found = pl.Series(name, values, strict=True)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        if kinds <= {int, float}:
            return pl.Series(name, values, dtype=pl.Float64, strict=False)
        shown = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise ScalebridgeError(
            f"Column '{name}' holds values of several types ({shown}); give one type with CAST in the query"
        ) from None
    if found.dtype in (pl.Object, pl.Binary):
        raise ScalebridgeError(
            f"Column '{name}' holds values that are not kept ({found.dtype}); give a text with CAST in the query"
        )
    return found


def _in_utc(value: object, name: str) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ScalebridgeError(f"Column '{name}' holds times with and without an offset; give one kind in the query")
    return value.astimezone(UTC)


def _common(schemas: Sequence[pl.Schema], known: Mapping[str, pl.DataType]) -> dict[str, pl.DataType]:
    """Return the type that holds the values of each column in all pieces. Where they tell nothing, it is that of earlier files."""
    empty = pl.concat([schema.to_frame() for schema in schemas], how="vertical_relaxed")
    return {name: _with_known(dtype, known.get(name)) for name, dtype in empty.schema.items()}


def _with_known(dtype: pl.DataType, known: pl.DataType | None) -> pl.DataType:
    if dtype == pl.Null:
        return known or pl.String()
    if known is not None and dtype.is_integer() and known.is_float():
        return known
    return dtype
