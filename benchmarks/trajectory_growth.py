"""Time and memory from canonical records of sensors to features, from a million records to a hundred million.

    python benchmarks/trajectory_growth.py [records ...] [--write]

Writes `trajectories.parquet` as the stage `validate` does to a temporary folder: 8 tags every 10 minutes and 14 days per batch.
It has about 400 MB at the largest size. The function of the stage `features` then reads it, in a process of its own with one
thread. The reference is a scan by polars of all columns of the same file, with one thread as well: mean value, last time and number
of records of each batch and tag. Seconds are processor time, the least of three runs that take turns. They vary on a shared
machine, so compare the ratio.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before polars is imported, which reads it once

import numpy as np
import polars as pl
from report import Cell, Report, Table, command, publish
from trajectories import DAYS, LEVELS, MINUTES, ROOT, definition

from pipeline.domain.config_files import read_yaml
from pipeline.features.series import features_of_file
from pipeline.features.table import series_features
from pipeline.history.tables import History

SIZES = (1_000_000, 10_000_000, 100_000_000)
WHOLE = 10_000_000
"""Largest number of records that is also read at once, for comparison."""
STEPS = DAYS * 24 * 60 // MINUTES
BATCHES_AT_ONCE = 60
RUNS = 3
FAR = 1_000_000_000
"""Number of records to which the time is extrapolated."""


def write_records(file: Path, records: int) -> int:
    """Write the records of whole batches, some batches at a time; return how many there are."""
    batches = max(1, round(records / STEPS / len(LEVELS)))
    rng = np.random.default_rng(1)
    parts = file.parent / "parts"
    parts.mkdir()
    for first in range(0, batches, BATCHES_AT_ONCE):
        last = min(first + BATCHES_AT_ONCE, batches)
        pl.concat(_records(range(first, last), rng)).write_parquet(parts / f"{first:07d}.parquet")
    pl.scan_parquet(parts / "*.parquet").sink_parquet(file)
    for part in parts.iterdir():
        part.unlink()
    parts.rmdir()
    return batches * len(LEVELS) * STEPS


def _records(batches: range, rng: np.random.Generator) -> Iterator[pl.DataFrame]:
    sensors = read_yaml(ROOT / "conf/process/virtual_plant.yaml")["sources"]["historian_boston"]["tags"]
    levels = {sensors[tag]: level for tag, level in LEVELS.items()}
    times = np.arange(STEPS) * MINUTES * 60.0
    for batch in batches:
        for tag in sorted(levels):
            values = np.round(levels[tag] * (1 + 0.02 * rng.standard_normal(STEPS)), 4)
            yield pl.DataFrame({"batch_id": f"MAB-{batch:06d}", "tag": tag, "time": times, "value": values})


def _scan(file: Path) -> None:
    """Read all columns of all records, and aggregate them."""
    value, last = pl.col("value").mean(), pl.col("time").max()
    pl.scan_parquet(file).group_by("batch_id", "tag").agg(value, last, pl.len()).collect(engine="streaming")


def _features(file: Path) -> None:
    """Make the features some batches at a time, as the stage does."""
    features_of_file(definition(), _history(file), file, jobs=1)


def _whole(file: Path) -> None:
    """Make the features of all records at once, as before."""
    series_features(definition(), _history(file, pl.read_parquet(file)))


def _history(file: Path, records: pl.DataFrame | None = None) -> History:
    batches = pl.scan_parquet(file).select(pl.col("batch_id").unique()).collect()
    nothing = pl.DataFrame()
    return History(batches, nothing, nothing, nothing, nothing if records is None else records)


WAYS = {"scan": _scan, "features": _features, "whole": _whole}


def measured(way: str, file: Path) -> tuple[float, float]:
    """Return processor seconds and the peak memory [MiB] of a way, in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--way", way, "--file", str(file)], capture_output=True, text=True, check=True
    )
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def run_way(way: str, file: Path) -> None:
    """Print processor seconds and the peak memory [MiB] of this process."""
    start = time.process_time()
    WAYS[way](file)
    print(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def rows_of(size: int) -> dict[str, float]:
    """Measure all ways at one size."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trajectories.parquet"
        found: dict[str, float] = {"records": write_records(file, size), "megabytes": file.stat().st_size / 1e6}
        ways = [way for way in WAYS if way != "whole" or size <= WHOLE]
        runs = [{way: measured(way, file) for way in ways} for _ in range(RUNS)]
    for way in ways:
        found[way] = min(run[way][0] for run in runs)
        found[f"{way} memory"] = max(run[way][1] for run in runs)
    print(f"{datetime.now():%H:%M:%S} {found}", file=sys.stderr)
    return found


def tables(found: list[dict[str, float]]) -> list[Table]:
    """Return the table of the sizes, and that of the growth."""
    sizes: list[list[Cell]] = [
        [
            f"{one['records']:,.0f}",
            one["megabytes"],
            one["features"] / one["scan"],
            one["features"],
            one["scan"],
            one["features memory"],
            one["scan memory"],
            one.get("whole memory"),
        ]
        for one in found
    ]
    head = (
        "records",
        "file, MB",
        "ratio to the scan",
        "features, s",
        "scan, s",
        "memory of features, MiB",
        "memory of the scan, MiB",
        "memory if read at once, MiB",
    )
    first = Table(
        "From canonical records of sensors to features, relative to a scan by polars of the same file",
        head,
        sizes,
        note="Processor seconds with one thread, least of three runs. Memory is the peak of the process, largest of three runs.",
    )
    return [first, *([_growth(found)] if len(found) > 1 else [])]


def _growth(found: list[dict[str, float]]) -> Table:
    """Return how the time grows between sizes, and what follows for a thousand million records."""
    rows: list[list[Cell]] = []
    for small, large in pairwise(found):
        more = large["records"] - small["records"]
        rate = {way: (large[way] - small[way]) / more for way in ("features", "scan")}
        power = np.log(large["features"] / small["features"]) / np.log(large["records"] / small["records"])
        far = large["features"] + rate["features"] * (FAR - large["records"])
        name = f"{small['records']:,.0f} to {large['records']:,.0f}"
        rows.append([name, rate["features"] * 1e6, rate["scan"] * 1e6, float(power), far])
    return Table(
        "Growth of the time between two sizes, and the time of 1,000,000,000 records that follows from it",
        ("records", "features, s per million", "scan, s per million", "exponent", "features of 1e9, s"),
        rows,
        digits=3,
        note="The exponent is 1 where the time is linear. It is below 1 while the start of the program still counts.",
    )


def main(given: argparse.Namespace) -> None:
    """Measure each size, or one way in this process."""
    if given.way is not None:
        run_way(given.way, given.file)
        return
    found = [rows_of(size) for size in given.records or SIZES]
    counted = {"records of sensors": int(sum(one["records"] for one in found))}
    publish(Report("trajectory_growth", tables(found), [1], counted), given)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("records", nargs="*", type=int, help="numbers of records; 1e6, 1e7 and 1e8 without them")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    main(parser.parse_args())
