"""Planted breaks of the cell balance: counts that are booked wrongly, and bags that are lost without a record."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.arrays import Array
from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.cell_therapy.simulation import STEPS
from pipeline.simulators.random_numbers import generator


@dataclass(frozen=True)
class BreakKind:
    """A way in which a balance breaks."""

    name: str
    booked: float
    """Factor on the number of cells that is booked as given."""
    lost: float
    """Share of the cells that are truly gone and booked nowhere."""


KINDS: tuple[BreakKind, ...] = (
    BreakKind("dilution 1:10 booked as 1:50", 5.0, 0.0),
    BreakKind("bag lost without a record", 1.0, 0.85),
    BreakKind("dilution 1:100 booked as 1:10", 0.1, 0.0),
    BreakKind("one bag booked three times", 3.0, 0.0),
)
"""A lost bag lowers the dose of the patient lot. The others are mistakes in the record alone."""
NOTHING_LOST = tuple(f"lost_in_{step}" for step in STEPS)
SCHEMA = {"lot": pl.String, "step": pl.String, "kind": pl.String, "booked": pl.Float64, "lost": pl.Float64}


def planted_breaks(config: CellTherapyConfig, rows: pl.DataFrame) -> pl.DataFrame:
    """Table of planted breaks, each in another patient lot: lot, step, kind, booked factor, lost share. Steps take turns.

    Only lots with one device are chosen, so that a break belongs to one batch of its step.
    """
    able = rows.filter(pl.col("devices") == 1)["lot"]
    chosen = generator(config.seed, "breaks").choice(len(able), config.breaks, replace=False)
    found = [
        {
            "lot": able[int(row)],
            "step": STEPS[number % len(STEPS)],
            "kind": (kind := KINDS[(number + number // len(STEPS)) % len(KINDS)]).name,
            "booked": kind.booked,
            "lost": kind.lost,
        }
        for number, row in enumerate(chosen)
    ]
    return pl.DataFrame(found, schema=SCHEMA).sort("lot")


def lost_bags(breaks: pl.DataFrame, rows: pl.DataFrame) -> dict[str, Array]:
    """Cause `lost_in_<step>` → share of the cells that are lost there without a record, per patient lot."""
    return {f"lost_in_{step}": _of_step(breaks, rows, step, "lost", 0.0) for step in STEPS}


def booked_factor(breaks: pl.DataFrame, rows: pl.DataFrame, step: str) -> Array:
    """Factor on the cells that are booked as given by a step, per patient lot."""
    return _of_step(breaks, rows, step, "booked", 1.0)


def _of_step(breaks: pl.DataFrame, rows: pl.DataFrame, step: str, column: str, otherwise: float) -> Array:
    own = breaks.filter(pl.col("step") == step).select("lot", column)
    values = rows.select("lot").join(own, on="lot", how="left", maintain_order="left")[column]
    return np.asarray(values.fill_null(otherwise).to_numpy())
