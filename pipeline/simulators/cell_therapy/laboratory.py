"""What is counted and measured: values of the simulation with the noise of batches, counts and assays."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.arrays import Array, Values
from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.cell_therapy.logistic import logistic
from pipeline.simulators.random_numbers import generator

COUNT = 0.09
"""Relative standard deviation of a count of viable cells: 8 to 10 % for counts of starting material by flow cytometry."""
WASTE_COUNT = 0.15
"""Relative standard deviation of a count in waste, which holds few cells and much debris."""


@dataclass(frozen=True)
class Noise:
    """Standard deviations of noise."""

    batch: float
    """Variation between patient lots that no record explains."""
    assay: float
    """Error of the assay."""
    share: bool
    """Whether they are on the log-odds of a share; else on the logarithm."""


NOISE: dict[str, Noise] = {
    "dose": Noise(0.08, 0.10, False),
    "viability": Noise(0.10, 0.09, True),
    "car_share": Noise(0.08, 0.07, True),
    "vector_copies": Noise(0.04, 0.09, False),
    "t_cell_purity": Noise(0.20, 0.15, True),
    "residual_beads": Noise(0.20, 0.20, False),
    "memory_share": Noise(0.12, 0.12, True),
}
CONTROLS: dict[str, Noise] = {
    "receipt_viability": Noise(0.0, 0.12, True),
    "transduced_share": Noise(0.0, 0.09, True),
    "fold_day7": Noise(0.05, 0.08, False),
}


def measured(config: CellTherapyConfig, name: str, truth: Array, noise: Noise) -> Array:
    """Values with the noise of the batch and of the assay."""
    sd = config.noise * np.hypot(noise.batch, noise.assay)
    error = sd * generator(config.seed, f"assay {name}").standard_normal(len(truth))
    if not noise.share:
        return np.asarray(truth * np.exp(error))
    kept = np.clip(truth, 1e-6, 1 - 1e-6)
    return logistic(np.asarray(np.log(kept / (1 - kept)) + error))


def counted(config: CellTherapyConfig, purpose: str, truth: Array, waste: bool = False) -> Array:
    """Counts of viable cells."""
    sd = config.noise * (WASTE_COUNT if waste else COUNT)
    return np.asarray(truth * np.exp(sd * generator(config.seed, f"count {purpose}").standard_normal(len(truth))))


def release(config: CellTherapyConfig, quality: Values) -> pl.DataFrame:
    """Results at the infusion bag: one column per CQA, in the order of the patient lots."""
    return pl.DataFrame({name: measured(config, name, quality[name], noise) for name, noise in NOISE.items()})


def controls(config: CellTherapyConfig, values: Values) -> pl.DataFrame:
    """Results in the course of the lots: one column per in-process control. The fold on day 7 is that of the device."""
    truth = {**values, "fold_day7": values["day7_cells"] / values["seeded_cells"]}
    return pl.DataFrame({name: measured(config, name, truth[name], noise) for name, noise in CONTROLS.items()})
