"""How long to wait before the next attempt: twice as long each time, up to a limit."""

from collections.abc import Iterator

FIRST, LIMIT = 0.5, 30.0
"""First and longest wait [s]."""


def waits(first: float = FIRST, limit: float = LIMIT) -> Iterator[float]:
    """Yield the waits between attempts [s].

    >>> from itertools import islice
    >>> list(islice(waits(1.0, 5.0), 4))
    [1.0, 2.0, 4.0, 5.0]
    """
    wait = first
    while True:
        yield wait
        wait = min(2 * wait, limit)
