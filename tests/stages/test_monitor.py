"""The stage `monitor`: the monitor, its scores, and the reason where no batch can be watched."""

import json
from pathlib import Path

import polars as pl
import pytest
import yaml

from pipeline.domain.config_files import as_json
from pipeline.domain.errors import ClusterError, ScalebridgeError
from pipeline.domain.places import Places
from pipeline.engine.address import VARIABLE
from pipeline.history.tables import DEVIATION
from pipeline.monitoring.file_format import load_monitor
from pipeline.monitoring.judging import judge
from pipeline.stages.monitor import monitor
from tests.support.definitions import PlainData
from tests.support.small_courses import COURSE, LOG, SmallCourses, course_definition, course_process, small_courses

QUICK = {"ahead": {"fast": 0.035, "middle": 0.1}, "window": 0.07, "trees": 10, "points": 1000, "folds": 2}


def _project(folder: Path, made: SmallCourses, definition: PlainData, deviations: pl.DataFrame) -> Places:
    """Write what the stage reads."""
    places = Places.under(folder / "data")
    for path in (places.config, places.history):
        path.mkdir(parents=True)
    for key, value in {"process": definition, "monitoring": QUICK, "seed": 1}.items():
        (places.config / f"{key}.yaml").write_text(yaml.safe_dump({key: value}), encoding="utf-8")
    empty = pl.DataFrame(schema={"batch_id": pl.String})
    tables = {"batches": made.rows, "results": empty, "lots": empty, "genealogy": empty, "trajectories": made.records}
    for name, table in (tables | {"deviations": deviations}).items():
        table.write_parquet(places.history / f"{name}.parquet")
    made.rows.write_parquet(places.features)
    return places


def _logged() -> pl.DataFrame:
    rows = [{"batch_id": batch, "cause": cause, "began": float(fault.hour)} for batch, (cause, fault) in LOG.items()]
    return pl.DataFrame(rows, schema=DEVIATION)


def test_stage__writes_a_monitor_and_its_scores(tmp_path: Path) -> None:
    made = small_courses(36, changed={batch: fault for batch, (_, fault) in LOG.items()})
    places = _project(tmp_path, made, course_definition(), _logged())
    monitor(places)
    metrics = json.loads(places.monitoring_metrics.read_text(encoding="utf-8"))
    assert metrics["next_batch"]["normal"]["batches"] == 30
    assert metrics["logged"]["all"] == metrics["logged"]["all"] | {"batches": 6, "found": 1}
    assert pl.read_parquet(places.monitoring).height == 36
    assert {path.name for path in places.monitoring_plots.iterdir()} == {"false_alarms.png", "delays.png"}
    assert (places.made / "monitor.json").is_file()
    loaded = load_monitor(places.monitor, course_process())
    assert judge(loaded, *made.of("B000"), 40).status == "as_expected"


def test_stage__of_a_process_without_series_stores_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = small_courses(14)
    bare = SmallCourses(made.process, made.rows, made.records.clear())
    places = _project(tmp_path, bare, course_definition(), pl.DataFrame(schema=DEVIATION))
    monitor(places)
    assert "No batch can be watched: Process 'broth' has no values over time" in capsys.readouterr().out
    assert as_json({}) == places.monitoring_metrics.read_text(encoding="utf-8")
    assert pl.read_parquet(places.monitoring).is_empty()
    assert list(places.monitoring_plots.iterdir()) == []
    with pytest.raises(ScalebridgeError, match="No batch can be watched: Process 'broth' has no values over time"):
        load_monitor(places.monitor, course_process())


def test_stage__learns_nothing_from_a_batch_that_still_runs(tmp_path: Path) -> None:
    made = small_courses(16)
    state = pl.when(pl.col("batch_id") == "B003").then(pl.lit("runs")).otherwise(pl.lit("done")).alias("state")
    definition = course_definition({**COURSE, "running": {"attribute": "state", "are": ["runs"]}})
    text = {"role": "context", "horizon": "plan", "kind": "text", "description": "x", "column": "batches.state"}
    definition["attributes"]["state"] = text
    running = SmallCourses(made.process, made.rows.with_columns(state), made.records)
    places = _project(tmp_path, running, definition, pl.DataFrame(schema=DEVIATION))
    monitor(places)
    about = json.loads((places.monitor / "about.json").read_text(encoding="utf-8"))
    assert len(about["trained_on"]) == 15
    assert "B003" not in about["trained_on"]


def test_stage__a_cluster_that_cannot_be_used_is_no_reason_of_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = _project(tmp_path, small_courses(14), course_definition(), pl.DataFrame(schema=DEVIATION))
    monkeypatch.setenv(VARIABLE, "no address")
    with pytest.raises(ClusterError, match="holds no address of a Dask scheduler"):
        monitor(places)
    assert not places.monitoring_metrics.exists()
    assert list(places.monitor.iterdir()) == []
