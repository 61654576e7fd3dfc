"""The second way: rows of Python objects become frames, and statements fit the driver."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.pulls import SqlPull
from pipeline.history.connectors.connections import Connection
from pipeline.history.pulls.any_sql import any_sql, framed, statement

pytest.importorskip("sqlalchemy", reason="the extra `sql` is not installed")


@pytest.mark.parametrize(
    ("values", "dtype", "found"),
    [
        ([1, None, 3], pl.Int64, [1, None, 3]),
        ([1, 2.5], pl.Float64, [1.0, 2.5]),
        ([Decimal("1.25"), None], pl.Decimal, [Decimal("1.25"), None]),
        ([True, None], pl.Boolean, [True, None]),
        ([{"a": 1}, None], pl.String, ['{"a": 1}', None]),
        ([UUID(int=7)], pl.String, ["00000000-0000-0000-0000-000000000007"]),
        ([None], pl.Null, [None]),
        (
            [datetime(2024, 3, 1, 7, tzinfo=timezone(timedelta(hours=1))), datetime(2024, 7, 1, 7, tzinfo=UTC), None],
            pl.Datetime("us", "UTC"),
            [datetime(2024, 3, 1, 6, tzinfo=UTC), datetime(2024, 7, 1, 7, tzinfo=UTC), None],
        ),
    ],
)
def test_framed__keeps_types(values: list[object], dtype: pl.DataType, found: list[object]) -> None:
    column = framed(["a"], [(value,) for value in values])["a"]
    assert column.dtype == dtype
    assert column.to_list() == found


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["a", 1], r"values of several types \(int, str\)"),
        ([[1, 2]], "lists of values"),
        ([b"x"], "values that are not kept"),
        ([datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 1)], "with and without an offset"),
    ],
)
def test_framed__what_has_no_one_type_is_a_sentence(values: list[object], said: str) -> None:
    with pytest.raises(ScalebridgeError, match=f"Column 'a' holds .*{said}"):
        framed(["a"], [(value,) for value in values])


@pytest.mark.parametrize(
    ("style", "mark", "values", "share"),
    [
        ("qmark", "?", (17,), "'%x'"),
        ("format", "%s", (17,), "'%%x'"),
        ("pyformat", "%(since)s", {"since": 17}, "'%%x'"),
        ("named", ":since", {"since": 17}, "'%x'"),
        ("numeric", ":1", (17,), "'%x'"),
    ],
)
def test_statement__marks_the_watermark_as_the_driver_wants(style: str, mark: str, values: object, share: str) -> None:
    dialect = SimpleNamespace(paramstyle=style, identifier_preparer=SimpleNamespace(quote=lambda name: f"[{name}]"))
    pull = SqlPull(kind="sql", connection="x", query="SELECT * FROM t WHERE a LIKE '%x'", key=("id",), watermark="w")
    text, given = statement(pull, 17, dialect)
    assert text == f"SELECT * FROM (SELECT * FROM t WHERE a LIKE {share}\n) pulled WHERE ([w] >= {mark} OR [w] IS NULL)"
    assert given == values
    assert statement(pull, None, dialect) == ("SELECT * FROM (SELECT * FROM t WHERE a LIKE '%x'\n) pulled", None)
    table = SqlPull(kind="sql", connection="x", table="lab.t")
    assert statement(table, None, dialect, nothing=True)[0] == "SELECT * FROM [lab].[t] pulled WHERE 1 = 0"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite:////nowhere/at/all.db", "cannot be opened: unable to open database file"),
        ("nonsense://u:s3cret@h/d", "its address cannot be used"),
        ("mssql+pyodbc://u:s3cret@h/d", "the driver of the database is not installed"),
    ],
)
def test_any_sql__what_cannot_be_opened_is_a_sentence_without_secrets(address: str, said: str) -> None:
    if "pyodbc" in address:
        try:
            import pyodbc  # noqa: F401
        except ImportError:
            pass
        else:
            pytest.skip("the driver is installed here")
    with pytest.raises(ScalebridgeError, match=said) as caught, any_sql(Connection("x", address), 1, {}):
        pass
    assert "s3cret" not in str(caught.value)
