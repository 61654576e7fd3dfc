"""Transfers that repeat another row of their file."""

import polars as pl

from pipeline.history.steps.repeated import repeated_transfers
from tests.conftest import process_of
from tests.support.steps import steps_definition


def _notes(*rows: tuple[str, str, float | None], **changes: str) -> list[str]:
    given = steps_definition()
    given["sources"]["transfers"] |= changes
    typed = pl.DataFrame(list(rows), schema=["from_batch", "to_batch", "quantity"], orient="row")
    return repeated_transfers(process_of(given), {"transfers": typed.with_columns(pl.lit("transfers.csv").alias("_file"))})


def test_repeated_transfers__are_counted_and_named() -> None:
    assert _notes(("C1", "P1", 20.0), ("C2", "P1", 20.0), ("C1", "P1", 20.0)) == [
        "Source 'transfers': 1 row repeats another row of the same file. Each counts as a transfer of its own, so the amounts are "
        "added up. If a transfer was written twice, remove one of its rows, or declare the column with its number as `booking`."
    ]


def test_repeated_transfers__of_other_amounts_are_no_repetition() -> None:
    assert _notes(("C1", "P1", 20.0), ("C1", "P1", 21.0), ("C1", "P1", None), ("C1", "P1", None)) == []


def test_repeated_transfers__with_a_number_are_told_apart() -> None:
    assert _notes(("C1", "P1", 20.0), ("C1", "P1", 20.0), booking="No") == []
