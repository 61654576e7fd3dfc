"""Pulls of a source: incremental, complete, and none at all when anything fails."""

import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.sources import LongResults
from pipeline.history.pulls.pulling import Outcome, pull_source
from pipeline.history.snapshots.manifest import require_manifest
from pipeline.history.snapshots.store import Added, Unchanged
from tests.support.definitions import PlainData
from tests.support.postgresql import Server, postgresql_server
from tests.support.pulled import live

Pull = Callable[..., Outcome]
LAB = {"kind": "sql", "connection": "lims", "table": "lab", "key": ["id"], "watermark": "changed", "overlap": "1 h"}


def source(**pull: object) -> LongResults:
    given: PlainData = {"gives": "results", "batch": "b", "test": "t", "value": "v", "names": {}, "pull": LAB | pull}
    found: LongResults = parse(LongResults, given, "x")
    return found


@pytest.fixture
def pull(tmp_path: Path) -> Pull:
    """Pull the table `lab` into a snapshot, with changes of the declaration."""

    def pulled(full: bool = False, **changes: object) -> Outcome:
        return pull_source("lab", source(**changes), tmp_path / "snapshots/plant/lab", tmp_path, full=full)

    return pulled


def rows(tmp_path: Path) -> pl.DataFrame:
    folder = tmp_path / "snapshots/plant/lab"
    return live(folder, require_manifest(folder)).sort("id")


class TestSqlite:
    """The second way: any database of SQLAlchemy."""

    @pytest.fixture(autouse=True)
    def database(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
        pytest.importorskip("sqlalchemy")
        monkeypatch.setenv("SCALEBRIDGE_CONNECTION_LIMS", f"sqlite:///{tmp_path / 'lims.db'}")
        opened = sqlite3.connect(tmp_path / "lims.db", isolation_level=None)
        opened.execute("CREATE TABLE lab (id INTEGER PRIMARY KEY, changed INTEGER, v REAL, note TEXT)")
        opened.execute("INSERT INTO lab VALUES (1, 10, 1.0, NULL), (2, 20, 2.5, NULL)")
        return opened

    def test_pull__of_unchanged_data_adds_nothing(self, pull: Pull) -> None:
        assert isinstance(pull(overlap=5).found, Added)
        assert pull(overlap=5).found == Unchanged(2)
        assert pull(overlap=0).found == Unchanged(2)
        assert pull(overlap=5, full=True).found == Unchanged(2)

    def test_pull__brings_new_late_and_corrected_rows(
        self, pull: Pull, database: sqlite3.Connection, tmp_path: Path
    ) -> None:
        pull(overlap=5)
        database.execute("INSERT INTO lab VALUES (3, 17, 3.0, 'late'), (4, 30, 4.0, NULL)")
        database.execute("UPDATE lab SET v = 1.5, changed = 31 WHERE id = 1")
        found = pull(overlap=5).found
        assert isinstance(found, Added)
        assert (found.rows, found.replaced, found.total) == (3, 1, 4)
        assert rows(tmp_path).select("id", "v", "note").rows() == [
            (1, 1.5, None),
            (2, 2.5, None),
            (3, 3.0, "late"),
            (4, 4.0, None),
        ]

    def test_pull__of_all_rows_forgets_deleted_ones(self, pull: Pull, database: sqlite3.Connection, tmp_path: Path) -> None:
        pull(overlap=5)
        database.execute("DELETE FROM lab WHERE id = 1")
        assert pull(overlap=5).found == Unchanged(2)
        found = pull(overlap=5, full=True).found
        assert isinstance(found, Added)
        assert found.total == 1
        assert rows(tmp_path)["id"].to_list() == [2]

    def test_pull__another_query_reads_all_rows(self, pull: Pull) -> None:
        pull(overlap=5)
        found = pull(overlap=5, table=None, query="SELECT * FROM lab WHERE v < 2")
        assert isinstance(found.found, Added)
        assert found.found.total == 1
        assert "another one than at the last pull" in found.note

    def test_pull__an_overlap_of_the_wrong_kind_is_a_sentence(self, pull: Pull) -> None:
        pull(overlap=5)
        with pytest.raises(ScalebridgeError, match="holds whole numbers; write a whole number"):
            pull(overlap="1 h")

    def test_pull__the_session_only_reads(self, pull: Pull, database: sqlite3.Connection) -> None:
        database.execute("CREATE TABLE other (a)")
        with pytest.raises(ScalebridgeError, match="could not be read, and nothing was added"):
            pull(table="nowhere")
        assert database.execute("SELECT count(*) FROM lab").fetchone() == (2,)

    def test_pull__the_manifest_says_where_rows_came_from_and_no_address(self, pull: Pull, tmp_path: Path) -> None:
        pull(overlap=5)
        text = (tmp_path / "snapshots/plant/lab/manifest.json").read_text()
        (entry,) = require_manifest(tmp_path / "snapshots/plant/lab").files
        assert (entry.pulled.connection, entry.pulled.what, entry.pulled.since) == ("lims", "table lab", None)
        assert (entry.watermark_from, entry.watermark_to) == (10, 20)
        assert "sqlalchemy" in entry.pulled.versions
        assert "lims.db" not in text


@pytest.mark.long
class TestPostgresql:
    """The first way, against a server that the test starts."""

    @pytest.fixture(autouse=True)
    def table(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SCALEBRIDGE_CONNECTION_LIMS", server.address)
        server.run("DROP TABLE IF EXISTS lab", "CREATE TABLE lab (id int, changed timestamptz, v numeric(8, 2), w float8)")

    def test_pull__times_of_the_watermark_keep_their_microseconds(self, server: Server, pull: Pull, tmp_path: Path) -> None:
        server.run(
            "INSERT INTO lab VALUES (1, '2024-03-01 06:00:00.000001+00', 1.25, 1), (2, '2024-03-01 06:00:00.000002+00', 2, 2)"
        )
        pull(overlap="0 h")
        server.run("INSERT INTO lab VALUES (3, '2024-03-01 06:00:00.000002+00', 3, 3)")
        found = pull(overlap="0 h").found
        assert isinstance(found, Added)
        assert (found.rows, found.total) == (1, 3)
        assert pull(overlap="0 h").found == Unchanged(3)
        assert rows(tmp_path)["changed"][0] == datetime(2024, 3, 1, 6, 0, 0, 1, tzinfo=UTC)

    def test_pull__rows_without_watermark_are_refused_also_later(self, server: Server, pull: Pull) -> None:
        server.run("INSERT INTO lab VALUES (1, '2024-03-01 06:00+00', 1, 1)")
        pull()
        server.run("INSERT INTO lab VALUES (2, NULL, 1, 1), (3, NULL, 1, 1)")
        with pytest.raises(ScalebridgeError, match="Source 'lab': 2 of 3 rows have no value of 'changed'"):
            pull()

    @pytest.mark.parametrize("seed", range(5))
    def test_pull__any_course_of_changes_ends_with_the_table(
        self, server: Server, pull: Pull, tmp_path: Path, seed: int
    ) -> None:
        draw, number, hour = random.Random(seed), 0, 0
        for _ in range(8):
            hour += draw.choice([0, 0, 1])
            for _ in range(draw.randrange(1, 5)):
                number += 1
                late = draw.choice([0, 0, 20])
                at = f"timestamptz '2024-03-01 00:00+00' + interval '{hour * 60 - late + draw.randrange(3)} min'"
                server.run(f"INSERT INTO lab VALUES ({number}, {at}, {draw.randrange(100)}, {draw.random()})")
            for key in draw.sample(range(1, number + 1), k=min(number, draw.randrange(3))):
                server.run(
                    f"UPDATE lab SET w = {draw.random()}, changed = (SELECT max(changed) FROM lab) + interval '1 microsecond' "
                    f"WHERE id = {key}"
                )
            pull(full=draw.random() < 0.1)
            assert rows(tmp_path).select("id", "w").rows() == server.rows("SELECT id, w FROM lab ORDER BY id")
        assert isinstance(pull().found, Unchanged)


_KILLED = """
from pathlib import Path
from tests.history.pulls.test_pulling import source
from pipeline.history.pulls.pulling import pull_source
pull_source("lab", source(table=None, query={query!r}, key=[], watermark=None, overlap=None), Path({folder!r}), Path({root!r}))
"""


@pytest.mark.long
@pytest.mark.parametrize("wait", [0.5, 1.5, 4.0])
def test_pull__that_is_killed_adds_nothing_and_the_next_one_works(
    server: Server, pull: Pull, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait: float
) -> None:
    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_LIMS", server.address)
    query = "SELECT i AS id, repeat('x', 100) AS w FROM generate_series(1, {}) AS i"
    rules = {"table": None, "key": [], "watermark": None, "overlap": None}
    pull(query=query.format(1000), **rules)
    folder = tmp_path / "snapshots/plant/lab"
    before = require_manifest(folder)
    text = _KILLED.format(query=query.format(60_000_000), folder=str(folder), root=str(tmp_path))
    running = subprocess.Popen([sys.executable, "-c", text], cwd=Path(__file__).parents[3])
    time.sleep(wait)
    running.kill()
    running.wait()
    assert require_manifest(folder) == before
    assert rows(tmp_path).height == 1000
    assert pull(query=query.format(1000), **rules).found == Unchanged(1000)
    assert sorted(path.name for path in folder.iterdir()) == [before.files[0].file, "manifest.json"]
    found = pull(query=query.format(1500), **rules).found
    assert isinstance(found, Added)
    assert found.total == 1500


@pytest.mark.long
def test_pull__a_server_that_is_killed_while_it_is_read_adds_nothing(
    pull: Pull, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "SELECT i AS id, now() AS changed, i * 1.0::float8 AS v, repeat('x', 200) AS w FROM generate_series(1, {}) AS i"
    folder = tmp_path / "snapshots/plant/lab"
    with postgresql_server() as first:
        monkeypatch.setenv("SCALEBRIDGE_CONNECTION_LIMS", first.address)
        pull(table=None, query=query.format(1000), key=[], watermark=None, overlap=None)
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        killer = threading.Timer(1.0, first.kill)
        killer.start()
        with pytest.raises(ScalebridgeError, match=r"Source 'lab'.*nothing was added"):
            pull(table=None, query=query.format(50_000_000), key=[], watermark=None, overlap=None)
        killer.join()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    with postgresql_server() as second:
        monkeypatch.setenv("SCALEBRIDGE_CONNECTION_LIMS", second.address)
        found = pull(table=None, query=query.format(2000), key=[], watermark=None, overlap=None).found
        assert isinstance(found, Added)
        assert found.total == 2000
