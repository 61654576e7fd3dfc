"""Errors of libraries and of the system as sentences."""

import errno
import os
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.boundary.sentences import sentence
from pipeline.domain.errors import ScalebridgeError


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "data/x could not be written: the disk is full. Free some space"),
        (errno.EACCES, "data/x may not be read or written by this user"),
        (errno.EROFS, "data/x lies on a drive that may only be read"),
        (errno.ENOENT, "data/x does not exist"),
        (errno.EADDRINUSE, "The port is in use by another program"),
        (errno.EIO, "the drive reports an error"),
        (errno.EXDEV, "The system refused to read or write (data/x: "),
    ],
)
def test_sentence__an_error_of_the_system_names_the_file(number: int, words: str) -> None:
    assert words in sentence(OSError(number, os.strerror(number), "data/x"))


def test_sentence__the_cause_of_an_error_counts() -> None:
    error = RuntimeError("the model could not be saved")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device", "data/model/about.json")
    assert "data/model/about.json could not be written: the disk is full" in sentence(error)


def test_sentence__an_error_of_the_system_inside_polars(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("the system has no /dev/full")
    with pytest.raises(Exception, match=r"os error 28|No space left") as raised:
        pl.DataFrame({"a": range(100_000)}).write_parquet(full)
    assert "the disk is full" in sentence(raised.value)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("database is locked", "in use by another program. Stop that program, such as `scalebridge ui`"),
        ("attempt to write a readonly database", "this user may not write into it"),
        ("file is not a database", "it is damaged. Rename the file; `scalebridge track` makes a new one"),
        ("database disk image is malformed", "it is damaged"),
        ("unable to open database file", "it cannot be opened"),
        ("no such table: runs", "it is incomplete or of another version"),
    ],
)
def test_sentence__a_database_that_cannot_be_used(message: str, words: str) -> None:
    assert words in sentence(sqlite3.OperationalError(message))


def test_sentence__a_real_damaged_database(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"no database at all, but longer than a header of one hundred bytes" * 9)
    connection = sqlite3.connect(tmp_path / "mlflow.db")
    try:
        with pytest.raises(sqlite3.DatabaseError) as raised:
            connection.execute("select 1 from runs")
    finally:
        connection.close()
    assert "it is damaged" in sentence(raised.value)


def test_sentence__tables_that_do_not_belong_together() -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError) as raised:
        pl.DataFrame({"a": [1]}).select("batch_id")
    assert "The tables in data/ do not belong together" in sentence(raised.value)
    assert "dvc repro --force" in sentence(raised.value)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ScalebridgeError("data/x is not good"), "data/x is not good"),
        (MemoryError(), "The memory of the computer is used up"),
        (ModuleNotFoundError("No module named 'polars'"), "A library is missing or broken (No module named 'polars')"),
        (RecursionError("maximum recursion depth exceeded"), "nests keys or lists too deeply"),
        (KeyError("titre"), "The program made a mistake: KeyError, 'titre'"),
        (ValueError("one\n" + "x" * 500), "ValueError, one xxx"),
    ],
)
def test_sentence__every_other_error(error: Exception, words: str) -> None:
    assert words in sentence(error)
    assert "\n" not in sentence(error)
    assert len(sentence(error)) < 500
