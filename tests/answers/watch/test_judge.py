"""The judge of a published run: its monitor, and its models of the quality ahead where it has some."""

from functools import cache
from pathlib import Path
from typing import cast

import polars as pl
import pytest

from pipeline.answers.watch import judge
from pipeline.answers.watch.judge import RunJudge, read_judge
from pipeline.answers.watch.quality import quality_ahead
from pipeline.answers.watch.running import RunningBatch
from pipeline.domain.errors import ScalebridgeError
from pipeline.monitoring.monitor import Monitor
from pipeline.monitoring.outlook_model import OutlookModel
from pipeline.publication.runs import current_run
from tests.support.running_batches import RunningBatches, running_batches, trained_outlook
from tests.support.watched_project import watched_project

NO_MONITOR = cast(Monitor, None)


@cache
def _trained() -> tuple[RunningBatches, OutlookModel]:
    made = running_batches(lag="4 h")
    return made, trained_outlook(made)


def _running(made: RunningBatches) -> RunningBatch:
    row = made.rows[3]
    batch = str(row["batch_id"][0])
    return RunningBatch(batch, "P", row, made.records.filter(pl.col("batch_id") == batch), None, None)


@pytest.mark.parametrize(("hours", "points"), [(71.0, []), (72.0, [72.0]), (200.0, [72.0, 168.0])])
def test_outlook__is_shown_at_each_decision_point_so_far(hours: float, points: list[float]) -> None:
    made, model = _trained()
    (found,) = quality_ahead(made.process, RunJudge(NO_MONITOR, model), _running(made), hours)
    assert [one.hours for one in found.chances] == [0.0, *points]
    assert (found.now is None) is (points == [])
    assert found.decision_point == (points[-1] if points else None)


def test_outlook__narrows_where_the_records_say_something() -> None:
    made, model = _trained()
    (found,) = quality_ahead(made.process, RunJudge(NO_MONITOR, model), _running(made), 200.0)
    assert found.now is not None
    assert found.now.upper - found.now.lower < found.plan.upper - found.plan.lower


def test_outlook__without_models_of_the_quality_is_empty() -> None:
    made, _ = _trained()
    assert quality_ahead(made.process, RunJudge(NO_MONITOR, None), _running(made), 200.0) == ()


def test_read_judge__of_a_run_without_monitor_is_a_sentence(tmp_path: Path) -> None:
    places = watched_project(tmp_path)
    with pytest.raises(ScalebridgeError, match="There is no trained monitor in"):
        read_judge(current_run(places))


def test_read_judge__reads_the_quality_ahead_only_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = watched_project(tmp_path)
    monkeypatch.setattr(judge, "load_monitor", lambda folder, process: NO_MONITOR)
    found = read_judge(current_run(places))
    assert isinstance(found, RunJudge)
    assert (found.model, list(found.decision_points), found.level) == (None, [], 0.9)
