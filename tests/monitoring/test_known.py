"""What is known of a running batch at an hour: a sample counts from its result, everything else from its own time."""

import polars as pl
import pytest

from pipeline.monitoring.known import delays, known_at, newest_hour
from tests.conftest import process_of
from tests.support.watched_project import definition, process


def records(*rows: tuple[str, float]) -> pl.DataFrame:
    columns = {"batch_id": ["B"] * len(rows), "tag": [tag for tag, _ in rows], "time": [3600.0 * hour for _, hour in rows]}
    return pl.DataFrame(
        {**columns, "value": [1.0] * len(rows)},
        schema={"batch_id": pl.String, "tag": pl.String, "time": pl.Float64, "value": pl.Float64},
    )


@pytest.mark.parametrize(("hours", "tags"), [(5.9, []), (6.0, ["temperature_series"]), (9.9, ["temperature_series"])])
def test_known_at__a_sample_waits_for_its_result(hours: float, tags: list[str]) -> None:
    found = known_at(process(), records(("temperature_series", 6.0), ("cells", 6.0)), hours)
    assert found["tag"].to_list() == tags


def test_known_at__a_result_is_known_at_the_end_of_its_lag() -> None:
    found = known_at(process(), records(("temperature_series", 6.0), ("cells", 6.0)), 10.0)
    assert set(found["tag"]) == {"temperature_series", "cells"}


def test_known_at__keeps_tags_that_the_process_does_not_define() -> None:
    assert known_at(process(), records(("torque", 1.0)), 1.0).height == 1


def test_known_at__rounding_of_seconds_hides_no_record() -> None:
    found = records(("temperature_series", 0.1)).with_columns(time=pl.lit(0.1 + 0.2) * 3600)
    assert known_at(process(), found, 0.3).height == 1


def test_known_at__reads_categories_as_well() -> None:
    found = records(("cells", 6.0), ("temperature_series", 6.0)).cast({"tag": pl.Categorical})
    assert known_at(process(), found, 7.0)["tag"].to_list() == ["temperature_series"]


def test_delays__the_lag_of_the_whole_process_is_that_of_results_after_the_end() -> None:
    made = process_of(definition() | {"result_lag": "4 weeks"})
    assert delays(made) == {"cells": 4 * 3600.0}


def test_newest_hour__is_that_of_the_series_while_a_sample_waits() -> None:
    assert newest_hour(process(), records(("temperature_series", 20.0), ("cells", 18.0))) == 20.0


def test_newest_hour__of_samples_alone_is_when_the_last_result_was_known() -> None:
    assert newest_hour(process(), records(("cells", 6.0), ("cells", 30.0))) == 34.0


def test_newest_hour__without_records_is_none() -> None:
    assert newest_hour(process(), records()) is None
