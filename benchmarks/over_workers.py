"""Trees that two workers of a Dask cluster fit together, against LightGBM on one machine.

    python benchmarks/over_workers.py [rows ...] [--write]

Rows of a smooth function with noise and 30 features, one of them a product. Two workers on this machine each take a part of the
rows, as the option `over_workers` of the model `lightgbm` does. Errors are those of as many rows that were not learned from.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before polars is imported, which reads it once

from pipeline.engine.address import VARIABLE  # isort: skip (before numpy: it sets the threads of the linear algebra)

import numpy as np
import polars as pl
from report import Cell, Report, Table, command, publish

from pipeline.domain.arrays import FloatArray
from pipeline.models.base import Task
from pipeline.models.trees.lightgbm import FittedLightGBM, LightGBM, fit_lightgbm

SIZES = (20_000, 200_000)
FEATURES = 29
SEED, RUNS = 1, 3
TASK = Task("y", tuple(f"x{number}" for number in range(FEATURES)), ("product",))


def history(rows: int, seed: int) -> tuple[pl.DataFrame, FloatArray]:
    """Return rows, and their results with noise of a standard deviation of 0.3."""
    rng = np.random.default_rng(seed)
    x, product = rng.normal(size=(rows, FEATURES)), rng.integers(0, 8, rows)
    y = x[:, 1] + np.sin(2 * x[:, 2]) + product % 3 + 0.3 * rng.normal(size=rows)
    names = [f"p{number}" for number in product]
    return pl.DataFrame({f"x{number}": x[:, number] for number in range(FEATURES)} | {"product": names}), y


@contextmanager
def two_workers() -> Iterator[str]:
    """Start a scheduler and two workers on this machine. Gives the address of the scheduler."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        silent = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        program = [
            sys.executable,
            "-m",
            "distributed.cli.dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
        ]
        running = [subprocess.Popen([*program, "--scheduler-file", str(file)], **silent)]  # type: ignore[call-overload]
        while not (file.is_file() and file.stat().st_size):
            time.sleep(0.1)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        worker = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            address,
            "--no-nanny",
            "--nthreads",
            "1",
            "--no-dashboard",
        ]
        running += [subprocess.Popen(worker, **silent) for _ in range(2)]  # type: ignore[call-overload]
        _wait_for_workers(address)
        try:
            yield address
        finally:
            for one in running:
                one.kill()
                one.wait()


def _wait_for_workers(address: str) -> None:
    from typing import Any, cast

    import distributed

    with cast(Any, distributed.Client)(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=120)


def fitted(rows: pl.DataFrame, y: FloatArray, over_workers: bool) -> tuple[list[FittedLightGBM], float]:
    """Return the trees of each run, and the least seconds that a run took. One small fit before loads the libraries."""
    fit_lightgbm(LightGBM(over_workers=over_workers, rounds=2), rows.head(1_000), y[:1_000], TASK, SEED)
    found, seconds = [], []
    for _ in range(RUNS):
        start = time.perf_counter()
        found.append(fit_lightgbm(LightGBM(over_workers=over_workers), rows, y, TASK, SEED))
        seconds.append(time.perf_counter() - start)
    return found, min(seconds)


def compared(size: int) -> list[Cell]:
    """Return the line of one number of rows."""
    (rows, y), (other, truth) = history(size, SEED), history(size, SEED + 1)
    (alone, *_), first = fitted(rows, y, over_workers=False)
    together, second = fitted(rows, y, over_workers=True)
    one, two, *others = (model.predict(other) for model in (alone, *together))
    deviation = float(np.std(truth))
    return [
        f"{size:,}",
        second / first,
        first,
        _apart(one, truth),
        _apart(two, truth),
        100 * _apart(one, two) / deviation,
        max(100 * _apart(two, more) / deviation for more in others),
    ]


def _apart(one: FloatArray, other: FloatArray) -> float:
    """Return the root mean square of the difference."""
    return float(np.sqrt(np.mean((one - other) ** 2)))


def main(given: argparse.Namespace) -> None:
    """Compare at each number of rows."""
    sizes = given.rows or SIZES
    with two_workers() as address:
        os.environ[VARIABLE] = address
        lines = [compared(size) for size in sizes]
    head = (
        "rows",
        "time, ratio to one machine",
        "one machine, s",
        "error, one machine",
        "error, two workers",
        "difference, % of the standard deviation",
        "difference of runs on two workers, %",
    )
    table = Table(
        "Trees fitted by two workers together, relative to the same trees of one machine",
        head,
        lines,
        digits=3,
        note="Differences are root mean squares over rows that were not learned from. Both workers ran on this machine. Times are "
        "the least of three runs. The last column is the largest difference between the first run and the others.",
    )
    publish(Report("over_workers", [table], [SEED], {"rows": sum(sizes)}), given)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("rows", nargs="*", type=int, help="numbers of rows; 20,000 and 200,000 without them")
    main(parser.parse_args())
