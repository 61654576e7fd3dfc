"""Contracts of the canonical tables: one class each. Numbers are SI, identifiers are text."""

import dataframely as dy
import polars as pl

from pipeline.domain.batch_columns import ROLES, batch_attributes
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process

CENSORING = ["none", "left", "right"]


class Batches(dy.Schema):
    """One execution of a process per row; `batches_contract` adds a column per attribute."""

    batch_id = dy.String(primary_key=True)
    product = dy.String()
    lineage = dy.String()
    scale = dy.Float64(min_exclusive=0)
    site = dy.String(nullable=True)
    equipment = dy.String(nullable=True)
    started_at = dy.Datetime(nullable=True)


class Results(dy.Schema):
    """One laboratory result per row (CQA or IPC); for a censored one the value is its limit."""

    batch_id = dy.String(primary_key=True)
    attribute = dy.String(primary_key=True)
    value = dy.Float64()
    censoring = dy.Enum(CENSORING)


class Lots(dy.Schema):
    """One property of one material lot per row."""

    material = dy.String(primary_key=True)
    lot_id = dy.String(primary_key=True)
    attribute = dy.String(primary_key=True)
    value = dy.Float64()


class Genealogy(dy.Schema):
    """Which share of a material in a batch came from which lot."""

    batch_id = dy.String(primary_key=True)
    material = dy.String(primary_key=True)
    lot_id = dy.String(primary_key=True)
    fraction = dy.Float64(min_exclusive=0, max=1)

    @dy.rule()
    def shares_sum_to_one(cls) -> pl.Expr:  # noqa: N805 (dataframely hands the class)
        """The shares of one material in one batch sum to 1."""
        return (pl.col("fraction").sum().over("batch_id", "material") - 1).abs() < 1e-9


class Trajectories(dy.Schema):
    """One sensor value per row, sorted by batch, tag and time; time in seconds since the batch's first record."""

    batch_id = dy.String()
    tag = dy.String()
    time = dy.Float64(min=0)
    value = dy.Float64(nullable=True)

    @dy.rule()
    def sorted_and_once(cls) -> pl.Expr:  # noqa: N805 (dataframely hands the class)
        """Batch, tag and time rise from row to row: on millions of rows a key that looks at neighbours alone is affordable."""
        batch, tag, time = (pl.col(name) for name in ("batch_id", "tag", "time"))
        later = (batch == batch.shift()) & ((tag > tag.shift()) | ((tag == tag.shift()) & (time > time.shift())))
        return ((batch > batch.shift()) | later).fill_null(True)


class Quarantine(dy.Schema):
    """One reason why a raw row was set aside, and where it stands: row as a person counts, the header being row 1."""

    source = dy.String()
    file = dy.String()
    row = dy.UInt32()
    column = dy.String(nullable=True)
    value = dy.String(nullable=True)
    reason = dy.String()


class CorrectedCells(dy.Schema):
    """One cell that a declared rule changed."""

    rule = dy.String()
    file = dy.String()
    row = dy.UInt32()
    attribute = dy.String()
    old = dy.Float64(nullable=True)
    new = dy.Float64(nullable=True)


class Folds(dy.Schema):
    """Which batch learns and which is predicted, per protocol and fold."""

    protocol = dy.String(primary_key=True)
    fold = dy.Int32(primary_key=True)
    batch_id = dy.String(primary_key=True)
    role = dy.Enum(ROLES)


def batches_contract(process: Process) -> type[Batches]:
    """Make the contract of one process's batches: the fixed columns and one for each attribute that is no lab result."""
    columns: dict[str, dy.Column] = {
        name: dy.Float64(nullable=True) if process.attributes[name].kind == "number" else dy.String(nullable=True)
        for name in batch_attributes(process)
    }
    return type("BatchesOf", (Batches,), {**columns, "__module__": __name__})


def checked(frame: pl.DataFrame, contract: type[dy.Schema], table: str) -> pl.DataFrame:
    """Return the frame if it keeps its contract.

    Raises ScalebridgeError with the number of failures per rule otherwise.
    """
    try:
        return contract.validate(frame)
    except dy.exc.ValidationError as error:
        raise ScalebridgeError(f"Table '{table}' breaks its contract: {error}") from None
    except dy.exc.SchemaError as error:
        raise ScalebridgeError(f"Table '{table}' does not have the columns of its contract: {error}") from None


def empty(contract: type[dy.Schema]) -> pl.DataFrame:
    """Make a table without rows that keeps the contract."""
    return pl.DataFrame(contract.create_empty())
