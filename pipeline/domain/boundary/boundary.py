"""Call a stage or a command so that every error ends as a sentence, with exit code 1. Details for a developer go into a file."""

import os
import platform
import sys
import traceback
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from pipeline.domain.boundary.sentences import sentence
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.names.shown import plain_text

STOPPED = 130
"""Exit code of a command that its user stopped with Ctrl-C."""


def guarded(name: str, call: Callable[[], object], errors: Path) -> None:
    """Call a function. An error ends the program with a sentence that begins with `name`.

    errors: folder for the details of an unexpected error. `SCALEBRIDGE_DEBUG=1` prints the details of every error.
    """
    try:
        _open_streams()
        _any_character()
        warnings.filterwarnings(
            "ignore", message="Glyph .* missing from"
        )  # a name may hold any character; a picture shows a box
        call()
        sys.stdout.flush()
    except SystemExit as error:
        if error.code == STOPPED:
            _say(f"{name}: stopped by its user")
        _flush()
        raise
    except KeyboardInterrupt:
        _say(f"{name}: stopped by its user")
        sys.exit(STOPPED)
    except BrokenPipeError:
        _close_output()
        sys.exit(1)
    except BaseException as error:
        sys.exit(ended(name, error, errors))


def ended(name: str, error: BaseException, errors: Path) -> str:
    """Return the sentence that ends the program. The details of an unexpected error are written into a file in `errors`."""
    if os.environ.get("SCALEBRIDGE_DEBUG", "") not in ("", "0"):
        _say("".join(traceback.format_exception(error)))
    said = plain_text(f"{name}: {sentence(error)}")
    if isinstance(error, ScalebridgeError):
        return said
    written = _write_details(name, error, errors)
    if written is None:
        return f"{said.rstrip('.')}. SCALEBRIDGE_DEBUG=1 shows details for a developer"
    return f"{said.rstrip('.')}. Details for a developer are in {written}"


def hook(name: str, errors: Path) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """Return a hook for errors that occur before `guarded` is called, such as while libraries are loaded."""

    def say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        stopped = isinstance(error, KeyboardInterrupt)
        _say(f"{name}: stopped by its user" if stopped else ended(name, error, errors))

    return say


def _write_details(name: str, error: BaseException, errors: Path) -> Path | None:
    """Write what a developer needs to find the cause: command, versions, place in the code. Environment variables are left out."""
    now = datetime.now(UTC)
    head = (
        f"{now:%Y-%m-%d %H:%M:%S} UTC, {' '.join(sys.argv)}\nPython {platform.python_version()}, {platform.platform()}\n\n"
    )
    path = errors / f"{now:%Y-%m-%dT%H-%M-%S}-{name}.txt"
    if not errors.parent.is_dir():  # the command was given outside of a project
        return None
    try:
        errors.mkdir(exist_ok=True)
        path.write_text(head + "".join(traceback.format_exception(error)), encoding="utf-8", errors="backslashreplace")
    except OSError:
        return None
    return path


def _open_streams() -> None:
    """Replace a stream that was closed before the program began: nothing is read from it, and output to it goes nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 (it stays open to the end)


def _any_character() -> None:
    """Let the output hold any character: one that the terminal does not have is written as its code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _close_output()


def _close_output() -> None:
    """Send further output nowhere: its reader, such as `head`, has closed it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
