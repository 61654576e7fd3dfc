"""Verdicts: what closes, what does not, what is impossible, and what cannot be judged."""

import numpy as np
import polars as pl
import pytest

from pipeline.domain.process.balances import Balance
from tests.support.balances import amounts_of, judged, scattered

LOSSES = Balance(("load",), ("eluate",), ("flow_through",))


def _of(table: pl.DataFrame, batch: str) -> dict[str, object]:
    return table.row(by_predicate=pl.col("batch_id") == batch, named=True)


def test_verdicts__planted_breaks_are_found() -> None:
    yields = scattered(30, seed=2)
    yields[3], yields[7] = 0.75, 0.99
    table = judged(amounts_of(yields))
    assert (_of(table, "B003")["verdict"], _of(table, "B007")["verdict"]) == ("too low", "too high")
    assert table.filter(pl.col("verdict") == "closes").height == 28
    assert _of(table, "B003")["expected"] == pytest.approx(0.9, rel=0.02)


def test_verdicts__a_yield_above_1_beyond_the_scatter_is_impossible() -> None:
    yields = scattered(30)
    yields[3], yields[7] = 1.2, 1.01
    table = judged(amounts_of(yields))
    assert (_of(table, "B003")["verdict"], _of(table, "B007")["verdict"]) == ("impossible", "too high")


def test_verdicts__a_stated_repeatability_decides_what_is_impossible_also_with_few_batches() -> None:
    """1 % on both amounts: 3.6 % above 1 is the limit at 1 % of false alarms."""
    table = judged(amounts_of([0.9, 1.03, 1.05]), repeatability="1 %")
    assert _of(table, "B002")["possible"] == pytest.approx(np.exp(2.5758 * 0.01 * 2**0.5), rel=1e-4)
    assert table["verdict"].to_list() == ["not judged", "not judged", "impossible"]
    assert table["reason"].to_list() == ["too few batches", "too few batches", None]


def test_verdicts__measured_losses_close_a_balance_of_a_low_yield() -> None:
    yields = scattered(30)
    lost = 0.97 * np.exp(0.01 * np.random.default_rng(2).standard_normal(30)) - yields
    yields[3], lost[3] = 0.6, 0.37
    table = judged(amounts_of(yields, flow_through=lost), LOSSES)
    found = _of(table, "B003")
    assert (found["verdict"], found["closure"], found["yield"]) == ("closes", pytest.approx(0.97), 0.6)


def test_verdicts__say_why_a_balance_is_not_judged() -> None:
    rows = amounts_of([*scattered(20), 0.9, -0.1, 0.9, 0.9], load=[1.0] * 20 + [0.0, 1.0, None, 1.0])
    rows = rows.with_columns(product=pl.when(pl.col("batch_id") == "B023").then(pl.lit("Q")).otherwise("product"))
    table = judged(rows)
    assert table.filter(pl.col("verdict") == "not judged")["reason"].to_list() == [
        "an amount is not above zero",
        "an amount is not above zero",
        "an amount is missing",
        "too few batches like it",
    ]
    assert _of(table, "B020")["closure"] is None


def test_verdicts__a_missing_loss_is_a_missing_amount() -> None:
    table = judged(amounts_of(scattered(20), flow_through=[None] + [0.05] * 19), LOSSES)
    assert _of(table, "B000")["reason"] == "an amount is missing"
    assert _of(table, "B000")["closure"] is None


def test_verdicts__nothing_given_is_too_low() -> None:
    assert _of(judged(amounts_of([0.0, *scattered(20)])), "B000")["verdict"] == "too low"


def test_verdicts__the_declared_rate_sets_the_width_of_the_limits() -> None:
    narrow, wide = (
        judged(amounts_of(scattered(40)), Balance(("load",), ("eluate",), false_alarms=rate)) for rate in (0.1, 0.001)
    )
    assert (narrow["upper"] < wide["upper"]).all()
    assert narrow.filter(pl.col("verdict") != "closes").height > wide.filter(pl.col("verdict") != "closes").height


def test_verdicts__batches_of_unknown_product_are_compared_with_the_only_product_or_with_none() -> None:
    unknown = pl.when(pl.col("batch_id") < "B003").then(pl.lit(None, pl.String))
    rows = amounts_of(scattered(30, seed=2))
    one = judged(rows.with_columns(product=unknown.otherwise(pl.lit("P"))))
    assert one.filter(pl.col("verdict") == "not judged").is_empty()
    last = pl.when(pl.col("batch_id") > "B015").then(pl.lit("Q")).otherwise(pl.lit("P"))
    several = judged(rows.with_columns(product=unknown.otherwise(last)))
    assert several.filter(pl.col("reason") == "too few batches like it")["batch_id"].to_list() == ["B000", "B001", "B002"]
