"""Batches of one step with known yields, and the ways in which they are judged."""

from pathlib import Path

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.attributes import Attribute
from pipeline.domain.process.balances import Balance
from pipeline.history.balances.table import NO_TRANSFERS, StepAmounts, balance_table
from tests.support.definitions import PlainData
from tests.support.steps import steps_definition, steps_files

NUMBER = {"role": "IPC", "horizon": "in_process", "description": "x", "unit": "g"}
PLAIN = Balance(("load",), ("eluate",))


def amounts_of(yields: FloatArray | list[float], **columns: object) -> pl.DataFrame:
    """Batches B000, B001 … that took 1 kg each and gave the yield of it."""
    given = np.asarray(yields, float)
    rows = pl.DataFrame({"batch_id": [f"B{i:03}" for i in range(len(given))], "eluate": given})
    fixed = {"product": pl.lit("P"), "scale": pl.lit(None, pl.Float64), "load": pl.lit(1.0)}
    made = rows.with_columns(**fixed)
    return made.with_columns(**{name: pl.Series(values) for name, values in columns.items()})  # type: ignore[arg-type]


def attributes(**changes: object) -> dict[str, Attribute]:
    """The three amounts of a capture step in g."""
    return {name: Attribute(**(NUMBER | changes)) for name in ("load", "eluate", "flow_through")}  # type: ignore[arg-type]


def judged(
    rows: pl.DataFrame, balance: Balance = PLAIN, transfers: pl.DataFrame = NO_TRANSFERS, **of: object
) -> pl.DataFrame:
    """The table of balances of a step `capture`."""
    return balance_table({"capture": StepAmounts(rows, {"product": balance})}, attributes(**of), transfers)


def scattered(number: int, seed: int = 1, middle: float = 0.9, scatter: float = 0.02) -> FloatArray:
    """Lognormal yields."""
    drawn: FloatArray = middle * np.exp(scatter * np.random.default_rng(seed).standard_normal(number))
    return drawn


CAPTURES = 30


def train_of_captures(folder: Path, broken: int = 0) -> PlainData:
    """The small train with thirty captures, of which the first ones give more than they took: files, and the definition."""
    yields = scattered(CAPTURES, seed=2)
    yields[:broken] = 1.3
    lines = [f"P{i},2,100,{100 * one:.2f},1" for i, one in enumerate(yields)]
    fills, moved = ([f"F{i},100,1.0" for i in range(CAPTURES)], [f"C1,P{i},1\nP{i},F{i},1" for i in range(CAPTURES)])
    steps_files(
        folder,
        captures="\n".join(["Lot,Column L,Load g,Eluate g,Flow-through g", *lines]),
        fills="\n".join(["Batch,Speed rpm,HMW %", *fills]),
        transfers="\n".join(["From,To,g", *moved]),
    )
    return steps_definition()
