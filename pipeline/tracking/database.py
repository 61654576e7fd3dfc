"""The SQLite file with the runs: made beside its place and moved there when it is whole, and checked before it is used."""

import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from secrets import token_hex

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.whole_files import PART

WAIT = 10.0
"""How long to wait for another program that writes [s]."""
COMPANIONS = ("-journal", "-wal", "-shm")
"""Endings of the files that SQLite keeps beside its file."""


def database_of(uri: str) -> Path | None:
    """Return the SQLite file that an address of MLflow names; None for a server or another database."""
    return Path(uri.removeprefix("sqlite:///").split("?")[0]) if uri.startswith("sqlite:///") else None


def prepare(path: Path, make: Callable[[str], None], usable: Callable[[str], bool]) -> None:
    """Make sure that there is a database that can be used.

    make: makes a whole database at an address of MLflow. usable: tells whether MLflow accepts the form of the database at an
    address. A database that cannot be used is replaced if it holds no run and no model, as one that an earlier version left when
    it was killed. Raises ScalebridgeError for a file that is locked, damaged or not a database, and for one that another version
    of MLflow made and that holds runs.
    """
    if not path.is_file():
        _make(path, make)
    else:
        _check(path)
        if usable(_address(path)):
            return
        if not _holds_nothing(path):
            raise ScalebridgeError(
                f"{path} has the form of another version of MLflow, and it holds runs or models. Copy the file to keep it safe, "
                f"then run `mlflow db upgrade {_address(path)}`, or install the version that made it"
            )
        _delete(path)
        _make(path, make)


def _make(path: Path, make: Callable[[str], None]) -> None:
    """Make a database beside its place, then give it its name. If another program was faster, its database stays."""
    remove_leftovers(path)
    part = path.with_name(f"{path.name}.{os.getpid()}.{token_hex(4)}{PART}")  # MLflow remembers addresses: each is used once
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        make(_address(part))
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.link(part, path)
    except FileExistsError:
        pass
    except OSError as error:
        raise ScalebridgeError(f"{path} cannot be made: {error.strerror}. Free disk space or change the rights") from None
    finally:
        _delete(part)


def remove_leftovers(path: Path) -> None:
    """Delete the databases that killed programs were making beside `path`."""
    for part in path.parent.glob(f"{path.name}.*{PART}*"):
        found = re.fullmatch(rf"\.(\d+)\.[0-9a-f]+{re.escape(PART)}(-\w+)?", part.name.removeprefix(path.name))
        if found and not _alive(int(found[1])):
            part.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    """Tell whether a process with this number is running."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _check(path: Path) -> None:
    """Check that a file is a whole database that this program can write."""
    try:
        with closing(sqlite3.connect(path, timeout=WAIT)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            connection.rollback()
    except sqlite3.Error as error:
        raise ScalebridgeError(_sentence(path, str(error))) from None
    if problem != "ok":
        raise ScalebridgeError(_sentence(path, " ".join(problem.split())))


def _sentence(path: Path, problem: str) -> str:
    if "locked" in problem or "busy" in problem:
        return (
            f"{path} is in use by another program and did not become free within {WAIT:g} s. Wait until that program has ended, "
            "or end it; then run the command again"
        )
    if "readonly" in problem or "unable to open" in problem or "authorization" in problem:
        return f"{path} cannot be written: {problem}. Change the rights of the file and of its folder"
    if "full" in problem:
        return f"{path} cannot be written: the disk is full. Free disk space"
    return (
        f"{path} is damaged or is no SQLite database: {problem}. Move it to another folder; `scalebridge track` makes a new one "
        "and logs the current run again. Former runs are in the moved file alone"
    )


def _holds_nothing(path: Path) -> bool:
    """Tell whether a database has no run, no model, and no experiment but the one that MLflow makes itself."""
    with closing(sqlite3.connect(path, timeout=WAIT)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        asked = {
            "runs": "SELECT count(*) FROM runs",
            "registered_models": "SELECT count(*) FROM registered_models",
            "experiments": "SELECT count(*) FROM experiments WHERE name != 'Default'",
        }
        return not any(connection.execute(asked[name]).fetchone()[0] for name in asked if name in tables)


def _address(path: Path) -> str:
    return f"sqlite:///{path}"


def _delete(path: Path) -> None:
    for name in (path, *(path.with_name(path.name + ending) for ending in COMPANIONS)):
        name.unlink(missing_ok=True)
