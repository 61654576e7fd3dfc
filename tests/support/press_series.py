"""Records of a tablet press: a process with features of one and of several tags, and random records of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.tables import Genealogy, Lots, Results, empty
from pipeline.history.tables import History

TAGS = {"feeder_speed": "press_fom", "tablet_rate": "press_speed", "produced": "press_produced", "waste": "press_waste"}


def press(tablets: Process) -> Process:
    """The press of the tablets, with the unit of the feeder, which is not published."""
    operation = replace(tablets.operations["compression"], tags=TAGS)
    feeder = replace(tablets.attributes["press_fom"], unit="rpm")
    return replace(tablets, operations={"compression": operation}, attributes={**tablets.attributes, "press_fom": feeder})


def press_history(batches: int = 7, records: int = 60) -> History:
    """Batches with random records of each tag, in the order of batch, tag and time."""
    rng = np.random.default_rng(5)
    names = [f"B{n:02d}" for n in range(batches)]
    fixed = {"product": "p", "lineage": "l", "scale": 1.0, "site": None, "equipment": None, "started_at": None}
    parts = [
        pl.DataFrame(
            {"batch_id": name, "tag": tag, "time": np.arange(records) * 10.0, "value": rng.uniform(0, 3, records).cumsum()}
        )
        for name in names
        for tag in sorted(TAGS.values())
    ]
    table = pl.DataFrame({"batch_id": names, **fixed, "tablet_count": 2e5})
    return History(table, empty(Results), empty(Lots), empty(Genealogy), pl.concat(parts))


def write_partitions(history: History, folder: Path) -> None:
    """Write the records as two folders with three files, in no order of the times."""
    batch = pl.col("batch_id")
    records = history.trajectories.sample(fraction=1.0, shuffle=True, seed=1)
    for name, part in (
        ("site=A/product=p/1.parquet", records.filter(batch < "B03")[::2]),
        ("site=A/product=p/2.parquet", records.filter(batch < "B03")[1::2]),
        ("site=B/product=p/1.parquet", records.filter(batch >= "B03")),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        part.write_parquet(folder / name)
