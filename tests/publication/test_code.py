"""The code that a module uses is found in the source, and a change of one file is named."""

import pytest

from pipeline.publication.code import PACKAGE, changed, files_used_by, hashes_of_code


def test_files__are_those_of_the_imports_and_their_packages() -> None:
    files = files_used_by("pipeline.domain.scale")
    assert "pipeline/domain/scale.py" in files
    assert {"pipeline/__init__.py", "pipeline/domain/__init__.py"} <= set(files)
    assert not [file for file in files if not file.startswith("pipeline/domain") and file != "pipeline/__init__.py"]


def test_files__of_training_hold_no_report_and_no_answer() -> None:
    files = files_used_by("pipeline.stages.train")
    assert {"pipeline/stages/train.py", "pipeline/models/ridge.py"} <= set(files)
    assert not [file for file in files if file.startswith(("pipeline/reports", "pipeline/answers", "pipeline/cli"))]


def test_files__of_a_package_that_is_listed_are_all_of_its_modules() -> None:
    files = files_used_by("pipeline.operations.registry")
    assert {"pipeline/operations/mill.py", "pipeline/operations/bioreactor.py", "pipeline/similarity/milling.py"} <= set(
        files
    )


def test_files__exist(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all((PACKAGE.parent / file).is_file() for file in files_used_by("pipeline.stages.train", "pipeline.cli"))


def test_hashes__name_a_file_that_is_gone() -> None:
    found = hashes_of_code(["pipeline/domain/scale.py", "pipeline/no_such_file.py"])
    assert found["pipeline/no_such_file.py"] == "missing"
    assert len(found["pipeline/domain/scale.py"]) == 64


def test_changed__names_what_differs_and_what_only_one_side_has() -> None:
    assert changed({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}) == ["b", "c"]
    assert changed({"a": "1"}, {"a": "1"}) == []
