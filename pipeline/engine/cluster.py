"""Calls on the workers of a Dask cluster. No other file imports distributed.

Each call carries its arguments, so the scheduler can give it to another worker if its own is lost. Nothing is kept on a worker
alone: a result is fetched as soon as it is there. No message and no log shows the address of the scheduler.
"""

import logging
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar, cast

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import noun
from pipeline.domain.errors import ClusterError, listed
from pipeline.engine.address import VARIABLE
from pipeline.engine.installation import differences, installation

Result = TypeVar("Result")
CALLS_PER_WORKER = 3
"""Calls that are sent to the cluster per worker at a time. The scheduler keeps the arguments of these alone."""
_POLL = 0.5
"""Seconds between two looks at whether the cluster is still there."""
_ALIKE = ("dask", "distributed", "cloudpickle", "msgpack")
"""Libraries of which the scheduler must have the version of this machine."""
_LOGGERS = ("distributed", "tornado", "asyncio")
"""Loggers, with those below them, that write about a connection."""
_AGAIN = f"Start it again, then give the command again; without {VARIABLE} the command runs on this machine"


def results_on_cluster(address: str, calls: Sequence[Callable[[], Result]]) -> Iterator[Result]:
    """Yield the result of each call, in the order of the calls. They run on the workers of a cluster.

    address: of the scheduler, such as `tcp://host:8786`. calls: functions without arguments that cloudpickle can send; the
    result of each depends on nothing outside of it. Without calls no connection is opened.

    Raises ClusterError if the scheduler does not answer, there is no worker, an installation differs from this one, or the
    cluster ends; and what a call raises.
    """
    if not calls:
        return
    _import()
    with _quiet(), _connected(address) as client:
        _refuse_other_installations(client)
        yield from _Calls(client, calls).results()


def fitted_on_cluster(
    address: str, fit: Callable[[Any, Any, Any, str], Result], matrix: FloatArray, y: FloatArray
) -> Result:
    """Return what a fit makes of blocks of rows, one block per worker. It begins again if a worker is lost.

    address: of the scheduler. fit: gets the client of Dask, the blocks of `matrix`, the blocks of `y`, and `host:port` of each
    worker, separated by commas. matrix: rows × features. y: one number per row.

    Raises ClusterError as `results_on_cluster` does; and what the fit raises while no worker was lost.
    """
    _import()
    with _quiet(), _connected(address) as client:
        _refuse_other_installations(client)
        while True:
            workers = sorted(client.nthreads())
            try:
                rows, results = (_blocks(client, workers, values) for values in (matrix, y))
                with client.as_current():
                    return fit(client, rows, results, _hosts(client, workers))
            except Exception:
                time.sleep(_POLL)  # the scheduler needs a moment to see that a worker is gone
                if sorted(client.nthreads()) == workers:
                    raise
                client.wait_for_workers(1, timeout=patience())


def _blocks(client: Any, workers: Sequence[str], values: FloatArray) -> Any:
    """Return an array of Dask whose blocks are rows of `values`. Each worker holds one block.

    workers: addresses of the workers, in the order of the blocks. A sum over blocks depends on their order in its last digits, so
    the caller sorts the addresses.
    """
    from dask import array

    parts = np.array_split(values, len(workers))
    held = [client.scatter(part, workers=[worker], hash=False) for part, worker in zip(parts, workers, strict=True)]
    blocks = [array.from_delayed(one, shape=part.shape, dtype=part.dtype) for one, part in zip(held, parts, strict=True)]
    return array.concatenate(blocks)


def _hosts(client: Any, workers: Sequence[str]) -> str:
    """Return `host:port` of each worker, separated by commas, in the order of the workers: LightGBM's parameter `machines`.

    workers: addresses of the workers, such as `tcp://10.0.0.2:40001`. Each port is free on its worker at the time of the call.
    """
    ports = client.run(_free_port, workers=list(workers))
    return ",".join(f"{worker.partition('://')[2].rpartition(':')[0]}:{ports[worker]}" for worker in workers)


def _free_port() -> int:
    """Return a port of this machine that nothing listens on. Runs on a worker."""
    import socket

    with socket.socket() as one:
        one.bind(("", 0))
        return int(one.getsockname()[1])


class _Calls:
    """Calls on their way through a cluster: which were sent, and which results wait for their turn.

    A call is sent when a worker can soon take it. So the scheduler holds the arguments of few calls at a time.
    """

    def __init__(self, client: Any, calls: Sequence[Callable[[], Any]]) -> None:
        """Keep the calls. Nothing is sent yet. client: of Dask, connected. calls: functions without arguments."""
        self.client, self.calls = client, calls
        self.sent: dict[Any, int] = {}
        """Future → number of its call."""
        self.found: dict[int, Any] = {}
        """Number of a call → its result, until its turn comes."""
        self.next = 0
        """Number of the first call that was not sent."""
        self.seen = time.monotonic()
        """When the cluster was last seen with a worker."""

    def results(self) -> Iterator[Any]:
        """Yield the results in the order of the calls.

        Raises ClusterError if the scheduler or all workers are lost; and what a call raises.
        """
        for turn in range(len(self.calls)):
            while turn not in self.found:
                self._send()
                self._fetch()
            yield self.found.pop(turn)

    def _send(self) -> None:
        """Send further calls until there are CALLS_PER_WORKER for each worker on their way."""
        most = CALLS_PER_WORKER * max(1, self.workers)
        while self.next < len(self.calls) and len(self.sent) < most:
            from cloudpickle import dumps as pickled

            call = partial(_called, dict(installation()), pickled(self.calls[self.next]))
            self.sent[self.client.submit(call, pure=False)] = self.next
            self.next += 1

    def _fetch(self) -> None:
        """Wait until a call has ended, at most _POLL seconds, and keep the results of all that have ended.

        Raises ClusterError if the cluster is lost meanwhile; and what a call raises.
        """
        import distributed

        wait: Any = distributed.wait
        try:
            with self.client.as_current():
                done = wait(list(self.sent), timeout=_POLL, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            self._refuse_a_dead_cluster()
            return
        for future in done:
            try:
                self.found[self.sent[future]] = future.result(timeout=_POLL)
            except TimeoutError:  # its worker was lost after the call: the scheduler gives it to another one
                self._refuse_a_dead_cluster()
                continue
            del self.sent[future]

    def _refuse_a_dead_cluster(self) -> None:
        """Raise ClusterError if the scheduler has ended, or if there was no worker for longer than `patience`."""
        if self.client.status == "running" and self.workers:
            self.seen = time.monotonic()
        elif self.client.status == "closed":
            raise ClusterError(f"The scheduler of the cluster has ended while calls were running. {_AGAIN}")
        elif time.monotonic() - self.seen > patience():
            raise ClusterError(
                f"The cluster has lost all its workers, and none has come back within {patience():g} s. {_AGAIN}"
            )

    @property
    def workers(self) -> int:
        """Number of workers that the scheduler knows now."""
        return len(self.client.sync(self.client.scheduler.ncores, callback_timeout=patience()))


def patience() -> float:
    """Return the seconds after which a scheduler that does not answer, or a cluster without workers, is given up.

    It is Dask's own setting `distributed.comm.timeouts.connect`.
    """
    import dask

    return float(dask.utils.parse_timedelta(dask.config.get("distributed.comm.timeouts.connect")))


def _called(here: Mapping[str, str], call: bytes) -> Any:
    """Return the result of a call. Runs on a worker.

    here: what is installed on the machine that sends. call: a function without arguments, pickled by cloudpickle. A worker may have
    joined after the check of all workers, so that each call checks its own worker.

    Raises ClusterError if the worker would compute with something else; and what the call raises.
    """
    from cloudpickle import loads as unpickled

    if other := differences(here, installation()):
        raise ClusterError(_unlike(1, other))
    return unpickled(call)()


def _import() -> None:
    """Load Dask before `_quiet` silences its loggers, since loading it sets them. Raises ClusterError if it is not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise ClusterError(
            f"{VARIABLE} names a cluster, and the package distributed is not installed: pip install 'scalebridge[cluster]'"
        ) from None


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Connect to a scheduler, wait until it has a worker, give the client of Dask, and close it at the end.

    Raises ClusterError if the scheduler does not answer or no worker comes within `patience`, or if the connection is lost within
    the block.
    """
    import distributed

    limit, connect = patience(), cast(Any, distributed.Client)
    try:
        client = connect(address, timeout=limit, set_as_default=False)
    except Exception as error:
        raise ClusterError(
            f"The scheduler that {VARIABLE} names cannot be reached within {limit:g} s ({type(error).__name__}). Check that it "
            "runs, that this machine may reach it, and the certificates of tls:// addresses"
        ) from None
    try:
        try:
            client.wait_for_workers(1, timeout=limit)
        except Exception:
            raise ClusterError(
                f"The cluster that {VARIABLE} names has no worker, and none has come within {limit:g} s. Start a worker, "
                "then give the command again"
            ) from None
        with _losses_as_sentences():
            yield client
    finally:
        client.close(timeout=_POLL)


@contextmanager
def _losses_as_sentences() -> Iterator[None]:
    """Raise a ClusterError in place of an error of Dask within the block. Errors of Dask name addresses."""
    from concurrent.futures import CancelledError

    from distributed.comm.core import CommClosedError
    from distributed.scheduler import KilledWorker

    try:
        yield
    except KilledWorker:
        raise ClusterError(
            "A call ended several workers of the cluster one after the other, so it was given up. The memory of a worker is "
            "probably too small. Start workers with more memory, then give the command again"
        ) from None
    except (CancelledError, CommClosedError, ConnectionError, TimeoutError):
        raise ClusterError(f"The connection to the scheduler of the cluster is lost. {_AGAIN}") from None


def _refuse_other_installations(client: Any) -> None:
    """Raise ClusterError if the scheduler or a worker differs from this machine, and name the difference.

    The scheduler must have the same versions of the libraries of _ALIKE. A worker must have the same installation, and one thread.
    """
    here = installation()
    packages = client.get_versions()["scheduler"]["packages"]
    own = {name: _version(name) for name in _ALIKE}
    if other := differences(own, {name: str(packages.get(name)) for name in _ALIKE}):
        raise ClusterError(
            f"The scheduler of the cluster is installed in another way than this machine: {listed(other, 20)}. Install the same "
            "versions there (constraints.txt)"
        )
    try:
        there = client.run(installation)
    except ImportError as error:
        raise ClusterError(
            f"A worker of the cluster lacks the module '{error.name}'. Install there what is installed here (constraints.txt)"
        ) from None
    unlike = [found for one in there.values() if (found := differences(here, one))]
    if unlike:
        raise ClusterError(_unlike(len(unlike), [*dict.fromkeys(part for parts in unlike for part in parts)]))
    threads = [number for number in client.nthreads().values() if number != 1]
    if threads:
        raise ClusterError(
            f"{len(threads)} workers of the cluster have {threads[0]} threads. Start workers with one thread each: "
            "dask worker --nthreads 1 --nworkers <number>"
        )


def _unlike(workers: int, other: Sequence[str]) -> str:
    """Return the sentence on workers that would compute with something else. workers: their number. other: the differences."""
    return (
        f"{workers} {noun(workers, 'worker')} of the cluster would compute with something else than this machine: "
        f"{listed(other, 20)}. Install the same versions there (constraints.txt), and start workers with the environment variables "
        "OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE=Haswell POLARS_MAX_THREADS=1"
    )


def _version(library: str) -> str:
    """Return the version of a library as it is installed here."""
    from importlib.metadata import version

    return version(library)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence what Dask logs and warns within the block, since it shows addresses. What matters is raised as an error.

    The loggers stay silent after the block, because a connection that has broken off is closed in the background.
    """
    for name in [*_LOGGERS, *logging.root.manager.loggerDict]:
        if name.split(".")[0] in _LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="distributed")
        yield
