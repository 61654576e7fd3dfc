"""A real Dask cluster for tests: a scheduler and workers, each a process of its own that a test may kill."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.config_files import read_json

ROOT = Path(__file__).parents[2]


@dataclass
class RealCluster:
    """A scheduler and its workers."""

    folder: Path
    address: str = ""
    scheduler: "subprocess.Popen[bytes] | None" = None
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start_scheduler(self) -> None:
        self.file.unlink(missing_ok=True)
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self.file))
        for _ in range(600):
            if self.file.is_file() and self.file.stat().st_size:
                break
            time.sleep(0.05)
        self.address = read_json(self.file)["address"]

    def add_worker(self, *more: str, **environment: str) -> "subprocess.Popen[bytes]":
        threads = () if "--nthreads" in more else ("--nthreads", "1")
        worker = self._start("worker", self.address, "--no-nanny", *threads, *more, **environment)
        self.workers.append(worker)
        return worker

    def wait_for(self, workers: int) -> None:
        """Wait until the scheduler knows this many workers."""
        import distributed

        with distributed.Client(self.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(workers, timeout=60)

    def kill(self) -> None:
        """Kill what this object has started."""
        for one in (*self.workers, self.scheduler):
            if one is not None:
                one.kill()
                one.wait()
        self.workers.clear()

    @property
    def file(self) -> Path:
        """The file in which the scheduler writes its address."""
        return self.folder / "scheduler.json"

    def _start(self, what: str, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments, "--no-dashboard"]
        with (self.folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(command, env=_environment(environment), cwd=self.folder, stdout=log, stderr=log)


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of workers that compute as this process does."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    own = {"PYTHONPATH": path, "POLARS_MAX_THREADS": str(pl.thread_pool_size()), "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    return {**os.environ, **own, **more}


@contextmanager
def real_cluster(folder: Path, workers: int = 2) -> Iterator[RealCluster]:
    """Start a scheduler with workers. Skip the test where the package is not installed."""
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    cluster = RealCluster(folder)
    try:
        cluster.start_scheduler()
        for _ in range(workers):
            cluster.add_worker()
        if workers:
            cluster.wait_for(workers)
        yield cluster
    finally:
        cluster.kill()


@contextmanager
def soon_given_up(seconds: str = "3s") -> Iterator[None]:
    """Let this process give up a cluster that does not answer after some seconds."""
    import dask

    with dask.config.set({"distributed.comm.timeouts.connect": seconds}):
        yield
