"""Let one program at a time write into a place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.domain.errors import ScalebridgeError

WAIT = 120.0
"""How long to wait for another program [s]."""


@contextmanager
def one_at_a_time(lock: Path, does: str, wait: float = WAIT) -> Iterator[None]:
    """Keep other programs that use the same lock waiting meanwhile. The system releases the lock of a program that is killed.

    lock: a file that is made and never read. does: what the other program does, in words. Raises ScalebridgeError if it does not
    end within `wait` seconds.
    """
    if lock.is_dir():
        raise ScalebridgeError(f"{lock} is a folder, and a file is needed there; delete it")
    held = FileLock(lock)
    try:
        held.acquire(timeout=wait)
    except Timeout:
        raise ScalebridgeError(
            f"Another program {does} and did not end within {wait:g} s; it holds {lock}. Wait until it has ended, or end it; then "
            "give the command again"
        ) from None
    try:
        yield
    finally:
        held.release()
