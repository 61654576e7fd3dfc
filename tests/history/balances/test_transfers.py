"""Transfers against the records of the batches."""

import polars as pl
import pytest

from pipeline.domain.process.balances import Balance
from tests.support.balances import amounts_of, judged, scattered

BOTH = Balance(("load",), ("eluate",), transferred=("given", "taken"))


def _transfers(*rows: tuple[str, str, str, str, float | None], dimension: str = "mass") -> pl.DataFrame:
    table = pl.DataFrame(rows, schema=["from_step", "from_batch", "to_step", "to_batch", "quantity"], orient="row")
    return table.with_columns(pl.lit(dimension).alias("dimension"))


def _kind(table: pl.DataFrame, kind: str) -> pl.DataFrame:
    return table.filter(pl.col("kind") == kind)


def test_handed_over__more_than_a_batch_gave_is_impossible() -> None:
    """B000 gave 0.9 kg, and two batches took 1 kg of it. Half of B001 stayed."""
    transfers = _transfers(
        ("capture", "B000", "fill", "F1", 0.5),
        ("capture", "B000", "fill", "F2", 0.5),
        ("capture", "B001", "fill", "F2", 0.45),
    )
    table = _kind(judged(amounts_of([0.9, 0.9, 0.9]), BOTH, transfers, repeatability="1 %"), "handed over")
    assert table["batch_id"].to_list() == ["B000", "B001"]
    assert table["closure"].to_list() == pytest.approx([1 / 0.9, 0.5])
    assert table["verdict"].to_list() == ["impossible", "closes"]


def test_handed_over__a_transfer_of_unknown_amount_is_a_missing_amount() -> None:
    transfers = _transfers(("capture", "B000", "fill", "F1", 0.5), ("capture", "B000", "fill", "F2", None))
    table = _kind(judged(amounts_of([0.9]), BOTH, transfers), "handed over")
    assert table.select("verdict", "reason").row(0) == ("not judged", "an amount is missing")


def test_received__the_record_of_a_batch_is_compared_with_its_transfers() -> None:
    """B004 was booked with 1 kg, and 0.8 kg were transferred to it."""
    moved = scattered(20, middle=1.0, scatter=0.003)
    moved[4] = 0.8
    transfers = _transfers(*(("harvest", f"H{i}", "capture", f"B{i:03}", float(x)) for i, x in enumerate(moved)))
    table = _kind(judged(amounts_of(scattered(20)), BOTH, transfers), "received")
    assert table.filter(pl.col("batch_id") == "B004")["verdict"].to_list() == ["too high"]
    assert table["possible"].is_null().all()
    assert table.filter(pl.col("verdict") == "closes").height >= 18


def test_transfers__are_not_compared_unless_declared() -> None:
    transfers = _transfers(("capture", "B000", "fill", "F1", 5.0))
    assert judged(amounts_of([0.9]), transfers=transfers)["kind"].to_list() == ["step"]


@pytest.mark.parametrize("kind", ["handed over", "received"])
def test_transfers__in_litres_are_not_compared_with_a_balance_in_grams(kind: str) -> None:
    """0.001 m3 are not 0.001 kg: a share of 0.001 would close."""
    rows = (("capture", "B000", "fill", "F1", 0.001), ("harvest", "H1", "capture", "B000", 0.001))
    table = _kind(judged(amounts_of([0.9]), BOTH, _transfers(*rows, dimension="length^3")), kind)
    assert table["verdict"].to_list() == ["not judged"]
    assert table["reason"].cast(pl.String).str.starts_with("its transfers state another kind of amount").all()
