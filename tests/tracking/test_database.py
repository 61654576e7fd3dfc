"""The database of the runs is whole or not there, and what is wrong with it is said in a sentence."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.tracking import database
from pipeline.tracking.database import database_of, prepare, remove_leftovers


def _make(address: str) -> None:
    """Make a database with the tables that MLflow has."""
    with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as connection:
        connection.executescript(
            "CREATE TABLE experiments (name TEXT); INSERT INTO experiments VALUES ('Default');"
            "CREATE TABLE runs (id TEXT); CREATE TABLE registered_models (name TEXT)"
        )


def _refuse(address: str) -> bool:
    return False


def _execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_database_of__is_the_file_of_an_address() -> None:
    assert database_of("sqlite:////tmp/a/mlflow.db") == Path("/tmp/a/mlflow.db")
    assert database_of("http://server:5000") is None


def test_prepare__makes_the_database_beside_its_place(tmp_path: Path) -> None:
    path = tmp_path / "new/mlflow.db"
    seen: list[bool] = []
    prepare(path, lambda address: (seen.append(path.exists()), _make(address))[1], _refuse)
    assert seen == [False]
    assert [file.name for file in path.parent.iterdir()] == ["mlflow.db"]


def test_prepare__a_failure_leaves_nothing(tmp_path: Path) -> None:
    def fail(address: str) -> None:
        _make(address)
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        prepare(tmp_path / "mlflow.db", fail, _refuse)
    assert list(tmp_path.iterdir()) == []


def test_prepare__a_database_that_another_program_made_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"

    def slow(address: str) -> None:
        _make(address)
        _make(f"sqlite:///{path}")
        _execute(path, "INSERT INTO runs VALUES ('of the other')")

    prepare(path, slow, _refuse)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT id FROM runs").fetchall() == [("of the other",)]
    assert [file.name for file in tmp_path.iterdir()] == ["mlflow.db"]


def test_prepare__what_a_killed_program_left_is_deleted_and_what_is_being_made_stays(tmp_path: Path) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    names = [f"mlflow.db.{gone.stdout.strip()}.0af1.part", f"mlflow.db.{gone.stdout.strip()}.0af1.part-journal"]
    mine = f"mlflow.db.{os.getpid()}.0af1.part"
    for name in (*names, mine, "mlflow.db.old.part", "mlflow.db.bak"):
        (tmp_path / name).touch()
    remove_leftovers(tmp_path / "mlflow.db")
    left = sorted(file.name for file in tmp_path.iterdir())
    assert left == sorted([mine, "mlflow.db.old.part", "mlflow.db.bak"])


def test_prepare__a_usable_database_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    _make(f"sqlite:///{path}")
    before = path.read_bytes()
    prepare(path, lambda address: pytest.fail("it is there"), lambda address: True)
    assert path.read_bytes() == before


@pytest.mark.parametrize("statements", ["", "CREATE TABLE experiments (name TEXT)", None])
def test_prepare__a_half_made_database_without_runs_is_replaced(tmp_path: Path, statements: str | None) -> None:
    path = tmp_path / "mlflow.db"
    if statements is None:
        _make(f"sqlite:///{path}")
    else:
        path.touch()
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(statements)
    made: list[str] = []
    prepare(path, lambda address: (made.append(address), _make(address))[1], _refuse)
    assert len(made) == 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM experiments").fetchall() == [("Default",)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO runs VALUES ('1')",
        "INSERT INTO registered_models VALUES ('m')",
        "INSERT INTO experiments VALUES ('scalebridge-pot')",
    ],
)
def test_prepare__a_database_of_another_form_that_holds_something_is_kept(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "mlflow.db"
    _make(f"sqlite:///{path}")
    _execute(path, statement)
    before = path.read_bytes()
    with pytest.raises(ScalebridgeError, match=r"form of another version of MLflow.*`mlflow db upgrade sqlite:///"):
        prepare(path, _make, _refuse)
    assert path.read_bytes() == before


def test_prepare__a_database_that_is_in_use_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mlflow.db"
    _make(f"sqlite:///{path}")
    monkeypatch.setattr(database, "WAIT", 0.1)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ScalebridgeError, match=r"mlflow.db is in use by another program and did not become free within"):
            prepare(path, _make, _refuse)


def _text(path: Path) -> None:
    path.write_text("no database" * 500, encoding="utf-8")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _overwritten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:8192] = bytes(range(256)) * 16
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [_text, _cut, _overwritten])
def test_prepare__a_damaged_database_is_a_sentence_and_stays(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = tmp_path / "mlflow.db"
    _make(f"sqlite:///{path}")
    damage(path)
    before = path.read_bytes()
    with pytest.raises(
        ScalebridgeError, match=r"mlflow.db is damaged or is no SQLite database: .*Move it to another folder"
    ):
        prepare(path, _make, lambda address: True)
    assert path.read_bytes() == before
