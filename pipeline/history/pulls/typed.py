"""Columns of PostgreSQL as polars keeps them: exact decimals, times in UTC, JSON and UUID as text. Other types are refused."""

from typing import Any

import polars as pl

from pipeline.domain.errors import ScalebridgeError

_MOST_DIGITS = 38
"""Digits that a decimal number of polars can have."""
_WHOLE = 2.0**53
"""Above it, a floating-point number does not hold every whole number."""
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896
"""Days since 1970 of 0001-01-01 and 9999-12-31."""
_DAY = 86_400_000_000
_UNREAD = {
    "money": "amounts of money, whose decimals depend on the server; write {name}::numeric",
    "interval": "lengths of time with months; write EXTRACT(EPOCH FROM {name}), in seconds",
    "bytea": "bytes, which no rule reads; leave it out of the query",
}


def typed(batch: Any) -> pl.DataFrame:
    """Return a record batch of the PostgreSQL driver as a frame.

    Raises ScalebridgeError for a column whose type is not kept, and for a value that no date or number can hold.
    """
    schema = batch.schema
    if twice := [name for name in schema.names if schema.names.count(name) > 1]:
        raise ScalebridgeError(f"Two columns of the query have the name '{twice[0]}'; give one another name with AS")
    return pl.DataFrame([_column(field, batch.column(place)) for place, field in enumerate(schema)])


def _column(field: Any, values: Any) -> pl.Series:
    name, kind = field.name, _kind_of(field)
    if kind == "uuid":
        return pl.Series(name, [None if one is None else str(one) for one in values.to_pylist()], dtype=pl.String)
    if kind in _UNREAD:
        raise ScalebridgeError(f"Column '{name}' holds {_UNREAD[kind].format(name=name)}")
    plain = values.storage if hasattr(values, "storage") else values
    if kind == "numeric":
        return _numeric(
            name, pl.Series(name, plain.to_pylist(), dtype=pl.String) if len(plain) == 0 else _series(name, plain), field
        )
    if _nested(plain):
        raise ScalebridgeError(
            f"Column '{name}' holds lists or groups of values ({kind}), which no rule reads; leave it out of the query, or write "
            "each value into a row or a column of its own"
        )
    found = _series(name, plain)
    if found.dtype == pl.Binary:
        raise ScalebridgeError(f"Column '{name}' has the type {kind}, which is not kept; write {name}::text in the query")
    return _within_years(found)


def _kind_of(field: Any) -> str:
    """Name of the PostgreSQL type of a column."""
    metadata = field.metadata or {}
    return str((metadata.get(b"POSTGRESQL:type") or metadata.get(b"ADBC:postgresql:typname") or b"").decode() or field.type)


def _nested(values: Any) -> bool:
    import pyarrow.types as kinds

    return bool(kinds.is_nested(values.type) or kinds.is_interval(values.type))


def _series(name: str, values: Any) -> pl.Series:
    found = pl.from_arrow(values)
    assert isinstance(found, pl.Series)
    return found.alias(name)


def _numeric(name: str, text: pl.Series, field: Any) -> pl.Series:
    """Return numbers that PostgreSQL keeps in decimal digits: as decimals where the column declares its digits, else as doubles."""
    modifier = int((field.metadata or {}).get(b"POSTGRESQL:typmod", b"-1"))
    known = text.to_frame().select(pl.when(pl.col(name).str.to_lowercase() != "nan").then(pl.col(name)))[name]
    if modifier >= 4:
        precision, places = (modifier - 4) >> 16 & 0xFFFF, modifier - 4 & 0x7FF
        if precision <= _MOST_DIGITS and places <= precision:
            return known.cast(pl.Decimal(precision, places))
    number = known.cast(pl.Float64)
    if number.is_infinite().any():
        raise ScalebridgeError(
            f"Column '{name}' holds the number Infinity; leave these rows out by the query, or write NULL"
        )
    largest = number.abs().max()
    if largest is not None and float(largest) > _WHOLE and bool((number.abs() > _WHOLE).any()):  # type: ignore[arg-type]
        raise ScalebridgeError(
            f"Column '{name}' holds numbers above 2^53 without a declared number of digits, which would lose digits; write "
            f"{name}::text for an id, {name}::bigint for a count, or {name}::float8 for a measured value"
        )
    return number


def _within_years(column: pl.Series) -> pl.Series:
    """Refuse 'infinity' and years that no calendar of Python has."""
    if column.dtype == pl.Date:
        low, high = _FIRST_DAY, _LAST_DAY
    elif isinstance(column.dtype, pl.Datetime):
        low, high = _FIRST_DAY * _DAY, (_LAST_DAY + 1) * _DAY - 1
    else:
        return column
    if not column.to_physical().is_between(low, high).all():
        raise ScalebridgeError(
            f"Column '{column.name}' holds 'infinity' or a year outside of 1 to 9999; write NULLIF({column.name}, 'infinity') if "
            "it means that there is no date"
        )
    return column
