"""Time and memory of the virtual plant as it grows, with sensor records every 10 minutes that are streamed to disk.

    python benchmarks/plant.py [largest number of batches] [--write]

Builds plants of increasing size, each in a new process, and shows time, records and peak memory. The time per batch should not
grow with the size. Memory should grow only by the tables of batches and results. The reference is measured in the same run: the
time that polars needs to write as many records of random numbers. All times are processor time.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from report import Report, Table, command, publish

from pipeline.simulators.virtual_plant.build import build
from pipeline.simulators.virtual_plant.config import PlantConfig

MINUTES = 10
SEED = 11
HEAD = (
    "batches",
    "ratio to the reference",
    "processor seconds",
    "batches per processor second",
    "records",
    "MB written",
    "peak memory [MiB]",
)


@dataclass(frozen=True)
class Cost:
    """Cost of building one plant."""

    batches: int
    seconds: float
    records: int
    megabytes_written: float
    peak_memory: float
    """[MiB]"""


def measure(batches: int) -> Cost:
    """Build a plant in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        begun = time.process_time()
        build(PlantConfig(seed=SEED, batches=batches, historian_minutes=MINUTES), raw, Path(folder) / "truth")
        seconds = time.process_time() - begun
        files = list((raw / "historian").rglob("*.parquet"))
        records = sum(pl.scan_parquet(file).select(pl.len()).collect().item() for file in files)
        size = sum(file.stat().st_size for file in files) / 1e6
    return Cost(batches, seconds, records, size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def reference(records: int) -> float:
    """Return the processor seconds that polars needs to write that many records of random numbers, in files of two million."""
    rng = np.random.default_rng(1)
    begun = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for part, first in enumerate(range(0, records, 2_000_000)):
            count = min(2_000_000, records - first)
            frame = pl.DataFrame({"batch": np.arange(count) // 2000, "value": np.round(rng.normal(size=count), 3)})
            frame.write_parquet(Path(folder) / f"{part}.parquet")
    return time.process_time() - begun


def alone(batches: int) -> Cost:
    """Measure in a new process, so that the peak memory is that of this plant alone."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (batches,))


def main(given: argparse.Namespace) -> None:
    """Build plants of increasing size and show what each costs."""
    sizes = [given.largest // 8, given.largest // 4, given.largest // 2, given.largest]
    costs = [alone(batches) for batches in sizes]
    table = Table(
        "Cost of building a virtual plant, by its number of batches",
        HEAD,
        [_row(cost) for cost in costs],
        digits=1,
        note="Reference: polars writes as many records of random numbers.",
    )
    publish(Report("plant", [table], [SEED], {"records in the largest plant": costs[-1].records}), given)


def _row(cost: Cost) -> tuple[str | int | float, ...]:
    ratio, rate = cost.seconds / reference(cost.records), cost.batches / cost.seconds
    sizes = (round(cost.megabytes_written), round(cost.peak_memory))
    return (f"{cost.batches:,}", ratio, cost.seconds, rate, cost.records, *sizes)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("largest", nargs="?", type=int, default=2000, help="batches of the largest plant")
    main(parser.parse_args())
