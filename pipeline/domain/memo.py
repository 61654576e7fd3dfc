"""Results that are kept as long as what they were computed from: the one that was not used for longest makes place."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Result = TypeVar("Result")
MOST = 512
"""Most results that one memo keeps unless it is told otherwise."""


class Memo:
    """Results by key. Threads may share it: two that ask at once may both compute, and get the same."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._kept, self._lock = most, OrderedDict[Hashable, Any](), threading.Lock()

    def of(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """Return the result that is kept under a key. It is computed if there is none."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: Result = self._kept[key]
                return found
        made = compute()
        self.keep(key, made)
        return made

    def keep(self, key: Hashable, result: object) -> None:
        """Keep a result."""
        with self._lock:
            self._kept[key] = result
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)
