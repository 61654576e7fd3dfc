"""Forecasts of hidden batches by the final models as one table, so that a later stage can learn from their errors."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.extrapolation.kinds import KIND_COLUMN
from pipeline.forecasting.cross_validation import FinalModel

SCHEMA: dict[str, pl.DataType] = {
    "attribute": pl.String(),
    KIND_COLUMN: pl.String(),
    "reenacted_kind": pl.String(),
    "folds": pl.Int32(),
    "fold": pl.Int32(),
    "batch_id": pl.String(),
    "predicted": pl.Float64(),
    "spread": pl.Float64(),
}
"""Columns of the table. `shift` is the kind of question asked for, `folds` the number of re-enacted folds per kind."""


def hidden_table(finals: Mapping[str, FinalModel]) -> pl.DataFrame:
    """Return a row per attribute, kind of question, fold and hidden batch, with its forecast by the final model, SI.

    Kinds of question that were re-enacted by the same hidden batches repeat them.
    """
    parts = [
        table.select(
            pl.lit(name).alias("attribute"),
            pl.lit(kind).alias(KIND_COLUMN),
            "reenacted_kind",
            pl.lit(one.folds, pl.Int32).alias("folds"),
            *("fold", "batch_id", "predicted", "spread"),
        )
        for name, one in finals.items()
        for kind, table in one.hidden.items()
    ]
    return pl.concat(parts).cast(pl.Schema(SCHEMA)) if parts else pl.DataFrame(schema=SCHEMA)


def hidden_of(table: pl.DataFrame, attribute: str, rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return kind of question → hidden batches of an attribute, as `FinalModel.hidden` holds them.

    table: as `hidden_table` returns it; rows: the feature rows with the results of the attribute. Raises ScalebridgeError where a
    hidden batch is not among the rows.
    """
    own = table.filter(pl.col("attribute") == attribute)
    if not (unknown := own.join(rows, on="batch_id", how="anti")).is_empty():
        raise ScalebridgeError(
            f"The model of '{attribute}' was trained with batch {unknown['batch_id'][0]}, which has no result of it now; there are "
            f"{rows.height} batches with a result. Train the model again with `dvc repro`"
        )
    by_kind = own.group_by(KIND_COLUMN, maintain_order=True)
    return {
        str(kind): part.drop("attribute", KIND_COLUMN, "folds").join(rows, on="batch_id", how="left", maintain_order="left")
        for (kind,), part in by_kind
    }
