"""Where requests are computed: one thread for numbers, and one for what takes seconds.

The models share one interpreter and one thread of polars, so a second thread for numbers would make both slower.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pipeline.answers.result.answer import Depth
from pipeline.service.refusals import RefusedError
from pipeline.service.settings import Limits

Result = TypeVar("Result")


class Lane:
    """One thread, with a limit on how many requests wait for it and on how long each waits."""

    def __init__(self, name: str, most: int, seconds: float) -> None:
        self._pool, self._most, self._seconds = ThreadPoolExecutor(1, name), most, seconds
        self._inside = 0

    async def do(self, call: Callable[[], Result]) -> Result:
        """Return what a function returns. Raises RefusedError if too many requests wait, or if the time is over."""
        if self._inside >= self._most:
            raise RefusedError(503, "Too many requests wait for an answer; ask again in a few seconds", retry_after=2)
        self._inside += 1
        work = self._pool.submit(call)
        work.add_done_callback(lambda _: loop.call_soon_threadsafe(self._leave) if loop.is_running() else None)
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.wait_for(asyncio.wrap_future(work), self._seconds)
        except TimeoutError:
            raise RefusedError(
                503, f"The answer took longer than {self._seconds:g} s; ask again later", retry_after=10
            ) from None

    def _leave(self) -> None:
        self._inside -= 1

    def close(self) -> None:
        """End the thread. What still waits is not done."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Workers:
    """The two lanes of the service."""

    def __init__(self, limits: Limits) -> None:
        self.numbers = Lane("numbers", limits.waiting, limits.seconds)
        self.long = Lane("long", limits.waiting_long, limits.seconds_long)

    def of(self, depth: Depth) -> Lane:
        """Return the lane for an answer of this depth."""
        return self.numbers if depth == "numbers" else self.long

    def close(self) -> None:
        """End both threads."""
        self.numbers.close()
        self.long.close()
