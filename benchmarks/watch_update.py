"""One update of a running batch: 14 days of twelve tags at one minute, against reading its records with polars.

    python benchmarks/watch_update.py [--write]

A monitor learns from a small virtual plant. The hourly records of one batch are interpolated to one minute.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np
import polars as pl
from monitoring import history_of, process_of_plant, rows_of
from report import Cell, Report, Table, command, publish

from pipeline.monitoring.judging import judge
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.monitoring.training import train_monitor
from pipeline.simulators.virtual_plant.build import build
from pipeline.simulators.virtual_plant.config import FurtherTag, PlantConfig

SEED, BATCHES, HOURS = 71, 120, 336.0
TIMES = 5


def at_one_minute(records: pl.DataFrame, sensors: tuple[str, ...]) -> pl.DataFrame:
    """Return the records of one batch with those of the sensors interpolated to one minute."""
    parts = []
    for (tag,), own in records.group_by("tag", maintain_order=True):
        if str(tag) not in sensors:
            parts.append(own)
            continue
        at = np.arange(0.0, HOURS * 3600, 60.0)
        values = np.interp(at, own["time"].to_numpy(), own["value"].to_numpy())
        parts.append(pl.DataFrame({"batch_id": own["batch_id"][0], "tag": str(tag), "time": at, "value": values}))
    return pl.concat(parts).sort("batch_id", "tag", "time")


def seconds(do: Callable[[], object]) -> float:
    """Return the shortest time of several calls, after one that warms up."""
    do()
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        do()
        found.append(time.perf_counter() - began)
    return min(found)


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    process = process_of_plant()
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        build(PlantConfig(seed=SEED, batches=BATCHES, further_tags=get_args(FurtherTag)), raw, Path(folder) / "truth")
        history = history_of(process, raw)
        rows = rows_of(process, history)
        monitor = train_monitor(process, rows, history.trajectories, {}, MonitoringConfig(), SEED).monitor
        row = rows.filter(pl.col("duration") >= HOURS * 3600)[:1]
        own = history.trajectories.filter(pl.col("batch_id") == row["batch_id"][0])
        records = at_one_minute(own, monitor.forecasts.expected.grid.sensors)
        parquet, csv = Path(folder) / "records.parquet", Path(folder) / "records.csv"
        records.write_parquet(parquet)
        records.write_csv(csv)
        update = seconds(lambda: judge(monitor, row, records, HOURS))
        reads = {"Parquet": seconds(lambda: pl.read_parquet(parquet)), "CSV": seconds(lambda: pl.read_csv(csv))}
    lines: list[list[Cell]] = [["update", update, 1.0]]
    lines += [[f"reading {name}", taken, update / taken] for name, taken in reads.items()]
    table = Table(
        "One update of a running batch, and reading its records",
        ("what", "time [s]", "update / this"),
        lines,
        3,
        f"{records.height:,} records. Bar 20, goal 5. The shortest of {TIMES} calls.",
    )
    publish(Report("watch_update", [table], [SEED], {"records": records.height}), given)


if __name__ == "__main__":
    main(command(__doc__).parse_args())
