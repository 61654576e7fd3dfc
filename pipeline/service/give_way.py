"""Curves give way to numbers: a move of a slider is answered first, although both are computed by one interpreter."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 2.0
"""Longest time that curves wait for numbers at one place [s]. Then they go on, so that they end also under many requests."""


class GiveWay:
    """Counts the requests for numbers that are computed. Threads may share it."""

    def __init__(self) -> None:
        self._inside, self._changed = 0, threading.Condition()

    @contextmanager
    def first(self) -> Iterator[None]:
        """Compute numbers: curves wait meanwhile."""
        with self._changed:
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def wait(self) -> None:
        """Wait while numbers are computed. Curves call this between their parts."""
        with self._changed:
            self._changed.wait_for(lambda: not self._inside, LONGEST)
