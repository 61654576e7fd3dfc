"""A text file is decoded as declared; a file in another encoding, or with an endless line, is refused."""

from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.file_formats import Csv
from pipeline.history.connectors.text import utf8_lines


def lines(folder: Path, content: bytes, form: Csv) -> bytes:
    (folder / "x.csv").write_bytes(content)
    return utf8_lines(folder / "x.csv", form, "x.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le"])
def test_utf8_lines__every_encoding_gives_the_same_text(tmp_path: Path, encoding: str) -> None:
    assert lines(tmp_path, "Prüf;°C\r\n".encode(encoding), Csv(encoding=encoding)) == "Prüf;°C\n".encode()


def test_utf8_lines__an_undecodable_byte_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"x.csv, line 3 is not utf-8: the byte FC cannot be decoded; .*cp1252"):
        lines(tmp_path, b"a\nb\nPr\xfcf\n", Csv())


def test_utf8_lines__a_mark_of_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match="begins with the mark of utf-16, but its encoding is declared as utf-8"):
        lines(tmp_path, "a".encode("utf-16"), Csv())


def test_utf8_lines__utf8_that_is_declared_as_one_byte_per_letter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match="is written in utf-8, but its encoding is declared as cp1252"):
        lines(tmp_path, "Prüf".encode(), Csv(encoding="cp1252"))


def test_utf8_lines__a_line_above_the_limit_is_refused_with_its_number(tmp_path: Path) -> None:
    content = b"a\n" * 3 + b"9" * 3000 + b"\nb\n"
    with pytest.raises(ScalebridgeError, match=r"x.csv, line 4 is longer than 1000 bytes"):
        lines(tmp_path, content, Csv(longest_line=1000))
    assert lines(tmp_path, content, Csv(longest_line=4000)) == content
