"""The dvc.yaml of a workspace is that of the repository with one file in place of the code."""

from typing import Any

import pytest
import yaml

from pipeline.workspace.flow import HEADER, workspace_flow
from tests.conftest import ROOT

TEXT = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
BEFORE: dict[str, Any] = yaml.safe_load(TEXT)
AFTER: dict[str, Any] = yaml.safe_load(workspace_flow(TEXT))


def _without_deps(stage: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in stage.items() if key != "deps"}


def test_flow__keeps_all_but_the_dependencies() -> None:
    assert list(AFTER["stages"]) == list(BEFORE["stages"])
    for name, stage in BEFORE["stages"].items():
        assert _without_deps(AFTER["stages"][name]) == _without_deps(stage), name
    assert {key: value for key, value in AFTER.items() if key != "stages"} == {
        key: value for key, value in BEFORE.items() if key != "stages"
    }


@pytest.mark.parametrize("name", BEFORE["stages"])
def test_flow__one_file_stands_for_the_code_of_each_stage(name: str) -> None:
    before, after = BEFORE["stages"][name]["deps"], AFTER["stages"][name]["deps"]
    assert after == [path for path in before if path.split("/")[0] != "pipeline"] + ["tool.json"]
    assert len(after) < len(before) + 1


def test_flow__code_is_the_package_and_not_a_folder_with_a_similar_name() -> None:
    stage = {"cmd": "x", "deps": ["pipeline", "pipeline_data/a.csv", "data/pipeline/b.csv"], "outs": ["c"]}
    made = yaml.safe_load(workspace_flow(yaml.safe_dump({"stages": {"one": stage}})))
    assert made["stages"]["one"]["deps"] == ["pipeline_data/a.csv", "data/pipeline/b.csv", "tool.json"]


def test_flow__a_stage_that_needs_no_code_gets_no_file_of_the_tool() -> None:
    stage = {"cmd": "x", "deps": ["a"], "outs": ["b"]}
    text = workspace_flow(yaml.safe_dump({"stages": {"one": stage}}))
    assert text.startswith(HEADER)
    assert yaml.safe_load(text)["stages"]["one"] == stage
