"""Quantities as the batch records hold them: those that were set, in the units of the plant, and those that follow."""

import numpy as np
import polars as pl

from pipeline.simulators.antibody_train import beds, harvest
from pipeline.simulators.antibody_train.amounts import Amounts
from pipeline.simulators.antibody_train.equipment import PARTICLE
from pipeline.simulators.antibody_train.train import Simulation, TrainRun
from pipeline.simulators.arrays import columns
from pipeline.simulators.random_numbers import generator

PLATE_CONSTANT = 8 * np.log(2)
"""Plates = 5.545·(retention volume/width at half height)²."""


def _culture(simulation: Simulation) -> pl.DataFrame:
    return simulation.rows["culture"].with_columns(
        litres=pl.col("culture_volume") * 1000,
        rpm=pl.col("agitation") * 60,
        gas=pl.col("gas_flow") * 6e4,
    )


def _harvest(simulation: Simulation, amounts: Amounts) -> pl.DataFrame:
    rows = simulation.rows["harvest"]
    flow = harvest.feed_flow(columns(rows)) * 3.6e6
    return rows.with_columns(
        litres=pl.col("culture_volume") * 1000,
        feed_flow=pl.Series(flow),
        rpm=pl.col("bowl_speed") * 60,
        taken=pl.Series(amounts.taken),
        given=pl.Series(amounts.given),
    )


def _capture(simulation: Simulation, run: TrainRun, amounts: Amounts) -> pl.DataFrame:
    rows = columns(simulation.rows["capture"])
    return simulation.rows["capture"].with_columns(
        column_volume=pl.Series(beds.bed_volume(rows["diameter"], rows["capture_bed_height"])),
        resin_load=pl.Series(run.steps["capture"].drivers["load"]),
        cycles=pl.Series(run.decisions.cycles["capture"]),
        taken=pl.Series(amounts.taken),
        given=pl.Series(amounts.given),
        lost=pl.Series(amounts.lost),
    )


def _polishing(simulation: Simulation, run: TrainRun, amounts: Amounts, noise: float) -> pl.DataFrame:
    """Rows of the polishing record. The column is tested with a tracer once before each lot."""
    rows = columns(simulation.rows["polishing"])
    volume = beds.bed_volume(rows["diameter"], rows["polishing_bed_height"])
    drivers = run.steps["polishing"].drivers
    plates = beds.plates(rows["polishing_bed_height"], drivers["tracer_plate_height"], PARTICLE["polishing"])
    retention = 0.9 * volume
    error = np.exp(noise * 0.02 * generator(simulation.seed, "tracer").standard_normal(len(volume)))
    return simulation.rows["polishing"].with_columns(
        column_volume=pl.Series(volume),
        resin_load=pl.Series(drivers["load"]),
        cycles=pl.Series(run.decisions.cycles["polishing"]),
        retention=pl.Series(retention),
        width=pl.Series(retention * np.sqrt(PLATE_CONSTANT / plates) * error),
        taken=pl.Series(amounts.taken),
        given=pl.Series(amounts.given),
        lost=pl.Series(amounts.lost),
    )


def _filtration(simulation: Simulation, run: TrainRun, amounts: Amounts) -> pl.DataFrame:
    step = run.steps["filtration"]
    drivers = step.drivers
    return simulation.rows["filtration"].with_columns(
        pressure=pl.Series(drivers["feed_pressure"]),
        retentate=pl.Series(step.taken) / pl.col("retentate_concentration"),
        flush=pl.Series(drivers["flush"]),
        membrane_load=pl.Series(drivers["membrane_load"]),
        taken=pl.Series(amounts.taken),
        given=pl.Series(amounts.given),
        lost=pl.Series(amounts.lost),
    )


def records(simulation: Simulation, run: TrainRun, amounts: dict[str, Amounts], noise: float) -> dict[str, pl.DataFrame]:
    """Step → batch records with numbers in the units of the plant: L, rpm, L/min, L/h, cm/h, cm, min, bar, g."""
    return {
        "culture": _culture(simulation),
        "harvest": _harvest(simulation, amounts["harvest"]),
        "capture": _capture(simulation, run, amounts["capture"]),
        "polishing": _polishing(simulation, run, amounts["polishing"], noise),
        "filtration": _filtration(simulation, run, amounts["filtration"]),
    }
