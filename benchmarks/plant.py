"""How the virtual plant grows: batches per second and memory, sensor records at 10-minute resolution streamed to disk.

    python benchmarks/plant.py [largest number of batches]

Builds plants of rising size, each in a process of its own, and prints time, records and peak memory. Time per batch should not
rise with size, and memory only by what the tables of batches and results need. The reference, measured in the same run, is what
polars alone takes to write as many records of random numbers; a simulated batch costs a multiple of it.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.simulators.virtual_plant.build import build
from pipeline.simulators.virtual_plant.config import PlantConfig

MINUTES = 10


@dataclass(frozen=True)
class Cost:
    """What one plant took."""

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
        begun = time.perf_counter()
        build(PlantConfig(seed=11, batches=batches, historian_minutes=MINUTES), raw, Path(folder) / "truth")
        seconds = time.perf_counter() - begun
        files = list((raw / "historian").rglob("*.parquet"))
        records = sum(pl.scan_parquet(file).select(pl.len()).collect().item() for file in files)
        size = sum(file.stat().st_size for file in files) / 1e6
    return Cost(batches, seconds, records, size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def reference(records: int) -> float:
    """Seconds to write that many records of random numbers, in files of two million."""
    rng = np.random.default_rng(1)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for part, first in enumerate(range(0, records, 2_000_000)):
            count = min(2_000_000, records - first)
            frame = pl.DataFrame({"batch": np.arange(count) // 2000, "value": np.round(rng.normal(size=count), 3)})
            frame.write_parquet(Path(folder) / f"{part}.parquet")
    return time.perf_counter() - begun


def alone(batches: int) -> Cost:
    """Measure in a process of its own, so that peak memory is that of this plant."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (batches,))


def main(largest: int) -> None:
    """Print the table."""
    print(
        f"{'batches':>9s} {'seconds':>9s} {'batches/s':>10s} {'records':>13s} {'MB':>7s} {'peak MiB':>9s} {'to reference':>13s}"
    )
    for batches in [largest // 8, largest // 4, largest // 2, largest]:
        cost = alone(batches)
        ratio = cost.seconds / reference(cost.records)
        print(
            f"{batches:9,d} {cost.seconds:9.1f} {batches / cost.seconds:10.1f} {cost.records:13,d} "
            f"{cost.megabytes_written:7.0f} {cost.peak_memory:9.0f} {ratio:13.1f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
