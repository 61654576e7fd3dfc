"""Snapshots of what was received of a feed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.sources import Source
from pipeline.history.live.journal import Journal
from pipeline.history.live.record import Record
from pipeline.history.pulls.pulling import pull_source
from pipeline.history.snapshots.store import Added, Unchanged

START = datetime(2026, 3, 1, tzinfo=UTC)


def source() -> Source:
    pull = {"kind": "mqtt", "connection": "broker", "topics": ["plant/{batch}/{tag}"]}
    fields = {"gives": "trajectories", "batch": "batch", "time": "time", "tag": "tag", "value": "value"}
    made: Source = parse(Source, {**fields, "pull": pull, "tags": {"TI": "temperature_series"}}, "x")
    return made


def receive(folder: Path, first: int, last: int) -> None:
    with Journal(folder / "feed" / "all") as journal:
        journal.append(Record("TI", START + timedelta(minutes=n), float(n), batch="B1") for n in range(first, last))


def test_snapshot__holds_what_was_received_once(tmp_path: Path) -> None:
    folder, received = tmp_path / "snapshots" / "feed", tmp_path / "received" / "feed"
    receive(tmp_path / "received", 0, 20)
    receive(tmp_path / "received", 10, 25)
    found = pull_source("feed", source(), folder, tmp_path, received=received).found
    assert isinstance(found, Added)
    assert found.rows == 25
    assert isinstance(pull_source("feed", source(), folder, tmp_path, received=received).found, Unchanged)
    receive(tmp_path / "received", 25, 26)
    assert pull_source("feed", source(), folder, tmp_path, received=received).found.total == 26


def test_snapshot__a_damaged_journal_is_a_sentence(tmp_path: Path) -> None:
    receive(tmp_path / "received", 0, 3)
    file = next((tmp_path / "received").rglob("*.jsonl"))
    file.write_bytes(b"damaged\n" + file.read_bytes())
    with pytest.raises(ScalebridgeError, match="has 1 damaged lines"):
        pull_source("feed", source(), tmp_path / "feed", tmp_path, received=tmp_path / "received" / "feed")
