"""Run independent calls: in processes of this machine, or on the cluster that the environment names."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from pipeline.engine.address import cluster_address

Result = TypeVar("Result")
_ONE_PROCESS: ContextVar[bool] = ContextVar("one process", default=False)


def results_of(calls: Sequence[Callable[[], Result]], jobs: int) -> Iterator[Result]:
    """Yield the result of each call, in the order of the calls.

    The calls run in `jobs` processes, or on the workers of the cluster if `SCALEBRIDGE_CLUSTER` holds the address of its scheduler.
    The results are the same. Raises ClusterError if the cluster cannot be used, and what a call raises.
    """
    if (address := cluster_address()) is None or _ONE_PROCESS.get():
        yield from results_here(calls, jobs)
        return
    from pipeline.engine.cluster import results_on_cluster

    yield from results_on_cluster(address, calls)


def results_here(calls: Sequence[Callable[[], Result]], jobs: int) -> Iterator[Result]:
    """As `results_of`, in processes of this machine alone: for calls that read files which a cluster may not have."""
    if _ONE_PROCESS.get() or len(calls) == 1:
        yield from results_in_turn(calls)
        return
    from joblib import Parallel, delayed

    yield from Parallel(n_jobs=jobs, return_as="generator")(delayed(call)() for call in calls)


def results_in_turn(calls: Sequence[Callable[[], Result]]) -> Iterator[Result]:
    """Yield the results of calls in this process, one after the other: for calls that use the whole cluster themselves."""
    return (call() for call in calls)


@contextmanager
def in_this_process() -> Iterator[None]:
    """Let all calls run in this process, one after the other, whatever the environment says."""
    token = _ONE_PROCESS.set(True)
    try:
        yield
    finally:
        _ONE_PROCESS.reset(token)
