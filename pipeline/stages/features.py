"""Canonical tables to one row of features per batch."""

from pathlib import Path

import polars as pl

from pipeline.domain.plain import load
from pipeline.domain.process import Process
from pipeline.features import build, catalogue_table
from pipeline.history.files import read_history
from pipeline.scale_levels import scale_levels
from pipeline.stages.run import run, write


def features(config: Path, history: Path, table: Path, catalogue: Path) -> None:
    """Make the feature table and its catalogue."""
    process = load(config, "process", Process)
    rows = build(process, read_history(history))
    levels = scale_levels(rows["scale"], process.scale.tolerance)
    write(rows.insert_column(4, levels.alias("scale_level")), table)
    write(catalogue_table(process).with_columns(pl.col("inputs").list.join(", ")), catalogue)


if __name__ == "__main__":
    run(features)
