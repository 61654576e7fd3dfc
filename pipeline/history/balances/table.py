"""The table of balances: every balance of every batch of every step, with its limits and its verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.domain.attributes import Attribute
from pipeline.domain.process.balances import Balance
from pipeline.domain.tables import Balances, checked, empty
from pipeline.history.balances.amounts import amounts
from pipeline.history.balances.transfers import handed_over, received
from pipeline.history.balances.verdicts import verdicts

NO_TRANSFERS = pl.DataFrame(
    schema={"from_step": pl.String, "from_batch": pl.String, "to_step": pl.String, "to_batch": pl.String}
    | {"quantity": pl.Float64, "dimension": pl.String}
)


@dataclass(frozen=True)
class StepAmounts:
    """The batches of one step and what is balanced in it."""

    rows: pl.DataFrame
    """One row per batch: batch_id, product, scale, and the amounts as columns, in SI. Without a scale of the step it is null."""
    balances: Mapping[str, Balance]


def balance_table(
    steps: Mapping[str, StepAmounts], attributes: Mapping[str, Attribute], transfers: pl.DataFrame = NO_TRANSFERS
) -> pl.DataFrame:
    """Judge all balances of all steps. The table is empty if no balance is declared.

    transfers: from_step, from_batch, to_step, to_batch, quantity in SI, null where it is not known, and its dimension.
    """
    parts = [
        part.with_columns(pl.lit(step).alias("step"), pl.lit(name).alias("balance")).select(Balances.column_names())
        for step, one in steps.items()
        for name, balance in one.balances.items()
        for part in _judged(one.rows, step, balance, attributes, transfers)
    ]
    table = pl.concat([empty(Balances), *parts]).sort("step", "balance", "kind", "batch_id")
    return checked(table, Balances, "balances")


def _judged(
    rows: pl.DataFrame, step: str, balance: Balance, attributes: Mapping[str, Attribute], transfers: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    with_amounts = amounts(rows, balance, attributes)
    yield verdicts(with_amounts, "step", balance.false_alarms)
    dimension = attributes[balance.taken[0]].si.dimension
    if "given" in balance.transferred:
        yield verdicts(handed_over(with_amounts, step, transfers, dimension), "handed over", balance.false_alarms)
    if "taken" in balance.transferred:
        yield verdicts(received(with_amounts, step, transfers, dimension), "received", balance.false_alarms)
