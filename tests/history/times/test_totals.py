"""Totals of counters continue over resets."""

import polars as pl

from pipeline.history.times.totals import with_totals
from pipeline.history.times.window import SINCE


def series(tag: str, *values: float, batch: str = "B1", first: int = 0) -> pl.DataFrame:
    times, numbers = range(first, first + len(values)), [float(value) for value in values]
    return pl.DataFrame({"batch_id": batch, "tag": tag, SINCE: times, "value": numbers}, schema_overrides={SINCE: pl.Int64})


def totals(rows: pl.DataFrame, before: pl.DataFrame | None = None) -> list[float]:
    none = rows.clear() if before is None else before
    return with_totals(rows, none, ["base"]).sort("batch_id", "tag", SINCE)["value"].round(9).to_list()


def test_totals__continue_over_several_resets() -> None:
    assert totals(series("base", 0, 5, 12, 0, 4, 1)) == [0, 5, 12, 12, 16, 17]


def test_totals__a_small_fall_is_noise_and_no_reset() -> None:
    assert totals(series("base", 100, 99.5, 101)) == [100, 99.5, 101]


def test_totals__count_from_the_last_record_before_the_start() -> None:
    assert totals(series("base", 112, 150, 3, first=2), series("base", 100, 110)) == [2, 40, 43]


def test_totals__batches_and_other_tags_stay_apart_in_any_order_of_rows() -> None:
    both = pl.concat([series("base", 5, 1), series("base", 7, 9, batch="B2"), series("ph", 7, 3)])
    assert totals(both.reverse()) == [5, 6, 7, 3, 7, 9]
    assert with_totals(both, both.clear(), []).equals(both)
