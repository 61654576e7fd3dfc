"""A stage called from the command line."""

import json
import sys
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.domain.tool import TOOL, Tool, installed_tool
from pipeline.stages.configure import configure
from pipeline.stages.evaluate import evaluate
from pipeline.stages.features import features
from pipeline.stages.run import run, write_text
from pipeline.stages.split import split
from pipeline.stages.validate import validate
from tests.support.project import copy_of


def _call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["stage", *arguments])


def test_run__gives_the_stage_the_places_under_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stage(places: Places) -> None:
        write_text("{}", places.run)

    _call(monkeypatch, str(tmp_path / "data"))
    run(stage)
    assert json.loads((tmp_path / "data/run.json").read_text(encoding="utf-8")) == {}


@pytest.mark.parametrize("arguments", [(), ("data", "more")])
def test_run__refuses_another_number_of_arguments(monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    _call(monkeypatch, *arguments)
    with pytest.raises(SystemExit, match=f"takes one argument, the data folder; there are {len(arguments)}"):
        run(configure)


def test_run__ends_a_mistake_of_the_user_as_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def stage(places: Places) -> None:
        raise ScalebridgeError(f"{places.features} is not good")

    _call(monkeypatch, "data")
    with pytest.raises(SystemExit, match=r"stage: .*features\.parquet is not good"):
        run(stage)


def test_run__in_a_workspace_of_another_tool_does_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """DVC would note that the tool of `tool.json` made the outputs."""
    called = []

    def stage(places: Places) -> None:
        called.append(places)

    _call(monkeypatch, str(tmp_path / "data"))
    write_text(installed_tool().as_text(), tmp_path / TOOL)
    run(stage)
    write_text(Tool("0.0.1", "00").as_text(), tmp_path / TOOL)
    with pytest.raises(SystemExit, match=r"stage: The workspace was made for scalebridge 0\.0\.1 .*`scalebridge upgrade`"):
        run(stage)
    assert len(called) == 1


STAGES = {"validate": validate, "features": features, "split": split, "evaluate": evaluate}


@pytest.mark.parametrize("damage", ["gone", "half", "folder", "other"])
@pytest.mark.parametrize(
    ("stage", "file"),
    [
        ("validate", "config/process.yaml"),
        ("validate", "sources/rows/batches.parquet"),
        ("features", "history/batches.parquet"),
        ("split", "features.parquet"),
        ("evaluate", "forecasts.parquet"),
    ],
)
def test_run__a_damaged_file_ends_as_a_sentence(
    project: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, file: str, damage: str
) -> None:
    places = copy_of(project, tmp_path)
    data = places.features.parent
    path = data / file
    raw = path.read_bytes()
    path.unlink()
    if damage == "half":
        path.write_bytes(raw[: len(raw) // 2])
    elif damage == "folder":
        path.mkdir()
    elif damage == "other" and path.suffix == ".parquet":
        pl.DataFrame({"x": [1]}).write_parquet(path)
    elif damage == "other":
        path.write_text("x: 1\n", encoding="utf-8")
    _call(monkeypatch, str(data))
    with pytest.raises(SystemExit) as raised:
        run(STAGES[stage])
    said = str(raised.value.code)
    assert said.startswith(f"{stage}: ")
    assert "mistake" not in said
    assert path.name in said or "The tables in data/ do not belong together" in said
    assert "dvc repro" in said or "is not valid" in said or "it has x" in said
