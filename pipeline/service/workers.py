"""Where requests are computed: one thread for numbers, and one for what takes seconds.

The models share one interpreter and one thread of polars, so a second thread for numbers would make both slower.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from pipeline.answers.result.answer import Depth
from pipeline.service.refusals import RefusedError
from pipeline.service.settings import Limits

Result = TypeVar("Result")


class Lane:
    """One thread, with a limit on how many requests wait for it and on how long each waits.

    The thread does not keep the program from ending: files are written whole, so what it does then is lost without damage.
    """

    def __init__(self, name: str, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._jobs: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = queue.SimpleQueue()
        self._inside = 0
        self._count = threading.Lock()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def do(self, call: Callable[[], Result]) -> Result:
        """Return what a function returns. Raises RefusedError if too many requests wait, or if the time is over."""
        work: Future[Result] = Future()
        with self._count:
            if self._inside >= self._most:
                raise RefusedError(503, "Too many requests wait for an answer; ask again in a few seconds", retry_after=2)
            self._inside += 1
        self._jobs.put((work, call))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(work), self._seconds)
        except TimeoutError:
            raise RefusedError(
                503, f"The answer was not there after {self._seconds:g} s; ask again later", retry_after=10
            ) from None

    def close(self) -> None:
        """End the thread after what it is doing."""
        self._jobs.put(None)

    @property
    def waiting(self) -> int:
        """Number of requests that wait or are computed."""
        return self._inside

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            work, call = job
            deliver = _done(work, call) if work.set_running_or_notify_cancel() else _nothing
            with self._count:
                self._inside -= 1
            deliver()
            del job, work, call, deliver  # nothing of a request stays in memory while the thread waits


def _done(work: "Future[Any]", call: Callable[[], Any]) -> Callable[[], None]:
    """Call a function, and return what hands its result or its error to who waits."""
    try:
        result = call()
    except BaseException as error:
        failed = error
        return lambda: work.set_exception(failed)
    return lambda: work.set_result(result)


def _nothing() -> None:
    """Deliver nothing: nobody waits any more."""


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
