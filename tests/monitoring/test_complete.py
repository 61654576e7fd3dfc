"""Which batches are complete."""

import polars as pl

from pipeline.monitoring.complete import complete_batches
from tests.conftest import process_of
from tests.support.small_courses import course_definition

ROWS = pl.DataFrame({"batch_id": ["A", "B", "C"], "state": ["done", "running", None]})


def test_complete__without_a_declared_state_are_all_batches() -> None:
    assert complete_batches(process_of(course_definition()), ROWS).height == 3


def test_complete__are_the_batches_whose_state_is_not_that_of_a_running_one() -> None:
    made = course_definition({"running": {"attribute": "state", "are": ["running", "started"]}})
    text = {"role": "context", "horizon": "plan", "kind": "text", "description": "x", "column": "batches.state"}
    made["attributes"]["state"] = text
    assert complete_batches(process_of(made), ROWS)["batch_id"].to_list() == ["A", "C"]
