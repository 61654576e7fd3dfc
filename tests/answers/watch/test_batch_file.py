"""A batch without a batch record: its plan is a proposal, its series are files beside the YAML file."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.watch.batch_file import is_batch_file, read_batch_file
from pipeline.answers.watch.raw_batch import SeriesFiles
from pipeline.answers.watch.running import Clock, RunningBatch
from pipeline.domain.errors import ScalebridgeError
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.pot import definition
from tests.support.project import PROPOSAL
from tests.support.trained_pot import trained_run

START = {"role": "identifier", "kind": "date", "horizon": "plan", "description": "x"}
SERIES = {"role": "CPP", "horizon": "in_process", "description": "x", "unit": "degC"}


def run_with_series() -> PredictingRun:
    """The trained pot, whose process has two sources of series as well."""
    made = definition()
    column = {"source": "batches", "column": "start", "date": {"format": "%Y-%m-%d %H:%M"}}
    long = {"gives": "trajectories", "files": ["h.csv"], "batch": "b", "time": "at", "time_format": "%Y-%m-%d %H:%M"}
    made["sources"] |= {
        "historian": {**long, "tag": "tag", "value": "v", "tags": {"TI": "heat"}},
        "lab": {**long, "files": ["s.csv"]},
    }
    made["attributes"] |= {
        "heat": SERIES,
        "start": {**START, "column": column},
        "cells": {**SERIES, "unit": "", "column": "lab.cells"},
    }
    return replace(trained_run(), process=process_of(made | {"started": "start"}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(PROPOSAL), encoding="utf-8")
    (tmp_path / "series").mkdir()
    rows = ["b,tag,at,v", *(f"{b},TI,2024-03-20 {h:02d}:00,{36 + h / 10}" for b in ("X1", "X2") for h in range(6, 12))]
    (tmp_path / "series/h.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "series/s.csv").write_text("b,at,cells\nX1,2024-03-20 10:00,7\n", encoding="utf-8")
    return tmp_path


GIVEN: PlainData = {
    "process": "pot",
    "batch": "X1",
    "proposal": "plan.yaml",
    "series": {"historian": ["series/h.csv"]},
    "started": "2024-03-20 08:00",
}


def read(folder: Path, **changes: object) -> RunningBatch:
    path = folder / "x1.yaml"
    path.write_text(yaml.safe_dump({k: v for k, v in (GIVEN | changes).items() if v is not None}), encoding="utf-8")
    return read_batch_file(path, run_with_series(), SeriesFiles())


def test_read_batch_file__gives_plan_and_records_of_the_batch_alone(folder: Path) -> None:
    found = read(folder)
    assert (found.batch, found.product) == ("X1", "P")
    assert found.row.select("batch_id", "equipment", "agitation").rows() == [("X1", "B", 1.0)]
    assert found.records["time"].to_list() == [0.0, 3600.0, 7200.0, 10800.0]
    assert found.clock == Clock(__import__("datetime").datetime(2024, 3, 20, 8), utc=False)


def test_read_batch_file__reads_several_sources(folder: Path) -> None:
    found = read(folder, series={"historian": ["series/h.csv"], "lab": ["series/s.csv"]})
    assert found.records.filter(tag="cells").select("time", "value").rows() == [(7200.0, 7.0)]


def test_read_batch_file__reads_a_file_outside_of_its_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "h.csv"
    elsewhere.write_bytes((folder / "series/h.csv").read_bytes())
    assert read(folder, series={"historian": [str(elsewhere)]}).records.height == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"process": "tablets"}, "is about process 'tablets', the published run was trained on 'pot'"),
        ({"batch": "X9"}, "the series hold no record of batch 'X9'"),
        (
            {"series": {"balance": ["series/h.csv"]}},
            "series names the source 'balance'; sources of series are historian, lab",
        ),
        ({"series": {"batches": ["series/h.csv"]}}, "series names the source 'batches'"),
        ({"series": {"historian": ["gone.csv"]}}, r"gone\.csv is not a file; correct the path"),
        ({"series": {}}, "x1.yaml is not valid"),
        ({"started": None}, r"no record of batch 'X1' can be used: the batch has no start \('start'\)"),
        ({"started": "soon"}, "'soon' is no time; write for example"),
        ({"started": "2024-03-20T08:00+01:00"}, "has a time zone"),
        ({"proposal": "gone.yaml"}, r"gone\.yaml"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_read_batch_file__what_is_wrong_is_a_sentence(folder: Path, changes: PlainData, words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        read(folder, **changes)


@pytest.mark.parametrize(("name", "is_file"), [("x.yaml", True), ("X.YML", True), ("B-017", False), ("x.yaml.2", False)])
def test_is_batch_file__by_the_ending(name: str, is_file: bool) -> None:
    assert is_batch_file(name) is is_file
