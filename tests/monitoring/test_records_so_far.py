"""What the records of a batch hold up to a decision point."""

import polars as pl
import pytest

from pipeline.monitoring.records_so_far import informative, records_so_far, running_at
from tests.support.running_batches import process_with_tags

DAY = 86_400.0


def _records(values: list[float | None], batch: str = "B1", tag: str = "level") -> pl.DataFrame:
    times = [DAY * i for i in range(len(values))]
    return pl.DataFrame(
        {"batch_id": batch, "tag": tag, "time": times, "value": values},
        schema_overrides={"time": pl.Float64, "value": pl.Float64},
    )


def test_records_so_far__are_the_level_now_half_way_and_on_average() -> None:
    found = records_so_far(process_with_tags(), _records([1.0, 2.0, 3.0, 4.0, 100.0]), 72)
    assert found.row(0, named=True) == {
        "batch_id": "B1",
        "level half-way": 2.0,
        "level mean so far": 2.5,
        "level now": 4.0,
    }


def test_records_so_far__read_nothing_from_after_the_decision_point() -> None:
    early = records_so_far(process_with_tags(), _records([1.0, 2.0, 3.0, 4.0]), 72)
    assert early.equals(records_so_far(process_with_tags(), _records([1.0, 2.0, 3.0, 4.0, 9.0, 9.0]), 72))


def test_records_so_far__count_a_sample_only_when_its_result_is_known() -> None:
    found = records_so_far(process_with_tags("36 h"), _records([1.0, 2.0, 3.0, 4.0]), 72)
    assert found["level now"].item() == 2.0


def test_records_so_far__take_the_newest_record_where_none_is_recent() -> None:
    found = records_so_far(process_with_tags(), _records([1.0, 2.0]), 240)
    assert found["level now"].item() == 2.0


def test_records_so_far__leave_out_gaps() -> None:
    found = records_so_far(process_with_tags(), _records([1.0, 2.0, 3.0, None]), 72)
    assert found["level now"].item() == 3.0
    assert records_so_far(process_with_tags(), _records([None, None]), 72).is_empty()


def test_running__batches_have_a_record_at_the_decision_point_or_later() -> None:
    both = pl.concat([_records([1.0] * 4, "B1"), _records([1.0] * 3, "B2")])
    assert running_at(both, 72).to_list() == ["B1"]
    assert running_at(both, 48).to_list() == ["B1", "B2"]


@pytest.mark.parametrize(("known", "varied", "expected"), [(10, 10, True), (6, 6, False), (10, 3, False)])
def test_informative__columns_are_known_for_most_batches_and_differ(known: int, varied: int, expected: bool) -> None:
    values = [float(i % varied) if i < known else None for i in range(10)]
    table = pl.DataFrame({"batch_id": [str(i) for i in range(10)], "level now": values})
    assert informative(table) == (("level now",) if expected else ())


def test_records_so_far__do_not_depend_on_the_order_of_the_records() -> None:
    records = pl.concat([_records([1.0, 5.0, 2.0, 4.0], batch) for batch in ("B1", "B2")])
    found = records_so_far(process_with_tags(), records, 72)
    assert found.equals(records_so_far(process_with_tags(), records.reverse(), 72))
    assert found.equals(records_so_far(process_with_tags(), records.sort("time"), 72))
