from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.series_store import partitions_of, parts_of
from tests.support.press_series import press_history, write_partitions


def _file(folder: Path) -> str:
    press_history().trajectories.write_parquet(folder / "t.parquet")
    return str(folder / "t.parquet")


def test_parts__hold_all_records_once_and_no_more_than_asked(tmp_path: Path) -> None:
    parts = parts_of([_file(tmp_path)], in_order=True, most=500)
    read = [part.read() for part in parts]
    assert [table.height for table in read] == [480, 480, 480, 240]
    assert [(part.first, part.last) for part in parts] == [("B00", "B01"), ("B02", "B03"), ("B04", "B05"), ("B06", "B06")]
    assert_frame_equal(pl.concat(read), press_history().trajectories)


def test_parts__a_batch_with_more_records_is_read_alone(tmp_path: Path) -> None:
    parts = parts_of([_file(tmp_path)], in_order=True, most=100)
    assert [part.read()["batch_id"].unique().to_list() for part in parts] == [[f"B{n:02d}"] for n in range(7)]


def test_parts__few_records_are_one_part(tmp_path: Path) -> None:
    (part,) = parts_of([_file(tmp_path)], in_order=True)
    assert part.first is None
    assert_frame_equal(part.read(), press_history().trajectories)


def test_partitions__are_folders_and_their_parts_are_sorted(tmp_path: Path) -> None:
    write_partitions(press_history(), tmp_path)
    found = partitions_of(str(tmp_path))
    assert [len(files) for files in found.values()] == [2, 1]
    read = [part.read() for files in found.values() for part in parts_of(files, in_order=False, most=300)]
    assert_frame_equal(pl.concat(read), press_history().trajectories)


def test_partitions__an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match="holds no Parquet file"):
        partitions_of(str(tmp_path))


def test_parts__a_file_without_the_columns_is_refused_by_name(tmp_path: Path) -> None:
    pl.DataFrame({"batch": ["B"]}).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(ScalebridgeError, match=r"t\.parquet cannot be read .*columns batch_id, tag, time, value"):
        parts_of([str(tmp_path / "t.parquet")], in_order=True)


def test_parts__a_damaged_or_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 nothing")
    for name in ("t.parquet", "none.parquet"):
        with pytest.raises(ScalebridgeError, match=f"{name} cannot be read"):
            parts_of([str(tmp_path / name)], in_order=True)
