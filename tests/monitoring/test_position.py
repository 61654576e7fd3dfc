"""How far a batch has come at each record."""

import polars as pl

from pipeline.monitoring.position import positions
from tests.support.small_courses import course_process


def _records(tag: str, values: dict[float, float | None], batch: str = "A") -> pl.DataFrame:
    return pl.DataFrame(
        {"batch_id": batch, "tag": tag, "time": list(values), "value": list(values.values())},
        schema_overrides={"time": pl.Float64, "value": pl.Float64},
    )


def test_position__is_the_time_and_a_result_is_known_after_its_lag() -> None:
    found = positions(course_process(), pl.concat([_records("oxygen", {60: 1}), _records("ph_lab", {60: 7, 90: None})]))
    assert found.select("tag", "position", "known").rows() == [("oxygen", 60, 60), ("ph_lab", 60, 60 + 4 * 3600)]


def test_position__is_the_largest_value_of_the_indicator_so_far() -> None:
    level = _records("oxygen", {0: 0, 10: 5, 20: 3, 30: 8})
    found = positions(course_process({"indicator": "oxygen"}, lag=None), pl.concat([level, _records("ph", {25: 7})]))
    assert found.filter(pl.col("tag") == "ph")["position"].to_list() == [5]
    assert found.filter(pl.col("tag") == "oxygen")["position"].to_list() == [0, 5, 5, 8]


def test_position__of_a_batch_without_the_indicator_is_not_known() -> None:
    records = pl.concat([_records("oxygen", {0: 1}), _records("ph", {0: 7}, "B")])
    assert positions(course_process({"indicator": "oxygen"}), records)["batch_id"].unique().to_list() == ["A"]


def test_position__an_indicator_of_one_batch_says_nothing_about_another() -> None:
    records = pl.concat(
        [_records("oxygen", {0: 1, 9: 4}), _records("oxygen", {0: 2, 9: 3}, "B"), _records("ph", {10: 7}, "B")]
    )
    found = positions(course_process({"indicator": "oxygen"}), records)
    assert found.filter(pl.col("tag") == "ph")["position"].item() == 3
