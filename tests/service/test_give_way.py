"""Curves give way to numbers."""

import threading

from pipeline.service.give_way import GiveWay


def test_give_way__curves_wait_while_numbers_are_computed() -> None:
    way, passed = GiveWay(), threading.Event()

    def curves() -> None:
        way.wait()
        passed.set()

    with way.first():
        thread = threading.Thread(target=curves)
        thread.start()
        assert not passed.wait(0.1)
    thread.join(2)
    assert passed.is_set()


def test_give_way__without_numbers_nobody_waits() -> None:
    way = GiveWay()
    with way.first():
        pass
    way.wait()
    assert way._inside == 0
