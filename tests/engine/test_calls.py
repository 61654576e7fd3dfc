import os
from functools import partial

import pytest

from pipeline.engine.address import VARIABLE
from pipeline.engine.calls import in_this_process, results_of


@pytest.mark.parametrize("jobs", [1, 2])
def test_results__are_in_the_order_of_the_calls(monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert list(results_of([partial(pow, 2, n) for n in range(9)], jobs)) == [2**n for n in range(9)]


def test_in_this_process__no_other_process_and_no_cluster_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "tcp://127.0.0.1:9")
    with in_this_process():
        assert set(results_of([os.getpid] * 3, 2)) == {os.getpid()}
