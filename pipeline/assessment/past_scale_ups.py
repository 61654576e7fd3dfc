"""Past scale-ups as they would have been forecast: forecast, interval and outcome of each."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.process.axes import TRANSFER_COLUMNS
from pipeline.domain.units import Unit
from pipeline.forecasting.intervals import MAIN_LEVEL, bounds, covered
from pipeline.forecasting.model_choice import ANSWERING

PREFIX = "past_scale_ups"
"""Start of the names of the protocols that re-enact past scale-ups."""


def reenactments(predictions: pl.DataFrame, units: Mapping[str, Unit]) -> pl.DataFrame:
    """Return a row per past scale-up, number of given batches and CQA, in display units.

    predictions: as `crossfit` returns them; units: CQA → display unit. Each scale-up is forecast by the model that its own
    fold chose, so neither the model nor its choice saw the outcome. Columns: scale_up (number), given (batches at the new
    scale that the model was trained on), cqa, unit, answered_by (kind of the model), lineage, scale (SI, median), batches
    (predicted), predicted, lower, upper (means; 90 %), observed, carry_over (means), covered (batches inside their
    interval), answered (batches). Where the predictions state `step`, the axis of each transfer, and `place`, its new site
    or device, so does the table.
    """
    past = predictions.filter(pl.col("protocol").str.starts_with(PREFIX))
    key = ["protocol", "fold", "cqa"]
    carried = past.filter(pl.col("model") == "carry_over").group_by(key).agg(pl.col("predicted").mean().alias("carry_over"))
    low, high = bounds(MAIN_LEVEL)
    of_transfer = [name for name in TRANSFER_COLUMNS if name in past.columns]
    table = (
        past.filter(pl.col("model") == ANSWERING)
        .group_by(key, maintain_order=True)
        .agg(
            pl.col("answered_by", "lineage", *of_transfer).first(),
            pl.col("scale").median(),
            pl.len().alias("batches"),
            pl.col("predicted").mean(),
            pl.col(low).mean().alias("lower"),
            pl.col(high).mean().alias("upper"),
            pl.col("observed").mean(),
            covered(low, high).sum().alias("covered"),
            pl.col("answered").sum(),
        )
        .join(carried, on=key, how="left", maintain_order="left")
    )
    given = pl.col("protocol").str.extract(r"_after_(\d+)$").cast(pl.Int32).fill_null(0)
    factor, offset = (
        pl.col("cqa").replace_strict({n: getattr(u, part) for n, u in units.items()}, return_dtype=pl.Float64)
        for part in ("factor", "offset")
    )
    values = ("predicted", "lower", "upper", "observed", "carry_over")
    return table.select(
        (pl.col("fold") + 1).alias("scale_up"),
        given.alias("given"),
        "cqa",
        pl.col("cqa").replace_strict({n: u.label for n, u in units.items()}, return_dtype=pl.String).alias("unit"),
        "answered_by",
        "lineage",
        "scale",
        *of_transfer,
        "batches",
        *((pl.col(name) - offset) / factor for name in values),
        "covered",
        "answered",
    ).sort("given", "scale_up", "cqa")
