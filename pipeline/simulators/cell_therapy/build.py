"""Write the raw files of one simulated cell therapy, and the truth behind them in another folder."""

from pathlib import Path

import polars as pl

from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.cell_therapy.exports import (
    bank_file,
    lims_files,
    lot_files,
    record_files,
    transfer_file,
    use_files,
)
from pipeline.simulators.cell_therapy.laboratory import controls, release
from pipeline.simulators.cell_therapy.plan import plan
from pipeline.simulators.cell_therapy.records import size_in_deviations, step_records
from pipeline.simulators.cell_therapy.simulation import CQAS, simulate
from pipeline.simulators.cell_therapy.truth import contributions


def build(config: CellTherapyConfig, raw: Path, truth: Path) -> None:
    """Write the exports to the folder `raw`, and the truth to the folder `truth`.

    The truth consists of `rows` (plan of each patient lot), `causes` (what the simulation takes), `noise_free` (quality
    without noise), `cells` (viable cells taken, given and lost at each step, 1e6), `controls` (further values in the course
    of the lots), `contributions` (of each step to each quality attribute) and `breaks` (planted breaks of the cell balance).
    """
    for folder in (raw, truth):
        folder.mkdir(parents=True, exist_ok=True)
    made = plan(config)
    outcome = simulate(made.causes)
    lots = made.rows.select("lot")
    records = step_records(config, made, outcome)
    results = lots.hstack(controls(config, outcome.controls)).hstack(release(config, outcome.quality))
    files = {
        **record_files(config, records),
        **lims_files(config, records, results),
        **lot_files(config, made.rows),
        **use_files(records),
        "transfers.csv": transfer_file(records),
        "banks.csv": bank_file(made.rows),
    }
    for name, frame in files.items():
        frame.write_csv(raw / name, separator=";" if name.endswith("_lyon.csv") else ",")
    tables = {
        "rows": made.rows,
        "causes": lots.with_columns(**{name: pl.Series(values) for name, values in made.causes.items()}),
        "noise_free": lots.with_columns(**{name: pl.Series(outcome.quality[name]) for name in CQAS}),
        "cells": lots.with_columns(**{name: pl.Series(values) for name, values in outcome.cells.items()}),
        "controls": lots.with_columns(**{name: pl.Series(values) for name, values in outcome.controls.items()}),
        "contributions": contributions(made.rows, made.causes),
        "breaks": size_in_deviations(records, made.breaks),
    }
    for name, frame in tables.items():
        frame.write_parquet(truth / f"{name}.parquet")


__all__ = ["build"]
