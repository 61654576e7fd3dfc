"""The snapshot of a source: what a pull adds, what it replaces, and what a killed pull leaves."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.snapshots.manifest import require_manifest
from pipeline.history.snapshots.reading import snapshot_files
from pipeline.history.snapshots.store import Added, Rule, Unchanged, open_snapshot
from tests.support.pulled import BY_CHANGE, add, live

START = datetime(2024, 3, 1, tzinfo=UTC)


def table(*rows: tuple[int, int, float]) -> pl.DataFrame:
    """Rows of id, hour of the last change, and value."""
    return pl.DataFrame(
        {
            "id": [row[0] for row in rows],
            "changed": [START + timedelta(hours=row[1]) for row in rows],
            "value": [row[2] for row in rows],
        },
        schema={"id": pl.Int64, "changed": pl.Datetime("us", "UTC"), "value": pl.Float64},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "plant" / "lab"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_add__writes_one_file_and_the_manifest(folder: Path) -> None:
    found = add(folder, [table((1, 0, 1.0)), table((2, 1, 2.0))], BY_CHANGE)
    assert isinstance(found, Added)
    assert (found.rows, found.replaced, found.total) == (2, 0, 2)
    manifest = require_manifest(folder)
    assert files(folder) == [found.file, "manifest.json"]
    assert manifest.highest == "2024-03-01T01:00:00.000000+00:00"
    assert pl.read_parquet(snapshot_files(folder)[0]).equals(table((1, 0, 1.0), (2, 1, 2.0)))


def test_add__of_the_same_rows_adds_nothing(folder: Path) -> None:
    first = table((1, 0, 1.0), (2, 1, float("nan")))
    add(folder, first, BY_CHANGE)
    before = (folder / "manifest.json").read_bytes()
    assert add(folder, first, BY_CHANGE) == Unchanged(2)
    assert add(folder, first[1:], BY_CHANGE) == Unchanged(2)
    assert add(folder, first.clear(), BY_CHANGE) == Unchanged(2)
    assert (folder / "manifest.json").read_bytes() == before
    assert len(files(folder)) == 2


def test_add__of_all_rows_in_another_order_adds_nothing(folder: Path) -> None:
    rows = table((1, 0, 1.0), (2, 1, 2.0), (2, 1, 2.0))
    add(folder, rows)
    assert add(folder, rows.reverse()) == Unchanged(3)
    assert isinstance(add(folder, table((1, 0, 1.0), (1, 0, 1.0), (2, 1, 2.0))), Added)


def test_add__a_corrected_row_replaces_its_former_version(folder: Path) -> None:
    add(folder, table((1, 0, 1.0), (2, 1, 2.0), (3, 2, 3.0)), BY_CHANGE)
    found = add(folder, table((3, 2, 3.0), (1, 5, 1.5), (4, 6, 4.0)), BY_CHANGE)
    assert isinstance(found, Added)
    assert (found.rows, found.replaced, found.total) == (2, 1, 4)
    manifest = require_manifest(folder)
    assert live(folder, manifest).sort("id").equals(table((1, 5, 1.5), (2, 1, 2.0), (3, 2, 3.0), (4, 6, 4.0)))
    add(folder, table((1, 7, 1.75)), BY_CHANGE)
    assert live(folder, require_manifest(folder)).filter(id=1)["value"].to_list() == [1.75]


def test_add__keeps_the_newest_version_within_one_pull(folder: Path) -> None:
    found = add(folder, table((1, 0, 1.0), (1, 3, 1.5), (2, 0, 2.0), (2, 0, 2.0)), BY_CHANGE)
    assert isinstance(found, Added)
    assert (found.rows, found.older) == (2, 2)
    assert live(folder, require_manifest(folder)).equals(table((1, 3, 1.5), (2, 0, 2.0)))


def test_add__two_values_of_one_key_at_one_time_are_refused(folder: Path) -> None:
    with pytest.raises(ScalebridgeError, match="same key and the same 'changed', and other values, such as those with id 1"):
        add(folder, table((1, 0, 1.0), (1, 0, 2.0)), BY_CHANGE)
    assert files(folder) == []


def test_add__of_all_rows_takes_the_place_of_earlier_files(folder: Path) -> None:
    add(folder, table((1, 0, 1.0), (2, 1, 2.0)))
    found = add(folder, table((2, 1, 2.0)))
    assert isinstance(found, Added)
    assert (found.rows, found.replaced, found.total) == (1, 2, 1)
    manifest = require_manifest(folder)
    assert [one.counts for one in manifest.files] == [False, True]
    assert [path.name for path in snapshot_files(folder)] == [found.file]
    assert isinstance(add(folder, table((1, 0, 1.0), (2, 1, 2.0))), Added)


def test_add__all_rows_again_of_a_changed_query_are_a_new_file(folder: Path) -> None:
    add(folder, table((1, 0, 1.0)))
    assert isinstance(add(folder, table((1, 0, 1.0)), what="SELECT * FROM lab"), Added)
    assert add(folder, table((1, 0, 1.0)), what="SELECT * FROM lab") == Unchanged(1)


def test_add__rows_without_watermark_or_key_are_counted_and_refused(folder: Path) -> None:
    rows = table((1, 0, 1.0), (2, 1, 2.0))
    with pytest.raises(ScalebridgeError, match="1 of 2 rows have no value of 'changed', the watermark"):
        add(folder, rows.with_columns(changed=pl.when(pl.col("id") == 1).then("changed")), BY_CHANGE)
    with pytest.raises(ScalebridgeError, match="1 of 2 rows have no value of 'id', a part of the key"):
        add(folder, rows.with_columns(id=pl.when(pl.col("id") == 1).then("id")), BY_CHANGE)


def test_add__a_watermark_in_the_future_is_refused(folder: Path) -> None:
    rows = table((1, 0, 1.0)).with_columns(changed=pl.lit(datetime(2999, 1, 1, tzinfo=UTC)))
    with pytest.raises(ScalebridgeError, match="more than a day ahead of the clock of this machine"):
        add(folder, rows, BY_CHANGE)


def test_add__other_columns_are_refused_and_all_rows_anew_are_not(folder: Path) -> None:
    add(folder, table((1, 0, 1.0)), BY_CHANGE)
    wider = table((2, 1, 2.0)).with_columns(unit=pl.lit("g"))
    with pytest.raises(ScalebridgeError, match=r"'unit' is String and was missing.*--full"):
        add(folder, wider, BY_CHANGE)
    assert isinstance(add(folder, wider, Rule(("id",), "changed", whole=True)), Added)


def test_add__lists_are_refused(folder: Path) -> None:
    with pytest.raises(ScalebridgeError, match="Column 'value' holds lists or groups of values"):
        add(folder, table((1, 0, 1.0)).with_columns(value=pl.lit([1.0, 2.0])))


def test_add__what_fails_in_the_middle_leaves_nothing(folder: Path) -> None:
    add(folder, table((1, 0, 1.0)), BY_CHANGE)
    before = {name: (folder / name).read_bytes() for name in files(folder)}

    def broken() -> Iterator[pl.DataFrame]:
        yield table((2, 1, 2.0))
        raise ScalebridgeError("the connection broke")

    with pytest.raises(ScalebridgeError, match="the connection broke"):
        add(folder, broken(), BY_CHANGE)
    assert {name: (folder / name).read_bytes() for name in files(folder)} == before


def test_open__removes_what_a_killed_pull_left_and_nothing_else(folder: Path) -> None:
    add(folder, table((1, 0, 1.0)), BY_CHANGE)
    kept = files(folder)
    for name in ("00002-0123456789abcdef.parquet", "00002-0123456789abcdef.replaced.parquet", ".pull.part", "note.txt"):
        (folder / name).write_text("x")
    with open_snapshot(folder):
        assert files(folder) == sorted([*kept, "note.txt"])


def test_open__two_at_once_is_a_sentence(folder: Path) -> None:
    refused = pytest.raises(ScalebridgeError, match="Another program adds to the snapshot of source 'lab'")
    with open_snapshot(folder), refused, open_snapshot(folder):
        pass


def test_files__an_edited_or_missing_one_is_refused(folder: Path) -> None:
    add(folder, table((1, 0, 1.0)), BY_CHANGE)
    (path,) = snapshot_files(folder)
    content = path.read_bytes()
    path.write_bytes(content[:-9] + b"x" + content[-8:])
    with pytest.raises(ScalebridgeError, match="was changed after it was pulled"):
        snapshot_files(folder)
    path.unlink()
    with pytest.raises(ScalebridgeError, match="is missing, and the manifest of the snapshot names it"):
        snapshot_files(folder)


def test_files__of_a_source_that_was_never_pulled(folder: Path) -> None:
    with pytest.raises(ScalebridgeError, match="Source 'lab' was never pulled"):
        snapshot_files(folder)


@pytest.mark.parametrize("seed", range(8))
def test_add__any_course_of_changes_ends_with_the_table_of_the_source(folder: Path, seed: int) -> None:
    """Rows are added, corrected and committed late; pulls overlap by 2 hours. Nothing is lost and nothing doubled."""
    draw = random.Random(seed)
    rows: dict[int, tuple[int, int, float]] = {}
    now, highest, committed_late = 0, None, list[tuple[int, int, float]]()
    for _ in range(12):
        now += draw.choice([0, 1, 3])
        for late in committed_late:
            rows.setdefault(late[0], late)
        committed_late = []
        for _ in range(draw.randrange(4)):
            new = (len(rows) + 1000 * draw.randrange(9), now, draw.random())
            if draw.random() < 0.3:
                committed_late.append((new[0], now - draw.randrange(2), new[2]))
            else:
                rows[new[0]] = new
        for key in draw.sample(sorted(rows), k=min(len(rows), draw.randrange(3))):
            rows[key] = (key, now, draw.random())
        since = -1 if highest is None else highest - 2
        seen = [row for row in rows.values() if row[1] >= since]
        draw.shuffle(seen)
        if highest is None and not seen:
            continue
        add(folder, table(*seen), BY_CHANGE if highest is not None else Rule(("id",), "changed", whole=True))
        highest = max([row[1] for row in seen] + ([] if highest is None else [highest]))
        manifest = require_manifest(folder)
        expected = table(*rows.values()).sort("id")
        assert live(folder, manifest).sort("id").equals(expected)
        assert manifest.rows == expected.height
