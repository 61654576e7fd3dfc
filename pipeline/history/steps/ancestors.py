"""Which batches of earlier steps each batch of the last step is made of, and in which shares."""

from collections.abc import Iterator, Sequence

import polars as pl

from pipeline.domain.tables import Ancestors, checked, empty

_AT = ["to_step", "to_batch"]
_WEIGHT = "_weight"
"""Column with the part of the material of an earlier step that a batch got by one way; null where it is not known."""


def ancestors(steps: Sequence[str], transfers: pl.DataFrame, batches: pl.Series) -> pl.DataFrame:
    """Return the shares of the batches of all steps in each batch of the last step: batch_id, step, step_batch, share.

    steps: in the order of manufacture; transfers: with the share `fraction` of what a batch took from a step; batches: names of the
    batches of the last step. The shares of one step in a batch sum to 1, or to less where the origin of a part is not known. If a
    batch took material of a step from batches of several steps, these ways count by their amounts. Where the amounts cannot be
    compared, no share is known.
    """
    last = pl.DataFrame(
        {"batch_id": batches, "step": steps[-1], "step_batch": batches, "share": 1.0},
        schema=empty(Ancestors).schema,
    )
    found = [last]
    for step in reversed(steps[:-1]):
        made = (
            _made_of(steps, step, transfers)
            .filter(to_step=steps[-1])
            .join(last, left_on="to_batch", right_on="batch_id", how="semi")
        )
        whole = made.select(pl.col("to_batch").alias("batch_id"), pl.lit(step).alias("step"), "step_batch", "share")
        found.append(whole.sort("batch_id", "step_batch"))
    return checked(pl.concat(found), Ancestors, "ancestors")


def ways_not_weighed(steps: Sequence[str], transfers: pl.DataFrame) -> dict[str, list[str]]:
    """Return step → batches that got its material from several steps, in amounts that cannot be compared. Others are left out."""
    found = {
        step: sorted(
            {
                name
                for _, gave in _ways_after(steps, step, transfers)
                for name in gave.filter(pl.col(_WEIGHT).is_null())["to_batch"]
            }
        )
        for step in steps[:-1]
    }
    return {step: names for step, names in found.items() if names}


def _made_of(steps: Sequence[str], step: str, transfers: pl.DataFrame) -> pl.DataFrame:
    """Return the shares of the batches of a step in the batches of all later steps: to_step, to_batch, step_batch, share."""
    names = pl.col("from_batch")
    own = transfers.filter(from_step=step).select(names).unique(maintain_order=True)
    found = own.select(
        pl.lit(step).alias("to_step"), names.alias("to_batch"), names.alias("step_batch"), pl.lit(1.0).alias("share")
    )
    for later, gave in _ways_after(steps, step, transfers):
        reached = gave.drop_nulls(_WEIGHT).join(found, left_on=["from_step", "from_batch"], right_on=_AT)
        share = (pl.col("share") * pl.col("fraction") * pl.col(_WEIGHT)).sum()
        part = reached.group_by("to_batch", "step_batch", maintain_order=True).agg(share.alias("share"))
        found = pl.concat([found, part.select(pl.lit(later).alias("to_step"), "to_batch", "step_batch", "share")])
    return found


def _ways_after(steps: Sequence[str], step: str, transfers: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each step after a step, with the transfers to it that may hold material of this step, and their weight."""
    carrying = [step]
    for later in steps[steps.index(step) + 1 :]:
        gave = transfers.filter(pl.col("to_step") == later, pl.col("from_step").is_in(carrying))
        if not gave.is_empty():
            carrying.append(later)
            yield later, _weighed(gave)


def _weighed(gave: pl.DataFrame) -> pl.DataFrame:
    """Add the part of what a batch took that came from each step. One way is all of it."""
    total = pl.col("quantity").sum().over("to_batch")
    comparable = pl.col("quantity").is_not_null().all().over("to_batch") & (
        pl.col("dimension").fill_null("").n_unique().over("to_batch") == 1
    )
    weight = pl.when(comparable & (total > 0)).then(pl.col("quantity").sum().over("to_batch", "from_step") / total)
    one = pl.col("from_step").n_unique().over("to_batch") == 1
    return gave.with_columns(pl.when(one).then(1.0).otherwise(weight).alias(_WEIGHT))
