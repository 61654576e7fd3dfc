"""The tables of forecasts of running batches: errors without faulty batches, coverage with them."""

import polars as pl
import pytest
from quality_ahead_report import quality_ahead_report, relative_errors


def _forecasts(now: float, faulty: bool = False) -> pl.DataFrame:
    """Four batches whose plan forecast is wrong by 2, and whose forecast from the records is wrong by `now`."""
    truth = [1.0, 2.0, 3.0, 4.0]
    rows = pl.DataFrame({"batch_id": ["a", "b", "c", "d"], "truth": truth, "observed": truth})
    value = pl.col("truth")
    return rows.with_columns(
        *(value.add(gap).alias(name) for name, gap in (("predicted", 2.0), ("lower_90", -1.0), ("upper_90", 5.0))),
        *(value.add(gap).alias(name) for name, gap in (("now", now), ("lower_now", now - 1.5), ("upper_now", now + 1.5))),
        *(pl.lit(text).alias(name) for name, text in (("protocol", "nobody_was"), ("cqa", "titre"), ("model", "scaleup"))),
        *(pl.lit(number).alias(name) for name, number in (("day", 7.0), ("weight", 0.5), ("plan_seconds", 4.0))),
        pl.lit("none").alias("censoring"),
        pl.lit(1.0).alias("records_seconds"),
        pl.lit(641).alias("seed"),
        pl.lit(0).alias("fold"),
        pl.lit(faulty).alias("faulty"),
    )


def test_ratio__is_the_error_of_the_batches_without_a_fault() -> None:
    both = pl.concat([_forecasts(1.0), _forecasts(9.0, faulty=True)])
    assert relative_errors(both)["ratio"].to_list() == [pytest.approx(0.5)]


def test_report__has_error_coverage_width_and_weight_of_each_decision_point() -> None:
    points, by_attribute, times = quality_ahead_report(_forecasts(1.0)).tables
    (line,) = points.rows
    assert line[1:] == (7.0, 1, pytest.approx(0.5), "0.90, 0.80", pytest.approx(0.5), 1.0, 1.0, pytest.approx(0.5), 0.5)
    assert by_attribute.rows[0][2] == pytest.approx(0.5)
    assert times.rows[1][2] == pytest.approx(0.25)


def test_coverage__counts_the_intervals_of_both_forecasts() -> None:
    points = quality_ahead_report(_forecasts(2.0)).tables[0]
    assert points.rows[0][6:8] == (1.0, 0.0)
