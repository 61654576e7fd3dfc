"""Stage `features`: canonical tables to one row of features per batch."""

import polars as pl

from pipeline.domain.config_files import load
from pipeline.domain.made import record
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.features.catalogue import catalogue_table
from pipeline.features.series import features_of_file
from pipeline.features.table import build
from pipeline.history.store import read_history
from pipeline.stages.run import run, write


def features(places: Places) -> None:
    """Make the table of features and the catalogue that explains its columns.

    Records of sensors are read some batches at a time, so a history may be larger than the memory.
    """
    process = load(places.config, "process", Process)
    history = read_history(places.history, records=False)
    rows = build(process, history, features_of_file(process, history, places.trajectories))
    levels = scale_levels(rows["scale"], process.scale.tolerance)
    write(rows.insert_column(4, levels.alias("scale_level")), places.features)
    write(catalogue_table(process).with_columns(pl.col("inputs").list.join(", ")), places.catalogue)
    record(places, "features", keys=("process",), read=(places.history,), written=(places.features, places.catalogue))


if __name__ == "__main__":
    run(features)
