"""A file is written whole or not at all."""

from pathlib import Path

import pytest

from pipeline.domain.whole_files import append_line, keep_only, write_by, write_whole


def test_write__replaces_a_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a/b.json"
    write_whole(file, "old")
    write_whole(file, b"new")
    assert file.read_bytes() == b"new"
    assert [path.name for path in file.parent.iterdir()] == ["b.json"]


def test_write__that_fails_keeps_the_former_file(tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    write_whole(file, "old")

    def full(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space") as raised:
        write_by(file, full)
    assert raised.value.filename == str(file)
    assert file.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["b.json"]


@pytest.mark.parametrize("before", ["", "one\n", 'one\n{"half": '])
def test_append__removes_an_incomplete_last_line_alone(tmp_path: Path, before: str) -> None:
    file = tmp_path / "ledger.jsonl"
    file.write_text(before, encoding="utf-8")
    append_line(file, "two")
    assert file.read_text(encoding="utf-8") == ("one\ntwo\n" if before else "two\n")


def test_keep_only__deletes_other_files_and_folders(tmp_path: Path) -> None:
    for name in ("kept/x", "gone/x", "file"):
        write_whole(tmp_path / name, "x")
    keep_only(tmp_path, {"kept"})
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
