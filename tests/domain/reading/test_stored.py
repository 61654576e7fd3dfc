"""Files that the program wrote, damaged afterwards."""

from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.reading.stored import read_json, read_table

TABLE = pl.DataFrame({"batch": ["B1", "B2"], "titre": [1.0, None]})


def test_read_table__reads_all_columns_or_some(tmp_path: Path) -> None:
    TABLE.write_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").equals(TABLE)
    assert read_table(tmp_path / "t.parquet", ["titre"]).columns == ["titre"]
    with pytest.raises(ScalebridgeError, match=r"t\.parquet lacks one of the columns purity"):
        read_table(tmp_path / "t.parquet", ["purity"])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_read_table__a_half_written_file_is_a_sentence(tmp_path: Path, share: float) -> None:
    path = tmp_path / "t.parquet"
    TABLE.write_parquet(path)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(
        ScalebridgeError, match=r"t\.parquet is not a Parquet file that can be read.*delete it, then run `dvc repro`"
    ):
        read_table(path)


def test_read_table__a_missing_file_and_a_folder_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"t\.parquet does not exist; run `dvc repro` first"):
        read_table(tmp_path / "t.parquet")
    (tmp_path / "t.parquet").mkdir()
    with pytest.raises(ScalebridgeError, match=r"t\.parquet is a folder, not a file"):
        read_table(tmp_path / "t.parquet")


@pytest.mark.parametrize(
    "content", [b"", b'{"a": ', b'{"a": NaN}', b'{"a": Infinity}', b"[" * 100_000, b"\xff\xfe\x00", b"9" * 5000]
)
def test_read_json__a_damaged_file_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(ScalebridgeError, match=r"a\.json is not JSON \(.+\); it is damaged or only half written"):
        read_json(tmp_path / "a.json")


def test_read_json__says_what_to_do_about_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"a\.json does not exist; run `dvc repro` first"):
        read_json(tmp_path / "a.json")
