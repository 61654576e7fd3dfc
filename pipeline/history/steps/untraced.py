"""Batches of the last step whose material cannot be traced in full to the batches of an earlier step."""

import polars as pl

from pipeline.history.steps.pooling import WHOLE
from pipeline.history.steps.step_history import StepHistory

ORIGIN = "_origin"
"""Column with a batch on the way to the step whose own origin is not known."""


def untraced_batches(steps: StepHistory, step: str) -> pl.DataFrame:
    """Return batch_id and `ORIGIN` of each batch of the last step that is not traced in full to the batches of an earlier step."""
    order = [*steps.rows]
    after = steps.ancestors.filter(~pl.col("step").is_in(order[: order.index(step) + 1]))
    share = pl.col("share").filter(pl.col("step") == step).sum()
    lacking = steps.ancestors.group_by("batch_id").agg(share.alias("traced")).filter(pl.col("traced") < 1 - WHOLE)
    took = steps.transfers.select(pl.col("to_step").alias("step"), pl.col("to_batch").alias("step_batch")).unique()
    without = after.join(took, on=["step", "step_batch"], how="anti", maintain_order="left")
    first = without.group_by("batch_id", maintain_order=True).agg(pl.col("step_batch").last().alias(ORIGIN))
    named = lacking.join(first, on="batch_id", how="left").sort("batch_id")
    return named.select("batch_id", pl.coalesce(ORIGIN, "batch_id").alias(ORIGIN))
