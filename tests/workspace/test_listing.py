"""The files that a wheel carries."""

from pathlib import Path

import pytest

from pipeline.workspace.listing import source_files
from tests.conftest import ROOT


def test_source_files__are_options_choices_flow_and_the_example_of_the_virtual_plant() -> None:
    found = {path.as_posix() for path in source_files(ROOT)}
    options = {path.relative_to(ROOT).as_posix() for path in (ROOT / "conf").rglob("*.yaml")}
    assert options < found
    assert {"dvc.yaml", "params.yaml", "data/.gitignore", "data/proposals/mab_to_2000L.yaml"} < found
    assert not {path for path in found if path.startswith("data/raw") or "ledger" in path or "tablets_20mg" in path}


def test_source_files__a_pattern_without_a_file_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"dvc\.yaml"):
        list(source_files(tmp_path))
