"""Any error as a sentence: what could not be done, where, and what to do."""

import errno
import re
from collections.abc import Iterator
from sqlite3 import Error as SqliteError

from pipeline.domain.errors import ScalebridgeError, first_line

AGAIN = "then give the command again"
_OS: dict[int, str] = {
    errno.ENOSPC: f"{{file}} could not be written: the disk is full. Free some space, {AGAIN}",
    errno.EDQUOT: f"{{file}} could not be written: your share of the disk is used up. Free some space, {AGAIN}",
    errno.EFBIG: f"{{file}} could not be written: it is larger than `ulimit -f` or the drive allows. Raise the limit, {AGAIN}",
    errno.EACCES: f"{{file}} may not be read or written by this user, or another program has it open. Change that, {AGAIN}",
    errno.EPERM: f"{{file}} may not be changed by this user. Change its permissions, {AGAIN}",
    errno.EROFS: "{file} lies on a drive that may only be read. Copy the project to another drive",
    errno.ENOENT: "{file} does not exist. Check the path; what a stage writes is made by `dvc repro`",
    errno.ENOTDIR: "{file} leads through a file as if it were a folder. Check the path",
    errno.EISDIR: "{file} is a folder, and a file is needed there. Remove or rename it, then run `dvc repro`",
    errno.EEXIST: "{file} exists, and something else is needed there. Remove or rename it",
    errno.ENAMETOOLONG: "{file} is longer than the drive allows. Choose a shorter name",
    errno.EMFILE: f"{{file}} could not be opened: too many files are open. Close other programs, {AGAIN}",
    errno.EIO: "{file} could not be read or written: the drive reports an error. Check the drive, and restore the file from a copy",
    errno.EADDRINUSE: "The port is in use by another program. Choose another one with --port",
    errno.ENOMEM: f"The memory of the computer is used up. Close other programs, {AGAIN}",
}
_DATABASE: tuple[tuple[str, str], ...] = (
    (
        "database is locked",
        f"it is in use by another program. Stop that program, such as `scalebridge ui` or another run, {AGAIN}",
    ),
    ("readonly|read-only", f"this user may not write into it. Change its permissions, {AGAIN}"),
    ("disk is full", f"the disk is full. Free some space, {AGAIN}"),
    ("unable to open", f"it cannot be opened. Check that its folder exists and may be written, {AGAIN}"),
    (
        "malformed|not a database|corrupt",
        "it is damaged. Rename the file; `scalebridge track` makes a new one and logs the current run again",
    ),
    (
        "no such table|no such column|out of date",
        "it is incomplete or of another version. Rename it; `scalebridge track` makes a new one",
    ),
)
"""Words of SQLite → what is the matter."""


def sentence(error: BaseException) -> str:
    """Return an error as a sentence for the user."""
    for one in _causes(error):
        if found := _known(one):
            return found
    return (
        f"The program made a mistake: {type(error).__name__}, {first_line(error)}. Your own files are not changed, and `dvc repro` "
        "writes the others again. Please report this"
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, then what caused it, the nearest first."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _known(error: BaseException) -> str | None:
    """Return the sentence of an error of a known kind. Libraries that are not always loaded are told by their name."""
    library = type(error).__module__.split(".")[0]
    if isinstance(error, ScalebridgeError):
        return str(error)
    if isinstance(error, MemoryError) or type(error).__name__ in ("TerminatedWorkerError", "BrokenProcessPool"):
        return f"The memory of the computer is used up, or a part of the command was stopped. Close other programs, {AGAIN}"
    if isinstance(error, SqliteError) or library in ("sqlalchemy", "mlflow"):
        return _of_database(error)
    if isinstance(error, ModuleNotFoundError | ImportError):
        return f"A library is missing or broken ({first_line(error)}). Install the program again"
    if isinstance(error, OSError) and error.errno in _OS:
        return _OS[error.errno].format(file=error.filename if error.filename is not None else "A file")
    if number := re.search(r"\(os error (\d+)\)", str(error)):  # how polars reports an error of the system
        return _OS[int(number[1])].format(file="A table") if int(number[1]) in _OS else None
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename is not None else ""
        return f"The system refused to read or write ({place}{error.strerror or first_line(error)}). Check the file and its drive"
    if library == "polars":
        return _of_table(error)
    if isinstance(error, RecursionError):
        return "A file nests keys or lists too deeply. Check the file that was given"
    return None


def _of_database(error: BaseException) -> str | None:
    text = str(error)
    for words, meaning in _DATABASE:
        if re.search(words, text, re.IGNORECASE):
            return f"The database of MLflow (mlflow.db, or the one that MLFLOW_TRACKING_URI names) cannot be used: {meaning}"
    if isinstance(error, SqliteError):
        return None
    return f"MLflow refused this: {first_line(error)}. The results in data/ are complete"


def _of_table(error: BaseException) -> str | None:
    if type(error).__name__ in ("ColumnNotFoundError", "SchemaError", "SchemaFieldNotFoundError", "ShapeError"):
        return (
            f"The tables in data/ do not belong together, or one is damaged ({first_line(error)}). Run `dvc repro --force`, which "
            "writes all of them again"
        )
    return None
