"""Which batches of earlier steps each batch of the last step is made of, and in which shares."""

from collections.abc import Sequence

import polars as pl

from pipeline.domain.tables import Ancestors, checked, empty


def ancestors(steps: Sequence[str], transfers: pl.DataFrame, batches: pl.Series) -> pl.DataFrame:
    """Return the shares of the batches of all steps in each batch of the last step: batch_id, step, step_batch, share.

    steps: in the order of manufacture; transfers: with the share `fraction` of what a batch took from a step; batches: names of the
    batches of the last step. The shares of one step in a batch sum to 1, or to less where the origin of a part is not known. If a
    batch got material of a step by several ways, the shares of the ways are scaled to sum to at most 1.
    """
    last = pl.DataFrame(
        {"batch_id": batches, "step": steps[-1], "step_batch": batches, "share": 1.0},
        schema=empty(Ancestors).schema,
    )
    found = [last]
    for step in reversed(steps[:-1]):
        gave = transfers.filter(pl.col("from_step") == step)
        reached = pl.concat(found).join(gave, left_on=["step", "step_batch"], right_on=["to_step", "to_batch"])
        part = reached.group_by("batch_id", pl.col("from_batch").alias("step_batch")).agg(
            (pl.col("share") * pl.col("fraction")).sum()
        )
        total = pl.max_horizontal(pl.col("share").sum().over("batch_id"), 1.0)
        whole = part.select("batch_id", pl.lit(step).alias("step"), "step_batch", pl.col("share") / total)
        found.append(whole.sort("batch_id", "step_batch"))
    return checked(pl.concat(found), Ancestors, "ancestors")
