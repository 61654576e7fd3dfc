"""The record of the files that the tool gave."""

from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.workspace.record import RECORD, hash_of_text_file, read_record, record_of, write_record


def test_record__is_read_back_and_not_written_twice(tmp_path: Path) -> None:
    record = record_of({"b": b"2", "a": b"1"})
    write_record(tmp_path, record)
    before = (tmp_path / RECORD).stat().st_mtime_ns
    write_record(tmp_path, record)
    assert (tmp_path / RECORD).stat().st_mtime_ns == before
    assert read_record(tmp_path) == record


def test_record__a_file_with_the_line_ends_of_windows_is_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1\r\n2\r\n")
    assert hash_of_text_file(tmp_path / "a") == record_of({"a": b"1\n2\n"}).files["a"]
    assert hash_of_text_file(tmp_path / "b") is None


@pytest.mark.parametrize("text", [None, "", "{}", '{"files": 1}'])
def test_record__a_missing_or_damaged_one_is_named(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / RECORD).write_text(text, encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"\.scalebridge\.json"):
        read_record(tmp_path)
