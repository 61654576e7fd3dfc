"""Text files that people write with any editor."""

import os
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.reading.text_file import read_text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_read_text__reads_what_says_its_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.yaml").write_bytes("title: Prüfung\n".encode(encoding))
    assert read_text(tmp_path / "a.yaml") == "title: Prüfung\n"


def test_read_text__names_line_column_and_encoding_of_an_undecodable_byte(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("name: case\r\ntitle: Prüfung\r\n".encode("cp1252"))
    with pytest.raises(
        ScalebridgeError, match=r"a\.yaml, line 2, column 10: the byte 0xFC .* cp1252 it is 'ü'.*encoding UTF-8"
    ):
        read_text(tmp_path / "a.yaml")


def test_read_text__refuses_what_is_no_file_and_what_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(ScalebridgeError, match=r"folder\.yaml is a folder, not a file"):
        read_text(tmp_path / "folder.yaml")
    with pytest.raises(ScalebridgeError, match=r"nowhere\.yaml does not exist"):
        read_text(tmp_path / "nowhere.yaml")
    (tmp_path / "large.yaml").write_bytes(b"#" * 2_000_000)
    with pytest.raises(ScalebridgeError, match=r"large\.yaml has 2,000,000 bytes; .* at most 1,000,000"):
        read_text(tmp_path / "large.yaml")
    with pytest.raises(ScalebridgeError, match=r"is no path of a file"):
        read_text(tmp_path / "a\0b.yaml")
    with pytest.raises(ScalebridgeError, match=r"cannot be read: File name too long"):
        read_text(tmp_path / ("a" * 300))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with a name")
def test_read_text__does_not_wait_for_a_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(ScalebridgeError, match="is a device, not a file"):
        read_text(tmp_path / "pipe.yaml")
