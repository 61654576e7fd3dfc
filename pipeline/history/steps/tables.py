"""Tables of the batches of all steps: what became of them, and the numbers that were recorded of them."""

from collections.abc import Iterator

import polars as pl

from pipeline.domain.display import counted
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import last_step
from pipeline.domain.tables import StepBatches, StepValues, checked, empty
from pipeline.history.steps.ancestors import ways_not_weighed
from pipeline.history.steps.step_history import StepHistory
from pipeline.history.steps.untraced import untraced_batches


def step_tables(process: Process, steps: StepHistory, last: pl.DataFrame, batches: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
    """Return the tables `step_batches` and `step_values`; empty where the process declares no steps.

    last: joined rows of the last step; batches: the table of batches.
    """
    name = last_step(process)
    if name is None:
        return empty(StepBatches), empty(StepValues)
    rows = {**steps.rows, name: last}
    found = pl.concat(_batches(process, step, own) for step, own in rows.items())
    made = found.join(_descendants(steps, batches), on=["step", "batch_id"], how="left", maintain_order="left")
    whole = made.with_columns(pl.col("used").fill_null(False)).select(StepBatches.column_names())
    values = pl.concat(_values(process, step, own) for step, own in rows.items())
    return (
        checked(whole.sort("step", "batch_id"), StepBatches, "step_batches"),
        checked(values.sort("step", "batch_id", "attribute"), StepValues, "step_values"),
    )


def step_notes(step_batches: pl.DataFrame) -> list[str]:
    """Say how many batches of each step went into no batch that is used, one sentence per step."""
    unused = step_batches.filter(~pl.col("used")).group_by("step", maintain_order=True).len()
    return [
        f"Step '{step}': {counted(count, 'batch')} went into no batch of the last step that is used, so no "
        "prediction learns from this. `used` in data/history/step_batches.parquet says which."
        for step, count in unused.iter_rows()
    ]


def origin_notes(process: Process, steps: StepHistory) -> list[str]:
    """Say of how many batches of the last step the origin is not known in full, and where equal names may be alike by chance."""
    total = steps.ancestors["batch_id"].n_unique()
    lacking = {step: untraced_batches(steps, step).height for step in steps.rows}
    found = [
        f"Step '{step}': the material of {count:,} of {total:,} batches of the last step cannot be traced in full to batches of "
        "this step. What this step recorded is missing in them."
        for step, count in lacking.items()
        if count
    ]
    ways = [
        f"Step '{step}': {counted(len(names), 'batch')} took its material from batches of several steps, and the amounts are "
        "missing or cannot be compared. So the shares are not known. data/history/transfers.parquet shows what a batch took."
        for step, names in ways_not_weighed(list(process.steps), steps.transfers).items()
    ]
    return [*found, *ways, *_alike_by_chance(process, steps)]


def left_out_notes(steps: StepHistory, batches: pl.Series) -> list[str]:
    """Say how many batches of the last step took from batches of earlier steps that are left out on purpose, per step.

    batches: those of the last step that are used.
    """
    taken = steps.of_left_out.select(
        pl.col("from_step").alias("left"), pl.col("to_step").alias("step"), pl.col("to_batch").alias("step_batch")
    )
    reached = steps.ancestors.join(taken, on=["step", "step_batch"]).select("left", "batch_id").unique()
    aside = (~pl.col("batch_id").is_in(batches.implode())).sum().alias("aside")
    counts = reached.group_by("left").agg(pl.len().alias("all"), aside)
    found = {step: (number, unused) for step, number, unused in counts.iter_rows()}
    return [
        f"Step '{step}': {counted(found[step][0], 'batch')} of the last step took from batches of this step that are left out on "
        "purpose. So the origin of their material is not known in full, and what this step and the steps before it recorded is "
        f"missing in them. {found[step][1]:,} of them are not used, for this or for another reason."
        for step in steps.rows
        if step in found
    ]


def _alike_by_chance(process: Process, steps: StepHistory) -> Iterator[str]:
    """Two steps in which equal names count as one batch gone on whole, while a batch of such a name took from others."""
    for (before, after), moved in steps.transfers.group_by("from_step", "to_step", maintain_order=True):
        whole = moved.filter(pl.col("quantity").is_null())
        named = steps.rows[str(before)][process.steps[str(before)].batch].implode()
        itself = (pl.col("from_batch") == pl.col("to_batch")).any().over("to_batch")
        others = moved.filter(pl.col("quantity").is_not_null() & pl.col("to_batch").is_in(named) & ~itself)
        if whole.height and others.height:
            yield (
                f"Steps '{before}' and '{after}': of the batches that have the same name in both, {whole.height:,} have no "
                "transfer. Each counts as gone on whole. But other batches took from batches of another name than theirs, so the "
                "names may be alike by chance. If they are, declare `from_step` and `to_step` of the transfers."
            )


def _batches(process: Process, step: str, rows: pl.DataFrame) -> pl.DataFrame:
    declared = process.steps[step]
    size = None if declared.scale is None else declared.scale.attribute  # one that other steps derive is not known here
    scale = pl.lit(None, pl.Float64) if size is None or size not in rows.columns else pl.col(size)
    equipment = pl.lit(None, pl.String) if declared.equipment is None else pl.col(declared.equipment)
    return rows.select(
        pl.lit(step).alias("step"),
        pl.col(declared.batch).alias("batch_id"),
        scale.alias("scale"),
        equipment.alias("equipment"),
    )


def _descendants(steps: StepHistory, batches: pl.DataFrame) -> pl.DataFrame:
    """Return of each batch of a step that is used: product of its largest descendant, and the earliest start."""
    known = batches.select("batch_id", "product", "started_at")
    joined = steps.ancestors.join(known, on="batch_id").sort("share", "batch_id", descending=[True, False])
    one = joined.group_by("step", pl.col("step_batch").alias("batch_id"), maintain_order=True)
    return one.agg(pl.col("product").first(), pl.col("started_at").min(), pl.lit(True).alias("used"))


def _values(process: Process, step: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers of the batches of a step that are attributes, in SI."""
    numbers = [name for name in rows.columns if name in process.attributes and rows.schema[name].is_numeric()]
    own = rows.select(
        pl.col(process.steps[step].batch).alias("batch_id"), *(pl.col(name).cast(pl.Float64) for name in numbers)
    )
    long = own.unpivot(numbers, index="batch_id", variable_name="attribute", value_name="value").drop_nulls("value")
    return long.select(pl.lit(step).alias("step"), "batch_id", "attribute", "value")
