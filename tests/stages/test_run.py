"""A stage called from the command line."""

import json
import sys
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.stages.configure import configure
from pipeline.stages.run import run, write_text


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
