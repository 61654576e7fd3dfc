"""False alarms, deviations found, delays and causes, in numbers."""

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest

from pipeline.assessment.monitoring_scores import (
    HIDDEN,
    LOGGED,
    SCHEMA,
    _alarms_without_itself,
    monitoring_metrics,
    monitoring_table,
)
from pipeline.history.tables import DEVIATION
from tests.support.small_courses import LOG, watched


def _table() -> pl.DataFrame:
    """Return a table of five hidden batches and four logged ones, by hand."""
    hidden = [{"batch_id": f"B{i}", "role": HIDDEN, "shift": "next_batch", "largest": 0.5, "alarm": i == 0, "suspected": i < 2}
              for i in range(4)]  # fmt: skip
    hidden.append({"batch_id": "B4", "role": HIDDEN, "shift": "new_scale", "largest": 2.0, "alarm": True, "suspected": False})
    logged = [("C0", "pump", True, "pump", "leak", 2.0), ("C1", "pump", True, "leak", "pump", 6.0),
              ("C2", "pump", False, None, None, None), ("C3", "leak", True, "unknown", None, None)]  # fmt: skip
    of_log = [
        {"batch_id": b, "role": LOGGED, "shift": "next_batch", "largest": 1.0, "alarm": a, "cause": c, "named": n, "second": s,
         "delay": d}
        for b, c, a, n, s, d in logged
    ]  # fmt: skip
    return pl.DataFrame([*hidden, *of_log], schema=SCHEMA)


def test_metrics__of_hidden_batches_are_shares_of_each_kind() -> None:
    found = monitoring_metrics(_table())
    assert found["next_batch"]["normal"] == {"batches": 4, "false_alarms": 0.25, "suspected": 0.5}
    assert found["new_scale"]["normal"] == {"batches": 1, "false_alarms": 1, "suspected": 0}


def test_metrics__of_logged_deviations_are_of_each_cause_and_of_all() -> None:
    found = monitoring_metrics(_table())[LOGGED]
    assert list(found) == ["all", "leak", "pump"]
    assert found["pump"] == {
        "batches": 3,
        "found": pytest.approx(2 / 3),
        "right_cause": 0.5,
        "right_cause_among_two": 1,
        "median_delay_hours": 4,
    }
    assert found["leak"] == {"batches": 1, "found": 1, "right_cause": 0, "right_cause_among_two": 0}
    assert found["all"]["found"] == 0.75


def test_metrics__of_an_empty_table_are_none() -> None:
    assert monitoring_metrics(pl.DataFrame(schema=SCHEMA)) == {}


def test_metrics__of_a_cause_that_raised_no_alarm_state_no_delay() -> None:
    found = monitoring_metrics(_table().filter(pl.col("batch_id") == "C2"))
    assert found == {LOGGED: {"all": {"batches": 1, "found": 0}, "pump": {"batches": 1, "found": 0}}}


def test_alarm__of_a_hidden_batch_is_judged_without_itself() -> None:
    """The largest of 20 is above all others, so it is an alarm although the limit 1 comes from it."""
    largest = np.linspace(0.1, 1.0, 20)
    none = np.zeros(20, dtype=bool)
    assert np.flatnonzero(_alarms_without_itself(largest, none, 0.05)).tolist() == [19]
    assert _alarms_without_itself(np.array([1.5]), none[:1], 0.05) == [True]


@cache
def _of_watched() -> pl.DataFrame:
    made, trained = watched()
    began = [{"batch_id": batch, "cause": cause, "began": float(fault.hour)} for batch, (cause, fault) in LOG.items()]
    twice = [*began, began[0] | {"cause": "leak", "began": 50.0}]
    return monitoring_table(trained, made.rows, made.records, pl.DataFrame(twice, schema=DEVIATION))


def test_table__has_a_row_per_hidden_batch_and_per_logged_deviation() -> None:
    table = _of_watched()
    assert dict(table.schema) == SCHEMA
    assert table.filter(pl.col("role") == HIDDEN).height == 30
    logged = table.filter(pl.col("role") == LOGGED).sort("batch_id")
    assert logged["batch_id"].to_list() == list(LOG)
    assert logged["cause"].to_list() == [cause for cause, _ in LOG.values()]


def test_table__finds_the_logged_deviations_and_names_their_causes_by_the_others() -> None:
    logged = _of_watched().filter(pl.col("role") == LOGGED)
    assert logged["alarm"].all()
    assert logged.select((pl.col("named") == pl.col("cause")).mean()).item() >= 5 / 6
    assert logged.select((pl.col("alarm_hours") - pl.col("began") - pl.col("delay")).abs().max()).item() == 0


def test_table__the_delay_counts_from_the_deviation_whose_cause_is_stated() -> None:
    logged = _of_watched().filter(pl.col("role") == LOGGED).sort("batch_id")
    assert logged["began"].to_list() == [float(fault.hour) for _, fault in LOG.values()]
    assert logged["delay"].is_between(0, 8).all()


def test_table__has_few_false_alarms() -> None:
    hidden = _of_watched().filter(pl.col("role") == HIDDEN)
    assert hidden["alarm"].mean() <= 0.1  # type: ignore[operator]


def test_table__without_a_log_has_hidden_batches_alone() -> None:
    made, trained = watched()
    quiet = replace(trained, logged={}, patterns={})
    table = monitoring_table(quiet, made.rows, made.records, pl.DataFrame(schema=DEVIATION))
    assert table["role"].unique().to_list() == [HIDDEN]


def test_table__of_a_deviation_without_a_beginning_has_no_delay() -> None:
    made, trained = watched()
    began = [{"batch_id": batch, "cause": cause, "began": None} for batch, (cause, _) in LOG.items()]
    table = monitoring_table(trained, made.rows, made.records, pl.DataFrame(began, schema=DEVIATION))
    logged = table.filter(pl.col("role") == LOGGED)
    assert logged["delay"].null_count() == len(LOG)
    assert logged["alarm_hours"].null_count() == 0
