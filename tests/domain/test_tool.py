"""What tells one version of the tool from another."""

from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.tool import TOOL, Tool, code_hash, installed_tool, other_tool, read_tool, refuse_other_tool


def _package(folder: Path) -> Path:
    (folder / "stages").mkdir(parents=True)
    (folder / "stages/one.py").write_text("x = 1\n", encoding="utf-8")
    (folder / "page.html.j2").write_text("<p>", encoding="utf-8")
    return folder


def test_code_hash__changes_with_code_and_templates(tmp_path: Path) -> None:
    package = _package(tmp_path / "pipeline")
    before = code_hash(package)
    for file in ("stages/one.py", "page.html.j2", "stages/two.py"):
        (package / file).write_text(f"changed {file}", encoding="utf-8")
        assert code_hash(package) != before, file
        before = code_hash(package)


def test_code_hash__is_the_same_for_a_wheel_an_editable_install_and_after_a_run(tmp_path: Path) -> None:
    package = _package(tmp_path / "pipeline")
    before = code_hash(package)
    for file in ("workspace/files/conf/config.yaml", "stages/__pycache__/one.cpython-311.pyc"):
        (package / file).parent.mkdir(parents=True)
        (package / file).write_text("x", encoding="utf-8")
    assert code_hash(package) == before


def test_tool__a_folder_without_the_file_is_no_workspace(tmp_path: Path) -> None:
    assert read_tool(tmp_path) is None
    assert other_tool(tmp_path) is None


def test_tool__the_installed_one_is_read_back(tmp_path: Path) -> None:
    (tmp_path / TOOL).write_text(installed_tool().as_text(), encoding="utf-8")
    assert read_tool(tmp_path) == installed_tool()
    refuse_other_tool(tmp_path)


def test_tool__another_one_is_a_sentence_that_names_both(tmp_path: Path) -> None:
    (tmp_path / TOOL).write_text(Tool("0.0.9", "ab" * 32).as_text(), encoding="utf-8")
    with pytest.raises(ScalebridgeError) as found:
        refuse_other_tool(tmp_path)
    words = f"The workspace was made for scalebridge 0.0.9 (code abababab), and {installed_tool()} is installed."
    assert str(found.value).startswith(words)
    assert "`scalebridge upgrade`" in str(found.value)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"version": 1}', "\x00"])
def test_tool__a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / TOOL).write_text(text, encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"tool\.json"):
        read_tool(tmp_path)
