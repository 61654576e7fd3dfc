"""Our monitor on batches that are given as arrays: two public histories, and two that the package process-improve holds.

    python benchmarks/watched_sets.py [seed …] [--write]

As in `false_alarms.py`, normal batches are cut into five folds by seed. The monitor learns from four, hides parts of these to find
its limit for 5 % of false alarms, and judges the fifth and the batches with a fault. It never sees a judged batch.
"""

import argparse
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from batch_courses import HISTORIES, BatchCourses
from report import Cell, Report, Table, command, publish

from pipeline.domain.arrays import IntArray
from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.features.table import build as feature_table
from pipeline.history.tables import History
from pipeline.monitoring.scores import scored_batches
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.monitoring.training import train_monitor

FOLDS = 5
SEEDS = (1,)


def process_of(history: BatchCourses) -> Process:
    """Return a definition with the tags of a history, and the group of a batch as a grouping."""
    tags = {
        f"tag_{i:02d}": {"role": "CPP", "horizon": "in_process", "description": name, "column": f"series.{name}"}
        for i, name in enumerate(history.tags)
    }
    text = {"horizon": "plan", "kind": "text"}
    return parse(  # type: ignore[no-any-return]
        Process,
        {
            "name": "watched",
            "title": "batches given as arrays",
            "batch": "batch",
            "sources": {
                "batches": {"gives": "batches", "files": ["batches.csv"]},
                "series": {"gives": "trajectories", "files": ["series.csv"], "batch": "batch", "time": "time"},
            },
            "attributes": {
                "batch": {"role": "identifier", "description": "batch", "column": "batches.batch", **text},
                "group": {"role": "context", "description": "group", "column": "batches.group", **text},
                **tags,
            },
            "groupings": {"group": {}},
        },
        "watched",
    )


def tables_of(process: Process, history: BatchCourses) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the feature rows and the records of a history."""
    number = len(history.batches)
    none = pl.lit(None, pl.String)
    batches = pl.DataFrame({"batch_id": history.batches, "group": history.groups}).with_columns(
        pl.lit("watched").alias("product"), pl.lit("watched").alias("lineage"), pl.lit(1.0).alias("scale"),
        none.alias("site"), none.alias("equipment"), pl.lit(None, pl.Datetime("us")).alias("started_at"),
        pl.lit("watched").alias("one_product"), pl.lit(1.0).alias("one_scale"),
    )  # fmt: skip
    empty = pl.DataFrame(schema={"batch_id": pl.String, "attribute": pl.String, "value": pl.Float64})
    lots = pl.DataFrame(schema=dict.fromkeys(("material", "lot_id", "attribute"), pl.String) | {"value": pl.Float64})
    uses = pl.DataFrame(schema=dict.fromkeys(("batch_id", "material", "lot_id"), pl.String) | {"fraction": pl.Float64})
    b, t, j = (part.ravel() for part in np.indices(history.values.shape))
    records = (
        pl.DataFrame({"b": b, "tag": [f"tag_{i:02d}" for i in range(len(history.tags))] * (len(b) // len(history.tags))})
        .with_columns(
            pl.Series("batch_id", np.array(history.batches)[b]),
            pl.Series("time", history.hours[t] * 3600),
            pl.Series("value", history.values.ravel()).fill_nan(None),
        )
        .drop_nulls("value")
        .select("batch_id", "tag", "time", "value")
        .sort("batch_id", "tag", "time")
    )
    assert len(j) == number * history.values.shape[1] * len(history.tags)
    rows = feature_table(process, History(batches, empty, lots, uses, records))
    return rows.with_columns(pl.lit(1.0).alias("scale_level")), records


def judged(history: BatchCourses, seed: int) -> tuple[list[bool], list[list[bool]]]:
    """Return whether normal batches have an alarm by the monitor of the other folds, and faulty batches by those of all folds."""
    process = process_of(history)
    rows, records = tables_of(process, history)
    normal, faulty = rows.filter(pl.Series(history.normal)), rows.filter(pl.Series(~history.normal))
    folds: IntArray = np.random.default_rng(seed).permutation(normal.height) % FOLDS
    alarms, found = [], []
    for fold in range(FOLDS):
        own = pl.Series(folds == fold)
        learned = normal.filter(~own)
        kept = records.filter(pl.col("batch_id").is_in(learned["batch_id"].implode()))
        monitor = train_monitor(process, learned, kept, {}, MonitoringConfig(), seed).monitor
        alarms += list(_alarms(monitor, normal.filter(own), records))
        found.append(list(_alarms(monitor, faulty, records)))
    return alarms, found


def _alarms(monitor, rows: pl.DataFrame, records: pl.DataFrame) -> Iterator[bool]:  # type: ignore[no-untyped-def]
    for _, _, scored in scored_batches(monitor, rows, records) if not rows.is_empty() else ():
        yield from (bool(first >= 0) for first in scored.alarm)


def row_of(name: str, history: BatchCourses, seeds: Sequence[int]) -> list[Cell]:
    """Return the row of one history: normal batches, share with an alarm, faulty batches, share found [%]."""
    both = [judged(history, seed) for seed in seeds]
    false = 100 * float(np.mean([np.mean(alarms) for alarms, _ in both]))
    faulty = int((~history.normal).sum())
    found = 100 * float(np.mean([np.mean(one) for _, one in both])) if faulty else None
    return [name, int(history.normal.sum()), false, faulty, found]


def main() -> None:
    """Print the table."""
    parser: argparse.ArgumentParser = command(__doc__)
    parser.add_argument("seeds", nargs="*", type=int, default=list(SEEDS))
    given = parser.parse_args()
    rows = []
    for name, read in HISTORIES.items():
        try:
            history = read()
        except ScalebridgeError as problem:
            print(f"{name} is left out: {problem}")
            continue
        rows.append(row_of(name, history, given.seeds))
        print(rows[-1], flush=True)
    head = ("history", "normal batches", "with an alarm [%]", "faulty batches", "found [%]")
    table = Table("Batches that the monitor did not learn from, 5 % of false alarms promised", head, rows, 1)
    publish(Report("watched_sets", [table], given.seeds, {"normal batches": sum(int(row[1] or 0) for row in rows)}), given)


if __name__ == "__main__":
    main()
