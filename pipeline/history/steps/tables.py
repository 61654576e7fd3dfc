"""Tables of the batches of all steps: what became of them, and the numbers that were recorded of them."""

import polars as pl

from pipeline.domain.display import counted
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import last_step
from pipeline.domain.tables import StepBatches, StepValues, checked, empty
from pipeline.history.steps.step_history import StepHistory


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
