"""A lane does one thing after the other, and refuses what would wait too long."""

import asyncio
import threading
import time

import pytest

from pipeline.service.refusals import RefusedError
from pipeline.service.settings import Limits
from pipeline.service.workers import Lane, Workers


def test_lane__does_one_after_the_other() -> None:
    lane, running, most = Lane("x", 100, 10), [0], [0]

    def work() -> str:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.002)
        running[0] -= 1
        return threading.current_thread().name

    async def all_of_them() -> set[str]:
        return set(await asyncio.gather(*(lane.do(work) for _ in range(20))))

    assert asyncio.run(all_of_them()) == {"x"}
    assert most == [1]
    assert lane.waiting == 0


def test_lane__a_full_queue_is_refused_and_empties() -> None:
    lane, hold = Lane("x", 3, 10), threading.Event()

    async def crowd() -> None:
        waiting = [asyncio.create_task(lane.do(hold.wait)) for _ in range(3)]
        await asyncio.sleep(0.01)
        with pytest.raises(RefusedError, match="Too many requests wait") as found:
            await lane.do(hold.wait)
        assert (found.value.status, found.value.retry_after) == (503, 2)
        hold.set()
        assert await asyncio.gather(*waiting) == [True] * 3
        assert await lane.do(lambda: 7) == 7

    asyncio.run(crowd())


def test_lane__what_takes_too_long_is_refused_and_what_waits_for_it_is_not_done() -> None:
    lane, hold, done = Lane("x", 10, 0.05), threading.Event(), list[int]()

    async def crowd() -> None:
        waiting = [asyncio.create_task(lane.do(hold.wait)), asyncio.create_task(lane.do(lambda: done.append(1)))]
        found = await asyncio.gather(*waiting, return_exceptions=True)
        assert [getattr(one, "status", None) for one in found] == [503, 503]
        hold.set()
        assert await lane.do(lambda: 7) == 7

    asyncio.run(crowd())
    assert done == []
    assert lane.waiting == 0


def test_lane__an_error_is_that_of_who_asked() -> None:
    lane = Lane("x", 10, 10)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(lane.do(lambda: 1 // 0))
    assert asyncio.run(lane.do(lambda: 7)) == 7


def test_workers__numbers_do_not_wait_for_pages() -> None:
    workers = Workers(Limits())
    assert workers.of("numbers") is workers.numbers
    assert workers.of("causes") is workers.of("whole") is workers.long
    workers.close()
