"""The verb `snapshot` on a process whose sources are in a database of SQLite."""

import sqlite3
import subprocess
import traceback
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands.snapshot import ENTRY
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.history.snapshots.manifest import require_manifest
from pipeline.history.snapshots.store import open_snapshot
from tests.support.plant_database import dvc, project_with_dvc
from tests.support.project import CHOICES, SPLIT, new_project

pytest.importorskip("sqlalchemy", reason="the extra `sql` is not installed")


def call(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_MES", f"sqlite:///{tmp_path / 'mes.db'}")
    opened = sqlite3.connect(tmp_path / "mes.db", isolation_level=None)
    for file in ("b", "l", "g"):
        header, *rows = (tmp_path / "pot/data/raw/pot" / f"{file}.csv").read_text(encoding="utf-8").splitlines()
        columns = header.split(",")
        opened.execute(f"CREATE TABLE {file} ({', '.join(columns)}, changed INTEGER DEFAULT 1)")
        marks = ", ".join("?" * len(columns))
        opened.executemany(f"INSERT INTO {file} ({header}) VALUES ({marks})", [row.split(",") for row in rows])
    return opened


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """The pot, with sources that are tables of the database."""
    made = new_project(tmp_path / "pot")
    monkeypatch.chdir(made.params.parent)
    file = made.conf / "process/pot.yaml"
    definition = yaml.safe_load(file.read_text(encoding="utf-8"))
    for source in definition["sources"].values():
        (old,) = source.pop("files")
        source.pop("format", None)
        source["pull"] = {"kind": "sql", "connection": "mes", "table": Path(old).stem}
    file.write_text(yaml.safe_dump(definition, sort_keys=False), encoding="utf-8")
    return made


def test_snapshot__pulls_all_sources_and_says_what_is_new(places: Places, database: sqlite3.Connection) -> None:
    assert "`scalebridge snapshot` makes it" in call("check")
    text = call("snapshot")
    assert "48" in text
    assert require_manifest(places.snapshots / "pot/batches").rows == 48
    assert "All 48 batches are used" in call("check")
    assert call("snapshot").count("unchanged") == 3


def test_snapshot__check_pulls_nothing_and_names_missing_columns(places: Places, database: sqlite3.Connection) -> None:
    assert call("snapshot", "--check").count("opens") == 3
    assert not (places.snapshots / "pot").exists()
    database.execute("ALTER TABLE b DROP COLUMN titre")
    with pytest.raises(ScalebridgeError, match="table b has no column 'titre'"):
        call("snapshot", "--check")


def test_snapshot__one_that_fails_does_not_stop_the_others(places: Places, database: sqlite3.Connection) -> None:
    database.execute("DROP TABLE l")
    with pytest.raises(ScalebridgeError, match=r"(?s)could not be read, and nothing was added"):
        call("snapshot")
    assert require_manifest(places.snapshots / "pot/batches").rows == 48


def test_snapshot__unknown_names_are_a_sentence(places: Places, database: sqlite3.Connection) -> None:
    with pytest.raises(ScalebridgeError, match=r"'batch' is no pulled source of process 'pot'.*The closest is 'batches'"):
        call("snapshot", "batch")


def test_snapshot__of_a_process_of_files_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(new_project(tmp_path / "other").params.parent)
    with pytest.raises(ScalebridgeError, match="Process 'pot' has no source with `pull`"):
        call("snapshot")


def test_snapshot__two_at_once_is_a_sentence(places: Places, database: sqlite3.Connection) -> None:
    refused = pytest.raises(ScalebridgeError, match="Another program adds to the snapshot of source 'batches'")
    with open_snapshot(places.snapshots / "pot/batches"), refused:
        call("snapshot", "batches")


def test_snapshot__no_message_and_no_trace_shows_an_address(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("adbc_driver_postgresql", reason="the extra `sql` is not installed")
    for address in (
        "postgresql://who:s3cret@localhost:1/d",
        "sqlite:////nowhere/s3cret.db",
        "s3cret",
        "bad://who:s3cret@h/d",
    ):
        monkeypatch.setenv("SCALEBRIDGE_CONNECTION_MES", address)
        with pytest.raises(ScalebridgeError) as caught:
            call("snapshot", "batches")
        shown = "".join(traceback.format_exception(caught.value))
        assert "s3cret" not in shown
    assert not any(b"s3cret" in path.read_bytes() for path in places.snapshots.rglob("*") if path.is_file())


@pytest.mark.long
def test_snapshot__is_pinned_and_a_run_sees_it(tmp_path: Path, places: Places, database: sqlite3.Connection) -> None:
    import shutil

    made = project_with_dvc(tmp_path / "pinned")
    shutil.copyfile(places.conf / "process/pot.yaml", made.conf / "process/pot.yaml")
    (made.conf / "split/pot.yaml").write_text(yaml.safe_dump(SPLIT), encoding="utf-8")
    made.params.write_text(yaml.safe_dump(CHOICES), encoding="utf-8")
    root = made.params.parent
    (root / "dvc.yaml").write_text(
        "stages:\n  ingest:\n    cmd: ls data/snapshots/pot > seen.txt\n    deps: [data/snapshots]\n    outs: [seen.txt]\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert "git add data/snapshots/pot data/raw/pot/README.md" in call("snapshot")
        assert (root / "data/snapshots/pot/batches.dvc").is_file()
        dvc(root, "repro")
        assert "up to date" in dvc(root, "status")
        assert "Pinned" not in call("snapshot")
        assert "up to date" in dvc(root, "status")
        database.execute("UPDATE b SET titre = '9.9', changed = 2 WHERE batch = (SELECT min(batch) FROM b)")
        assert "Pinned" in call("snapshot")
        assert "modified" in dvc(root, "status")
        assert (root / "data/raw/pot" / ENTRY).is_file()
        dvc(root, "repro")
    _a_clone_has_the_same(root, tmp_path)


def _a_clone_has_the_same(root: Path, folder: Path) -> None:
    """Clone a project, and bring what DVC keeps: nothing is to be done."""
    dvc(root, "remote", "add", "--default", "kept", str(folder / "kept"))
    dvc(root, "push")
    for command in (["add", "--all"], ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    subprocess.run(["git", "clone", "--quiet", str(root), str(folder / "clone")], check=True)
    dvc(folder / "clone", "pull")
    assert "up to date" in dvc(folder / "clone", "status")
    assert require_manifest(folder / "clone/data/snapshots/pot/batches").rows == 48
