"""The canonical tables are read back as they were written."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.left_out import LeftOutBatch
from pipeline.domain.tables import Deviations, empty
from pipeline.history.store import read_history, read_left_out
from tests.support.pot import history

TABLES = ("batches", "results", "lots", "genealogy", "trajectories")


def test_read_history__gives_every_table_as_it_was(tmp_path: Path) -> None:
    tables = history()
    for name in TABLES:
        getattr(tables, name).write_parquet(tmp_path / f"{name}.parquet")
    found = read_history(tmp_path)
    for name in TABLES:
        assert getattr(found, name).equals(getattr(tables, name)), name


def test_read_history__before_the_pipeline_has_run_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"history does not exist; run `dvc repro` first"):
        read_history(tmp_path / "history")


def test_read_history__without_the_records_of_the_sensors_needs_no_file_of_them(tmp_path: Path) -> None:
    tables = history()
    for name in TABLES[:-1]:
        getattr(tables, name).write_parquet(tmp_path / f"{name}.parquet")
    found = read_history(tmp_path, records=False)
    assert found.trajectories.equals(tables.trajectories)
    assert found.batches.equals(tables.batches)


def test_read_history__of_a_run_without_a_table_of_deviations_has_none(tmp_path: Path) -> None:
    tables = history()
    for name in TABLES:
        getattr(tables, name).write_parquet(tmp_path / f"{name}.parquet")
    assert read_history(tmp_path).deviations.equals(empty(Deviations))


def test_read_history__gives_the_deviations_that_a_log_states(tmp_path: Path) -> None:
    tables = history()
    for name in TABLES:
        getattr(tables, name).write_parquet(tmp_path / f"{name}.parquet")
    stated = [{"batch_id": "B1", "cause": "pump", "began": 24.0, "available_at": None}]
    stored = pl.DataFrame(stated, schema=empty(Deviations).schema)
    stored.write_parquet(tmp_path / "deviations.parquet")
    assert read_history(tmp_path, records=False).deviations.equals(stored)


def test_read_left_out__has_the_step_of_each_batch_and_none_in_an_older_run(tmp_path: Path) -> None:
    rows = pl.DataFrame(
        {"batch_id": ["7", "7", "7"], "step": ["culture", "culture", "fill"], "source": ["a", "b", "c"], "who": "QA"}
        | {"when": date(2024, 5, 1), "why": "water"}
    )
    rows.write_parquet(tmp_path / "left_out.parquet")
    of_step = [LeftOutBatch("7", "QA", date(2024, 5, 1), "water", step) for step in ("culture", "fill")]
    assert list(read_left_out(tmp_path).batches) == of_step
    rows.drop("step").write_parquet(tmp_path / "left_out.parquet")
    assert list(read_left_out(tmp_path).batches) == [LeftOutBatch("7", "QA", date(2024, 5, 1), "water")]
