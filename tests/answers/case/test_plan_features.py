"""The features of a planned batch are those that the table of features has."""

import polars as pl
import pytest

from pipeline.answers.case.plan_features import PlanFeatures
from pipeline.answers.case.proposed_batch import propose
from pipeline.features.table import build
from pipeline.history.tables import History
from tests.support.foaming_pot import foaming_run
from tests.support.pot import history, pot, proposal


def test_plan_features__are_those_of_the_table_of_features() -> None:
    process, tables = pot(), history()
    planned = propose(process, proposal(), tables).history
    assert PlanFeatures(process, tables).row(planned).equals(build(process, planned))


def test_plan_features__of_sensors_are_null_and_in_their_place() -> None:
    run = foaming_run()
    batch = run.history.batches.head(1)
    empty = [
        table.clear() for table in (run.history.results, run.history.lots, run.history.genealogy, run.history.trajectories)
    ]
    planned = History(batch, *empty)
    found, full = PlanFeatures(run.process, run.history).row(planned), build(run.process, planned)
    assert found.equals(full)
    assert found.schema == full.schema
    recorded = [name for name in full.columns if "." in name and full[name].dtype == pl.Float64 and full[name][0] is None]
    assert recorded or not any(operation.tags for operation in run.process.operations.values())


def test_plan_features__make_what_does_not_depend_on_the_batch_once(monkeypatch: pytest.MonkeyPatch) -> None:
    process, tables = pot(), history()
    made = PlanFeatures(process, tables)
    planned = propose(process, proposal(), tables).history
    first = made.row(planned)
    calls = []
    monkeypatch.setattr("pipeline.answers.case.plan_features.build", lambda *given: calls.append(given) or build(*given))
    assert made.row(planned).equals(first)
    assert len(calls) == 1
