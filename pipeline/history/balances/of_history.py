"""The balances of a history: the amounts of the batches of each step, judged."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.process.balances import Balance
from pipeline.domain.process.process import Process
from pipeline.history.assemble import AssembledHistory
from pipeline.history.balances.table import StepAmounts, balance_table


def balances_of(process: Process, history: AssembledHistory) -> pl.DataFrame | None:
    """Return the table of balances of a history (`Balances`); None if the process declares no balance."""
    steps = {
        step: StepAmounts(_rows(step, declared.balances, history), declared.balances)
        for step, declared in process.steps.items()
        if declared.balances
    }
    return balance_table(steps, process.attributes, history.transfers) if steps else None


def _rows(step: str, balances: Mapping[str, Balance], history: AssembledHistory) -> pl.DataFrame:
    """Return one row per batch of a step, with its amounts as columns. An amount that is not recorded is null."""
    names = list(dict.fromkeys(name for balance in balances.values() for name in balance.amounts))
    values = history.step_values.filter((pl.col("step") == step) & pl.col("attribute").is_in(names))
    columns = [pl.col("value").filter(pl.col("attribute") == name).first().alias(name) for name in names]
    batches = history.step_batches.filter(pl.col("step") == step).select("batch_id", "product", "scale")
    return batches.join(values.group_by("batch_id").agg(columns), on="batch_id", how="left", maintain_order="left")
