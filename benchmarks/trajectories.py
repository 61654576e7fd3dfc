"""Time from sensor series to features, relative to a plain read and pivot of the same files.

    python benchmarks/trajectories.py [rows] [--write]

Writes a historian of a virtual plant to a temporary folder: batch, tag, time and value, 8 tags every 10 minutes, 14 days per
batch, one folder of Parquet files per month, 3 million rows by default. The steps of the pipeline then process it: read, type,
assemble, features. Seconds are processor time with one thread (POLARS_MAX_THREADS changes that). They vary on a shared machine, so
compare the ratio to `pl.read_parquet(...).pivot(...)` of the same files. That reference neither checks nor converts anything.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before polars is imported, which reads it once

import numpy as np
import polars as pl
from raw_files import history_of
from report import Report, Table, command, publish

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.process.process import Process
from pipeline.features.table import build
from pipeline.history.ingest import ingest

ROOT = Path(__file__).parents[1]
MINUTES, DAYS = 10, 14
LEVELS = {"TI": 36.5, "PHI": 7.0, "DOI": 40.0, "SI": 80.0, "FI": 20.0, "O2I": 30.0, "WIB": 20.0, "CO2I": 60.0}
"""Tag of the historian at Boston → level around which its values vary, in the unit of the tag."""
SPENT: dict[str, float] = {}


@contextmanager
def clock(name: str) -> Iterator[None]:
    """Store the processor time of a block in `SPENT`."""
    start = time.process_time()
    yield
    SPENT[name] = time.process_time() - start


def write_plant(folder: Path, rows: int) -> int:
    """Write batch records and sensor values; return how many sensor values there are."""
    steps = DAYS * 24 * 60 // MINUTES
    names = [f"MAB-{i:05d}" for i in range(max(1, round(rows / steps / len(LEVELS))))]
    pl.DataFrame({"batch": names, "product": "mAb", "volume": 2000.0}).write_csv(folder / "batches.csv")
    rng = np.random.default_rng(1)
    for i, name in enumerate(names):
        start = datetime(2024, 1, 1) + timedelta(days=i)
        part = pl.concat(_series(name, tag, start, steps, rng) for tag in LEVELS).sort("timestamp", maintain_order=True)
        path = folder / "historian" / f"{start:%Y-%m}" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_parquet(path)
    return len(names) * len(LEVELS) * steps


def _series(batch: str, tag: str, start: datetime, steps: int, rng: np.random.Generator) -> pl.DataFrame:
    moments = pl.datetime_range(
        start, interval=f"{MINUTES}m", end=start + timedelta(minutes=MINUTES * (steps - 1)), eager=True
    )
    values = np.round(LEVELS[tag] * (1 + 0.02 * rng.standard_normal(steps)), 4)
    return pl.DataFrame({"batch": batch, "tag": tag, "timestamp": moments, "value": values})


def definition() -> Process:
    """Return a process with the sensors of the virtual plant and only what a process must have besides."""
    plant = read_yaml(ROOT / "conf/process/virtual_plant.yaml")
    text = {"role": "identifier", "horizon": "plan", "kind": "text", "description": "name"}
    historian = plant["sources"]["historian_boston"]
    sensors = list(historian["tags"].values())
    used = {name: sensor for name, sensor in plant["operations"]["bioreactor"]["tags"].items() if sensor in sensors}
    process = parse(
        Process,
        {
            "name": "benchmark",
            "title": "Sensors of the virtual plant",
            "batch": "batch",
            "product": "product",
            "scale": {"attribute": "volume"},
            "sources": {
                "batches": {"gives": "batches", "files": ["batches.csv"]},
                "historian": historian | {"files": ["historian/*/*.parquet"]},
            },
            "operations": {"bioreactor": {"kind": "bioreactor", "inputs": {}, "tags": used}},
            "attributes": {
                "batch": text | {"column": "batches.batch"},
                "product": text | {"role": "context", "column": "batches.product"},
                "volume": text | {"role": "scale", "kind": "number", "unit": "L", "column": "batches.volume"},
                **{name: _without_lag(plant["attributes"][name]) for name in sensors},
            },
        },
        "process",
    )
    assert isinstance(process, Process)
    return process


def _without_lag(attribute: dict[str, Any]) -> dict[str, Any]:
    """Return an attribute without the lag of its results: these batches have no dates that it could count from."""
    return {key: value for key, value in attribute.items() if key != "result_lag"}


def main(given: argparse.Namespace) -> None:
    """Time the steps and the plain pivot."""
    process = definition()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written = write_plant(folder, given.rows)
        with clock("plain read and pivot"):
            pl.read_parquet(folder / "historian/*/*.parquet").pivot("tag", index=["batch", "timestamp"], values="value")
        with clock("read and type"):
            typed = ingest(process, folder)
    with clock("assemble"):
        history = history_of(process, typed)
    with clock("features"):
        build(process, history)
    publish(Report("trajectories", [table(written)], [1], {"sensor values": written}), given)


def table(rows: int) -> Table:
    """Return ratios, seconds and rows per second of each step."""
    plain = SPENT.pop("plain read and pivot")
    steps = {**SPENT, "all steps": sum(SPENT.values()), "plain read and pivot": plain}
    threads = os.environ["POLARS_MAX_THREADS"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Table(
        "Time from sensor values to features, relative to a plain read and pivot of the same files",
        ("step", "ratio to the plain pivot", "processor seconds", "rows per processor second"),
        [(name, seconds / plain, seconds, round(rows / seconds)) for name, seconds in steps.items()],
        note=f"Threads of polars: {threads}. Peak memory: {peak:,.0f} MiB.",
    )


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=3_000_000, help="sensor values to write")
    main(parser.parse_args())
