"""The plan of all patient lots: who, when, where, from which lots and how, and the causes that the simulation takes."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.arrays import Array
from pipeline.simulators.cell_therapy.balance_breaks import NOTHING_LOST, lost_bags, planted_breaks
from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.cell_therapy.donors import donors
from pipeline.simulators.cell_therapy.lots import medium_lots, vector_lots
from pipeline.simulators.cell_therapy.products import PRODUCTS
from pipeline.simulators.cell_therapy.schedule import schedule
from pipeline.simulators.cell_therapy.settings import settings
from pipeline.simulators.cell_therapy.simulation import INPUTS, Outcome, simulate
from pipeline.simulators.random_numbers import generator

TRAITS = ("infectivity", "expression", "growth", "selection_by_car", "exhaustion")
"""Traits of a product that the simulation takes."""
ENOUGH_FOR_TWO = 150.0
"""Cells on day 3 from which a second device may be used [1e6]."""
SECOND_DEVICE = 0.22
"""Share of the lots with enough cells that are expanded in two devices."""


@dataclass(frozen=True)
class Plan:
    """All patient lots before anything is measured."""

    rows: pl.DataFrame
    """One row per patient lot, in order of time: names, dates, lots of materials, settings, traits."""
    causes: dict[str, Array]
    """The causes of `simulation.INPUTS`, as arrays over these rows."""
    breaks: pl.DataFrame
    """Planted breaks of the cell balance, as `balance_breaks.planted_breaks` returns them."""


def plan(config: CellTherapyConfig) -> Plan:
    """Plan all patient lots."""
    rows = schedule(config)
    traits = pl.DataFrame([{"product": p.name} | {name: getattr(p, name) for name in TRAITS} for p in PRODUCTS])
    rows = rows.join(traits, on="product", how="left", maintain_order="left")
    parts = (donors(config, rows), vector_lots(config, rows), medium_lots(config, rows), settings(config, rows))
    rows = rows.hstack([column for part in parts for column in part.get_columns()])
    causes = _numbers(rows) | {name: np.zeros(rows.height) for name in (*NOTHING_LOST, "devices")}
    causes["devices"] = _devices(config, simulate(causes | {"devices": np.ones(rows.height)}))
    rows = rows.with_columns(devices=pl.Series(causes["devices"]))
    breaks = planted_breaks(config, rows)
    causes |= lost_bags(breaks, rows)
    return Plan(rows, {name: causes[name] for names in INPUTS.values() for name in names}, breaks)


def _devices(config: CellTherapyConfig, outcome: Outcome) -> Array:
    """Devices of each patient lot: one, or two for some of the lots with many cells on day 3."""
    second = generator(config.seed, "second device").uniform(size=len(outcome.cells["transduction_given"])) < SECOND_DEVICE
    return np.where(second & (outcome.cells["transduction_given"] > ENOUGH_FOR_TWO), 2.0, 1.0)


def _numbers(rows: pl.DataFrame) -> dict[str, Array]:
    return {name: rows[name].cast(pl.Float64).to_numpy() for name, dtype in rows.schema.items() if dtype.is_numeric()}
